"""What a process writes of itself: one line an event, on standard error, as JSON or as text for people.

Every line has ``time``, ``level`` and ``event``; one about a source names it and its venue. The lines of the libraries
(uvicorn, websockets) come the same way. What could be a secret is never written, whatever line it gets into.
"""

from __future__ import annotations

import logging
import re
import sys
from typing import Any, TextIO

import msgspec
import structlog
from structlog.typing import EventDict, Processor

__all__ = ["set_up"]

HIDDEN = re.compile(r"token|secret|passw|authori[sz]ation|cookie|credential|(^|_)key$", re.IGNORECASE)
LOGIN = re.compile(r"(?<=://)[^/@\s]+@")  # in an address: user and password
FIRST = ("time", "level", "event", "venue", "source")
QUIET = ("websockets", "uvicorn", "httpx", "httpcore")  # they say much that nobody asked for


def _name_venue(logger: Any, method: str, line: EventDict) -> EventDict:
    """Name the venue of a line's source: the part before the first dot."""
    source = line.get("source")
    if isinstance(source, str) and "." in source:
        line.setdefault("venue", source.partition(".")[0])
    return line


def _hide_secrets(logger: Any, method: str, line: EventDict) -> EventDict:
    """Take out what its name says is a secret, and logins in addresses."""
    for name, value in line.items():
        if HIDDEN.search(name):
            line[name] = "***"
        elif isinstance(value, str):
            line[name] = LOGIN.sub("***@", value)
    return line


def _put_first(logger: Any, method: str, line: EventDict) -> EventDict:
    first: EventDict = {name: line[name] for name in FIRST if name in line}
    return {**first, **line}


def _encode(line: Any, **_: Any) -> str:
    return msgspec.json.encode(line, enc_hook=str).decode()


def set_up(form: str = "auto", level: str = "info", *, stream: TextIO | None = None) -> None:
    """Have every line of this process written in a form, ``json`` or ``text``, from a level on.

    ``auto`` is text on a terminal and JSON elsewhere.
    """
    out = sys.stderr if stream is None else stream
    as_text = form == "text" or (form == "auto" and out.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.stdlib.ExtraAdder(),
        _name_venue,
    ]
    ending: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, _hide_secrets]
    if as_text:
        colours = out.isatty()
        ending.append(structlog.dev.ConsoleRenderer(colors=colours, timestamp_key="time", sort_keys=False))
    else:
        ending += [structlog.processors.format_exc_info, _put_first, structlog.processors.JSONRenderer(_encode)]
    handler = logging.StreamHandler(out)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=ending))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,  # lines are few, and tests look at those of loggers that exist already
    )
