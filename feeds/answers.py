"""The shapes of everything that HTTP answers besides the views, and the one shape of every error."""

from __future__ import annotations

from typing import Any

import msgspec
import structlog
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException, ValidationException

from feeds.errors import Refused

__all__ = ["ErrorAnswer", "ErrorDetail", "RawAnswer", "StatusAnswer", "ViewEntry", "ViewsAnswer", "answer_error"]


class ErrorDetail(msgspec.Struct, frozen=True):
    """What went wrong."""

    code: str  # lower_case, part of the contract
    message: str  # for people
    at: str  # place in the request; may be empty
    retry: bool  # the same request may succeed later


class ErrorAnswer(msgspec.Struct, frozen=True):
    """The body of every answer that is not a success."""

    error: ErrorDetail


class ViewEntry(msgspec.Struct, frozen=True):
    """One line of the list of views."""

    view: str
    sequence: int
    cut: int  # the newest that changed it


class ViewsAnswer(msgspec.Struct, frozen=True):
    """The views that there are."""

    epoch: str
    cut: int
    views: list[ViewEntry]


class RawAnswer(msgspec.Struct, frozen=True):
    """A raw message, as it came from a venue."""

    name: str  # source/session/serial
    source: str
    session: str
    serial: int
    at: int  # venue time, ms; 0 where it has none
    time: int  # log time, microseconds
    position: int  # in the log
    chain: str  # 32 hex digits: this message and all before it of its source
    sha256: str  # of the bytes
    data: str  # the bytes, in base64
    text: str | None  # the bytes as text, where they are UTF-8


class StatusAnswer(msgspec.Struct, frozen=True):
    """How this edge is."""

    epoch: str
    mode: str
    cut: int
    time: int  # log time of the newest cut, microseconds
    now: int  # wall clock of the edge, microseconds
    views: int
    connections: int
    subscriptions: int
    groups: int
    behind: int  # subscriptions that miss something just now
    counts: dict[str, int]  # since the start: cuts, conflated, resets, resumed, dropped
    freshness: dict[str, int]  # by venue the log time, ms, of its newest message


_log = structlog.get_logger()
_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "unsupported_media_type"}


def _detail(error: Exception, path: str) -> tuple[int, ErrorDetail]:
    match error:
        case Refused():
            return error.status, ErrorDetail(error.code, error.message, error.at, error.retry)
        case ValidationException(extra=[{"key": str(key), "message": str(message)}, *_]):
            return 400, ErrorDetail("bad_parameter", message, key, retry=False)
        case HTTPException():
            code = _CODES.get(error.status_code, "bad_request" if error.status_code < 500 else "failed")
            return error.status_code, ErrorDetail(code, error.detail, path, retry=error.status_code >= 500)
        case _:
            return 500, ErrorDetail("failed", "the server failed; its log says why", path, retry=True)


def answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[ErrorAnswer]:
    """Return the answer for anything that was raised."""
    status, detail = _detail(error, request.url.path)
    if status >= 500 and not isinstance(error, Refused):
        _log.error("http_failed", path=request.url.path, exc_info=error)
    headers = {"Cache-Control": "no-store" if status >= 500 else "public, max-age=1"}
    if isinstance(error, HTTPException) and error.headers:
        headers |= dict(error.headers)
    return Response(ErrorAnswer(detail), status_code=status, media_type=MediaType.JSON, headers=headers)
