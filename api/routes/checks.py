"""The routes that judge claims."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

from api.annotate import annotate
from api.budget import bounded
from api.check import Engine, check_claim, check_page, find, read
from api.limits import page_blocks
from api.live import Live
from api.measured import read_evaluation
from api.schemas import AnnotateRequest, AnnotateResponse, AnnotationOut, CheckRequest, CheckResponse, Coverage, IndexOut, Models, found
from api.settings import Settings
from api.stream import MEDIA_TYPE, SCHEMA, lines
from api.thresholds import in_force
from api.types import Verdict


def add_checks(app: FastAPI, live: Live, settings: Settings) -> None:
    """The routes that judge claims. Plain functions: inference blocks, so they run in the thread pool."""

    @app.post(
        "/v1/annotate", response_model=AnnotateResponse, tags=["check"], responses={200: {"content": {MEDIA_TYPE: {"schema": SCHEMA}}}}
    )
    def annotate_page(request: AnnotateRequest, asked: Request) -> AnnotateResponse | StreamingResponse:
        """Find the claims of a page and the evidence for or against each; as they are found with `Accept: application/x-ndjson`."""
        blocks = page_blocks(request, settings)
        engine = bounded(live.engine(), asked.state.budget)
        host = request.page.host if request.page else None
        if MEDIA_TYPE in asked.headers.get("accept", ""):
            page = read(blocks, settings.max_claims)
            parts = find(engine, page, host, {block.id: block.priority for block in request.blocks})
            return StreamingResponse(lines(page, parts, blocks, told(engine)), media_type=MEDIA_TYPE)
        result = check_page(engine, blocks, host, settings.max_claims)
        shown = {block: [f for f in findings if f.verdict is not Verdict.NO_EVIDENCE] for block, findings in result.findings.items()}
        annotations = [AnnotationOut.of(a) for block, findings in shown.items() for a in annotate(block, blocks[block], findings)]
        return AnnotateResponse(annotations=annotations, coverage=Coverage.of(result.coverage), **told(engine))

    @app.post("/v1/check", response_model=CheckResponse, tags=["check"])
    def check(request: CheckRequest, asked: Request) -> CheckResponse:
        """Check one claim."""
        engine = bounded(live.engine(), asked.state.budget)
        finding = check_claim(engine, request.claim, request.page.host if request.page else None)
        return CheckResponse.model_validate({"claim": request.claim, **found(finding), **told(engine)})


def told(engine: Engine) -> dict[str, Any]:
    """What every answer says of the index and the models that gave it."""
    store = engine.store
    models = Models(
        embedding=store.info.model, stance=engine.stance.name, thresholds=in_force(), evaluation=read_evaluation(engine.stance.name)
    )
    return {"index": IndexOut.of(store.info, store.sources), "models": models}
