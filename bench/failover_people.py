"""Who works while bench/failover.py kills the primary: a curator and readers, each a process of its own, and what they note."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from bench.scale import Given
from index.__main__ import home_of
from index.build import build
from index.embedder import make_embedder
from index.errors import IndexProblem
from index.search import search
from index.types import Document, Query, Source

ACKNOWLEDGED, WRONG = "acknowledged", "WRONG:"
AGAIN_SECONDS = 0.2
QUESTIONS = ["Ketamine blocks the brain's NMDA receptors.", "Vaccination of children prevents measles in their families."]


@dataclass(frozen=True, slots=True)
class Note:
    """What a process has to say, when: seconds of one clock for all. A reader's last one has when each answer was asked for and came."""

    at: float
    who: str
    what: str
    answers: Sequence[tuple[float, float]] = ()


def text(number: int) -> str:
    """What document `number` says."""
    return (
        f"Treatment {number} lowered blood pressure by {number % 40} mmHg in adults. "
        f"Drug {number} reduces pain in {number % 90} % of patients."
    )


def document(number: int) -> Document:
    """A document of two claims."""
    source = Source(f"d{number:05}", f"Trial {number}", "journal_article", "a benchmark", "nobody", f"{number}.txt", "en")
    return Document(source, text(number), str(number))


def curate(url: str, notes: Any, acknowledged: Any, stop: Event) -> None:
    """Publish one document more each time, tried again until the database acknowledges it."""
    embedder, home = make_embedder(threads=1), home_of(Path(), url)
    number, refused = 1, ""
    while not stop.is_set():
        try:
            build([document(n) for n in range(1, number + 1)], embedder, home)
        except IndexProblem as problem:
            if refused != str(problem):
                refused = str(problem)
                notes.put(Note(time.monotonic(), "curator", f"is refused: {refused}"))
            time.sleep(AGAIN_SECONDS)
            continue
        acknowledged.value = number
        notes.put(Note(time.monotonic(), "curator", f"{ACKNOWLEDGED} document {number}"))
        number += 1


def read(name: str, url: str, notes: Any, acknowledged: Any, stop: Event) -> None:
    """Search without a pause in whatever is published; note each new generation, and whatever goes wrong."""
    embedder, home = make_embedder(threads=1), home_of(Path(), url)
    questions, given = [Query(question) for question in QUESTIONS], Given(embedder.embed(QUESTIONS))
    store, opened, seen, generations, answers = None, None, 0, 0, []
    while not stop.is_set():
        began = time.monotonic()
        try:
            least, published = acknowledged.value, home.published()
            if store is None or published != opened:
                store, opened, generations = home.open(embedder.name), published, generations + 1
                if len(store.sources) < max(seen, least):
                    wrong = f"{WRONG} {len(store.sources)} documents, after {seen} were seen and {least} acknowledged"
                    notes.put(Note(time.monotonic(), name, wrong))
                seen = len(store.sources)
            if not all(search(store, given, questions, 5)):
                notes.put(Note(time.monotonic(), name, f"{WRONG} nothing was found"))
        except Exception as error:  # whatever it is, a reader would have met it
            notes.put(Note(time.monotonic(), name, f"{WRONG} {type(error).__name__}: {error}"))
            time.sleep(AGAIN_SECONDS)
        answers.append((began, time.monotonic()))
    slowest = max(came - asked for asked, came in answers)
    said = f"ends: {len(answers)} answers of {generations} generations, the slowest in {slowest:.2f} s"
    notes.put(Note(time.monotonic(), name, said, answers))
