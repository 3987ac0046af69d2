"""The routes that judge claims."""

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import FastAPI, Header, Response

from api.annotate import annotate
from api.check import Engine, check_claim, check_page
from api.live import Live
from api.measured import read_evaluation
from api.metrics import count
from api.problems import Problem
from api.schemas import AnnotateRequest, AnnotateResponse, AnnotationOut, CheckRequest, CheckResponse, Coverage, IndexOut, Models, found
from api.settings import Settings
from api.thresholds import in_force
from api.types import Finding, Verdict
from api.web_annotation import LINKED_DATA, LinkedData, wants_linked_data


def add_checks(app: FastAPI, live: Live, settings: Settings) -> None:
    """The routes that judge claims. Plain functions: inference blocks, so they run in the thread pool."""

    @app.post("/v1/annotate", response_model=AnnotateResponse, responses=LINKED_DATA, tags=["check"])
    def annotate_page(request: AnnotateRequest, accept: Annotated[str, Header()] = "application/json") -> AnnotateResponse | Response:
        """Find the claims of a page and the evidence for or against each.

        `start` and `end` are UTF-16 code-unit offsets into the block's text, as JavaScript counts, and `text` is the slice they cut.
        With `Accept: application/ld+json` the answer is a W3C Web Annotation collection, whose offsets are code points.
        """
        engine = live.engine()
        blocks = {block.id: block.text for block in request.blocks}
        if len(blocks) != len(request.blocks):
            raise Problem(422, "Block ids repeat", "Give every block an id of its own: annotations name their block by it.")
        result = check_page(engine, blocks, request.page.host if request.page else None, settings.max_claims)
        shown = {block: [f for f in findings if f.verdict is not Verdict.NO_EVIDENCE] for block, findings in result.findings.items()}
        annotations = [a for block, findings in shown.items() for a in annotate(block, blocks[block], findings)]
        for findings in result.findings.values():
            count_verdicts(findings)
        if wants_linked_data(accept):
            return LinkedData.of(annotations, blocks, engine.store.info, engine.stance.name)
        coverage = Coverage(**{name: getattr(result.coverage, name) for name in Coverage.model_fields})
        return AnnotateResponse(annotations=[AnnotationOut.of(a) for a in annotations], coverage=coverage, **told(engine))

    @app.post("/v1/check", response_model=CheckResponse, tags=["check"])
    def check(request: CheckRequest) -> CheckResponse:
        """Check one claim."""
        engine = live.engine()
        finding = check_claim(engine, request.claim, request.page.host if request.page else None)
        count_verdicts([finding])
        return CheckResponse.model_validate({"claim": request.claim, **found(finding), **told(engine)})


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
