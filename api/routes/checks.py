"""The routes that judge claims."""

from collections.abc import Iterable
from itertools import chain
from typing import Annotated, Any

from fastapi import FastAPI, Header, Request, Response
from fastapi.responses import StreamingResponse

from api.annotate import annotate
from api.budget import bounded
from api.check import Engine, check_claim, check_page, find, read
from api.limits import page_blocks
from api.live import Live
from api.measured import read_evaluation
from api.metrics import count
from api.schemas import AnnotateRequest, AnnotateResponse, AnnotationOut, CheckRequest, CheckResponse, Coverage, IndexOut, Models, found
from api.settings import Settings
from api.stream import MEDIA_TYPE, SCHEMA, lines
from api.thresholds import in_force
from api.types import Finding, Verdict
from api.web_annotation import LINKED_DATA, LinkedData, wants_linked_data

OTHER_FORMS: dict[int | str, dict[str, Any]] = {200: {"content": {MEDIA_TYPE: {"schema": SCHEMA}, **LINKED_DATA[200]["content"]}}}
"""What `Accept` may ask for instead of JSON."""


def add_checks(app: FastAPI, live: Live, settings: Settings) -> None:
    """The routes that judge claims. Plain functions: inference blocks, so they run in the thread pool."""

    @app.post("/v1/annotate", response_model=AnnotateResponse, responses=OTHER_FORMS, tags=["check"])
    def annotate_page(
        request: AnnotateRequest, asked: Request, accept: Annotated[str, Header()] = "application/json"
    ) -> AnnotateResponse | Response:
        """Find the claims of a page and the evidence for or against each.

        `start` and `end` are UTF-16 code-unit offsets into the block's text, as JavaScript counts, and `text` is the slice they cut.
        With `Accept: application/x-ndjson` annotations come as they are found, one a line; with `Accept: application/ld+json` the answer
        is a W3C Web Annotation collection, whose offsets are code points.
        """
        blocks = page_blocks(request, settings)
        engine = bounded(live.engine(), asked.state.budget)
        host = request.page.host if request.page else None
        if MEDIA_TYPE in accept:
            page = read(blocks, settings.max_claims)
            parts = find(engine, page, host, {block.id: block.priority for block in request.blocks})
            return StreamingResponse(lines(page, map(counted, parts), blocks, told(engine)), media_type=MEDIA_TYPE)
        result = check_page(engine, blocks, host, settings.max_claims)
        shown = {block: [f for f in findings if f.verdict is not Verdict.NO_EVIDENCE] for block, findings in result.findings.items()}
        annotations = [a for block, findings in shown.items() for a in annotate(block, blocks[block], findings)]
        count_verdicts(chain.from_iterable(result.findings.values()))
        if wants_linked_data(accept):
            return LinkedData.of(annotations, blocks, engine.store.info, engine.stance.name)
        coverage = Coverage.of(result.coverage)
        return AnnotateResponse(annotations=[AnnotationOut.of(a) for a in annotations], coverage=coverage, **told(engine))

    @app.post("/v1/check", response_model=CheckResponse, tags=["check"])
    def check(request: CheckRequest, asked: Request) -> CheckResponse:
        """Check one claim."""
        engine = bounded(live.engine(), asked.state.budget)
        finding = check_claim(engine, request.claim, request.page.host if request.page else None)
        count_verdicts([finding])
        return CheckResponse.model_validate({"claim": request.claim, **found(finding), **told(engine)})


def counted(part: list[tuple[int, Finding]]) -> list[tuple[int, Finding]]:
    """A part of a streamed answer as it is, with its verdicts counted."""
    count_verdicts(finding for _, finding in part)
    return part


def count_verdicts(findings: Iterable[Finding]) -> None:
    """Count the verdicts given, for the metrics."""
    for finding in findings:
        count("verdict", finding.verdict)


def told(engine: Engine) -> dict[str, Any]:
    """What every answer says of the index and the models that gave it."""
    store = engine.store
    models = Models(
        embedding=store.info.model, stance=engine.stance.name, thresholds=in_force(), evaluation=read_evaluation(engine.stance.name)
    )
    return {"index": IndexOut.of(store.info, store.sources), "models": models}
