"""What a rebuild did, for people and for machines."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from index.folder import Refusal, shown
from index.kinds import KINDS
from index.types import IndexInfo

LISTED = 30
"""Documents up to which each has its own lines; of more, the totals and the worst are shown."""
WORST = 5
REFUSED_LISTED = 50
"""Refusals that are said one by one; --json has all."""


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What became of one document: its sentences kept as claims, and left out by reason, commonest first.

    `duplicates` counts the kept ones that other sources say too, and that share one entry with them.
    """

    id: str
    file: str
    kind: str
    sentences: int
    kept: int
    left_out: Mapping[str, int]
    duplicates: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """A rebuild as a whole. `seconds` is wall time; `embedded` + `reused` claims stand in the documents; copies are one in the index.

    `changed` is false where the published index said the same already and stays. `refused` are the files, or places in them, that gave
    no document; `noted` is what documents say that no record holds, by source id.
    """

    info: IndexInfo
    path: str
    sources: tuple[SourceReport, ...]
    embedded: int
    reused: int
    seconds: float
    changed: bool = True
    refused: tuple[Refusal, ...] = ()
    noted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """As one JSON document; names of files as they can be printed."""
        document = asdict(self)
        document["refused"] = [asdict(refusal) | {"file": shown(refusal.file)} for refusal in self.refused]
        return document

    def lines(self) -> list[str]:
        """For people: two lines for each document, or the totals and the worst where there are many, then the whole."""
        few = len(self.sources) <= LISTED
        lines = [*(_each(self.sources) if few else _totals(self.sources)), *self._notes(few)]
        if self.refused:
            lines.append(f"refused: {len(self.refused)}, said above with what to do; --json lists all")
        made = f"{self.embedded} embedded, {self.reused} unchanged, in {self.seconds:.1f} s"
        copies = self.embedded + self.reused - self.info.claims
        shared = f", {copies} of them copies of another," if copies else ""
        lines.append(f"{self.info.claims + copies} claims{shared} from {self.info.sources} sources: {made}")
        if not self.changed:
            lines.append("nothing changed, so the index stays as it is")
        lines.append(f"index {self.info.fingerprint} ({self.info.model}) is at {self.path}")
        return lines

    def _notes(self, few: bool) -> Iterator[str]:
        if few:
            yield from (f"{key}: {'; '.join(notes)}" for key, notes in self.noted.items())
        elif self.noted:
            yield f"{len(self.noted)} documents say more than a record holds, their type or a rating: --json has it"


def refusal_lines(refused: Sequence[Refusal]) -> list[str]:
    """Every refusal in a line, those first that cost the index a document which it has; of very many, the rest as a count by reason."""
    ordered = sorted(refused, key=lambda refusal: -refusal.lost)
    lines = [_refusal(refusal) for refusal in ordered[:REFUSED_LISTED]]
    rest = Counter(refusal.reason for refusal in ordered[REFUSED_LISTED:])
    if rest:
        reasons = "; ".join(f"{count}: {reason}" for reason, count in rest.most_common(WORST))
        lines.append(f"refused: {sum(rest.values())} more ({reasons}); --json lists all")
    return lines


def _refusal(refusal: Refusal) -> str:
    if not refusal.lost:
        return f"refused: {refusal}"
    what = "It was in the index until now" if refusal.lost == 1 else f"{refusal.lost} documents of it were in the index until now"
    return f"REFUSED, and lost from the index: {refusal}. {what}."


def _each(sources: Sequence[SourceReport]) -> Iterator[str]:
    width = max((len(shown(source.file)) for source in sources), default=0)
    for source in sources:
        yield f"{shown(source.file):{width}}  {source.kept:4} of {source.sentences:4} sentences kept   {KINDS[source.kind]}"
        if source.left_out:
            yield f"{'':{width}}  left out: {_reasons(source.left_out)}"
        if source.duplicates:
            yield f"{'':{width}}  said by others too: {source.duplicates}"


def _totals(sources: Sequence[SourceReport]) -> Iterator[str]:
    kinds = Counter(KINDS[source.kind] for source in sources)
    left_out: Counter[str] = Counter()
    for source in sources:
        left_out.update(source.left_out)
    kept, sentences = sum(source.kept for source in sources), sum(source.sentences for source in sources)
    yield f"{len(sources)} documents: {', '.join(f'{count} {kind}' for kind, count in kinds.most_common())}"
    yield f"{kept} of {sentences} sentences kept, {sum(source.duplicates for source in sources)} of them said by more than one source"
    yield f"left out: {_reasons(dict(left_out.most_common()))}"
    empty = sum(not source.kept for source in sources)
    worst = sorted(sources, key=lambda source: (source.kept / max(source.sentences, 1), -source.sentences))[:WORST]
    yield f"{empty} documents give no claim; the least was kept of:"
    yield from (f"  {source.id}: {source.kept} of {source.sentences} ({shown(source.file)})" for source in worst)
    yield "every document with its reasons: --json"


def _reasons(left_out: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in left_out.items())
