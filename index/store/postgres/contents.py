"""All that a generation holds, read and written by whoever rebuilds."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from pgvector import HalfVector
from psycopg import Connection, sql
from psycopg.rows import dict_row

from index.store.bm25 import Bm25
from index.store.contents import Collapsed, Contents, Part, collapsed, columns, part_of, record, unpacked
from index.store.postgres.schema import Generation
from index.types import IndexInfo, Source

PART = "key, sentences, left_out, claims, twins, vectors, terms, sizes, ids, counts"
"""The columns of a part, in the order of `index.store.contents.columns`."""
WHOLE = f"seal, document, {PART}"


def read_contents(connection: Connection[Any], generation: Generation) -> tuple[Contents, list[str]]:
    """A generation with the seals of its parts, in its order."""
    found = connection.cursor(row_factory=dict_row).execute(
        f"select source_id, sha256, source, seal, {PART} from sidelight.documents join sidelight.parts using (seal) "
        "where generation = %s order by number",
        (generation.number,),
    )
    sources, hashes, parts, seals = dict[str, Source](), dict[str, str](), dict[str, Part](), list[str]()
    for row in found:
        source_id = row["source_id"]
        sources[source_id], hashes[source_id] = Source(**json.loads(row["source"])), row["sha256"]
        parts[source_id] = part_of(row)
        seals.append(row["seal"])
    info = read_info(connection, generation)
    return Contents(info, sources, hashes, parts, _words(connection, generation, info.claims)), seals


def read_info(connection: Connection[Any], generation: Generation) -> IndexInfo:
    """What a generation was made from."""
    row = connection.execute("select info from sidelight.generations where number = %s", (generation.number,)).fetchone()
    assert row, "its row is written with its tables"
    return IndexInfo(**json.loads(row[0]))


def words_of(found: Iterable[tuple[str, bytes, bytes]], size: int) -> Bm25:
    """BM25 over postings in the order of their terms."""
    terms, rows, impacts = list[str](), list[bytes](), list[bytes]()
    for term, at, weights in found:
        terms.append(term)
        rows.append(at)
        impacts.append(weights)
    bounds = np.cumsum([0, *(len(at) // 4 for at in rows)])
    numbered = {term: number for number, term in enumerate(terms)}
    return Bm25(size, numbered, bounds, np.frombuffer(b"".join(rows), np.int32), np.frombuffer(b"".join(impacts), np.float32))


def _words(connection: Connection[Any], generation: Generation, size: int) -> Bm25:
    # In the order of Python's strings, which is that of their code points.
    statement = sql.SQL('select term, rows, impacts from {} order by term collate "C"').format(generation.table("postings"))
    return words_of(connection.execute(statement), size)


def write(
    connection: Connection[Any], generation: Generation, contents: Contents, texts: Mapping[str, str], owners: Mapping[str, str],
    damaged: Collection[str],
) -> None:  # fmt: skip
    """Fill the tables of a generation. `texts` has the documents' texts, `owners` the collection of each, both by source id.

    Parts whose seals are in `damaged` are not what was sealed: they are put back as they were made now.
    """
    seals = {key: part.seal() for key, part in contents.parts.items()}
    sealed = {seal: key for key, seal in seals.items()}
    rows = collapsed(list(contents.parts.values()))
    kinds = _kinds(contents, rows)
    number, info = generation.number, contents.info
    combined = Counter(",".join(some) for some in kinds)
    connection.execute(
        "insert into sidelight.generations (number, fingerprint, info, kinds) values (%s, %s, %s, %s)",
        (number, info.fingerprint, json.dumps(asdict(info)), json.dumps(combined)),
    )
    _mend(connection, _parts({seal: key for seal, key in sealed.items() if seal in damaged}, contents, texts))
    _copy(connection, f"sidelight.parts ({WHOLE})", _parts(_fresh(connection, sealed), contents, texts))
    _copy(connection, "sidelight.documents (generation, number, source_id, collection, sha256, source, seal)", (
        (number, place, key, owners[key], contents.hashes[key], json.dumps(record(contents.sources[key])), seal)
        for place, (key, seal) in enumerate(seals.items())
    ))  # fmt: skip
    of = generation.table
    _copy(connection, of("claims"), _claims(contents, rows, kinds), ("int4", "halfvec", "text[]"))
    _copy(connection, of("places"), _places(contents, rows))
    _copy(connection, of("postings"), _postings(contents.words))


def _copy(connection: Connection[Any], into: str | sql.Identifier, rows: Iterable[Sequence[Any]], types: Sequence[str] = ()) -> None:
    where = into if isinstance(into, sql.Identifier) else sql.SQL(into)
    form = "with (format binary)" if types else ""
    with connection.cursor() as cursor, cursor.copy(sql.SQL(f"copy {{}} from stdin {form}").format(where)) as copy:
        if types:
            copy.set_types(types)
        for row in rows:
            copy.write_row(row)


def _fresh(connection: Connection[Any], sealed: Mapping[str, str]) -> dict[str, str]:
    """Seal -> source id of the parts that no earlier generation has left there."""
    there = {seal for (seal,) in connection.execute("select seal from sidelight.parts where seal = any(%s)", (list(sealed),))}
    return {seal: key for seal, key in sealed.items() if seal not in there}


def _parts(sealed: Mapping[str, str], contents: Contents, texts: Mapping[str, str]) -> Iterator[Sequence[Any]]:
    for seal, key in sealed.items():
        yield seal, texts[key], *columns(contents.parts[key]).values()


def _mend(connection: Connection[Any], rows: Iterable[Sequence[Any]]) -> None:
    """Put these parts in the place of those with their seals; an older generation may still name them."""
    holes = ", ".join(["%s"] * len(WHOLE.split(",")))
    for row in rows:
        connection.execute(f"update sidelight.parts set ({WHOLE}) = ({holes}) where seal = %s", (*row, row[0]))


def _kinds(contents: Contents, rows: Collapsed) -> list[list[str]]:
    """For each row the kinds of the sources that make it."""
    kinds: list[set[str]] = [set() for _ in rows.first]
    own = (contents.sources[key].kind for key, part in contents.parts.items() for _ in range(part.size))
    for row, kind in zip(rows.row.tolist(), own, strict=True):
        kinds[row].add(kind)
    return [sorted(some) for some in kinds]


def _claims(contents: Contents, rows: Collapsed, kinds: Sequence[Sequence[str]]) -> Iterator[Sequence[Any]]:
    place, naming = 0, set(rows.first.tolist())
    for part in contents.parts.values():
        vectors = np.frombuffer(part.vectors, np.float16).reshape(part.size, -1) if part.size else ()
        for vector in vectors:
            if place in naming:
                row = int(rows.row[place])
                yield row, HalfVector(vector), kinds[row]
            place += 1


def _places(contents: Contents, rows: Collapsed) -> Iterator[Sequence[Any]]:
    place = 0
    for key, part in contents.parts.items():
        for claim in unpacked(key, part.claims):
            at, span = claim.sentence, claim.sentence.span
            yield place, int(rows.row[place]), key, claim.id, span.start, span.end, span.text, at.heading, at.before, at.after
            place += 1


def _postings(words: Bm25) -> Iterator[Sequence[Any]]:
    for term, number in words.terms.items():
        at = slice(words.bounds[number], words.bounds[number + 1])
        yield term, words.rows[at].tobytes(), words.impacts[at].tobytes()
