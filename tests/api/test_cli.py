"""The command line as a user meets it: real processes, exit codes, and stdout that is JSON and nothing else."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def sidelight(*words, cwd=ROOT, **env):
    return subprocess.run(
        [sys.executable, "-m", "api.cli", *map(str, words)], cwd=cwd, capture_output=True, text=True, timeout=300, check=False,
        env={**os.environ, **env, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


@pytest.fixture(scope="module")
def checked(built_index):
    return sidelight("check", "Ketamine blocks the brain's NMDA receptors.", "--json", "--index", built_index)


def test_check_json_is_one_document(checked):
    answer = json.loads(checked.stdout)
    assert checked.returncode == 0
    assert answer["verdict"] == "supported"
    assert any(e["stance"] == "supports" and "NMDA" in e["text"] for e in answer["evidence"])


@pytest.mark.parametrize(("name", "content"), [
    ("page.txt", "About ketamine\n\nKetamine blocks the brain's NMDA receptors.\nStatins lower LDL cholesterol."),
    ("page.html", "<html><head><title>T</title><script>var x = 'Ketamine cures all.';</script></head><body><h1>About ketamine</h1>"
                  "<p>Ketamine <b>blocks</b> the brain&#39;s NMDA receptors.</p><p>Statins lower LDL cholesterol.</p></body></html>"),
])  # fmt: skip
def test_check_file_reads_text_and_html(tmp_path, built_index, name, content):
    page = tmp_path / name
    page.write_text(content, encoding="utf-8")
    done = sidelight("check", "--file", page, "--json", "--index", built_index)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert {f["text"]: f["verdict"] for f in answer["findings"]} == {
        "Ketamine blocks the brain's NMDA receptors.": "supported",
        "Statins lower LDL cholesterol.": "no_evidence",
    }
    assert answer["coverage"]["claims"] == 2


def test_rebuild_reports_and_publishes(tmp_path):
    done = sidelight("rebuild", "--index", tmp_path / "index", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)
    again = sidelight("search", "NMDA receptor", "-k", 2, "--index", tmp_path / "index", "--json")
    assert len(json.loads(again.stdout)["hits"]) == 2


def test_search_by_kind(built_index):
    kinds = ("--kind", "content_site", "--kind", "peer_reviewed_abstract")
    hits = json.loads(sidelight("search", "ketamine", "-k", 100, *kinds, "--json", "--index", built_index).stdout)["hits"]
    assert {hit["source"]["kind"] for hit in hits} == {"content_site", "peer_reviewed_abstract"}
    nothing = sidelight("search", "ketamine", "--kind", "guideline", "--index", built_index)
    assert (nothing.returncode, "`sidelight sources` lists" in nothing.stdout) == (0, True)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["check", "--index", "{nowhere}", "Ketamine is a drug."], 1, "sidelight rebuild"),
        (["check"], 1, "give one of a claim and a file"),
        (["check", "   "], 1, "the claim is empty"),
        (["check", "--file", "{nowhere}/page.txt"], 1, "page.txt"),
        (["rebuild", "--seeds", "{nowhere}"], 1, "sources.toml"),
        (["eval", "--pairs", "{nowhere}/x.jsonl"], 1, "x.jsonl"),
        (["chekc"], 2, "invalid choice"),
        (["search"], 2, "required"),
        (["search", "ketamine", "--kind", "blog"], 2, "treatment_provider"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_problems_are_one_line_that_says_what_to_do(tmp_path, words, code, said):
    nowhere = tmp_path / "nowhere"
    done = sidelight(*(word.format(nowhere=nowhere) for word in words))
    assert done.returncode == code
    assert said in done.stderr
    assert done.stdout == ""
    if code == 1:
        assert "Traceback" not in done.stderr
        assert len([line for line in done.stderr.splitlines() if line.startswith("sidelight:")]) == 1


def test_eval_measures_pairs_and_claims(tmp_path, built_index):
    pairs = tmp_path / "pairs.jsonl"
    rows = [
        ("The drug lowered blood pressure in all patients.", "The drug reduces blood pressure.", "support"),
        ("The drug lowered blood pressure in all patients.", "The drug raised blood pressure.", "contradict"),
        ("The drug lowered blood pressure in all patients.", "The tablets are blue.", "neutral"),
    ]
    pairs.write_text(
        "\n".join(json.dumps(dict(zip(("premise", "hypothesis", "label"), row, strict=True))) for row in rows), encoding="utf-8"
    )
    figures = json.loads(sidelight("eval", "--pairs", pairs, "--json").stdout)
    assert figures["n"] == 3
    assert figures["macro_f1"] > 0.6
    claims = tmp_path / "claims.jsonl"
    claims.write_text('{"text": "Ketamine blocks NMDA receptors.", "expect": "supported", "evidence": ["NMDA"]}\n', encoding="utf-8")
    figures = json.loads(sidelight("eval", "--claims", claims, "--json", "--index", built_index).stdout)
    assert (figures["verdict_right"], figures["evidence_in_5"], figures["n"]) == (1, 1, 1)


def test_eval_measures_retrieval(tmp_path):
    (tmp_path / "qrels").mkdir()
    documents = ["Ketamine blocks NMDA receptors.", "Statins lower cholesterol.", "Masks reduce the spread of flu."]
    (tmp_path / "corpus.jsonl").write_text("\n".join(json.dumps({"_id": str(n), "title": "", "text": t}) for n, t in enumerate(documents)))
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "drugs against high cholesterol"}\n')
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\t1\t1\n")
    figures = json.loads(sidelight("eval", "--beir", tmp_path, "--json").stdout)
    assert figures["ndcg@10"] == 1.0


def test_bad_labels_are_named(tmp_path):
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text('{"premise": "a", "hypothesis": "b", "label": "maybe"}\n')
    done = sidelight("eval", "--pairs", pairs)
    assert done.returncode == 1
    assert "pairs.jsonl:1" in done.stderr


def test_doctor_says_what_to_mend(tmp_path):
    done = sidelight("doctor", "--index", tmp_path / "none", "--json", SIDELIGHT_PORT="1")
    found = {row["what"]: row for row in json.loads(done.stdout)}
    assert done.returncode == 0
    assert found["stance model"]["ok"]
    assert not found["index"]["ok"]
    assert "sidelight rebuild" in found["index"]["detail"]


def test_add_then_rebuild(tmp_path):
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (tmp_path / "-zinc.md").write_text("# Zinc\n\nZinc lozenges shorten a cold by one day.\n")
    told = sidelight("add", "--seeds", seeds, "--", "-zinc.md", cwd=tmp_path)
    assert told.returncode == 1
    assert "its record lacks kind, kind_reason, publisher. Give --kind, one of guideline" in told.stderr
    given = ["--kind", "guideline", "--kind-reason", "A guideline by its title page.", "--publisher", "A society"]
    done = sidelight("add", "--json", *given, "--seeds", seeds, "--", "-zinc.md", cwd=tmp_path)
    assert [(one["file"], one["id"], one["new"]) for one in json.loads(done.stdout)] == [("-zinc.md", "zinc", True)]
    (seeds / "bad.pdf").write_bytes(b"no PDF")
    built = sidelight("rebuild", "--seeds", seeds, "--index", tmp_path / "index", "--json")
    assert built.returncode == 0
    assert "refused: bad.pdf: has no record" in built.stderr
    report = json.loads(built.stdout)
    assert (report["info"]["claims"], [refusal["file"] for refusal in report["refused"]]) == (1, ["bad.pdf"])


def test_help_needs_no_model_library():
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "api.cli", "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0
    assert not any(name in done.stderr for name in ("torch", "transformers", "onnxruntime"))
