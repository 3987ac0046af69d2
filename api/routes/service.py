"""Health, readiness, limits, and the page at `/`."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles

from api.live import Live
from api.settings import ROOT, Limits

PAGE = Path(__file__).resolve().parents[1] / "page"
EXTENSION = ROOT / "extension"
CLOSED = {"script-src": "'self'", "style-src": "'self'", "img-src": "'self' data:", "connect-src": "'self'"}
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " + "; ".join(
    f"{k} {v}" for k, v in CLOSED.items()
)


def add_service(app: FastAPI, live: Live, limits: Limits) -> None:
    """Health, readiness, limits, and the page at `/` with the code it shares with the extension."""

    @app.get("/healthz", tags=["service"])
    def healthz() -> dict[str, str]:
        """Whether the process answers."""
        return {"status": "ok"}

    @app.get("/readyz", tags=["service"])
    def readyz() -> JSONResponse:
        """Whether the models and the index are loaded."""
        live.engine()
        return JSONResponse({"status": "ready"})

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
