"""Each format as a genuine document shows it, and as a hostile or broken one must not pass."""

import gzip
import json
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfWriter

from index.claims import claims
from index.documents import read_whole
from index.formats.claimreview import own_words
from index.formats.found import Shown, Unreadable
from index.sentences import split

FILES = Path(__file__).parent / "files"


def read(path: Path) -> Shown:
    (found,) = read_whole(path)
    assert isinstance(found, Shown), found
    return found


def attempt(path: Path) -> list[Shown | Unreadable]:
    """Whatever a file gives, a refusal of the whole among it."""
    found: list[Shown | Unreadable] = []
    try:
        found.extend(read_whole(path))
    except Unreadable as problem:
        found.append(problem)
    return found


def refused(path: Path) -> str:
    """Why a file gives no document at all."""
    (problem,) = attempt(path)
    assert isinstance(problem, Unreadable), problem
    return str(problem)


def claimed(found: Shown) -> list[str]:
    return [sentence.span.text for sentence in claims(split(found.text))]


# ---- Markdown

MARKDOWN = """---
title: not read
---
# Zinc and the common cold

Zinc lozenges **shorten** a cold by [one day](https://example.org) in
adults who start early.[^1]

## Dose

- Adults took 75 mg of zinc each day.

| Dose | Days |
|---|---|
| The table is left out of this. | 1 |

> Someone else says that zinc cures cancer.

```
The code is left out of this text.
```

<p>The markup is left out of this.</p>

## References

1. Smith found that zinc shortens colds in 2010.

## Zinc cures every cold

Zinc does not prevent a cold.

[^1]: The footnote is left out of this.
"""


def test_markdown(tmp_path: Path) -> None:
    (tmp_path / "zinc.md").write_text(MARKDOWN)
    found = read(tmp_path / "zinc.md")
    assert found.title == "Zinc and the common cold"
    assert found.text == (
        "Zinc and the common cold\n\nZinc lozenges shorten a cold by one day in adults who start early.\n\nDose\n\n"
        "Adults took 75 mg of zinc each day.\n\nZinc does not prevent a cold."
    )
    assert split(found.text)[3].heading == "Dose"


# ---- HTML

PAGE = """<!DOCTYPE html><html lang="en"><head><title>Zinc | A site</title><meta property="og:title" content="Zinc">
<meta property="og:site_name" content="A site"><meta name="citation_publication_date" content="2024/05/17">
<link rel="canonical" href="{link}"></head><body>
<nav><a href="/">Home</a> <a href="/shop">The shop sells zinc.</a></nav>
<script>document.write("Scripts cure every cold.")</script><style>p {{ color: red }}</style>
<article><h1>Zinc</h1>
<p>Zinc lozenges shorten a cold by about one day.<sup><a href="#1">1</a></sup> They were
taken<br>every two hours by adults in the trials.</p>
<p hidden>Hidden words cure every cold.</p><p style="display: none">Unseen words cure every cold.</p>
<p>The virus count fell from 10<sup>6</sup> to 10<sup>3</sup> per ml in adults who took zinc within a day.</p>
<h2>Zinc cures every cold</h2><blockquote>My neighbour says that zinc cured her cancer in a week.</blockquote>
<ul><li>Zinc causes nausea in some adults.</li><li>It leaves a bad taste in the mouth.</li></ul>
<table><tr><td>The table is left out of this text here.</td></tr></table>
<h2>References</h2><p>Smith and others found in 2010 that zinc shortens colds in adults by a day.</p>
</article><footer>Copyright 2012. All rights reserved.</footer></body></html>"""


def test_html(tmp_path: Path) -> None:
    (tmp_path / "zinc.html").write_text(PAGE.format(link="https://example.org/zinc"))
    found = read(tmp_path / "zinc.html")
    assert (found.title, found.publisher, found.url, found.date, found.language) == (
        "Zinc", "A site", "https://example.org/zinc", "2024-05-17", "en",
    )  # fmt: skip
    assert claimed(found) == [
        "Zinc lozenges shorten a cold by about one day.",
        "They were taken every two hours by adults in the trials.",
        "The virus count fell from 10⁶ to 10³ per ml in adults who took zinc within a day.",
        "Zinc causes nausea in some adults.",
        "It leaves a bad taste in the mouth.",
    ]


def test_an_address_that_is_none_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "zinc.html").write_text(PAGE.format(link="javascript:alert(1)"))
    assert read(tmp_path / "zinc.html").url is None


@pytest.mark.parametrize(
    ("encoding", "head"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("utf-16", ""),
        ("windows-1252", '<meta charset="iso-8859-1">'),
        ("shift-jis", '<meta charset="Shift_JIS">'),
    ],
)
def test_html_is_read_in_the_encoding_that_it_names(tmp_path: Path, encoding: str, head: str) -> None:
    sign = "ゾ" if encoding == "shift-jis" else "’"
    words = f"Zinc{sign} shortens a cold by about one day in adults who take it early enough."
    (tmp_path / "page.html").write_bytes(f"<html><head>{head}</head><body><article><p>{words}</p></article></body></html>".encode(encoding))
    assert read(tmp_path / "page.html").text == words


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("<p>Café".encode("latin-1"), "byte 0xe9 is not utf-8: save the page as UTF-8"),
        (b'<meta charset="klingon"><p>Text', "names an encoding that is unknown here"),
        (b"%PDF-1.4", "is PDF by its first bytes"),
        (b"<!-- nothing -->", "is no HTML"),
        (b"<html><body></body></html>", "holds no text"),
    ],
)
def test_html_that_cannot_be_read(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "page.html").write_bytes(content)
    assert message in refused(tmp_path / "page.html")


def test_deep_html_does_not_break_the_reader(tmp_path: Path) -> None:
    (tmp_path / "deep.html").write_text("<div>" * 50_000 + "Zinc shortens a cold.")
    assert len(attempt(tmp_path / "deep.html")) == 1


# ---- PDF


def test_pdf(tmp_path: Path) -> None:
    found = read(FILES / "zinc.pdf")
    assert (found.title, found.doi) == ("Zinc lozenges for the common cold", None)
    assert claimed(found) == [
        "Zinc lozenges shortened the common cold by about one day in adults who started within a day of the first symptoms.",
        "The randomized trials were small and differed in the dose that was given.",
        "Adults who took zinc reported nausea more often than those who took placebo.",
        "Zinc did not prevent colds.",
    ]
    assert split(found.text)[0].span.text == "Abstract"


def test_a_pdf_with_a_password_is_refused(tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=FILES / "zinc.pdf")
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(tmp_path / "locked.pdf")
    assert "is protected by a password: save a copy without it" in refused(tmp_path / "locked.pdf")


@pytest.mark.parametrize("cut", [20, 400, -200])
def test_a_broken_pdf_is_refused(tmp_path: Path, cut: int) -> None:
    content = (FILES / "zinc.pdf").read_bytes()
    (tmp_path / "cut.pdf").write_bytes(content[:cut] if cut > 0 else b"%PDF-1.4\n" + b"\0" * 3000)
    assert "cannot be read as PDF" in refused(tmp_path / "cut.pdf") or "holds no text" in refused(tmp_path / "cut.pdf")


def test_a_pdf_without_text_and_a_text_called_pdf_are_refused(tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.write(tmp_path / "blank.pdf")
    assert "holds no text, perhaps pictures of pages: run text recognition" in refused(tmp_path / "blank.pdf")
    (tmp_path / "text.pdf").write_text("Zinc shortens a cold.")
    assert "is no PDF by its first bytes" in refused(tmp_path / "text.pdf")


# ---- JSON lines


def test_json_lines(tmp_path: Path) -> None:
    lines = [
        {"doc_id": "PMC1", "title": "Zinc", "abstract": "Zinc shortens a cold.", "url": "https://example.org/1", "topics": ["cold"]},
        {"_id": 7, "title": "RETRACTED: Honey", "abstract": ["Honey eases a cough.", "It is sweet."], "year": 2020, "doi": "10.1234/ABC"},
        {"text": "Aspirin thins the blood.", "url": "javascript:alert(1)", "retracted": True},
    ]
    with gzip.open(tmp_path / "lines.jsonl.gz", "wt") as file:
        file.write("\n".join(map(json.dumps, lines)))
    zinc, honey, aspirin = read_whole(tmp_path / "lines.jsonl.gz")
    assert isinstance(zinc, Shown) and isinstance(honey, Shown) and isinstance(aspirin, Shown)  # noqa: PT018
    assert (zinc.key, zinc.title, zinc.text, zinc.url) == ("PMC1", "Zinc", "Zinc shortens a cold.", "https://example.org/1")
    assert (honey.key, honey.date, honey.doi, honey.retracted) == ("7", "2020", "10.1234/abc", "unknown")
    assert (aspirin.url, aspirin.retracted, len(aspirin.key)) == (None, "unknown", 12)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"{not json}", "line 2: is not JSON"),
        (b"[1, 2]", "line 2: the line: Input should be a valid dictionary"),
        (b'{"doc_id": "x", "title": "Only a title"}', "line 2: has neither an abstract nor a text"),
        (b'{"text": "\xff"}', "line 2: byte 0xff is not UTF-8"),
        (b'{"text": "half a pair \\ud800"}', "half of a surrogate pair"),
        (b'{"text": "a NUL \\u0000"}', "holds a NUL"),
        (b"[" * 100_000, "line 2: is not JSON"),
        (b'{"text": ' + b"9" * 5000 + b"}", "line 2: is not JSON"),
        (b'{"text": "' + b"a" * 5_000_000 + b'"}', "line 2: is longer than the 4 MiB"),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_read(tmp_path: Path, line: bytes, message: str) -> None:
    (tmp_path / "lines.jsonl").write_bytes(b'{"text": "Zinc shortens a cold."}\n' + line + b'\n\n{"text": "Honey eases a cough."}')
    first, bad, last = read_whole(tmp_path / "lines.jsonl")
    assert isinstance(first, Shown) and isinstance(last, Shown)  # noqa: PT018
    assert isinstance(bad, Unreadable) and message in f"{bad.place}: {bad}"  # noqa: PT018


def test_a_gzip_bomb_and_a_cut_gzip_end_in_a_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.formats.jsonl.UNPACKED", 20_000_000)
    (tmp_path / "bomb.jsonl.gz").write_bytes(gzip.compress(b'{"text": "Zinc shortens a cold."}\n' + b" " * 60_000_000))
    tracemalloc.start()
    found = list(read_whole(tmp_path / "bomb.jsonl.gz"))
    assert tracemalloc.get_traced_memory()[1] < 40_000_000
    tracemalloc.stop()
    assert [getattr(one, "place", "") for one in found] == ["", "from line 2 on"]
    whole = gzip.compress(b'{"text": "Zinc shortens a cold."}\n' * 2000)
    (tmp_path / "cut.jsonl.gz").write_bytes(whole[:-20])
    *_, last = read_whole(tmp_path / "cut.jsonl.gz")
    assert isinstance(last, Unreadable)
    assert "cannot be unpacked" in str(last)
    (tmp_path / "plain.jsonl.gz").write_bytes(b'{"text": "Not packed."}')
    assert "cannot be unpacked" in str(next(iter(read_whole(tmp_path / "plain.jsonl.gz"))))


# ---- ClaimReview

REVIEW = {
    "@context": "https://schema.org",
    "@type": "ClaimReview",
    "claimReviewed": "Vaccines contain microchips.",
    "url": "https://example.org/check",
    "datePublished": "2021-03-01",
    "author": {"@type": "Organization", "name": "Checkers"},
    "reviewRating": {"@type": "Rating", "ratingValue": 1, "bestRating": 5, "alternateName": "False"},
    "reviewBody": (
        "Vaccines contain microchips. A viral video claims that the injected chips track people. Some doctors say vaccines do contain "
        "microchips. Vaccines do not contain microchips. “Every dose has a tracking chip inside,” the post read. "
        "The needle of a vaccine is too narrow for any tracking device."
    ),
}


def test_a_reviewed_claim_is_never_evidence_for_itself(tmp_path: Path) -> None:
    (tmp_path / "review.json").write_text(json.dumps(REVIEW))
    found = read(tmp_path / "review.json")
    assert claimed(found) == ["Vaccines do not contain microchips.", "The needle of a vaccine is too narrow for any tracking device."]
    assert (found.publisher, found.date, found.notes) == ("Checkers", "2021-03-01", ("rated 'False' by its publisher",))
    assert found.title == "Fact check of “Vaccines contain microchips.”: False"


def test_a_rating_alone_is_a_source_without_a_claim(tmp_path: Path) -> None:
    feed = {"@type": "DataFeed", "dataFeedElement": [{"item": [REVIEW | {"reviewBody": ""}]}, {"item": {"@type": "Other"}}]}
    (tmp_path / "feed.json").write_text(json.dumps(feed))
    found = read(tmp_path / "feed.json")
    assert found.text == ""
    assert "gives a rating and no findings of its own: listed as a source, no evidence" in found.notes


def test_a_page_with_a_review_gives_the_reviewers_words_alone(tmp_path: Path) -> None:
    script = f'<script type="application/ld+json">{json.dumps([REVIEW])}</script>'
    body = "".join(f"<p>{line}</p>" for line in REVIEW["reviewBody"].split(". "))  # type: ignore[attr-defined]
    (tmp_path / "check.html").write_text(f"<html><head>{script}</head><body><article><h1>Check</h1>{body}</article></body></html>")
    text = read(tmp_path / "check.html").text
    assert "Vaccines do not contain microchips" in text
    assert "Vaccines contain microchips" not in text
    assert "track people" not in text


def test_a_feed_gives_the_reviews_of_its_items(tmp_path: Path) -> None:
    script = f'<p>{REVIEW["reviewBody"]}</p><script type="application/ld+json">{json.dumps(REVIEW)}</script>'
    items = f"<item><title>Check</title><description><![CDATA[{script}]]></description></item><item><description>News</description></item>"
    (tmp_path / "feed.xml").write_text(f'<?xml version="1.0"?><rss version="2.0"><channel><title>F</title>{items}</channel></rss>')
    review, other = attempt(tmp_path / "feed.xml")
    assert isinstance(review, Shown)
    assert claimed(review) == ["Vaccines do not contain microchips.", "The needle of a vaccine is too narrow for any tracking device."]
    assert isinstance(other, Unreadable)
    assert (other.place, other.reason) == ("item 2", "holds no ClaimReview")


@pytest.mark.parametrize("content", ["[]", '{"@type": "Article"}', "{", '"text"', "[" * 100_000])
def test_json_without_a_review_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "other.json").write_text(content)
    assert refused(tmp_path / "other.json")


@given(
    st.sampled_from(["Masks do not stop flu", "Vitamin C cures colds", "5G causes cancer"]),
    st.sampled_from(["{}.", "It says {}!", "So {}, then."]),
)
def test_no_wording_of_the_claim_itself_stays(claim: str, frame: str) -> None:
    assert own_words(frame.format(claim), [claim]) == ""


# ---- JATS


def test_jats() -> None:
    found = read(FILES / "zinc.nxml")
    assert (found.title, found.doi, found.url, found.date, found.publisher, found.language) == (
        "Zinc lozenges for the common cold: a randomized trial", "10.1234/zinc.2020", "https://doi.org/10.1234/zinc.2020", "2020-06-05",
        "Journal of Colds", "en",
    )  # fmt: skip
    assert found.text == (
        "Methods\n\nWe gave 100 adults zinc or placebo.\n\nResults\n\nZinc shortened colds by 1.2 days (P < 0.05).\n\n"
        "Introduction\n\nColds are caused by viruses, among them 10⁶ per ml of rhinovirus.\n\n"
        "Adverse events\n\nNausea was more frequent with zinc.\n\nA bad taste was reported by 12 adults."
    )
    assert found.notes == ("article type: research-article",)
    assert (found.retracted, found.retracts) == (None, ())


ARTICLE = """<article article-type="{kind}"><front><journal-meta><journal-title>J</journal-title></journal-meta><article-meta>
<article-id pub-id-type="doi">10.1234/own</article-id><title-group><article-title>{title}</article-title></title-group>
<pub-date pub-type="epub"><day>7</day><month>3</month><year>2021</year></pub-date>{more}
<abstract><p>Zinc shortens a cold.</p></abstract></article-meta></front></article>"""
XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink" ext-link-type="doi"'


@pytest.mark.parametrize(
    ("kind", "title", "more", "retracted", "retracts"),
    [
        ("research-article", "Zinc", "", None, ()),
        ("retracted-article", "Zinc", "", "unknown", ()),
        ("research-article", "RETRACTED ARTICLE: Zinc", "", "unknown", ()),
        ("research-article", "Zinc", f'<related-article {XLINK} related-article-type="retraction-forward" xlink:href="10.1/x"/>',
         "unknown", ()),
        ("research-article", "Zinc", '<pub-date date-type="retracted"><year>2022</year></pub-date>', "2022", ()),
        ("retraction", "Zinc", f'<related-article {XLINK} related-article-type="retracted-article" xlink:href="10.1234/ABC"/>',
         "2021-03-07", ("10.1234/abc",)),
        ("correction", "Zinc", f'<related-article {XLINK} related-article-type="corrected-article" xlink:href="10.1234/abc"/>', None, ()),
        ("research-article", "Why papers on zinc are retracted", "", None, ()),
        ("research-article", "Withdrawn: rats without nicotine", "", "unknown", ()),
    ],
)  # fmt: skip
def test_jats_retractions(tmp_path: Path, kind: str, title: str, more: str, retracted: str | None, retracts: tuple[str, ...]) -> None:
    (tmp_path / "a.nxml").write_text(ARTICLE.format(kind=kind, title=title, more=more))
    found = read(tmp_path / "a.nxml")
    assert (found.retracted, found.retracts) == (retracted, retracts)


BOMB = '<!DOCTYPE a [<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)) + "]>"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (BOMB + ARTICLE.format(kind="x", title="&a9;", more=""), "entity"),
        (BOMB + ARTICLE.format(kind="&a9;", title="x", more=""), ""),
        ('<!DOCTYPE a [<!ENTITY s SYSTEM "{secret}">]>' + ARTICLE.format(kind="x", title="&s;", more=""), "entities"),
        ('<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd">' + ARTICLE.format(kind="x", title="&alpha;", more=""), ""),
        ("<html><body>Text</body></html>", "is HTML by its first bytes"),
        ("<record><body>Text</body></record>", "its outermost element is <record>"),
        ("<article><front/></article>", "without <article-meta>"),
        ("<article>", "is not well-formed XML"),
        ("Just text.", "is not well-formed XML"),
        ("<article>" * 5000, "is not well-formed XML"),
    ],
)  # fmt: skip
def test_hostile_xml_is_refused(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "secret").write_text("SECRET")
    (tmp_path / "a.nxml").write_text(content.replace("{secret}", str(tmp_path / "secret")))
    problem = refused(tmp_path / "a.nxml")
    assert message in problem
    assert "SECRET" not in problem


def test_a_set_of_articles_is_several_documents(tmp_path: Path) -> None:
    articles = "<article><front/></article>" + "".join(
        ARTICLE.format(kind="x", title=f"Zinc {n}", more="").replace("10.1234/own", f"10.1234/{n}") for n in (1, 2)
    )
    (tmp_path / "set.xml").write_text(f"<pmc-articleset>{articles}</pmc-articleset>")
    bad, *good = read_whole(tmp_path / "set.xml")
    assert isinstance(bad, Unreadable)
    assert [found.key for found in good if isinstance(found, Shown)] == ["10.1234/1", "10.1234/2"]


# ---- all


@given(ending=st.sampled_from([".txt", ".md", ".html", ".pdf", ".nxml", ".jsonl", ".jsonl.gz", ".json"]), content=st.binary(max_size=300))
def test_no_bytes_break_a_reader(tmp_path_factory: pytest.TempPathFactory, ending: str, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / f"any{ending}"
    path.write_bytes(content)
    assert all(found.text if isinstance(found, Shown) else found.remedy for found in attempt(path))


def test_serving_loads_no_reader_of_formats() -> None:
    libraries = ("lxml", "trafilatura", "pypdf", "markdown_it", "tqdm")
    code = f"import api.app, index.documents, sys; print([name for name in {libraries} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.nxml", ARTICLE.format(kind="x", title="Zinc", more="").replace("Zinc shortens", "Zinc" + " " * 400_000 + "(" * 100_000)),
        ("a.json", json.dumps(REVIEW | {"reviewBody": "«" * 300_000 + "“ " * 100_000})),
        ("a.html", "<html><body><p>" + "<sup>1</sup> " * 20_000 + "</p></body></html>"),
        ("a.md", "[" * 20_000 + "\n\n" + "> " * 2_000 + "Zinc shortens a cold."),
        ("a.txt", "(" * 500_000),
    ],
    ids=lambda value: value[:6],
)
def test_texts_made_to_be_slow_are_not(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    began = time.process_time()
    assert len(attempt(tmp_path / name)) == 1
    assert time.process_time() - began < 10
