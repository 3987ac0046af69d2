import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.claims import why_left_out
from index.sentences import is_heading, split, split_blocks

ROOT = Path(__file__).parents[2]


def texts(text: str) -> list[str]:
    return [sentence.span.text for sentence in split(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She weighed 44.8 kg (BMI 17.5 kg/m2). She went home.", ["She weighed 44.8 kg (BMI 17.5 kg/m2).", "She went home."]),
        ("In a survey (N = 201), most rated it. Some (54.7%) did not.", ["In a survey (N = 201), most rated it.", "Some (54.7%) did not."]),
        ("Used in depression 20, 21 and in pain 22. It also helps.", ["Used in depression 20, 21 and in pain 22.", "It also helps."]),
        ("Groups differed (ps < .020). Most did not.", ["Groups differed (ps < .020).", "Most did not."]),
        (
            "It was seen in E. coli vs. placebo by Dr. Smith et al. in 2019.",
            ["It was seen in E. coli vs. placebo by Dr. Smith et al. in 2019."],
        ),
        ("Give approx. 5 mg i.v. ketamine. Then wait.", ["Give approx. 5 mg i.v. ketamine.", "Then wait."]),
        ("No effect on insomnia.We asked why.", ["No effect on insomnia.", "We asked why."]),
        ("It lowers risk.1 It is safe.2,3 Nobody knows.", ["It lowers risk.", "It is safe.", "Nobody knows."]),
        ("It lowers risk.[4] It is safe.[5, 6] Nobody knows.", ["It lowers risk.", "It is safe.", "Nobody knows."]),
        ("“It works. I know.” He left.", ["“It works. I know.”", "He left."]),
        (
            "See example.com or info@example.com for more than 0.3 percent.",
            ["See example.com or info@example.com for more than 0.3 percent."],
        ),
        (
            "- It helps some people sleep.\n• It is cheap and safe.\n2. It can be bought anywhere.",
            ["It helps some people sleep.", "It is cheap and safe.", "It can be bought anywhere."],
        ),
        (
            "This line was wrapped by hand and goes\non in the next one. So it is one.",
            ["This line was wrapped by hand and goes\non in the next one.", "So it is one."],
        ),
        ("This line has no stop\n\nand this one starts a paragraph.", ["This line has no stop", "and this one starts a paragraph."]),
        ("\ufeff  A mark and blanks stand before it.\u00a0 \u200b", ["A mark and blanks stand before it."]),
        ("药物有效。它很安全。", ["药物有效。", "它很安全。"]),
        ("I feel 😀 well. It he\u0301lps.", ["I feel 😀 well.", "It he\u0301lps."]),
        ("", []),
        (" \n\t\u200b\n", []),
    ],
)
def test_splits(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


@pytest.mark.parametrize(
    "line",
    [
        "What are the Risks of Ketamine Use?",
        "Abstract",
        "Treatment options for substance abuse",
        "Opioid Withdrawl",
        "Vitamin C Cures Colds",
        "Who Is Most at Risk for Ketamine Addiction?",
        "How it works:",
        "DB+",
        "%",
        "How to prevent strokes",
    ],
)
def test_headings(line: str) -> None:
    assert is_heading(line)


@pytest.mark.parametrize(
    "line",
    [
        "Ketamine tastes bitter.",
        "Statins reduce the number of strokes",
        "Studies suggest that it can lessen the chance of a relapse",
        "Screening saved over 27,000 lives in 2018",
        "It is not addictive",
    ],
)
def test_sentences_without_a_stop_are_no_headings(line: str) -> None:
    assert not is_heading(line)


def test_context_is_the_heading_above_and_the_neighbours_under_it() -> None:
    first, heading, second, third = split("It starts here.\nSide Effects\nIt makes some people sick. It passes soon.")
    assert (first.heading, first.before, first.after) == ("", "", "")
    assert (heading.heading, heading.before, heading.after) == ("", "", "")
    assert (second.heading, second.before, second.after) == ("Side Effects", "", "It passes soon.")
    assert (third.heading, third.before, third.after) == ("Side Effects", "It makes some people sick.", "")


def test_context_reaches_over_blocks_but_offsets_do_not() -> None:
    title, body, more = split_blocks(["Aspirin", "It thins the blood. It is old.", "It lowers fever."])
    assert [sentence.span.text for sentence in title] == ["Aspirin"]
    assert (body[0].heading, body[1].before, more[0].heading, more[0].before) == ("Aspirin", "It thins the blood.", "Aspirin", "It is old.")
    assert more[0].span.start == 0


def test_an_empty_block_keeps_its_place() -> None:
    assert [len(block) for block in split_blocks(["One is here.", " ", "Two is here."])] == [1, 0, 1]


PIECES = st.sampled_from(
    "Ketamine helps. |It doesn't| work|.|!|?|…| 😀|e\u0301|Å |\n|\r\n|\u2028|- |• |1. |(N = 201)| 54.7%|.1 |.[2] |“Yes. No.”|药物有效。"
    "|\u200b|\u00a0|\ufeff| i.v. | approx. 5|𝒳 |🧑‍⚕️|\t|\0|et al. |A".split("|")
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=30).map("".join))
def test_spans_are_exact_in_order_and_lose_no_letter(text: str) -> None:
    spans = [sentence.span for sentence in split(text)]
    assert all(text[span.start : span.end] == span.text and span.text for span in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    covered = {position for span in spans for position in range(span.start, span.end)}
    assert all(position in covered for position, character in enumerate(text) if character.isalpha())


@pytest.mark.parametrize("path", sorted((ROOT / "seeds").glob("*.txt")), ids=lambda path: path.stem)
def test_spans_are_exact_in_every_seed(path: Path) -> None:
    text = path.read_bytes().decode("utf-8")
    spans = [sentence.span for sentence in split(text)]
    assert len(spans) > 20
    assert all(text[span.start : span.end] == span.text for span in spans)


def test_a_line_longer_than_a_window_is_cut_at_sentences() -> None:
    sentence = "This sentence says that number 7 is odd."
    assert set(texts(" ".join([sentence] * 1000))) == {sentence}


@pytest.mark.parametrize(
    "piece",
    [
        " ",
        "We ",
        "Ab is. ",
        ".",
        "1. ",
        "- ",
        "ab\n",
        "“a. ",
        "Ab.1 ",
        "[1,",
        "\u200b",
        "a@",
        "our big ",
        "We accept it all ",
        "no risk. “",
    ],
)
def test_time_grows_with_the_text_not_with_its_square(piece: str) -> None:
    began = time.process_time()
    for sentence in split("A" + piece * (40_000 // len(piece)) + "b."):
        why_left_out(sentence)
    assert time.process_time() - began < 3
