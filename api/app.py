"""The composition root for serving: the one place of `api` that names concrete classes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import lru_cache
from importlib.metadata import version as installed_version

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI

from api import openapi, problems
from api.check import Engine, check_claim
from api.live import Live
from api.metrics import Metrics
from api.observe import Observe
from api.routes.checks import add_checks
from api.routes.reads import add_reads
from api.routes.service import add_service
from api.schemas import ProblemOut
from api.security import Guard
from api.settings import Settings
from api.stance.model import OnnxStance
from api.timed import timed
from index.embedder import SentenceTransformerEmbedder
from index.retractions import mark, read_retractions
from index.store.snapshot import Snapshot
from index.store.sqlite import open_store, published


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


def having_a_thread() -> int:
    """Requests that a thread of the pool works on: that is where plain functions run."""
    return current_default_thread_limiter().borrowed_tokens


def create_app(settings: Settings) -> FastAPI:
    """The service over the published index; it loads in the background, `/readyz` says when."""
    live = Live(lambda: timed(warm(load_engine(settings))), lambda: published(settings.index))

    metrics = Metrics(lambda: live.current.store.info if live.current else None, having_a_thread)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        live.start()
        yield
        live.stop()

    app = FastAPI(
        title="Sidelight", version=installed_version("sidelight"), lifespan=lifespan,
        responses={status: {"model": ProblemOut} for status in (403, 413, 422, 500, 503)},
    )  # fmt: skip
    app.add_middleware(Guard, bound=settings.host, origins=settings.origins, max_body_bytes=settings.max_body_bytes)
    app.add_middleware(Observe, metrics=metrics)  # outermost, because the last added
    app.state.live = live
    problems.install(app)
    add_checks(app, live, settings)
    add_reads(app, live)
    add_service(app, live, metrics)
    openapi.describe(app)
    return app
