"""What the last rebuild changed: the two last generations side by side."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from index.store.contents import Contents, record, unpacked
from index.store.home import Home
from index.types import IndexInfo

NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Said:
    """A claim with the ids of the sources that make it, before and after; none on a side where it was not."""

    text: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Diff:
    """From one generation to the next: sources by id, and every claim that is made by others than before."""

    before: IndexInfo
    after: IndexInfo
    sources_added: tuple[str, ...]
    sources_removed: tuple[str, ...]
    sources_changed: Mapping[str, tuple[str, ...]]
    """The fields of the record that differ; `document` where the file itself does."""
    claims: tuple[Said, ...]

    def to_json(self) -> dict[str, object]:
        """As one JSON document."""
        return asdict(self)

    def lines(self) -> list[str]:
        """For people: sources, then claims, then the sum."""
        shown = [f"+ source {name}" for name in self.sources_added] + [f"- source {name}" for name in self.sources_removed]
        shown += [f"≠ source {name}: {', '.join(what)}" for name, what in self.sources_changed.items()]
        shown += [_line(said) for said in self.claims]
        added, removed = sum(not said.before for said in self.claims), sum(not said.after for said in self.claims)
        moved = len(self.claims) - added - removed
        return [
            *shown,
            f"{self.before.fingerprint} -> {self.after.fingerprint}: {added} claims added, {removed} removed, {moved} from others",
        ]


def diff(home: Home) -> Diff:
    """What the published generation changed. IndexMissing where there is none, or none before it."""
    before, after = home.last_two()
    old, new = _said(before), _said(after)
    keys = [key for key in {**old, **new} if old.get(key, ("", NOBODY))[1] != new.get(key, ("", NOBODY))[1]]
    claims = [Said((new.get(key) or old[key])[0], *(tuple(sorted(side.get(key, ("", NOBODY))[1])) for side in (old, new))) for key in keys]
    return Diff(
        before.info,
        after.info,
        tuple(sorted(after.sources.keys() - before.sources.keys())),
        tuple(sorted(before.sources.keys() - after.sources.keys())),
        {name: what for name in sorted(before.sources.keys() & after.sources.keys()) if (what := _changed(before, after, name))},
        tuple(sorted(claims, key=lambda said: (said.after, said.before, said.text))),
    )


def _said(contents: Contents) -> dict[int, tuple[str, frozenset[str]]]:
    """Each claim of an index by what it says: its words in the first place, and all its sources."""
    said: dict[int, tuple[str, frozenset[str]]] = {}
    for source_id, part in contents.parts.items():
        keys = np.frombuffer(part.twins, dtype=np.int64).tolist()
        for key, claim in zip(keys, unpacked(source_id, part.claims), strict=True):
            text, sources = said.get(key, (claim.text, NOBODY))
            said[key] = text, sources | {source_id}
    return said


def _changed(before: Contents, after: Contents, name: str) -> tuple[str, ...]:
    old, new = record(before.sources[name]), record(after.sources[name])
    document = ("document",) if before.hashes[name] != after.hashes[name] else ()
    return (*(field for field in new if old[field] != new[field]), *document)


def _line(said: Said) -> str:
    if not said.before:
        return f"+ “{said.text}” [{', '.join(said.after)}]"
    if not said.after:
        return f"- “{said.text}” [{', '.join(said.before)}]"
    return f"≠ “{said.text}” [{', '.join(said.before)}] -> [{', '.join(said.after)}]"
