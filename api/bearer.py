"""The bearer token: made once, shown once, kept only as a hash in a file that its owner alone can read.

The token is 256 random bits, so a plain SHA-256 of it can be neither guessed nor looked up; salt and a slow hash protect what people
choose, and would only cost every request.
"""

import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path
from typing import Literal

TOKEN_BYTES = 32
_HASH = re.compile(r"sha256:[0-9a-f]{64}")
_WRITABLE_BY_OTHERS = 0o022


def new(path: Path) -> str:
    """Make a token and store its hash in place of any before it; the token itself is returned and nowhere kept. Raises OSError."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.part")
    aside.unlink(missing_ok=True)
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{_hashed(token)}\n")
    aside.replace(path)
    return token


def stored(path: Path) -> str | None:
    """The hash in force, or None where no token was made. Raises ValueError for a file that others may have written, or no such file."""
    try:
        found, mode = path.read_text(encoding="ascii", errors="replace").strip(), path.stat().st_mode
    except FileNotFoundError:
        return None
    if mode & _WRITABLE_BY_OTHERS:
        raise ValueError(f"{path} can be written by others, so its token proves nothing: run `chmod 600 {path}` and `sidelight token new`")
    if not _HASH.fullmatch(found):
        raise ValueError(f"{path} holds no token's hash: run `sidelight token new`, or remove the file")
    return found


def fits(authorization: str, expected: str) -> bool:
    """Whether an Authorization header carries the token with this hash; takes as long for a wrong one as for the right one."""
    scheme, _, token = authorization.partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(_hashed(token.strip()), expected)


def _hashed(token: str) -> str:
    return f"sha256:{hashlib.sha256(token.encode()).hexdigest()}"


def command(action: Literal["new", "status", "remove"], path: Path) -> tuple[dict[str, str | bool], list[str]]:
    """`sidelight token …`: what was done, as JSON and as lines for a person. Raises OSError or ValueError."""
    if action == "new":
        token = new(path)
        advice = "It is shown this once. Restart the service, and set it in the extension's options; for the page at / open /#token=TOKEN."
        return {"token": token, "file": str(path)}, [token, advice]
    if action == "status":
        asked = stored(path) is not None
        return {"asked": asked, "file": str(path)}, [f"{'a token is asked for' if asked else 'no token is asked for'} ({path})"]
    removed = path.exists()
    path.unlink(missing_ok=True)
    return {"removed": removed, "file": str(path)}, ["the token is removed; restart the service" if removed else f"no token in {path}"]
