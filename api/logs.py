"""The log: lines for a person on a terminal, JSON lines anywhere else.

A line never has page text, a host, a query string or a client's address. The messages of exceptions may quote what they choked on, so
of an unexpected exception only its class and the places it passed through are written.
"""

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Literal

LogFormat = Literal["auto", "json", "text"]

REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the request being answered: on its log lines, in its `X-Request-ID` header and in its problem bodies."""


def fields(record: logging.LogRecord) -> dict[str, object]:
    """The request's id, and what the log call gave as `extra={"fields": {…}}`."""
    given: dict[str, object] = getattr(record, "fields", {})
    request_id = REQUEST_ID.get()
    return {"request": request_id, **given} if request_id else given


def passed_through(trace: TracebackType | None) -> list[str]:
    """The places of a traceback, outermost first, without the source lines and the values they were about."""
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, message, and the fields given."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        line: dict[str, object] = {"time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")}
        line |= {"level": record.levelname.lower(), "message": record.getMessage(), **fields(record)}
        if record.exc_info and record.exc_info[0]:
            line |= {"exception": record.exc_info[0].__name__, "passed_through": passed_through(record.exc_info[2])}
        return json.dumps(line, ensure_ascii=False)


class Lines(logging.Formatter):
    """A line for a person: the time, the message, the fields in brackets."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line, with the places of a traceback below it."""
        more = " ".join(f"{name}={value}" for name, value in fields(record).items() if value is not None)
        lines = [f"{datetime.fromtimestamp(record.created):%H:%M:%S} {record.getMessage()}" + (f" [{more}]" if more else "")]
        if record.exc_info and record.exc_info[0]:
            lines += [record.exc_info[0].__name__, *passed_through(record.exc_info[2])]
        return "\n  ".join(lines)


def set_up(form: LogFormat) -> None:
    """Send our log, and warnings of the libraries, to stderr; `auto` means text on a terminal and JSON elsewhere."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines() if form == "text" or (form == "auto" and sys.stderr.isatty()) else JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("sidelight").setLevel(logging.INFO)
