import hashlib
import json
from pathlib import Path

import pytest

from index.claims import RULES, RULES_VERSION, Reason, claims, is_reported, left_out, why_left_out
from index.documents import read_folder
from index.sentences import split
from index.types import Sentence, Span

SEEDS = Path(__file__).parents[2] / "seeds"


def reason(text: str) -> Reason | None:
    return why_left_out(Sentence(Span(0, len(text), text)))


LEFT_OUT = {
    Reason.TOO_LONG: ["And it is good, " * 100],
    Reason.LEGAL_NOTICE: [
        "Copyright 2019 Example Media.",
        "© 2021 Example Press. All rights reserved.",
        "This content is for informational purposes only.",
        "It is not intended as a substitute for professional medical advice.",
        "By clicking Accept you agree to our use of cookies.",
        "未经授权不得转载。",
    ],
    Reason.OTHER_LANGUAGE: [
        "维生素C可以预防感冒。",
        "Das Medikament ist nicht mit einer Mahlzeit zu nehmen.",
        "El tratamiento es para las personas con dolor.",
    ],
    Reason.NAVIGATION: [
        "Home | About | Topics",
        "Next",
        "Related posts",
        "Read more: sleep and pain",
        "Last updated: 3 May 2021",
        "Reviewed by Jane Roe, MD",
    ],
    Reason.CONTACT: ["Write to help@example.org.", "Call 555-123-4567 for an ambulance.", "Open on Mondays from 9 am."],
    Reason.QUESTION: ["Does it work?", "“Is it safe?”"],
    Reason.HEADING: ["Side Effects", "Risks and Benefits of Fish Oil", "How it works:"],
    Reason.CALL_TO_ACTION: [
        "Schedule your first visit now.",
        "Talk to your doctor before you stop.",
        "Please see the package.",
        "Sign up for our newsletter.",
        "Don't take it with alcohol.",
    ],
    Reason.TESTIMONIAL: [
        "I have slept well ever since.",
        "It gave me my energy back.",
        "The nurses are wonderful and caring.",
        "“I’ve been free of pain for a year.”",
    ],
    Reason.ADVERT: [
        "Our clinic has twenty years of experience.",
        "We offer infusions and other treatments to adults.",
        "We're dedicated to healing.",
        "The waiting room is quiet and comfortable.",
        "We take your insurance plan.",
        "Parking is easy and free parking is behind the house.",
    ],
    Reason.META: [
        "In this article, we look at the evidence.",
        "The aim of this study was to compare two doses.",
        "Let's explore what is known.",
        "You might wonder whether it hurts.",
        "Implications for practice are discussed.",
    ],
    Reason.FRAGMENT: [
        "And so on and…",
        "A trial of fish oil in adults with chronic pain and poor sleep, with a follow-up at twelve months",
        "Yes, it.",
    ],
}


@pytest.mark.parametrize(("expected", "text"), [(expected, text) for expected, texts in LEFT_OUT.items() for text in texts])
def test_leaves_out(expected: Reason, text: str) -> None:
    assert reason(text) is expected


KEPT = [
    "Vitamin C cures colds.",
    "Aspirin tastes sour.",
    "It is not addictive.",
    "Fish oil did not lower the number of heart attacks.",
    "Adults should sleep at least seven hours.",
    "It is important to correct a common belief: that fever is harmful.",
    "Three trials were pooled (1-adults, 2-children).",
    "Improvements in sleep and mood were noted after a single dose.",
    "Contact with an infected person spreads the virus.",
    "Use of fish oil is not supported by trials.",
    "Follow-up visits are needed in one of five patients.",
    "Complex I activity fell in phase I and type I patients (HLA-I).",
    "We provide evidence that the drug crosses the placenta.",
    "Our patients were all over sixty.",
    "“The drug took weeks to work,” Roe explains.",
    "There’s nothing I can do about the pain,” said Roe, who cannot work.",
    "The β-blocker lowered IL-6 by 3 µg/l.",
    "Studies suggest that it can lessen the chance of a relapse",
    "She gained weight up to 50.1 kg (BMI 18.2 kg/m2).",
    "The Medicines Act of 1990 moved it from Class C to Class B.",
    "The study was funded by a maker of supplements.",
    "In 2014, the agency approved it for adults.",
]


@pytest.mark.parametrize("text", KEPT)
def test_keeps(text: str) -> None:
    assert reason(text) is None


def test_the_table_holds_each_reason_once_in_its_order() -> None:
    assert [rule.reason for rule in RULES] == list(Reason)
    assert all(rule.meaning for rule in RULES)


def test_sorts_a_text() -> None:
    sentences = split("Aspirin\nIt thins the blood. Is it safe? Buy it here today.")
    assert [sentence.span.text for sentence in claims(sentences)] == ["It thins the blood."]
    assert left_out(sentences) == {Reason.HEADING: 1, Reason.QUESTION: 1, Reason.CALL_TO_ACTION: 1}


def test_reported_speech_is_told_apart() -> None:
    assert is_reported("“It took weeks,” said Roe.")
    assert is_reported("It never healed,” says Roe, a nurse.")
    assert not is_reported("The “comedown” can be dangerous.")


OUTCOME = {"1": "3256a6292516"}
"""What each version of the rules keeps of the seeds, as a hash: an index names its version, so a version must keep the same."""


def test_the_rules_version_tells_what_is_kept() -> None:
    kept = {document.source.id: [(s.span.start, s.span.end) for s in claims(split(document.text))] for document in read_folder(SEEDS)}
    digest = hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:12]
    assert OUTCOME.get(RULES_VERSION) == digest, (
        "What is kept of the seeds has changed: raise RULES_VERSION in index/claims.py and add it here"
    )


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("ketamine-patients-survey", "no change in substance use (44.3%)."),
        ("addictionresource-ketamine-treatment", "said Collins, who’s unable to work"),
        ("addictionresource-ketamine-treatment", "moving it from Class C to a Class B"),
        ("northwest-ketamine-clinics", "Seven studies were reviewed (2-alcohol"),
        ("northwest-ketamine-clinics", "relapsing into addictions"),
        ("healing-not-habit-forming", "a common misconception surrounding ketamine use"),
        ("betterdaystv-ketamine-depression", "In the United States, nonmedical ketamine use remains low"),
    ],
)
def test_evidence_of_the_seeds_is_kept(source: str, words: str) -> None:
    document = next(document for document in read_folder(SEEDS) if document.source.id == source)
    assert any(words in sentence.span.text for sentence in claims(split(document.text)))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("ketamine-patients-survey", "all rights reserved"),
        ("ketamine-patients-survey", "生知库"),
        ("addictionresource-ketamine-treatment", "paid advertising"),
        ("northwest-ketamine-clinics", "saved my life"),
        ("northwest-ketamine-clinics", "Mental Health Awareness Month: Breaking"),
        ("healing-not-habit-forming", "Previous"),
        ("betterdaystv-ketamine-depression", "SelfImprovementTV.com"),
    ],
)
def test_noise_of_the_seeds_is_left_out(source: str, words: str) -> None:
    document = next(document for document in read_folder(SEEDS) if document.source.id == source)
    assert words in document.text
    assert not any(words in sentence.span.text for sentence in claims(split(document.text)))
