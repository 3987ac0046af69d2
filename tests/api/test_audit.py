"""Where the corpus contradicts itself."""

import json

import pytest
import small
from small import against, favour, unit

from api import cli
from api.audit import audit, lines, to_json
from api.check import Engine
from api.thresholds import AUDIT_BOTH_WAYS, AUDIT_NEIGHBOURS

YES, NO, OTHER = "Ketamine raises craving in patients.", "Ketamine lowers craving in patients.", "The clinic opened in Oslo."


def table(forward, backward):
    return {(YES, NO): against(forward), (NO, YES): against(backward)}


@pytest.mark.parametrize(
    ("forward", "backward", "listed"),
    [
        (0.98, 0.95, True),
        (AUDIT_BOTH_WAYS, AUDIT_BOTH_WAYS, True),
        # One direction that is sure of it does not stand in for the other.
        (0.99, AUDIT_BOTH_WAYS - 0.01, False),
        (0.0, 0.0, False),
    ],
)
def test_a_pair_is_listed_when_both_directions_say_so(forward, backward, listed):
    result = audit(small.engine([("a", YES), ("b", NO), ("b", OTHER)], table(forward, backward)))
    assert result.compared == 3
    assert [(d.first.claim.text, d.second.claim.text) for d in result.disagreements] == [(YES, NO)] * listed
    assert [(d.forward, d.backward) for d in result.disagreements] == [(forward, backward)] * listed


def test_support_is_no_disagreement():
    assert not audit(small.engine([("a", YES), ("b", NO)], {(YES, NO): favour(0.99), (NO, YES): favour(0.99)})).disagreements


def test_the_surest_pair_comes_first():
    third = "Ketamine has no effect on craving."
    judged = table(0.99, 0.80) | {(YES, third): against(0.9), (third, YES): against(0.9)}
    result = audit(small.engine([("a", YES), ("b", NO), ("c", third)], judged))
    assert [round(d.probability, 2) for d in result.disagreements] == [0.9, 0.8]


def test_claims_that_are_far_apart_are_not_compared():
    toy = small.engine([("a", YES, unit(1, 0)), ("b", NO, unit(0, 1))], table(0.99, 0.99))
    assert audit(toy).compared == 0
    assert toy.stance.asked == []


def test_near_claims_of_its_own_source_do_not_crowd_out_the_others():
    own = [("a", f"The clinic in house {n} is in Oslo.") for n in range(3 * AUDIT_NEIGHBOURS)]
    toy = small.engine([("a", YES), *own, ("b", NO, unit(1, 0.5))], table(0.99, 0.99))
    assert [d.second.claim.text for d in audit(toy).disagreements] == [NO]


def test_copies_are_not_compared_and_each_pair_once():
    toy = small.engine([("a", YES), ("b", YES.upper()), ("c", NO)], {})
    assert audit(toy).compared == 2
    assert len(toy.stance.asked) == len(set(toy.stance.asked)) == 4


def test_a_large_corpus_is_not_compared_all_with_all():
    said = []
    n = 60
    result = audit(small.engine([("ab"[i % 2], f"Claim number {i} of {'x' * i}.") for i in range(n)], {}), said.append)
    assert result.compared <= n * 2 * AUDIT_NEIGHBOURS < n * (n - 1) / 2
    assert said[-1] == f"{result.compared} of {result.compared} pairs compared"


def test_an_empty_index_has_nothing_against_itself():
    result = audit(small.engine([], {}))
    assert (result.disagreements, result.compared) == ((), 0)
    assert lines(result) == ["0 of 0 pairs compared contradict each other; a model's call, so read both"]


def test_both_claims_are_shown_with_their_sources():
    result = audit(small.engine([("a", YES), ("b", NO)], table(0.98, 0.9)))
    shown = "\n".join(lines(result))
    assert all(part in shown for part in (YES, NO, "House of a [other]", "House of b [other]", "1 pair: a and b", "90%"))
    document = json.loads(json.dumps(to_json(result)))
    [pair] = document["disagreements"]
    assert (pair["first"]["text"], pair["second"]["source"]["id"], pair["forward"], pair["backward"]) == (YES, "b", 0.98, 0.9)
    assert document["thresholds"]["both_ways"] == AUDIT_BOTH_WAYS


def test_the_command_with_the_real_models(engine, capsys, monkeypatch):
    texts = ["Aspirin lowers the risk of a heart attack.", "Aspirin raises the risk of a heart attack."]
    claims = list(zip(("one", "two"), texts, engine.embedder.embed(texts), strict=True))
    real = Engine(small.engine(claims, {}).store, engine.embedder, engine.stance)
    monkeypatch.setattr("api.commands.load_engine", lambda settings: real)
    assert cli.main(["audit", "--json"]) == 0
    said = capsys.readouterr()
    document = json.loads(said.out)
    assert document["compared"] == 1
    assert {"index", "models", "thresholds"} <= document.keys()
    assert "1 of 1 pairs compared" in said.err
    [pair] = document["disagreements"]
    assert {pair["first"]["text"], pair["second"]["text"]} == set(texts)
