"""What the models said before: the same answers as without, each question asked once, within its bytes."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import small
from hypothesis import given, settings
from hypothesis import strategies as st

from api.cache import ENTRY_BYTES, Memo, RememberingEmbedder, RememberingStance
from api.check import Engine, check_page
from api.types import Pair

WORDS = ("Ketamine", "lowers", "raises", "pain", "in", "patients", "not", "blood", "pressure", "9", "sleep")
SENTENCES = st.lists(st.sampled_from(WORDS), min_size=3, max_size=9).map(lambda words: " ".join(words).capitalize() + ".")
HOSTS = st.sampled_from([None, "house-of-a.example", "a.example"])


class ByLetters:
    """Scores that follow from the two texts alone, spread over all three stances."""

    name = "letters"

    def judge(self, pairs):
        return [(small.favour, small.against)[len(p.claim + p.evidence) % 2](0.3 + (len(p.claim) * 7 % 69) / 100) for p in pairs]


class ByWords:
    """A vector that counts the words of a text: texts that share words are near."""

    name = "words"

    def embed(self, texts):
        rows = np.array([[1e-3 + text.count(word) for word in WORDS] for text in texts], np.float32).reshape(-1, len(WORDS))
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def engine_over(claims, fingerprint):
    """An engine whose index holds these claims."""
    texts = [(source, text, ByWords().embed([text])[0]) for source, text in claims]
    return Engine(small.engine(texts, {}, fingerprint).store, ByWords(), ByLetters())


INDEXES = [
    [("a", "Ketamine lowers pain in patients."), ("b", "Ketamine raises blood pressure in 9 patients."), ("a", "Pain in sleep.")],
    [("b", "Ketamine raises pain in patients."), ("a", "Ketamine lowers pain in patients.")],
]


@given(
    visits=st.lists(st.tuples(st.integers(0, 1), st.lists(SENTENCES, min_size=1, max_size=4), HOSTS), min_size=1, max_size=6),
    room=st.sampled_from([0, 1000, 1 << 20]),
)
@settings(max_examples=60, deadline=None)
def test_the_same_answers_as_without_over_index_swaps_and_hosts(visits, room):
    engines = [engine_over(claims, f"f{number}") for number, claims in enumerate(INDEXES)]
    embedder, stance = RememberingEmbedder(ByWords(), room), RememberingStance(ByLetters(), room)
    for number, texts, host in [*visits, *visits]:
        blocks = {f"b{n}": text for n, text in enumerate(texts)}
        plain = engines[number]
        assert check_page(replace(plain, embedder=embedder, stance=stance), blocks, host) == check_page(plain, blocks, host)


class Asked:
    """Answers with the length of a question, remembers what it was asked, and may be held up or made to fail."""

    def __init__(self):
        self.seen = []
        self.entered, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()
        self.failing = set()

    def __call__(self, questions):
        self.seen.append(list(questions))
        self.entered.set()
        assert self.go_on.wait(10)
        if self.failing & set(questions):
            self.failing.clear()
            raise OSError("the model is gone")
        return [len(text) for (text,) in questions]


@pytest.fixture
def asked():
    return Asked()


def memo(room=1 << 20, model="m"):
    return Memo(model, room, lambda _: 0)


def test_a_question_is_asked_once_also_within_a_call(asked):
    kept = memo()
    assert kept.answers([("aa",), ("b",), ("aa",)], asked) == [2, 1, 2]
    assert kept.answers([("b",), ("ccc",)], asked) == [1, 3]
    assert asked.seen == [[("aa",), ("b",)], [("ccc",)]]


def test_the_key_is_the_texts_not_their_joined_letters():
    kept = memo()
    assert len({kept.key(q) for q in [("a", "bc"), ("ab", "c"), ("abc",), ("a\0bc",), ("", "abc"), ("\ud83d",)]}) == 6
    assert kept.key(("a",)) != memo(model="other").key(("a",))


def waiting(asked, pool, kept):
    """Two calls for the same text, the second while the first is being answered."""
    asked.go_on.clear()
    first = pool.submit(kept.answers, [("same",)], asked)
    assert asked.entered.wait(10)
    second = pool.submit(kept.answers, [("same",), ("own",)], asked)
    while len(asked.seen) < 2:  # the second has asked for its own text and will now wait for the first's
        pass
    asked.go_on.set()
    return first, second


def test_two_threads_ask_once_for_the_same_text(asked):
    with ThreadPoolExecutor(2) as pool:
        first, second = waiting(asked, pool, memo())
        assert (first.result(10), second.result(10)) == ([4], [4, 3])
    assert asked.seen == [[("same",)], [("own",)]]


def test_a_failure_of_the_first_is_not_the_seconds(asked):
    asked.failing = {("same",)}
    kept = memo()
    with ThreadPoolExecutor(2) as pool:
        first, second = waiting(asked, pool, kept)
        assert isinstance(first.exception(10), OSError)
        assert second.result(10) == [4, 3]
    assert asked.seen == [[("same",)], [("own",)], [("same",)]]
    assert not kept.coming


def test_it_stays_within_its_bytes_and_drops_the_oldest(asked):
    kept = memo(3 * ENTRY_BYTES)
    kept.answers([(letter,) for letter in "abc"], asked)
    kept.answers([("a",)], asked)
    kept.answers([("d",)], asked)
    assert kept.kept.currsize <= 3 * ENTRY_BYTES
    asked.seen.clear()
    kept.answers([("a",), ("b",)], asked)
    assert asked.seen == [[("b",)]]


def test_a_kept_vector_holds_no_others_alive_and_keeps_no_text():
    embedder = RememberingEmbedder(ByWords(), 1 << 20)
    embedder.embed(["Ketamine lowers pain.", "Sleep."])
    assert all(row.base is None for row in embedder.memo.kept.values())
    assert all(isinstance(key, bytes) and len(key) == 32 for key in embedder.memo.kept)
    assert embedder.embed([]).shape == (0, len(WORDS))


def test_the_real_models_say_the_same_with_and_without(engine):
    blocks = {"a": "Ketamine blocks NMDA receptors. Ketamine is an opioid.", "b": "Ketamine blocks NMDA receptors."}
    plain = replace(engine, embedder=engine.embedder.embedder, stance=engine.stance.stance)
    once = check_page(engine, blocks)
    assert once == check_page(engine, blocks) == check_page(plain, blocks)
    known = len(engine.stance.memo.kept)
    engine.stance.judge([Pair("Ketamine blocks NMDA receptors.", "It rained.")] * 3)
    assert len(engine.stance.memo.kept) == known + 1
