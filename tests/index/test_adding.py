import os
import resource
import signal
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.adding import Added, add
from index.documents import read_folder
from index.errors import BadSeed
from index.placing import alone, toml

GIVEN = {"kind": "content_site", "kind_reason": "Written for a test.", "publisher": "A site"}
PAGE = """<html lang="en"><head><title>Zinc and colds</title><link rel="canonical" href="https://example.org/zinc">
<meta name="citation_doi" content="10.1234/zinc"><meta property="article:published_time" content="2024-05-17T10:00:00Z"></head>
<body><article><h1>Zinc</h1><p>Zinc lozenges shorten a cold by about one day in adults who start early.</p></article></body></html>"""


@pytest.fixture
def seeds(write_seeds) -> Path:
    folder = write_seeds({"honey": "Honey eases a cough."})
    records = folder / "sources.toml"
    records.write_text("# A comment of ours.\n" + records.read_text().rstrip("\n"))
    return folder


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "Zinc page.html"
    path.write_text(PAGE)
    return path


def state(seeds: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in seeds.iterdir()}


def test_copies_the_document_and_appends_its_record(seeds: Path, page: Path) -> None:
    before = (seeds / "sources.toml").read_text()
    assert add(seeds, [page], GIVEN) == [Added("Zinc page.html", "zinc-page", True, ())]
    assert (seeds / "sources.toml").read_text().startswith(before)
    assert (seeds / "Zinc page.html").read_bytes() == page.read_bytes()
    reading = read_folder(seeds)
    assert reading.refused == ()
    source = reading[1].source
    assert (source.title, source.url, source.date, source.doi, source.kind) == (
        "Zinc and colds", "https://example.org/zinc", "2024-05-17", "10.1234/zinc", "content_site",
    )  # fmt: skip
    assert [path.name for path in seeds.iterdir() if path.name.startswith(".")] == []


def test_says_what_the_record_lacks_and_adds_nothing(seeds: Path, page: Path, tmp_path: Path) -> None:
    before = state(seeds)
    with pytest.raises(
        BadSeed, match=r"lacks kind, kind_reason, publisher. Give --kind, one of .*The document shows title: Zinc and colds"
    ):
        add(seeds, [page], {})
    text = tmp_path / "plain.txt"
    text.write_text("Zinc shortens a cold.")
    with pytest.raises(BadSeed, match=r"plain.txt is not added: its record lacks title. Give --title"):
        add(seeds, [page, text], GIVEN)
    with pytest.raises(BadSeed, match=r"kind 'blog' is unknown"):
        add(seeds, [page], GIVEN | {"kind": "blog"})
    assert state(seeds) == before
    (added,) = add(seeds, [text], GIVEN | {"title": "Zinc", "kind": "treatment_provider"})
    assert [option.partition(",")[0] for option in added.missing] == ["--commercial-interest", "--url", "--date", "--doi"]


def test_what_is_there_already_is_left_alone(seeds: Path, page: Path, tmp_path: Path) -> None:
    add(seeds, [page], GIVEN)
    before = state(seeds)
    copy = tmp_path / "copy.html"
    copy.write_bytes(page.read_bytes())
    assert add(seeds, [copy], GIVEN) == [Added("Zinc page.html", "zinc-page", False, ())]
    page.write_text(PAGE.replace("Zinc lozenges", "Zinc tablets"))
    with pytest.raises(BadSeed, match=r"holds another Zinc page.html with other bytes: give one of the two another name"):
        add(seeds, [page], GIVEN)
    assert state(seeds) == before


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("broken.txt", b"\xff", r"broken.txt, line 1: byte 0xff is not UTF-8: save the file as UTF-8. Nothing is added"),
        ("x.docx", b"PK\x03\x04", r"x.docx: .docx is not a format that can be read"),
        (".hidden.txt", b"Text.", r"a name that starts with a dot"),
        ("sources.toml", b"Text.", r"a name that starts with a dot"),
        ("lines.jsonl", b"{}\n", r"lines.jsonl, line 1: has neither an abstract nor a text"),
    ],
)
def test_what_a_rebuild_would_refuse_is_not_added(seeds: Path, tmp_path: Path, name: str, content: bytes, message: str) -> None:
    before = state(seeds)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadSeed, match=message):
        add(seeds, [tmp_path / name], GIVEN | {"title": "T"})
    assert state(seeds) == before


def test_folders_and_twins(seeds: Path, tmp_path: Path) -> None:
    with pytest.raises(BadSeed, match="is no file: give documents"):
        add(seeds, [tmp_path], GIVEN)
    with pytest.raises(BadSeed, match=r"Several of the documents are named x\.txt"):
        add(seeds, [tmp_path / "a" / "x.txt", tmp_path / "b" / "x.txt"], GIVEN)
    with pytest.raises(BadSeed, match="There is no folder"):
        add(tmp_path / "nowhere", [tmp_path / "x.txt"], GIVEN)
    with alone(seeds), pytest.raises(BadSeed, match="Another `sidelight add` works in"):
        add(seeds, [], GIVEN)


def test_a_collection_needs_no_title_and_a_new_folder_no_records(tmp_path: Path) -> None:
    lines = tmp_path / "trials.jsonl"
    lines.write_text('{"doc_id": "PMC1", "title": "Zinc", "abstract": "Zinc shortens a cold.", "journal": "J"}\n')
    (tmp_path / "new").mkdir()
    add(tmp_path / "new", [lines], {"kind": "peer_reviewed_abstract", "kind_reason": "Abstracts."})
    (document,) = read_folder(tmp_path / "new")
    assert (document.source.id, document.source.title, document.source.publisher) == ("trials-pmc1", "Zinc", "J")


def test_a_full_disk_adds_nothing(seeds: Path, page: Path) -> None:
    before, limits = state(seeds), resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        for room in (100, len(PAGE) - 1, len(PAGE) + 1):
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
            # The page fits with the last room, sources.toml with its new record must not.
            with pytest.raises(BadSeed, match=r"cannot be written \(.*\): make room there"):
                add(seeds, [page], GIVEN | {"kind_reason": "Because. " * 100})
            assert state(seeds) == before
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)


def test_killed_at_any_step_it_can_be_done_again(seeds: Path, page: Path) -> None:
    before, ends = state(seeds), []
    for step in range(1, 200):
        died = killed_at(step, seeds, page)
        reading = read_folder(seeds)
        assert "honey" in [document.source.id for document in reading]
        ends.append(f"{len(reading)}{len(reading.refused)}")
        assert [refusal.reason for refusal in reading.refused] in ([], ["has no record"])
        add(seeds, [page], GIVEN)
        again = read_folder(seeds)
        assert (len(again), again.refused) == (2, ())
        assert not [path for path in seeds.iterdir() if path.name.startswith(".")]
        for path in seeds.iterdir():
            path.unlink()
        for name, content in before.items():
            (seeds / name).write_bytes(content)
        if not died:
            break
    assert list(dict.fromkeys(ends)) == ["10", "11", "20"], "nothing, then the file alone, then both"


def killed_at(step: int, seeds: Path, page: Path) -> bool:
    child = os.fork()
    if child == 0:
        left = step

        def count(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal left
            if event in ("open", "os.rename", "os.remove", "os.link", "shutil.copyfile", "shutil.copymode"):
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        add(seeds, [page], GIVEN)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_any_text_comes_back_from_a_record(text: str) -> None:
    assert tomllib.loads(toml({"title": text}))["source"][0]["title"] == text
