"""What a rebuild did, for people and for machines."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from index.documents import KINDS
from index.types import IndexInfo


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What became of one document: its sentences kept as claims, and left out by reason, commonest first."""

    id: str
    file: str
    kind: str
    sentences: int
    kept: int
    left_out: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Report:
    """A rebuild as a whole. `seconds` is wall time; `embedded` + `reused` claims stand in the documents.

    Copies of one are one claim of the index. `changed` is false where the published index said the same already and stays.
    """

    info: IndexInfo
    path: str
    sources: tuple[SourceReport, ...]
    embedded: int
    reused: int
    seconds: float
    changed: bool = True

    def to_json(self) -> dict[str, object]:
        """As one JSON document."""
        return asdict(self)

    def lines(self) -> list[str]:
        """For people: two lines for each document, then the whole."""
        width = max((len(source.file) for source in self.sources), default=0)
        lines: list[str] = []
        for source in self.sources:
            lines.append(f"{source.file:{width}}  {source.kept:4} of {source.sentences:4} sentences kept   {KINDS[source.kind]}")
            if source.left_out:
                reasons = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in source.left_out.items())
                lines.append(f"{'':{width}}  left out: {reasons}")
        made = f"{self.embedded} embedded, {self.reused} unchanged, in {self.seconds:.1f} s"
        copies = self.embedded + self.reused - self.info.claims
        shared = f", {copies} of them copies of another," if copies else ""
        lines.append(f"{self.info.claims + copies} claims{shared} from {self.info.sources} sources: {made}")
        if not self.changed:
            lines.append("nothing changed, so the index stays as it is")
        lines.append(f"index {self.info.fingerprint} ({self.info.model}) is at {self.path}")
        return lines
