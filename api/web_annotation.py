"""Annotations as a W3C Web Annotation collection in JSON-LD (https://www.w3.org/TR/annotation-model/).

The service is never told a page's address, so a target's source is the relative reference `#<block id>`: who keeps the annotations
resolves it against the page. Positions are code points into the block's text, as section 4.2 of the model asks, not UTF-16 units.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import quote

from starlette.responses import Response

from api.annotate import Annotation
from api.types import Judgement
from index.types import IndexInfo, Source, Span

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
MEDIA_TYPE = "application/ld+json"
PROFILE = f'{MEDIA_TYPE}; profile="{CONTEXT}"'
LINKED_DATA: dict[int | str, dict[str, Any]] = {
    200: {"content": {MEDIA_TYPE: {"schema": {"type": "object", "description": "A W3C Web Annotation AnnotationCollection."}}}}
}
"""What the route's description says of this form of its answer."""

TERMS = {"stance": "urn:sidelight:stance", "probability": "urn:sidelight:probability", "confidence": "urn:sidelight:confidence"}
"""What the vocabulary of Web Annotation has no word for."""

AROUND = 32
"""Characters of text before and after a quote, which tell apart two places with the same words."""


def wants_linked_data(accept: str) -> bool:
    """Whether an Accept header names JSON-LD."""
    return any(part.partition(";")[0].strip().lower() == MEDIA_TYPE for part in accept.split(","))


class LinkedData(Response):
    """A collection as it is sent."""

    @classmethod
    def of(cls, annotations: Sequence[Annotation], blocks: Mapping[str, str], index: IndexInfo, stance: str) -> Self:
        """The response for a page's annotations, by block id -> text; index and stance model go into the annotations' names."""
        body = collection(annotations, blocks, f"{index.fingerprint} {stance}", datetime.now(UTC))
        return cls(json.dumps(body, ensure_ascii=False), media_type=PROFILE, headers={"Vary": "Accept"})


def collection(annotations: Sequence[Annotation], blocks: Mapping[str, str], made_by: str, now: datetime) -> dict[str, Any]:
    """An AnnotationCollection of one page. `made_by` names index and model: the same text judged by the same two gets the same ids."""
    items = [annotation(a, blocks[a.block], made_by, now) for a in annotations]
    name = named(made_by, *(item["id"] for item in items))
    page = {"id": f"{name}#page", "type": "AnnotationPage", "partOf": name, "startIndex": 0, "items": items}
    return {
        "@context": [CONTEXT, TERMS],
        "id": name,
        "type": "AnnotationCollection",
        "label": "Evidence beside the claims of a page, by Sidelight. A sentence without an annotation is not thereby true.",
        "total": len(items),
        "first": page,
    }


def annotation(found: Annotation, text: str, made_by: str, now: datetime) -> dict[str, Any]:
    """One finding: its verdict and notes as text, each piece of evidence as a resource of its own."""
    span = found.finding.sentence.span
    verdict = {**written("classifying", found.finding.verdict.value), "confidence": round(found.finding.confidence, 4)}
    notes = [written("commenting", note) for note in found.finding.notes]
    return {
        "id": named(made_by, found.block, str(span.start), span.text),
        "type": "Annotation",
        "motivation": "assessing",
        "generated": now.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "generator": {"id": "urn:sidelight:service", "type": "Software", "name": "Sidelight"},
        "body": [verdict, *notes, *map(evidence, found.finding.judgements)],
        "target": {
            "type": "SpecificResource",
            "source": f"#{quote(found.block, safe='')}",
            "selector": [
                {"type": "TextPositionSelector", "start": span.start, "end": span.end},
                quote_of(span, text),
            ],
        },
    }


def written(purpose: str, text: str) -> dict[str, Any]:
    """A body that is text of our own."""
    return {"type": "TextualBody", "purpose": purpose, "format": "text/plain", "language": "en", "value": str(text)}


def evidence(judgement: Judgement) -> dict[str, Any]:
    """A sentence of a source, with its stance towards the target."""
    claim, source = judgement.evidence.claim, judgement.evidence.source
    return {
        "id": f"urn:sidelight:claim:{quote(claim.id, safe='')}",
        "type": "SpecificResource",
        "purpose": "linking",
        "stance": judgement.stance.value,
        "probability": round(judgement.probability, 4),
        "source": resource(source),
        "selector": {"type": "TextQuoteSelector", "exact": claim.text},
    }


def resource(source: Source) -> dict[str, Any]:
    """A source as an external web resource; one without an address goes by its id."""
    return {
        "id": source.url or f"urn:sidelight:source:{quote(source.id, safe='')}",
        "type": "Text",
        "language": source.language,
        "label": source.title,
        "creator": {"type": "Organization", "name": source.publisher},
    }


def quote_of(span: Span, text: str) -> dict[str, str]:
    """A TextQuoteSelector for a span of a text, with what stands around it; what is empty is left out."""
    around = {"prefix": text[max(span.start - AROUND, 0) : span.start], "suffix": text[span.end : span.end + AROUND]}
    return {"type": "TextQuoteSelector", "exact": span.text, **{name: words for name, words in around.items() if words}}


def named(*parts: str) -> str:
    """A name that is the same for the same parts."""
    return uuid.uuid5(uuid.NAMESPACE_URL, "\n".join(["urn:sidelight", *parts])).urn
