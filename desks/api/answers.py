"""The shapes of what the API answers, and the one shape of every error: the feed's, with the facts of a refusal."""

from __future__ import annotations

from typing import Any

import msgspec
import structlog
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException, ValidationException

from desks.errors import DesksError, NotServed, Turned, Unavailable
from desks.outcome import Outcome

__all__ = [
    "MIN_POSITION",
    "POSITION",
    "PRIVATE",
    "ErrorAnswer",
    "ErrorDetail",
    "OutcomeAnswer",
    "RecordAnswer",
    "answer_error",
    "answer_outcome",
]

POSITION = "Podium-Position"  # of what was answered
MIN_POSITION = "Podium-Min-Position"  # what the client has seen: nothing older is answered

STATUSES = {
    "NOT_AUTHORISED": 403,
    "MALFORMED": 400,
    "UNKNOWN_KEY": 404,
    "POISON": 500,
}  # of a refusal; of every other code 409


class ErrorDetail(msgspec.Struct, frozen=True, omit_defaults=True):
    """What went wrong."""

    code: str  # in capitals that of a refusal, otherwise the door's own; part of the contract
    message: str  # for people
    at: str  # place in the request, or the key; may be empty
    retry: bool  # the same request may succeed later
    about: dict[str, Any] = {}  # the facts of a refusal, by name


class ErrorAnswer(msgspec.Struct, frozen=True):
    """The body of every answer that is not a success."""

    error: ErrorDetail


class OutcomeAnswer(msgspec.Struct, frozen=True):
    """A command was carried out. Nothing may have happened all the same: what was wished was so already."""

    id: str  # of the command
    key: str
    position: str  # whoever asks for no less sees what it brought about
    version: int  # of the record, by now
    events: tuple[str, ...]  # their ids


class RecordAnswer(msgspec.Struct, frozen=True):
    """A record, as far as who asks may see it."""

    key: str
    version: int
    position: str
    record: Any


_log = structlog.get_logger()
_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "unsupported_media_type"}
PRIVATE = {"Cache-Control": "no-store"}  # headers: this is for who asked, and kept nowhere


def answer_outcome(outcome: Outcome) -> Response[OutcomeAnswer]:
    """Return the answer to a command; raises ``Turned`` where it was refused."""
    refusal = outcome.refusal
    position = str(outcome.position)
    if refusal is not None:
        status = STATUSES.get(refusal.code, 409)
        raise Turned(
            status, refusal.code, refusal.text, at=outcome.key, about=refusal.about, headers={POSITION: position}
        )
    answer = OutcomeAnswer(outcome.id, outcome.key, position, outcome.version, outcome.events)
    return Response(answer, status_code=200, headers={POSITION: position} | PRIVATE)


def answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[ErrorAnswer]:
    """Return the answer for anything that was raised."""
    turned = _turned(error, request.url.path)
    if turned.status >= 500 and not isinstance(error, DesksError):
        _log.error("people_request_failed", path=request.url.path, exc_info=error)
    detail = ErrorDetail(turned.code, turned.message, turned.at, turned.retry, turned.about)
    headers = PRIVATE | turned.headers
    if turned.retry:
        headers.setdefault("Retry-After", "1")
    return Response(ErrorAnswer(detail), status_code=turned.status, media_type=MediaType.JSON, headers=headers)


def _turned(error: Exception, path: str) -> Turned:
    match error:
        case Turned():
            return error
        case NotServed():
            return Turned(503, "not_served", "another process decides for this key by now", at=path, retry=True)
        case Unavailable():
            return Turned(503, "unavailable", "the log did not take it; send the same again", at=path, retry=True)
        case ValidationException(extra=[{"key": str(key), "message": str(message)}, *_]):
            return Turned(400, "bad_parameter", message, at=key)
        case RecursionError() if "deserializing" in str(error):  # of a decoder, and none of ours
            return Turned(400, "bad_request", "the body is nested too deeply", at=path)
        case HTTPException():
            code = _CODES.get(error.status_code, "bad_request" if error.status_code < 500 else "failed")
            return Turned(error.status_code, code, error.detail, at=path, headers=error.headers)
        case _:
            return Turned(500, "failed", "the server failed; its log says why", at=path, retry=True)
