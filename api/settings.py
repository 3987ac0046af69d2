"""Settings: every one can be given as an environment variable `SIDELIGHT_<NAME>` or as an option of the command."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.logs import LogFormat

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Where things are, which models answer, and how much one request may ask."""

    model_config = SettingsConfigDict(env_prefix="SIDELIGHT_", frozen=True)

    host: str = Field("127.0.0.1", description="Address to listen on; loopback unless told otherwise.")
    port: int = Field(8747, ge=0, le=65535)
    index: Path = Field(ROOT / "var" / "index", description="Folder of the index.")
    seeds: Path = Field(ROOT / "seeds", description="Folder of the evidence documents.")
    model: str = Field("all-MiniLM-L6-v2", description="Embedding model: any sentence-transformers name or folder.")
    stance: Path = Field(ROOT / "api" / "stance" / "weights", description="Folder of the stance model.")
    retractions: Path | None = Field(None, description="List of retractions in Retraction Watch's CSV layout; without it none is known.")
    origins: frozenset[str] = Field(
        frozenset(), description="Web origins that may ask, beside browser extensions and this service's own page."
    )
    threads: int = Field(0, ge=0, description="Threads for the models; 0 means as many as there are cores.")
    max_body_bytes: int = Field(4 * 1024 * 1024, ge=1024)
    max_claims: int = Field(600, ge=1, description="Claims judged in one request; the rest are counted as not checked.")
    log: LogFormat = Field("auto", description="Log lines as json or text; auto means text on a terminal and json elsewhere.")
