"""Health, readiness, limits, and the page at `/`."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles

from api.live import Live
from api.metrics import CONTENT_TYPE, Metrics
from api.schemas import Status
from api.settings import ROOT, Limits

PAGE = Path(__file__).resolve().parents[1] / "page"
EXTENSION = ROOT / "extension"
CLOSED = {"script-src": "'self'", "style-src": "'self'", "img-src": "'self' data:", "connect-src": "'self'"}
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " + "; ".join(
    f"{k} {v}" for k, v in CLOSED.items()
)


def add_service(app: FastAPI, live: Live, limits: Limits, metrics: Metrics) -> None:
    """Health, readiness, metrics, limits, and the page at `/` with the code it shares with the extension."""

    # These three never block, and answer while every thread is busy.
    @app.get("/healthz", tags=["service"])
    async def healthz() -> Status:
        """Whether the process answers."""
        return Status(status="ok")

    @app.get("/readyz", tags=["service"])
    async def readyz() -> Status:
        """Whether the models and an index that fits them are loaded: 503 with the reason until then."""
        live.engine()
        return Status(status="ready")

    @app.get("/metrics", tags=["service"], response_class=PlainTextResponse)
    async def prometheus() -> PlainTextResponse:
        """Prometheus metrics: latency by stage, requests by route and status, cache, verdicts, age and size of the index."""
        return PlainTextResponse(metrics.text(), media_type=CONTENT_TYPE)

    @app.get("/v1/limits", response_model=Limits, tags=["service"])
    def limits_in_force() -> Limits:
        """How much one request may ask, and how many may ask at once; each is the setting of that name."""
        return limits

    @app.get("/", include_in_schema=False)
    def page() -> FileResponse:
        return FileResponse(PAGE / "index.html", headers={"Content-Security-Policy": POLICY})

    app.mount("/page", StaticFiles(directory=PAGE), name="page")
    app.mount("/shared", StaticFiles(directory=EXTENSION / "shared"), name="shared")
    app.mount("/locales", StaticFiles(directory=EXTENSION / "_locales"), name="locales")
