"""Settings: every one can be given as an environment variable `SIDELIGHT_<NAME>` or as an option of the command."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.logs import LogFormat

ROOT = Path(__file__).resolve().parent.parent


class Limits(BaseModel):
    """How much one request may ask, and how many may ask at once. `GET /v1/limits` gives them; an error names the one it met."""

    max_body_bytes: int = Field(4 * 1024 * 1024, ge=1024, description="Bytes of one request's body.")
    max_body_seconds: float = Field(20, gt=0, description="Seconds in which a body has to arrive.")
    max_blocks: int = Field(5000, ge=1, description="Blocks of one page.")
    max_block_chars: int = Field(20_000, ge=1, description="Characters of one block.")
    max_page_chars: int = Field(1_000_000, ge=1, description="Characters of all blocks of one page.")
    max_claims: int = Field(600, ge=1, description="Claims judged in one request; the rest are counted as not checked.")
    max_seconds: float = Field(120, gt=0, description="Seconds of one request, its waiting included.")
    max_working: int = Field(2, ge=1, description="Requests worked on at once.")
    max_waiting: int = Field(6, ge=0, description="Requests that wait for their turn; one more is turned away at once.")
    max_per_client: int | None = Field(None, ge=1, description="Requests of one client address at once; without it there is no such limit.")


class Settings(Limits, BaseSettings):
    """Where things are, which models answer, who may ask, and how much."""

    model_config = SettingsConfigDict(env_prefix="SIDELIGHT_", frozen=True)

    host: str = Field("127.0.0.1", description="Address to listen on; loopback unless told otherwise.")
    port: int = Field(8747, ge=0, le=65535)
    index: Path = Field(ROOT / "var" / "index", description="Folder of the index.")
    store: str | None = Field(None, description="Database that holds the index instead of a folder, as postgresql://USER@HOST/NAME.")
    collection: str | None = Field(None, description="Whose documents a rebuild replaces in the database; others' stay.")
    seeds: Path = Field(ROOT / "seeds", description="Folder of the evidence documents.")
    model: str = Field("all-MiniLM-L6-v2", description="Embedding model: the shipped one, or any sentence-transformers name or folder.")
    stance: Path = Field(ROOT / "api" / "stance" / "weights", description="Folder of the stance model.")
    retractions: Path | None = Field(None, description="List of retractions in Retraction Watch's CSV layout; without it none is known.")
    origins: frozenset[str] = Field(
        frozenset(), description="Web origins that may ask, beside browser extensions and this service's own page."
    )
    origin: str | None = Field(
        None, pattern=r"^(chrome|moz|safari-web)-extension://[\w-]+$", description="The only browser extension that may ask; else any may."
    )
    hosts: frozenset[str] = Field(frozenset(), description="Names that the service may be asked by, beside its address and loopback.")
    token_file: Path = Field(ROOT / "var" / "token", description="Where the token's hash is; `sidelight token new` makes it.")
    threads: int = Field(0, ge=0, description="Threads for the models; 0 means as many as there are cores.")
    cache_bytes: int = Field(
        64 * 1024 * 1024, ge=0, description="Memory for what the models said before; 0 keeps nothing. Never written to disk."
    )
    log: LogFormat = Field("auto", description="Log lines as json or text; auto means text on a terminal and json elsewhere.")

    def limits(self) -> Limits:
        """The limits alone."""
        return Limits(**{name: getattr(self, name) for name in Limits.model_fields})


def read_settings(given: Mapping[str, Any]) -> Settings:
    """The settings from the environment and what was `given` as options. Raises ValueError that says in one line which is wrong."""
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{name}: {first['msg']}: mend the option --{name} or the variable SIDELIGHT_{name.upper()}") from None
