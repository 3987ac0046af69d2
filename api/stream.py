"""An answer in lines of JSON, each as soon as it is found: what `POST /v1/annotate` sends to who accepts `application/x-ndjson`."""

import json
import logging
import traceback
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from api.annotate import annotate
from api.check import Page, cover
from api.problems import Problem
from api.schemas import AnnotationOut, Coverage, ProblemOut
from api.types import Finding, Verdict

log = logging.getLogger("sidelight")
MEDIA_TYPE = "application/x-ndjson"
SCHEMA: dict[str, Any] = {
    "description": (
        "One JSON object a line. Each annotation is a line of its own, as soon as it is found, blocks of lower `priority` first. The last "
        "line holds `coverage`, `index` and `models`, as the plain answer does, or a `problem` if the answer could not be finished."
    ),
    "type": "object",
    "properties": {
        name: {"$ref": f"#/components/schemas/{schema}"}
        for name, schema in {
            "annotation": "AnnotationOut", "coverage": "Coverage", "index": "IndexOut", "models": "Models", "problem": "ProblemOut",
        }.items()
    },
}  # fmt: skip


def lines(
    page: Page, parts: Iterable[list[tuple[int, Finding]]], blocks: Mapping[str, str], told: Mapping[str, BaseModel]
) -> Iterator[str]:
    """The lines of an answer; `parts` is what `api.check.find` gives, `told` what the last line says of index and models.

    Whoever stops reading stops the work: the next part is judged when its lines are asked for.
    """
    findings: list[Finding] = []
    try:
        for part in parts:
            for number, finding in part:
                findings.append(finding)
                if finding.verdict is not Verdict.NO_EVIDENCE:
                    block = page.checked[number].block
                    yield from (line(annotation=AnnotationOut.of(one)) for one in annotate(block, blocks[block], [finding]))
        yield line(coverage=Coverage.of(cover(page, findings)), **told)
    except Problem as problem:
        yield line(problem=ProblemOut(title=problem.title, status=problem.status, detail=problem.detail))
    except Exception as error:  # the status is sent already: a line is the only way left to say it
        # Only where, not the error's own words: they could quote the page.
        log.error("a streamed answer failed with %s\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
        detail = f"An unexpected {type(error).__name__}; the lines before this one hold. The service's log says where."
        yield line(problem=ProblemOut(title="Sidelight failed", status=500, detail=detail))


def line(**parts: BaseModel) -> str:
    """One line."""
    return json.dumps({name: part.model_dump(mode="json") for name, part in parts.items()}, ensure_ascii=False) + "\n"
