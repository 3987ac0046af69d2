"""Which sources a list in Retraction Watch's layout retracts."""

import pytest

from index.documents import read_folder
from index.errors import BadRetractions, BadSeed
from index.retractions import mark, normal_doi, read_retractions
from index.types import Source

HEADER = (
    "Record ID,Title,Subject,Institution,Journal,Publisher,Country,Author,URLS,ArticleType,RetractionDate,RetractionDOI,"
    "RetractionPubMedID,OriginalPaperDate,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,Reason,Paywalled,Notes,\n"
)


def row(doi, nature, date="1/15/2024 0:00"):
    paper = f'7,"Ketamine, revisited",(HSC) Medicine;,A University;,A Journal,A House,Norway,A. Author,,Clinical Study;,{date},10.1/notice'
    return f"{paper},0,1/1/2020 0:00,{doi},0,{nature},+Error in Data;,No,,\n"


@pytest.fixture
def write(tmp_path):
    def write(*rows, header=HEADER):
        path = tmp_path / "retraction_watch.csv"
        path.write_text(header + "".join(rows), encoding="utf-8")
        return path

    return write


DOI = "10.1234/abc"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], {}),
        ([row(DOI, "Retraction")], {DOI: "2024-01-15"}),
        ([row(DOI, "Correction")], {}),
        ([row(DOI, "Expression of concern")], {}),
        ([row("unavailable", "Retraction")], {}),
        ([row("", "Retraction")], {}),
        ([row("https://doi.org/10.1234/ABC", "retraction ", "2024-03-01")], {DOI: "2024-03-01"}),
        # A correction after a retraction does not lift it; a reinstatement does, wherever it stands in the list.
        ([row(DOI, "Retraction"), row(DOI, "Correction", "2/1/2024 0:00")], {DOI: "2024-01-15"}),
        ([row(DOI, "Retraction"), row(DOI, "Reinstatement", "2/1/2024 0:00")], {}),
        ([row(DOI, "Reinstatement", "2/1/2024 0:00"), row(DOI, "Retraction")], {}),
        # Retracted again after it was reinstated.
        ([row(DOI, "Reinstatement", "1/1/2023 0:00"), row(DOI, "Retraction")], {DOI: "2024-01-15"}),
        ([row(DOI, "Retraction"), row(DOI, "Reinstatement", "1/1/2023 0:00")], {DOI: "2024-01-15"}),
        # Without dates the order of the list decides.
        ([row(DOI, "Retraction", "")], {DOI: "unknown"}),
        ([row(DOI, "Retraction", "13/45/2024"), row(DOI, "Reinstatement", "")], {}),
        ([row(DOI, "Retraction"), row("10.1234/other", "Reinstatement", "2/1/2024 0:00")], {DOI: "2024-01-15"}),
    ],
)
def test_only_a_retraction_that_stands_counts(write, rows, expected):
    assert read_retractions(write(*rows)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.1016/S0140-6736(97)11096-0", "10.1016/s0140-6736(97)11096-0"),
        (" https://doi.org/10.1000/X ", "10.1000/x"),
        ("http://dx.doi.org/10.1000/x", "10.1000/x"),
        ("doi: 10.1000/x", "10.1000/x"),
        ("https://doi.org/10.1000%2Fx", "10.1000/x"),
        ("https://example.org/10.1000/x", None),
        ("unavailable", None),
        ("", None),
    ],
)
def test_dois_are_compared_bare_and_in_lower_case(text, expected):
    assert normal_doi(text) == expected


def source(**known):
    return Source("s", "Title", "journal_article", "because", "A journal", "s.txt", "en", **known)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"doi": "https://doi.org/10.1234/ABC"}, "2024-01-15"),
        ({"url": "https://doi.org/10.1234/abc"}, "2024-01-15"),
        ({"doi": "10.1234/abcd"}, None),
        ({"url": "https://example.org/"}, None),
        ({}, None),
        ({"doi": DOI, "retracted": "2023"}, "2023"),
    ],
)
def test_sources_are_matched_on_their_doi(known, expected):
    assert mark({"s": source(**known)}, {DOI: "2024-01-15"})["s"].retracted == expected


def test_a_list_without_its_columns_says_which_and_what_to_give(write):
    path = write(header="doi,title\n")
    with pytest.raises(BadRetractions, match=r"OriginalPaperDOI and RetractionNature: give Retraction Watch's CSV"):
        read_retractions(path)
    with pytest.raises(BadRetractions, match="OriginalPaperDOI"):
        read_retractions(write(header=""))


def test_a_missing_list_says_so(tmp_path):
    with pytest.raises(BadRetractions, match=r"none\.csv cannot be read \(No such file or directory\): put it there"):
        read_retractions(tmp_path / "none.csv")


def test_names_in_another_encoding_do_not_bar_the_list(tmp_path):
    path = tmp_path / "latin.csv"
    path.write_bytes((HEADER + row(DOI, "Retraction")).replace("A. Author", "Å. Author").encode("latin-1"))
    assert read_retractions(path) == {DOI: "2024-01-15"}


def test_a_record_may_name_its_doi_and_a_retraction(write_seeds):
    seeds = write_seeds({"one": "A text is here."})
    records = seeds / "sources.toml"
    records.write_text(records.read_text() + 'doi = "https://doi.org/10.1234/ABC"\nretracted = "2024-01"\n')
    (document,) = read_folder(seeds)
    assert (document.source.doi, document.source.retracted) == ("https://doi.org/10.1234/ABC", "2024-01")
    records.write_text(records.read_text().replace("https://doi.org/10.1234/ABC", "ten point one"))
    with pytest.raises(BadSeed, match="doi"):
        read_folder(seeds)


def test_a_notice_in_the_folder_retracts_the_article_that_it_names(write_seeds):
    seeds = write_seeds({"one": "Zinc shortens a cold.", "two": "Honey eases a cough."})
    with (seeds / "sources.toml").open("a") as records:
        records.write('doi = "10.1234/ABC"\n\n')  # of two, the last record
        records.write('[[source]]\nid = "notices"\nfile = "*.nxml"\nkind = "other"\nkind_reason = "Notices."\nlanguage = "en"\n')
    (seeds / "notice.nxml").write_text(
        '<article article-type="retraction" xmlns:xlink="http://www.w3.org/1999/xlink"><front><journal-meta><journal-title>J</journal-title>'
        "</journal-meta><article-meta><title-group><article-title>Retraction: Honey</article-title></title-group>"
        '<pub-date pub-type="epub"><day>1</day><month>2</month><year>2023</year></pub-date>'
        '<related-article related-article-type="retracted-article" ext-link-type="doi" xlink:href="https://doi.org/10.1234/abc"/>'
        "</article-meta></front></article>"
    )
    reading = read_folder(seeds)
    assert reading.refused == ()
    assert {document.source.id: document.source.retracted for document in reading} == {
        "notices-notice": "2023-02-01", "one": None, "two": "2023-02-01",
    }  # fmt: skip


def test_a_title_that_says_retracted_is_heeded(write_seeds):
    seeds = write_seeds({"one": "Zinc shortens a cold."})
    records = seeds / "sources.toml"
    records.write_text(records.read_text().replace('title = "One"', 'title = "RETRACTED: One"'))
    assert read_folder(seeds)[0].source.retracted == "unknown"
