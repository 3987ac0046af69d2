"""The composition root for serving: the one place of `api` that names concrete classes, and all HTTP routes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import lru_cache
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI
from fastapi import Query as QueryParameter
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles

from api import problems
from api.annotate import annotate
from api.check import Engine, check_claim, check_page
from api.live import Live
from api.measured import read_evaluation
from api.problems import Problem
from api.schemas import (
    AnnotateRequest,
    AnnotateResponse,
    AnnotationOut,
    CheckRequest,
    CheckResponse,
    ClaimOut,
    Coverage,
    Hit,
    IndexOut,
    Models,
    ProblemOut,
    SearchResponse,
    SourceDetail,
    found,
)
from api.security import Guard
from api.settings import ROOT, Settings
from api.stance.model import OnnxStance
from api.thresholds import in_force
from api.types import Verdict
from index.embedder import SentenceTransformerEmbedder
from index.retractions import mark, read_retractions
from index.search import search
from index.store.snapshot import Snapshot
from index.store.sqlite import open_store, published
from index.types import Query

PAGE = Path(__file__).with_name("page")
EXTENSION = ROOT / "extension"
CLOSED = {"script-src": "'self'", "style-src": "'self'", "img-src": "'self' data:", "connect-src": "'self'"}
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; " + "; ".join(f"{k} {v}" for k, v in CLOSED.items())


def load_engine(settings: Settings) -> Engine:
    """Open the published index with the models that fit it. Raises IndexProblem or WeightsProblem."""
    store = open_index(settings)
    embedder, stance = models(settings)
    stance.load()
    return Engine(store, embedder, stance)


def open_index(settings: Settings) -> Snapshot:
    """The published index with retracted sources marked: all that commands need which judge nothing. Raises IndexProblem."""
    embedder, _ = models(settings)
    store = open_store(settings.index, embedder.name)
    if settings.retractions is None:
        return store
    return replace(store, sources=mark(store.sources, read_retractions(settings.retractions)))


def warm(engine: Engine) -> Engine:
    """The engine, after one check: what is loaded at the first use is loaded before anybody waits for it."""
    check_claim(engine, "Ketamine blocks NMDA receptors.")
    return engine


@lru_cache(maxsize=1)
def models(settings: Settings) -> tuple[SentenceTransformerEmbedder, OnnxStance]:
    """Both models, made once for all generations of the index."""
    return SentenceTransformerEmbedder(settings.model), OnnxStance(settings.stance, settings.threads)


def create_app(settings: Settings) -> FastAPI:
    """The service over the published index; it loads in the background, `/readyz` says when."""
    live = Live(lambda: warm(load_engine(settings)), lambda: published(settings.index))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        live.start()
        yield
        live.stop()

    app = FastAPI(
        title="Sidelight", version=installed_version("sidelight"), lifespan=lifespan, description=__doc__,
        responses={422: {"model": ProblemOut}, 503: {"model": ProblemOut}},
    )  # fmt: skip
    app.add_middleware(Guard, bound=settings.host, origins=settings.origins, max_body_bytes=settings.max_body_bytes)
    problems.install(app)
    add_checks(app, live, settings)
    add_reads(app, live)
    add_page(app, live)
    return app


def told(engine: Engine) -> dict[str, Any]:
    """What every answer says of the index and the models that gave it."""
    store = engine.store
    models = Models(
        embedding=store.info.model, stance=engine.stance.name, thresholds=in_force(), evaluation=read_evaluation(engine.stance.name)
    )
    return {"index": IndexOut.of(store.info, store.sources), "models": models}


def add_checks(app: FastAPI, live: Live, settings: Settings) -> None:
    """The routes that judge claims. Plain functions: inference blocks, so they run in the thread pool."""

    @app.post("/v1/annotate", response_model=AnnotateResponse, tags=["check"])
    def annotate_page(request: AnnotateRequest) -> AnnotateResponse:
        """Find the claims of a page and the evidence for or against each."""
        engine = live.engine()
        blocks = {block.id: block.text for block in request.blocks}
        if len(blocks) != len(request.blocks):
            raise Problem(422, "Block ids repeat", "Give every block an id of its own: annotations name their block by it.")
        result = check_page(engine, blocks, request.page.host if request.page else None, settings.max_claims)
        shown = {block: [f for f in findings if f.verdict is not Verdict.NO_EVIDENCE] for block, findings in result.findings.items()}
        annotations = [AnnotationOut.of(a) for block, findings in shown.items() for a in annotate(block, blocks[block], findings)]
        coverage = Coverage(**{name: getattr(result.coverage, name) for name in Coverage.model_fields})
        return AnnotateResponse(annotations=annotations, coverage=coverage, **told(engine))

    @app.post("/v1/check", response_model=CheckResponse, tags=["check"])
    def check(request: CheckRequest) -> CheckResponse:
        """Check one claim."""
        engine = live.engine()
        finding = check_claim(engine, request.claim, request.page.host if request.page else None)
        return CheckResponse.model_validate({"claim": request.claim, **found(finding), **told(engine)})


def add_reads(app: FastAPI, live: Live) -> None:
    """The routes that read the index."""

    @app.get("/v1/search", response_model=SearchResponse, tags=["index"])
    def search_claims(
        q: Annotated[str, QueryParameter(min_length=1, max_length=2000)], k: Annotated[int, QueryParameter(ge=1, le=100)] = 10
    ) -> SearchResponse:
        """The indexed claims nearest to a text."""
        engine = live.engine()
        hits = search(engine.store, engine.embedder, [Query(q)], k)[0]
        return SearchResponse(query=q, hits=[Hit.found(e) for e in hits], index=IndexOut.of(engine.store.info, engine.store.sources))

    @app.get("/v1/sources", response_model=list[SourceDetail], tags=["index"])
    def sources() -> list[SourceDetail]:
        """All sources of the index."""
        store = live.engine().store
        return [source_detail(store, source_id) for source_id in store.sources]

    @app.get("/v1/sources/{source_id}", response_model=SourceDetail, tags=["index"], responses={404: {"model": ProblemOut}})
    def source(source_id: str) -> SourceDetail:
        """One source."""
        store = live.engine().store
        if source_id not in store.sources:
            raise Problem(404, "No such source", f"The index has no source {source_id!r}; GET /v1/sources lists them.")
        return source_detail(store, source_id)

    @app.get("/v1/claims/{claim_id}", response_model=ClaimOut, tags=["index"], responses={404: {"model": ProblemOut}})
    def claim(claim_id: str) -> ClaimOut:
        """One indexed claim in its place."""
        store = live.engine().store
        for candidate in store.claims:
            if candidate.id == claim_id:
                return ClaimOut.of(candidate, store.sources[candidate.source_id])
        raise Problem(
            404, "No such claim", f"The index has no claim {claim_id!r}; it may have been rebuilt since. GET /v1/search finds claims."
        )

    @app.get("/v1/index", response_model=IndexOut, tags=["index"])
    def index() -> IndexOut:
        """What the index was made from."""
        store = live.engine().store
        return IndexOut.of(store.info, store.sources)


def source_detail(store: Any, source_id: str) -> SourceDetail:
    """A source with the number of claims it gave."""
    source = store.sources[source_id]
    fields = {name: getattr(source, name) for name in SourceDetail.model_fields if name != "claims"}
    return SourceDetail(**fields, claims=sum(claim.source_id == source_id for claim in store.claims))


def add_page(app: FastAPI, live: Live) -> None:
    """Health, readiness, and the page at `/` with the code it shares with the extension."""

    @app.get("/healthz", tags=["service"])
    def healthz() -> dict[str, str]:
        """Whether the process answers."""
        return {"status": "ok"}

    @app.get("/readyz", tags=["service"])
    def readyz() -> JSONResponse:
        """Whether the models and the index are loaded."""
        live.engine()
        return JSONResponse({"status": "ready"})

    @app.get("/", include_in_schema=False)
    def page() -> FileResponse:
        return FileResponse(PAGE / "index.html", headers={"Content-Security-Policy": POLICY})

    app.mount("/page", StaticFiles(directory=PAGE), name="page")
    app.mount("/shared", StaticFiles(directory=EXTENSION / "shared"), name="shared")
    app.mount("/locales", StaticFiles(directory=EXTENSION / "_locales"), name="locales")
