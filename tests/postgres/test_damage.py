"""A part that is not what was sealed is noticed: it is neither taken over nor published."""

import pytest
from psycopg import sql
from toy import ToyEmbedder

from index.build import build
from index.errors import IndexMismatch
from index.store.postgres import contents as stored

from .conftest import document

HONEY = "where position('Honey' in document) > 0"
PARTS = [
    f"update sidelight.parts set claims = (select claims from sidelight.parts where position('Zinc' in document) > 0) {HONEY}",
    f"update sidelight.parts set twins = set_byte(twins, 0, get_byte(twins, 0) # 1) {HONEY}",
    f"update sidelight.parts set vectors = set_byte(vectors, 0, get_byte(vectors, 0) # 1) {HONEY}",
    f"update sidelight.parts set terms = replace(terms, 'cough', 'toothach') {HONEY}",
    f"update sidelight.parts set sentences = 99 {HONEY}",
]
TABLES = [
    "delete from {claims} where row = 1",
    "delete from {places} where place = 1",
    "delete from {postings} where term = 'cough'",
    "update {postings} set impacts = decode('00000000', 'hex') where term = 'cough'",
    "delete from sidelight.documents where number = 1 and generation = 2",
    "update sidelight.documents set sha256 = 'other' where generation = 2",
]


@pytest.mark.parametrize("change", PARTS)
def test_damage_is_noticed_and_mended_by_a_rebuild(prepared, database: str, change: str) -> None:
    home, admin = prepared.home(database), prepared.server.url(database=database)
    documents = [document("honey"), document("zinc")]
    build(documents, ToyEmbedder(), home)
    whole = prepared.server.execute("select * from sidelight.parts order by seal", url=admin)
    prepared.server.execute(change, url=admin)
    assert prepared.server.execute("select * from sidelight.parts order by seal", url=admin) != whole
    report = build(documents, ToyEmbedder(), home)
    assert (report.embedded, report.changed) == (2, True), "nothing is taken over from an index that is damaged"
    assert prepared.server.execute("select * from sidelight.parts order by seal", url=admin) == whole
    assert build(documents, ToyEmbedder(), home).changed is False


@pytest.mark.parametrize("change", PARTS + TABLES)
def test_what_is_written_wrong_is_not_published(prepared, database: str, change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    home = prepared.home(database)
    build([document("honey")], ToyEmbedder(), home)
    before, write = home.published(), stored.write

    def badly(connection, generation, *arguments):
        write(connection, generation, *arguments)
        connection.execute(sql.SQL(change).format(**{what: generation.table(what) for what in ("claims", "places", "postings")}))

    monkeypatch.setattr(stored, "write", badly)
    with pytest.raises(IndexMismatch, match="and the old one still answers: run `sidelight rebuild` again"):
        build([document("honey"), document("zinc")], ToyEmbedder(), home)
    assert home.published() == before
    assert home.open("toy").info.claims == 1
