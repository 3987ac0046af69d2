"""The shipped weights: whole, verified when loaded, and the same answer for a pair whatever it is asked with."""

import json
import shutil

import numpy as np
import pytest

from api.settings import Settings
from api.stance.measure import calibration_error, macro_f1, precision_recall
from api.stance.model import OnnxStance
from api.types import Pair
from index.errors import WeightsProblem

SHIPPED = Settings().stance
BLOCKS = "Ketamine blocks the NMDA receptor."


@pytest.fixture(scope="module")
def stance():
    return OnnxStance(SHIPPED)


def test_probabilities_sum_to_one(stance):
    for s in stance.judge([Pair(BLOCKS, "NMDA receptors are blocked by ketamine."), Pair(BLOCKS, "It rained.")]):
        assert s.supports + s.contradicts + s.neutral == pytest.approx(1, abs=1e-5)


def test_support_contradiction_and_neither(stance):
    support, against, neither = stance.judge(
        [
            Pair("The drug lowered blood pressure in all patients.", "The drug reduces blood pressure."),
            Pair("The drug lowered blood pressure in all patients.", "The drug raised blood pressure."),
            Pair("The drug lowered blood pressure in all patients.", "The clinic is closed on Sundays."),
        ]
    )
    assert support.supports > 0.5
    assert against.contradicts > 0.5
    assert neither.neutral > 0.5


def test_a_pair_gets_the_same_answer_alone_and_in_company(stance):
    pair = Pair(BLOCKS, "Ketamine activates NMDA receptors.")
    others = [Pair(BLOCKS * n, "Statins lower cholesterol. " * n) for n in range(1, 9)]
    assert np.array_equal(stance.logits([pair])[0], stance.logits([*others, pair])[-1])


def test_no_pairs_no_answers(stance):
    assert stance.judge([]) == []


def test_endless_text_is_cut_not_refused(stance):
    assert len(stance.judge([Pair("word " * 20_000, "claim " * 20_000)])) == 1


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(SHIPPED, tmp_path / "weights")


def test_damaged_weights_are_refused(copy):
    with (copy / "model.onnx").open("r+b") as file:
        file.seek(1000)
        file.write(b"\0\1\2\3")
    with pytest.raises(WeightsProblem, match=r"damaged.*reinstall"):
        OnnxStance(copy).load()


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "stance.json"])
def test_missing_files_are_named(copy, name):
    (copy / name).unlink()
    with pytest.raises(WeightsProblem, match=name.replace(".", r"\.")):
        OnnxStance(copy).load()


def test_the_record_names_no_path_of_the_machine_that_made_it():
    config = json.loads((SHIPPED / "stance.json").read_text(encoding="utf-8"))
    assert "/" not in config["name"]


def test_figures():
    assert precision_recall([0, 0, 1, 2], [0, 1, 0, 2], 0) == (0.5, 0.5)
    assert macro_f1([0, 1, 2], [0, 1, 2]) == 1.0
    assert macro_f1([0, 0, 2, 2], [0, 0, 2, 0]) == pytest.approx((0.8 + 2 / 3) / 2)
    assert calibration_error([0.95, 0.95], [True, False]) == pytest.approx(0.45)
    assert calibration_error([1.0, 1.0], [True, True]) == 0.0
