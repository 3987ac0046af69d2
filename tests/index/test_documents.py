import hashlib
from pathlib import Path

import pytest

from index.documents import KINDS, SELLERS, read_folder
from index.errors import BadSeed

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
        ('file = "one.txt"', 'file = "other.txt"', r"one.txt has no record: add a \[\[source\]\]"),
        ('file = "one.txt"', 'file = "../seeds/one.txt"', r"one.txt has no record"),
    ],
)  # fmt: skip
def test_a_bad_record_is_named_with_its_remedy(write_seeds, old: str, new: str, message: str) -> None:
    seeds = write_seeds({"one": "A text is here."})
    change(seeds, old, new)
    with pytest.raises(BadSeed, match=message):
        read_folder(seeds)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"Fine.\nNot \xff fine.", r"one.txt, line 2: byte 0xff is not UTF-8: save the file as UTF-8"),
        (b"PK\x03\x04\n\0\0", r"one.txt, line 2: holds a NUL"),
        (b" \r\n", r"one.txt is empty"),
    ],
)
def test_a_bad_file_is_named_with_its_remedy(write_seeds, content: bytes, message: str) -> None:
    seeds = write_seeds({"one": "A text is here."})
    (seeds / "one.txt").write_bytes(content)
    with pytest.raises(BadSeed, match=message):
        read_folder(seeds)


def test_a_record_without_its_file(write_seeds) -> None:
    seeds = write_seeds({"one": "A text is here.", "two": "Another is here."})
    (seeds / "two.txt").unlink()
    with pytest.raises(BadSeed, match=r"two.txt \(two\) cannot be read: No such file or directory. Put the file back"):
        read_folder(seeds)


def test_an_unknown_format(write_seeds) -> None:
    seeds = write_seeds({"one": "A text is here."})
    (seeds / "one.txt").rename(seeds / "one.xyz")
    change(seeds, "one.txt", "one.xyz")
    with pytest.raises(BadSeed, match=r"one.xyz: .xyz is not a format that can be read: use one of .txt"):
        read_folder(seeds)


def test_a_file_outside_the_folder(write_seeds) -> None:
    seeds = write_seeds({"one": "A text is here."})
    (seeds.parent / "out.txt").write_text("Outside.")
    (seeds / "one.txt").unlink()
    change(seeds, "one.txt", "../out.txt")
    with pytest.raises(BadSeed, match="outside the seeds folder"):
        read_folder(seeds)


def test_two_records_with_one_id(write_seeds) -> None:
    seeds = write_seeds({"one": "A text is here.", "two": "Another is here."})
    change(seeds, 'id = "two"', 'id = "one"')
    with pytest.raises(BadSeed, match="2 records have id = 'one'"):
        read_folder(seeds)


def test_a_folder_without_records(tmp_path: Path) -> None:
    with pytest.raises(BadSeed, match=r"sources\.toml is missing: give --seeds a folder"):
        read_folder(tmp_path)
