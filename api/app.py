"""The composition root for serving: the one place of `api` that names concrete classes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from importlib.metadata import version as installed_version

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from api import openapi, problems
from api.cache import RememberingEmbedder, RememberingStance
from api.check import Engine, check_claim
from api.live import Live
from api.metrics import Metrics
from api.observe import Observe
from api.routes.checks import add_checks
from api.routes.reads import add_reads
from api.routes.service import add_service
from api.schemas import ProblemOut
from api.security import Access, Guard
from api.settings import Settings
from api.stance.model import OnnxStance
from api.timed import timed
from api.turnstile import Turnstile
from index.__main__ import home_of
from index.embedder import make_embedder
from index.retractions import mark, read_retractions
from index.store.home import Home
from index.types import ClaimStore, Embedder


def load_engine(settings: Settings) -> Engine:
    """Open the published index with the models that fit it. Raises IndexProblem."""
    store = open_index(settings)
    _, stance = models(settings)
    stance.load()
    return Engine(store, *remembering(settings))


@lru_cache(maxsize=1)
def home(settings: Settings) -> Home:
    """Where the index is."""
    return home_of(settings.index, settings.store, settings.collection)


def open_index(settings: Settings) -> ClaimStore:
    """The published index with retracted sources marked: all that commands need which judge nothing. Raises IndexProblem."""
    embedder, _ = models(settings)
    store = home(settings).open(embedder.name)
    if settings.retractions is None:
        return store
    return store.naming(mark(store.sources, read_retractions(settings.retractions)))


def warm(engine: Engine) -> Engine:
    """The engine, after one check: what is loaded at the first use is loaded before anybody waits for it."""
    check_claim(engine, "Ketamine blocks NMDA receptors.")
    return engine


@lru_cache(maxsize=1)
def models(settings: Settings) -> tuple[Embedder, OnnxStance]:
    """Both models, made once for all generations of the index."""
    return make_embedder(settings.model, settings.threads), OnnxStance(settings.stance, settings.threads)


@lru_cache(maxsize=1)
def remembering(settings: Settings) -> tuple[RememberingEmbedder, RememberingStance]:
    """Both models with what they said before, for all generations of the index too."""
    embedder, stance = models(settings)
    return RememberingEmbedder(embedder, settings.cache_bytes // 2), RememberingStance(stance, settings.cache_bytes // 2)


def having_a_thread() -> int:
    """Requests that a thread of the pool works on: that is where plain functions run."""
    return current_default_thread_limiter().borrowed_tokens


def create_app(settings: Settings) -> FastAPI:
    """The service over the published index; it loads in the background, `/readyz` says when. Raises ValueError if anybody could ask."""
    access = Access.of(settings)
    live = Live(lambda: timed(warm(load_engine(settings))), home(settings).published)
    metrics = Metrics(lambda: live.current.store.info if live.current else None, having_a_thread)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        live.start()
        yield
        live.stop()

    app = FastAPIOffline(  # FastAPI's own /docs asks a server far away for its scripts
        redoc_url=None, title="Sidelight", version=installed_version("sidelight"), lifespan=lifespan,
        responses={status: {"model": ProblemOut} for status in (400, 401, 403, 408, 413, 422, 429, 500, 503)},
    )  # fmt: skip
    app.state.live = live
    problems.install(app)  # The innermost: what it answers to an unexpected error still gets the headers of those around it.
    app.add_middleware(Turnstile, limits=settings.limits())
    app.add_middleware(Guard, access=access)
    app.add_middleware(Observe, metrics=metrics)  # The outermost: what the others refuse is counted too.
    add_checks(app, live, settings)
    add_reads(app, live)
    add_service(app, live, settings.limits(), metrics)
    openapi.describe(app)
    return app
