"""The HTTP door of the gateway, in the manner of Swiss Timing's HOVTP, as routes for a Litestar application.

One POST is one message: the body as it is, session and serial in headers. An answer leaves when the message and all
before it are durable. Codes are HOVTP's: 450 tells a sender the last serial whenever its own is not the next one, which
for a duplicate is the acknowledgement; 451 says that the message is stored and nobody will be able to read it.
"""

from __future__ import annotations

import asyncio
import re
from typing import Annotated, Any

import msgspec
import structlog
from litestar import Request, Response, Router, post, route
from litestar.enums import HttpMethod
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, JSONBody, PathParameter

from engine.batch import Answer, Code
from engine.gateway import Gateway, promise
from schemas.messages import decode

__all__ = ["Failure", "Problem", "Receipt", "http_door"]

STATUS: dict[Code, int] = {
    "stored": 200,
    "healed": 200,
    "lost": 200,
    "duplicate": 450,
    "gap": 450,
    "conflict": 400,
    "malformed": 400,
    "too_large": 413,
    "unavailable": 503,
}
_log = structlog.get_logger()
OURS = ("", "podium")  # data types that must be messages of ours; others are stored unlooked at
OVERRUN = 2  # times the longest message that is read of one that is longer, so that its sender hears why

Session = Annotated[str | None, HeaderParameter(name="X-HOVTP-Session-Id", description="Or Podium-Session.")]
Serial = Annotated[str | None, HeaderParameter(name="X-HOVTP-Serial-Number", description="From 1. Or Podium-Serial.")]
Origin = Annotated[
    str | None, HeaderParameter(name="X-HOVTP-Origin", description="The source, where the path has none.")
]
Environment = Annotated[str | None, HeaderParameter(name="X-HOVTP-Environment", description="Production or Test.")]
DataType = Annotated[
    str | None, HeaderParameter(name="X-HOVTP-Data-Type", description="ODF, ...; ours where it is absent.")
]
SourceName = Annotated[str, PathParameter(description="The source.")]


class Receipt(msgspec.Struct, frozen=True):
    """What the gateway holds."""

    last: int  # every serial of the session up to it is durable or declared lost
    head: str  # the chain value of the source there, 32 hex digits


class Problem(msgspec.Struct, frozen=True):
    """What is wrong, where, and whether the same request may be sent again later."""

    code: str
    message: str
    at: str
    retry: bool


class Failure(msgspec.Struct, frozen=True):
    """Every error has this shape."""

    error: Problem


class Loss(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Serials that will never come."""

    session: str
    first: int  # the next serial
    last: int
    by: str = "sender"  # or the operator who says so


class _RefusalError(Exception):
    """A request that is answered before its body is a message; carries the answer's code and problem."""

    def __init__(self, status: int, problem: Problem) -> None:
        super().__init__(problem.message)
        self.status = status
        self.problem = problem


class _Door:
    """What the routes share."""

    def __init__(self, gateway: Gateway, environment: str) -> None:
        self.gateway = gateway
        self.environment = environment
        self.receiving = 0  # bytes of bodies that are not yet whole

    def headers(self, last: int, head: bytes, reason: str = "") -> dict[str, str]:
        """Return the headers that every answer has."""
        found = {
            "Cache-Control": "no-cache",
            "X-HOVTP-Environment": self.environment,
            "X-HOVTP-Last-Serial-Number": str(last),
            "Podium-Chain-Head": head.hex(),
        }
        if self.gateway.limits.silence:
            found["X-HOVTP-Keep-Alive-Interval"] = str(max(1, self.gateway.limits.silence // 3))
        if reason:
            found["X-HOVTP-Error-Reason"] = reason.encode("ascii", "backslashreplace").decode()
        return found

    def check(self, source: str, environment: str | None) -> None:
        """Refuse what must not mix: another environment's messages, and names that are not a venue's."""
        if environment and environment.casefold() != self.environment.casefold():
            problem = f"this is {self.environment}, and the message is for {environment}"
            raise _RefusalError(400, Problem("environment", problem, "header X-HOVTP-Environment", retry=False))
        if not source:
            problem = "name the source in the path, or in X-HOVTP-Origin"
            raise _RefusalError(400, Problem("malformed", problem, "header X-HOVTP-Origin", retry=False))
        if not self.gateway.admits(source):
            raise _RefusalError(400, Problem("forbidden", f"{source} is no venue's name", "path", retry=False))

    async def body(self, request: Request[Any, Any, Any]) -> tuple[bytes, int]:
        """Return the body and its length; of one that is too long only the beginning is returned, and not all read."""
        limits = self.gateway.limits
        parts: list[bytes] = []
        size = 0
        try:
            async for chunk in request.stream():
                size += len(chunk)
                self.receiving += len(chunk)
                if self.gateway.in_flight + self.receiving > limits.in_flight:
                    problem = "the gateway has more to store than it can hold"
                    raise _RefusalError(503, Problem("unavailable", problem, "body", retry=True))
                if size - len(chunk) <= limits.message:
                    parts.append(chunk)
                elif size > OVERRUN * limits.message:
                    break
            whole = b"".join(parts)
        finally:
            self.receiving -= size
        return whole, size

    def offer(self, message: tuple[str, str, int, bytes], size: int, peer: str) -> asyncio.Future[Answer]:
        """Hand a message to the gateway, to be stored or to be kept as refused."""
        limit = self.gateway.limits.message
        source, session, number, data = message
        future, notify = promise()
        if size > limit:
            code: Code = "too_large"
            reason = f"a message has at most {limit} bytes, and this one more"
        elif not number:
            code = "malformed"
            reason = "X-HOVTP-Session-Id and X-HOVTP-Serial-Number must name the message; serials count from 1"
        else:
            self.gateway.submit(source, session, number, data, peer, notify=notify)
            return future
        self.gateway.refuse(
            source, session, number, data, peer=peer, reason=reason, notify=notify, code=code, size=size
        )
        return future

    def respond(self, answer: Answer, source: str, session: str) -> Response[Receipt | Failure]:
        """Say what the gateway answered."""
        last, head = (answer.last, answer.head) if answer.head else self.gateway.status(source, session)
        status = STATUS[answer.code]
        if status == 200:
            return Response(Receipt(last, head.hex()), headers=self.headers(last, head))
        text = answer.text or f"{source}/{session}/{answer.serial} is stored already"
        problem = Problem(answer.code, text, f"{source}/{session}/{answer.serial}", answer.retry)
        return self.fail(status, problem, last, head)

    def note(self, request: Request[Any, Any, Any], problem: Problem) -> None:
        """Count and write down a request that did not get as far as the gateway."""
        source = str(request.path_params.get("source", ""))
        self.gateway.note_refusal(problem.code, source, problem.at, _peer(request), problem.message)

    def fail(self, status: int, problem: Problem, last: int = 0, head: bytes = b"") -> Response[Receipt | Failure]:
        """Say what is wrong."""
        headers = self.headers(last, head, problem.message)
        if status == 503:
            headers["Retry-After"] = "1"
        return Response(Failure(problem), status_code=status, headers=headers)


def http_door(gateway: Gateway, *, environment: str = "Production", path: str = "/v1/venue") -> Router:
    """Return the routes of a gateway."""
    door = _Door(gateway, environment)

    @post(
        ["/", "/{source:str}"],
        status_code=200,
        summary="Send a message",
        description="The body is the message, byte for byte. Serials of a session count from 1 without a gap.",
        responses=FAILURES,
        request_max_body_size=None,  # ours, so that what is too large is kept and answered as everything else is
    )
    async def send(
        request: Request[Any, Any, Any],
        *,
        source: SourceName = "",
        session: Session = None,
        serial: Serial = None,
        origin: Origin = None,
        environment: Environment = None,
        data_type: DataType = None,
    ) -> Response[Receipt | Failure]:
        source = source or _text(origin)
        session_name = _text(session or request.headers.get("Podium-Session"))
        door.check(source, environment)
        if request.headers.get("Content-Encoding", "identity") != "identity":
            problem = "send the body as it is, without a content encoding"
            raise _RefusalError(400, Problem("malformed", problem, "header Content-Encoding", retry=False))
        data, size = await door.body(request)
        number = _number(serial or request.headers.get("Podium-Serial"))
        answer = await door.offer((source, session_name, number, data), size, _peer(request))
        if answer.code in ("stored", "healed") and (data_type or "").casefold() in OURS and (flaw := _flaw(data)):
            place = f"{source}/{session_name}/{number} {flaw.at}"
            gateway.note_refusal(flaw.code, source, place, _peer(request), flaw.message)
            return door.fail(451, flaw, answer.last, answer.head)
        return door.respond(answer, source, session_name)

    @route(
        ["/", "/{source:str}"],
        http_method=[HttpMethod.OPTIONS],
        summary="Ask how things stand",
        description="Without side effects, and no sign of life: a silent source stays silent.",
    )
    async def status(
        request: Request[Any, Any, Any], source: SourceName = "", session: Session = None, origin: Origin = None
    ) -> Response[Receipt]:
        name = _text(session or request.headers.get("Podium-Session"))
        last, head = gateway.status(source or _text(origin), name)
        return Response(
            Receipt(last, head.hex()), headers=door.headers(last, head) | {"Allow": "OPTIONS, POST"}, status_code=200
        )

    @post(
        "/{source:str}/lost",
        status_code=200,
        summary="Declare serials lost",
        description="The next serial after `last` is then expected; one that comes after all is a backfill.",
        responses=FAILURES,
    )
    async def lose(data: JSONBody[Loss], source: SourceName) -> Response[Receipt | Failure]:
        door.check(source, None)
        answer = await gateway.declare_lost(source, data.session, data.first, data.last, data.by)
        return door.respond(answer, source, data.session)

    def refused(request: Request[Any, Any, Any], error: _RefusalError) -> Response[Receipt | Failure]:
        door.note(request, error.problem)
        return door.fail(error.status, error.problem)

    def unreadable(request: Request[Any, Any, Any], error: HTTPException) -> Response[Receipt | Failure]:
        problem = Problem("malformed", error.detail, request.url.path, retry=False)
        door.note(request, problem)
        return door.fail(error.status_code, problem)

    def broken(request: Request[Any, Any, Any], error: Exception) -> Response[Receipt | Failure]:
        _log.error("venue_request_failed", path=request.url.path, exc_info=error)
        problem = f"the gateway has failed: {type(error).__name__}"
        return door.fail(500, Problem("failed", problem, request.url.path, retry=True))

    return Router(
        path,
        route_handlers=[status, send, lose],  # status first, or Litestar makes an OPTIONS of its own for the others
        exception_handlers={_RefusalError: refused, HTTPException: unreadable, Exception: broken},
        tags=["Venue feeds"],
    )


FAILURES = {
    code: ResponseSpec(Failure, description=description)
    for code, description in {
        400: "Not a message with a source, a session and a serial; or other bytes are stored under its serial.",
        413: "Too large.",
        450: "Out of synchro: a duplicate (the last serial acknowledges it), or a gap.",
        451: "Stored under its serial, but it cannot be decoded.",
        500: "The gateway has failed; whether the message is stored shows when it is sent again.",
        503: "Not stored; send it again later.",
    }.items()
}


def _text(header: str | None) -> str:
    """Return what a header says; it may be UTF-8, which HTTP hands over as Latin-1."""
    if header is None:
        return ""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header


def _number(header: str | None) -> int:
    """Return a serial, 0 where the header is none."""
    return int(header) if header and re.fullmatch("[0-9]{1,19}", header) else 0


def _peer(request: Request[Any, Any, Any]) -> str:
    return f"{request.client.host}:{request.client.port}" if request.client else ""


def _flaw(data: bytes) -> Problem | None:
    """Say why a stored message is no message of ours, None where it is one."""
    try:
        decode(data)
    except msgspec.DecodeError as error:
        place = re.search(r"at `(.*)`$", str(error))
        return Problem("undecodable", f"stored, but {error}", place[1] if place else "$", retry=False)
    return None
