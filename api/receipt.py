"""A saved answer as a receipt: what was asked, what was said, and with which index, models and thresholds."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError

HOW = 'give the JSON that `sidelight check "TEXT" --json` or `sidelight check --file PAGE --json` printed'
RECEIPT_OF = {"claim": "check", "findings": "file", "annotations": "annotate"}
"""The field that tells each kind of answer."""


class Who(BaseModel):
    """The source of a piece of evidence."""

    id: str


class Said(BaseModel):
    """A piece of evidence as the answer showed it."""

    text: str
    stance: str
    probability: float
    source: Who
    notes: list[str] = []


class Answer(BaseModel):
    """What was said of one claim."""

    text: str
    verdict: str
    confidence: float
    evidence: list[Said]
    notes: list[str] = []


class About(BaseModel):
    """The index, models and thresholds that gave the answers; a receipt without these is none."""

    index: Mapping[str, Any] = Field(min_length=1)
    models: Mapping[str, Any] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Receipt:
    """`kind` is check, file or annotate; `blocks` is the page's text by block id, None where it was not saved."""

    kind: str
    answers: Sequence[Answer]
    about: About
    blocks: Mapping[str, str] | None = None
    host: str | None = None


def read_receipt(path: Path) -> Receipt:
    """The receipt in a file. ValueError says why it is none and what to give."""
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ValueError(f"{path} cannot be read ({error.strerror}): {HOW}") from None
    except (ValueError, RecursionError):
        raise ValueError(f"{path} is no receipt, as it is no JSON: {HOW}") from None
    if not isinstance(document, dict):
        raise ValueError(f"{path} is no receipt, as it holds no answer: {HOW}")
    try:
        return parse(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{path} is no receipt ({where}: {first['msg']}): {HOW}") from None
    except (StopIteration, KeyError, TypeError, AttributeError):
        raise ValueError(f"{path} is no receipt, as it holds no answer: {HOW}") from None


def parse(document: Mapping[str, Any]) -> Receipt:
    """The receipt in a document: an answer alone, with the request's fields beside it, or as {"request", "response"}."""
    whole = {**document.get("request", {}), **document.get("response", {}), **document}
    field = next(field for field in RECEIPT_OF if field in whole)
    said = [{**whole, "text": whole["claim"]}] if field == "claim" else whole[field]
    answers = [Answer.model_validate(answer) for answer in said]
    about = About.model_validate({name: whole.get(name) for name in About.model_fields})
    blocks = {block["id"]: str(block["text"]) for block in whole["blocks"]} if "blocks" in whole else None
    return Receipt(RECEIPT_OF[field], answers, about, blocks, (whole.get("page") or {}).get("host"))
