"""A retracted source is shown and counts for nothing, from the list of retractions to the verdict."""

from contextlib import nullcontext
from dataclasses import replace

import pytest

from api import cli, serving
from api.app import load_engine
from api.settings import Settings
from api.types import Note, Scores, Stance, Verdict
from api.verdict import decide, judge
from index.retractions import mark
from index.types import Claim, Evidence, Sentence, Source, Span

CLAIM = "NMDA receptors are shut by the drug."


def sentence(text):
    return Sentence(Span(0, len(text), text))


def evidence(retracted):
    source = Source("s", "Title", "journal_article", "because", "A journal", "s.txt", "en", retracted=retracted)
    return Evidence(Claim("c", "s", sentence("Ketamine blocks the NMDA receptor.")), source, 0.7, 0.9)


@pytest.mark.parametrize(
    ("scores", "stance", "sound"),
    [(Scores(0.98, 0.01, 0.01), Stance.SUPPORTS, Verdict.SUPPORTED), (Scores(0.01, 0.98, 0.01), Stance.CONTRADICTS, Verdict.CONTRADICTED)],
)
def test_retracted_evidence_is_shown_and_never_counts(scores, stance, sound):
    standing, retracted = (judge(CLAIM, evidence(date), scores, None) for date in (None, "2024-01-15"))
    finding = decide(sentence(CLAIM), [retracted])
    assert (finding.verdict, finding.tally) == (Verdict.NO_EVIDENCE, {})
    assert [(j.stance, Note.RETRACTED in j.notes) for j in finding.judgements] == [(stance, True)]
    assert decide(sentence(CLAIM), [standing]).verdict is sound
    assert decide(sentence(CLAIM), [standing, retracted]).tally == {"journal_article": {"supports": 0, "contradicts": 0, stance.value: 1}}


def test_an_engine_marks_the_sources_that_the_list_retracts(settings, tmp_path):
    path = tmp_path / "retractions.csv"
    path.write_text("OriginalPaperDOI,RetractionNature\n10.1/x,Retraction\n10.1234/x,Retraction\n")
    store = load_engine(Settings(index=settings.index, retractions=path)).store
    assert not any(source.retracted for source in store.sources.values())
    with_doi = {key: replace(source, doi="10.1234/X") for key, source in store.sources.items()}
    assert all(source.retracted == "unknown" for source in mark(with_doi, {"10.1234/x": "unknown"}).values())


def test_a_bad_list_is_one_line_and_no_reason_to_rebuild(settings, tmp_path, monkeypatch, capsys):
    gone = tmp_path / "gone.csv"
    monkeypatch.setattr(serving, "listen", lambda host, port: nullcontext())
    assert cli.main(["check", CLAIM, "--index", str(settings.index), "--retractions", str(gone)]) == 1
    assert cli.main(["serve", "--index", str(settings.index), "--retractions", str(gone)]) == 1
    said = capsys.readouterr().err
    assert said.count("gone.csv cannot be read") == 2
    assert "building" not in said
