"""A saved answer derived anew: what changed, and what is no receipt."""

import json

import pytest
from small import against, engine, favour

from api import cli
from api.check import check_claim
from api.receipt import About, read_receipt
from api.replay import lines, replay, to_json
from api.routes.checks import told
from api.schemas import CheckResponse, found

CLAIM = "The drug raises blood pressure in most patients."
PRO, CON = "Blood pressure rises under the drug.", "Blood pressure falls under the drug."
HOST = "clinic.example"


def about(small):
    return About.model_validate({name: part.model_dump(mode="json") for name, part in told(small).items()})


def answer(small, claim=CLAIM):
    return CheckResponse.model_validate({"claim": claim, **found(check_claim(small, claim)), **told(small)}).model_dump(mode="json")


@pytest.fixture
def saved(tmp_path):
    def save(document):
        path = tmp_path / "receipt.json"
        path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
        return read_receipt(path)

    return save


def again(receipt, small):
    result = replay(receipt, small, about(small))
    return result, to_json(result), "\n".join(lines(result))


BEFORE = engine([("a", PRO), ("b", CON)], {(PRO, CLAIM): favour(0.97)})


def test_nothing_changed_is_said(saved):
    result, document, shown = again(saved(answer(BEFORE)), BEFORE)
    assert result.same
    assert (document["same"], document["changes"], document["about"]) == (True, [], {})
    assert shown == "1 answer derived anew, nothing changed; index, models and thresholds are the same"


def test_an_index_may_change_and_the_answer_stay(saved):
    rebuilt = engine([("a", PRO), ("b", CON)], {(PRO, CLAIM): favour(0.97)}, fingerprint="f2")
    result, document, shown = again(saved(answer(BEFORE)), rebuilt)
    assert not result.same
    assert document["about"] == {"index.fingerprint": {"before": "f1", "after": "f2"}}
    assert document["changes"] == []
    assert "index.fingerprint: f1 -> f2" in shown
    assert "nothing changed; the index, models and thresholds changed" in shown


def test_a_stance_that_turned_is_named_with_the_verdict(saved):
    turned = engine([("a", PRO), ("b", CON)], {(PRO, CLAIM): favour(0.97), (CON, CLAIM): against(0.99)})
    _, document, shown = again(saved(answer(BEFORE)), turned)
    [change] = document["changes"]
    assert change["verdict"] == {"before": "supported", "after": "disputed"}
    [piece] = change["evidence"]
    assert (piece["change"], piece["source"], piece["text"]) == ("changed", "b", CON)
    assert piece["stance"] == {"before": "neutral", "after": "contradicts"}
    assert "verdict: supported -> disputed" in shown


def test_evidence_added_and_removed(saved):
    other = "Pressure was higher after each dose."
    _, document, shown = again(saved(answer(BEFORE)), engine([("a", PRO), ("c", other)], {(PRO, CLAIM): favour(0.97)}))
    [change] = document["changes"]
    assert "verdict" not in change
    assert [(piece["change"], piece["source"], piece["text"]) for piece in change["evidence"]] == [
        ("removed", "b", CON),
        ("added", "c", other),
    ]
    assert f"evidence added: [c] “{other}”" in shown


def test_evidence_that_only_moved_in_its_document_did_not_change(saved):
    receipt = answer(BEFORE)
    receipt["evidence"][0]["claim_id"] = "a-999-moved"
    assert again(saved(receipt), BEFORE)[0].same


def test_noise_in_a_probability_is_no_change(saved):
    receipt = answer(BEFORE)
    receipt["confidence"] += 0.004
    receipt["evidence"][0]["probability"] += 0.004
    assert again(saved(receipt), BEFORE)[0].same


def test_thresholds_and_models_are_compared_one_by_one(saved):
    receipt = answer(BEFORE)
    receipt["models"]["stance"] = "older@123"
    receipt["models"]["thresholds"]["contradict"] = 0.5
    _, document, _ = again(saved(receipt), BEFORE)
    assert document["about"].keys() == {"models.stance", "models.thresholds.contradict"}
    assert document["about"]["models.stance"] == {"before": "older@123", "after": "table"}


def page(small, **more):
    part = {name: answer(small)[name] for name in ("verdict", "confidence", "evidence", "notes", "index", "models")}
    gave = {name: part.pop(name) for name in ("index", "models")}
    return {"annotations": [{"text": CLAIM, "block": "b0", "start": 0, "end": len(CLAIM), **part}], "coverage": {}, **gave, **more}


BLOCKS = {"blocks": [{"id": "b0", "text": CLAIM}, {"id": "b1", "text": "Honey eases a cough at night in children."}]}


@pytest.mark.parametrize("document", [page(BEFORE, **BLOCKS), {"request": BLOCKS, "response": page(BEFORE)}])
def test_an_annotated_page_with_its_blocks_is_checked_as_a_page(saved, document):
    result, shown, _ = again(saved(document), BEFORE)
    assert result.same, shown
    assert (shown["kind"], shown["remarks"]) == ("annotate", [])


def test_a_claim_that_is_marked_only_now_is_a_change(saved):
    silent = engine([("a", PRO), ("b", CON)], {})
    receipt = page(silent, **BLOCKS) | {"annotations": []}
    _, document, _ = again(saved(receipt), BEFORE)
    assert [(change["text"], change["verdict"]) for change in document["changes"]] == [(CLAIM, {"before": None, "after": "supported"})]


def test_a_page_without_its_text_says_so(saved):
    result, document, shown = again(saved(page(BEFORE)), BEFORE)
    assert result.same
    assert "holds no page text" in document["remarks"][0]
    assert "holds no page text" in shown


def test_the_pages_host_is_part_of_the_receipt(saved):
    receipt = saved({"request": {"claim": CLAIM, "page": {"host": HOST}}, "response": answer(BEFORE)})
    assert (receipt.kind, receipt.host) == ("check", HOST)


NO_JSON = ["", "{", "[" * 100_000]
NO_ANSWER = ["[]", "7", "null", "{}", '{"claim": "x"}', '{"query": "x", "hits": []}', '{"findings": 7}', '{"findings": [7]}']
SPOILT = [{**answer(BEFORE), "index": None}, {**answer(BEFORE), "evidence": 7}, {"request": 7, "claim": "x"}]
SPOILT_PAGES = [page(BEFORE, blocks=7), page(BEFORE, blocks=[{"id": "b0"}]), page(BEFORE, page="clinic.example")]


@pytest.mark.parametrize("document", [*NO_JSON, *NO_ANSWER, *SPOILT, *SPOILT_PAGES])
def test_what_is_no_receipt_is_said_in_one_line(saved, document):
    with pytest.raises(ValueError, match=r"receipt\.json is no receipt.*sidelight check") as problem:
        saved(document)
    assert "\n" not in str(problem.value)


def test_a_receipt_that_is_not_there(tmp_path, capsys):
    assert cli.main(["replay", str(tmp_path / "none.json")]) == 1
    assert "none.json cannot be read (No such file or directory): give the JSON" in capsys.readouterr().err


def test_the_command_over_the_real_engine(settings, engine, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("api.commands.load_engine", lambda settings: engine)
    text = tmp_path / "page.txt"
    text.write_text("About ketamine\nKetamine blocks the brain's NMDA receptors. It is sold in Oslo.\n")
    receipt = tmp_path / "receipt.json"
    index = ["--index", str(settings.index)]
    assert cli.main(["check", "--file", str(text), "--json", *index]) == 0
    receipt.write_text(capsys.readouterr().out)
    assert cli.main(["replay", str(receipt), "--json", *index]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["kind"], document["same"], document["remarks"]) == ("file", True, [])
    changed = json.loads(receipt.read_text())
    changed["findings"][0]["verdict"] = "contradicted"
    receipt.write_text(json.dumps(changed))
    assert cli.main(["replay", str(receipt), *index]) == 0
    assert "verdict: contradicted -> supported" in capsys.readouterr().out
