"""Which claims are one: copies are, and nothing that could mean something else."""

import pytest

from index.twins import stands_alone, twin_key
from index.types import Claim, Sentence, Span

PLAIN = "Ketamine blocks the NMDA receptor in the brain."


def key(text: str, title: str = "A title", before: str = "") -> int:
    return twin_key(Claim("c", "s", Sentence(Span(0, len(text), text), "A heading", before, "Something after.")), title)


@pytest.mark.parametrize(
    "copy",
    [
        "ketamine blocks the NMDA receptor in the brain",
        "Ketamine  blocks\u00a0the NMDA receptor, in the brain!",
        "Ketamine blocks an NMDA receptor in a brain.",
        "The ketamine blocks NMDA receptor in brain.",
        "(Ketamine blocks the NMDA receptor in the brain.)",
        "Ketamine – blocks the NMDA receptor in the brain…",
    ],
)
def test_case_marks_blanks_and_articles_do_not_matter(copy: str) -> None:
    assert key(copy, title="Another title", before="Something before.") == key(PLAIN)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zinc shortens a cold by 1.5 days.", "Zinc shortens a cold by 15 days."),
        ("Zinc shortens a cold by 1,5 days.", "Zinc shortens a cold by 1 5 days."),
        ("Zinc shortens a cold by 5 days.", "Zinc shortens a cold by 5 hours."),
        ("The dose is 5 mg per day.", "The dose is 5 µg per day."),
        ("The dose is 5 mg a day for adults.", "The dose is 5 g a day for adults."),
        ("Risk changes by -5 points a year.", "Risk changes by 5 points a year."),
        ("Risk changes by 5-10 points a year.", "Risk changes by 5/10 points a year."),
        ("It works in > 5 per cent of people.", "It works in < 5 per cent of people."),
        ("It works in 5 % of all people.", "It works in 5 of all people."),
        ("Ketamine is addictive for most people.", "Ketamine is not addictive for most people."),
        ("Ketamine isn't addictive for most people.", "Ketamine is addictive for most people."),
        ("Ketamine is addictive for most people.", "Ketamine is addictive for some people."),
        ("Ketamine is addictive for people.", "Ketamine may be addictive for people."),
        ("A few people become addicted to ketamine.", "Few people become addicted to ketamine."),
        ("Ketamine acts more than an hour.", "Ketamine acts less than an hour."),
        ("Ketamine lowers pain by five points.", "Ketamine lowers pain to five points."),
        ("Ketamine lowers pain before surgery.", "Ketamine lowers pain after surgery."),
        ("Vitamin A prevents blindness in children.", "Vitamin prevents blindness in children."),
        ("The powder has 5 mg of it inside.", "The powder has 5 Mg of it inside."),
        ("Hospitals buy AIDS for the deaf.", "Hospitals buy aids for the deaf."),
        ("Ketamine is a cure for pain.", 'Ketamine is a "cure" for pain.'),
        ("Ketamine treats depression and pain.", "Ketamine treats pain and depression."),
        ("Women take ketamine more often.", "Men take ketamine more often."),
    ],
)
def test_whatever_could_matter_keeps_claims_apart(one: str, other: str) -> None:
    assert key(one) != key(other)


@pytest.mark.parametrize(
    "text",
    [
        "It lowers the risk of a second heart attack.",
        "No serious adverse events occurred in either arm.",
        "Depression scores improved more than with placebo.",
        "The treatment works better than placebo in adults.",
        "Pain was lower after six weeks of use.",
        "These effects are larger in older adults.",
        "We recommend a lower dose for adults.",
        "Cheap and safe.",
    ],
)
def test_what_leans_on_its_document_is_one_only_with_copies_of_that_document(text: str) -> None:
    assert not stands_alone(text)
    assert key(text, "Zinc for colds", "Zinc is a metal.") != key(text, "Honey for coughs", "Zinc is a metal.")
    assert key(text, "Zinc for colds", "Zinc is a metal.") != key(text, "Zinc for colds", "Honey is sweet.")
    assert key(text[0].lower() + text[1:-1], "Zinc for Colds!", "Zinc is the metal") == key(text, "Zinc for colds", "Zinc is a metal.")


@pytest.mark.parametrize("text", [PLAIN, "Aspirin is used for pain in adults.", "Smoking raises the risk of lung cancer."])
def test_what_stands_alone_is_one_under_any_title(text: str) -> None:
    assert stands_alone(text)
