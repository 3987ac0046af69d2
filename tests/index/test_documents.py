import hashlib
import json
import os
import re
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.documents import read_folder
from index.errors import BadSeed
from index.kinds import KINDS, SELLERS
from index.records import derived_id

SEEDS = Path(__file__).parents[2] / "seeds"

ORIGINALS = {
    "addictionresource-ketamine-treatment.txt": "f4cedd7e25dff59635260b4c17960ff5c635a4a8c87fbd9cd215779613fe2992",
    "betterdaystv-ketamine-depression.txt": "87be834d66f469288d9284139974fe1018a91f68407ac7d215039ad805b2358d",
    "healing-not-habit-forming.txt": "34a1de4ab7023964e00534779217a89cb090425521fe40bb2f5f030eee375acb",
    "ketamine-patients-survey.txt": "97817cee568234ecbad47147d9017dc0355af41a2786d144eea4da7b0b9585f0",
    "northwest-ketamine-clinics.txt": "aaed5d4a871a807e6270e436853f84980766bd84e7edc47de161347c520ff70b",
}


def test_the_shipped_seeds_are_the_originals_byte_for_byte() -> None:
    assert {document.source.file: document.sha256 for document in read_folder(SEEDS)} == ORIGINALS
    for name, digest in ORIGINALS.items():
        assert hashlib.sha256((SEEDS / name).read_bytes()).hexdigest() == digest


def test_the_shipped_records_say_who_sells_what() -> None:
    sources = {document.source.id: document.source for document in read_folder(SEEDS)}
    assert sources["ketamine-patients-survey"].kind == "peer_reviewed_abstract"
    assert sources["ketamine-patients-survey"].commercial_interest is None
    assert {key for key, source in sources.items() if source.kind in SELLERS} == {
        "addictionresource-ketamine-treatment", "healing-not-habit-forming", "northwest-ketamine-clinics",
    }  # fmt: skip
    assert all(source.commercial_interest for source in sources.values() if source.kind in SELLERS)
    assert set(KINDS) >= SELLERS


def test_text_is_the_files_text(write_seeds) -> None:
    text = "\ufeffOne line.\r\nTwo 😀 lines.\n"
    (document,) = read_folder(write_seeds({"one": text}))
    assert document.text == text
    assert (document.source.title, document.source.url) == ("One", None)


def change(seeds: Path, old: str, new: str) -> None:
    records = seeds / "sources.toml"
    assert old in records.read_text()
    records.write_text(records.read_text().replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('kind = "journal_article"', 'kind = "blog"', r"source 1 \(one\): kind 'blog' is unknown: use one of guideline, .*other"),
        ('title = "One"', "", r"source 1 \(one\): title: Field required"),
        ('title = "One"', 'title = "One"\nstars = 5', r"source 1 \(one\): stars: Extra inputs are not permitted"),
        ('title = "One"', "title = 1", r"source 1 \(one\): title: Input should be a valid string"),
        ('title = "One"', 'title = "One"\ndate = "last year"', r"date: String should match pattern"),
        ('title = "One"', 'title = "One"\nurl = "example.org"', r"url: String should match pattern"),
        ('title = "One"', 'title = "One"\nurl = "javascript:alert(1)"', r"url: String should match pattern"),
        ('id = "one"', 'id = "One!"', r"id: String should match pattern"),
        ("[[source]]", "[[source", r"cannot be read as TOML: .*line 2"),
        ("[[source]]", "[source]", r"must hold \[\[source\]\] records"),
        ('publisher = "A journal"', "", r"source 1 \(one\): publisher: Field required"),
        ('file = "one.txt"', 'file = "/*.txt"', r"\(one\): file '/\*.txt' is no pattern"),
    ],
)  # fmt: skip
def test_a_bad_record_is_named_with_its_remedy(write_seeds, old: str, new: str, message: str) -> None:
    seeds = write_seeds({"one": "A text is here."})
    change(seeds, old, new)
    with pytest.raises(BadSeed, match=message):
        read_folder(seeds)


def refusals(seeds: Path) -> list[str]:
    """What is refused of a folder in which `fine.txt` is in order: it must be read whatever stands beside it."""
    reading = read_folder(seeds)
    assert "fine" in [document.source.id for document in reading]
    return [str(refusal) for refusal in reading.refused]


@pytest.fixture
def with_one(write_seeds) -> Path:
    return write_seeds({"fine": "Honey eases a cough.", "one": "A text is here."})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"Fine.\nNot \xff fine.", r"one.txt, line 2: byte 0xff is not UTF-8: save the file as UTF-8"),
        ("Caf\u00e9s are here.".encode("latin-1"), r"one.txt, line 1: byte 0xe9 is not UTF-8"),
        ("A text.".encode("utf-16"), r"one.txt: is UTF-16: save the file as UTF-8"),
        (b"A text.\n\0\0", r"one.txt, line 2: holds a NUL"),
        (b"PK\x03\x04\n\0\0", r"one.txt: is ZIP \(as Word and EPUB files are\) by its first bytes"),
        (b"\n<!DOCTYPE html><p>Honey eases a cough.", r"one.txt: is HTML by its first bytes, not what its name says: give it the ending"),
        (b" \r\n", r"one.txt: is empty: fill it"),
        (b"", r"one.txt: is empty: fill it"),
        (b"Honey eases a cough.", r"one.txt: is a duplicate, byte for byte, of fine.txt: take one of the two away"),
    ],
)
def test_a_bad_file_is_refused_by_name_with_its_remedy(with_one: Path, content: bytes, message: str) -> None:
    (with_one / "one.txt").write_bytes(content)
    (refusal,) = refusals(with_one)
    assert re.match(message, refusal)


def test_a_huge_file_is_refused_without_being_read(with_one: Path) -> None:
    with (with_one / "one.txt").open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    tracemalloc.start()
    (refusal,) = refusals(with_one)
    assert tracemalloc.get_traced_memory()[1] < 1024 * 1024
    tracemalloc.stop()
    assert refusal == "one.txt: has 200 MiB, more than the 32 MiB that are read: split it, or leave it out"


def test_a_record_without_its_file(with_one: Path) -> None:
    (with_one / "one.txt").unlink()
    assert refusals(with_one) == [
        "one.txt: cannot be read (No such file or directory): put the file back, or take the record of one away"
    ]  # fmt: skip


def test_a_file_without_a_record(with_one: Path) -> None:
    (with_one / "deep").mkdir()
    (with_one / "deep" / "more.txt").write_text("Zinc shortens a cold.")
    (refusal,) = refusals(with_one)
    assert refusal.startswith("deep/more.txt: has no record: run `sidelight add`")


def test_an_unknown_format(with_one: Path) -> None:
    (with_one / "one.txt").rename(with_one / "one.xyz")
    change(with_one, "one.txt", "one.xyz")
    (refusal,) = refusals(with_one)
    assert re.match(r"one.xyz: .xyz is not a format that can be read: use one of .txt, .md, .html", refusal)


@pytest.mark.parametrize("file", ["../out.txt", "link.txt", "/etc/hostname", "../seeds/fine.txt", "folder/out.txt"])
def test_a_file_outside_the_folder_is_never_read(with_one: Path, file: str) -> None:
    out = with_one.parent / "out"
    out.mkdir()
    for place in (out / "out.txt", with_one.parent / "out.txt"):
        place.write_text("Outside is a secret.")
    (with_one / "link.txt").symlink_to(out / "out.txt")
    (with_one / "folder").symlink_to(out)
    (with_one / "one.txt").unlink()
    change(with_one, '"one.txt"', f'"{file}"')
    assert f"{file}: is outside the seeds folder: copy it in" in refusals(with_one)
    assert "folder: is a link to a folder: copy the folder in" in refusals(with_one)
    assert len(read_folder(with_one)) == 1


def test_a_pipe_is_no_file(with_one: Path) -> None:
    (with_one / "one.txt").unlink()
    os.mkfifo(with_one / "one.txt")
    assert refusals(with_one) == ["one.txt: is no regular file: put the file back, or take the record of one away"]


@pytest.mark.parametrize("name", ["with a space", "😀", "two\nlines", "-dash", "a[1]", "*", 'it\'s "quoted"'])
def test_odd_names_are_names(with_one: Path, name: str) -> None:
    (with_one / "one.txt").rename(with_one / f"{name}.txt")
    change(with_one, '"one.txt"', json.dumps(f"{name}.txt", ensure_ascii=False))
    assert refusals(with_one) == []
    (with_one / f"{name}.txt").write_bytes(b"\xff")
    (refusal,) = refusals(with_one)
    assert "\n" not in refusal
    assert name.replace("\n", "\\n") in refusal


def test_a_name_that_is_no_text(with_one: Path) -> None:
    (with_one / os.fsdecode(b"\xff.txt")).write_text("Zinc shortens a cold.")
    (refusal,) = refusals(with_one)
    assert refusal == r"\udcff.txt: has a name that is not UTF-8: rename it"


PATTERN = """
[[source]]
id = "many"
file = "{file}"
kind = "journal_article"
language = "en"
kind_reason = "Written for a test."
{more}
"""


def add_record(seeds: Path, file: str, more: str = 'title = "Many"\npublisher = "A journal"') -> None:
    with (seeds / "sources.toml").open("a") as records:
        records.write(PATTERN.format(file=file, more=more))


def test_a_pattern_stands_for_all_its_files(with_one: Path) -> None:
    (with_one / "trials" / "old").mkdir(parents=True)
    for name in ("Zinc", "b c", "old/x"):
        (with_one / "trials" / f"{name}.txt").write_text(f"{name} shortens a cold.")
    add_record(with_one, "trials/**/*.txt")
    assert refusals(with_one) == []
    ids = {document.source.file: document.source.id for document in read_folder(with_one)}
    assert ids["trials/Zinc.txt"] == "many-zinc"
    assert re.fullmatch(r"many-b-c-[0-9a-f]{8}", ids["trials/b c.txt"])
    assert re.fullmatch(r"many-old-x-[0-9a-f]{8}", ids["trials/old/x.txt"])


def test_a_record_of_its_own_wins_over_a_pattern_and_two_patterns_are_a_fault(with_one: Path) -> None:
    add_record(with_one, "*.txt")
    assert refusals(with_one) == [
        "*.txt: matches no file that has no record of its own: mend or remove it in sources.toml"
    ]  # fmt: skip
    (with_one / "two.txt").write_text("Zinc shortens a cold.")
    assert refusals(with_one) == []
    with (with_one / "sources.toml").open("a") as records:
        records.write(PATTERN.format(file="t*", more='title = "T"\npublisher = "P"').replace('"many"', '"more"'))
    (refusal,) = refusals(with_one)
    assert refusal.startswith("two.txt: matches several records (many, more)")


def test_many_documents_without_a_publisher_say_so(with_one: Path) -> None:
    (with_one / "two.txt").write_text("Zinc shortens a cold.")
    add_record(with_one, "two.*", "")
    assert refusals(with_one) == [
        "two.txt: shows no publisher: give publisher = … in its record (many), or give it a record of its own"
    ]  # fmt: skip


@given(st.text(max_size=200), st.text(max_size=200))
def test_derived_ids_are_ids_and_tell_names_apart(one: str, other: str) -> None:
    ids = [derived_id("many", name) for name in (one, other)]
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key) and len(key) < 100 for key in ids)
    assert (ids[0] == ids[1]) == (one == other or one.lower() == other.lower() == ids[0].removeprefix("many-"))


def test_one_bad_file_of_many_stops_nothing(tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    for number in range(400):
        (seeds / f"{number}.txt").write_text(f"Drug {number} lowers blood pressure.")
    (seeds / "7.txt").write_bytes(b"\xff")
    add_record(seeds, "*.txt")
    told: list[tuple[str, int, int]] = []
    reading = read_folder(seeds, lambda *words: told.append(words))
    assert (len(reading), [refusal.file for refusal in reading.refused]) == (399, ["7.txt"])
    assert told[-1] == ("files read", 400, 400)


def test_two_records_with_one_id(write_seeds) -> None:
    seeds = write_seeds({"one": "A text is here.", "two": "Another is here."})
    change(seeds, 'id = "two"', 'id = "one"')
    with pytest.raises(BadSeed, match="2 records have id = 'one'"):
        read_folder(seeds)


def test_a_folder_without_records(tmp_path: Path) -> None:
    with pytest.raises(BadSeed, match=r"sources\.toml is missing: give --seeds a folder"):
        read_folder(tmp_path)
