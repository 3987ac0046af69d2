"""Offsets are JavaScript's: checked against UTF-16 itself, for any text."""

from hypothesis import given
from hypothesis import strategies as st

from api.annotate import annotate
from api.types import Finding, Verdict
from index.sentences import split_blocks
from index.types import Sentence, Span

ANY_TEXT = st.text(
    alphabet=st.one_of(
        st.sampled_from(list("🧠😀𝒦e\u0301\u0308\u200d🏽 abc.é\n")),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=80,
)


def utf16_slice(text, start, end):
    """What JavaScript's `text.slice(start, end)` gives."""
    units = text.encode("utf-16-le")
    return units[2 * start : 2 * end].decode("utf-16-le")


@given(text=ANY_TEXT, data=st.data())
def test_any_span_comes_back_as_its_own_slice(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    finding = Finding(Sentence(Span(start, end, text[start:end])), Verdict.SUPPORTED, 0.9)
    [annotation] = annotate("b", text, [finding])
    assert utf16_slice(text, annotation.start, annotation.end) == text[start:end]


@given(sentences=st.lists(ANY_TEXT, min_size=1, max_size=5))
def test_every_sentence_of_a_block_comes_back_as_its_own_slice(sentences):
    text = " Ketamine can lift mood. ".join(sentences)
    findings = [Finding(sentence, Verdict.SUPPORTED, 0.9) for sentence in split_blocks([text])[0]]
    for annotation in annotate("b", text, findings):
        assert utf16_slice(text, annotation.start, annotation.end) == annotation.finding.sentence.span.text


def test_an_emoji_before_the_claim_counts_two_units():
    text = "🧠 Ketamine can lift mood."
    [annotation] = annotate("b", text, [Finding(Sentence(Span(2, len(text), text[2:])), Verdict.SUPPORTED, 0.9)])
    assert (annotation.start, annotation.end) == (3, len(text) + 1)
