"""Who asks: the port through which every door of the people side finds an ``Actor``, before anything else.

A route that does not say that it is open (``open_to_all``) is closed to whom nobody knows, and one that does not say
that it is for whoever makes his first credentials (``for_enrolment``) to everybody who does no more than that. How
somebody is known is not the API's: by a token (``desks/operators.py``), by a session (``session_callers.py``), by both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Protocol

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.handlers import BaseRouteHandler
from litestar.types import BeforeMessageSendHookHandler, Guard, Message, Scope

from desks.errors import Turned
from management.command import Actor

__all__ = [
    "COOKIE",
    "SESSION",
    "Caller",
    "Callers",
    "Credentials",
    "actor_of",
    "caller_of",
    "cookie_of",
    "for_enrolment",
    "guard_of",
    "open_to_all",
    "shown_by",
    "token_sender",
    "unknown",
]

open_to_all: Mapping[str, Any] = {"open_to_all": True}  # the options of a route that asks nobody who he is
for_enrolment: Mapping[str, Any] = {"for_enrolment": True}  # of a route for whoever makes credentials, and all others

COOKIE = "__Host-podium"  # of pages: a browser sends it to this host alone, over TLS or to itself
SESSION = "Podium-Session"  # of an answer: the next token of the session

Connection = ASGIConnection[Any, Any, Any, Any]


class Credentials(msgspec.Struct, frozen=True):
    """What a request shows of who it is from."""

    bearer: str  # of the header Authorization; "": none
    cookies: Mapping[str, str]
    headers: Mapping[str, str]  # their names in lower case
    method: str
    path: str
    address: str  # of the peer, without its port


class Caller(msgspec.Struct, frozen=True):
    """Who asks, and how he is known."""

    actor: Actor
    kind: Literal["OPERATOR", "SIGNED_IN", "ENROLMENT"] = "OPERATOR"  # by a token; in a session; to make credentials
    session: str = ""  # its public name
    fresh_until: int | None = None  # ms: from then on he proves it again before a sensitive act; None: never
    token: str = ""  # the session's next token, which goes with the answer; "": it keeps the one that was shown
    by_cookie: bool = False  # the session is a browser's


class Callers(Protocol):
    """Whoever knows people by what they show."""

    async def find(self, shown: Credentials) -> Caller:
        """Return who it is; raises ``Turned``, with the status 401 where nobody is known by that."""


class Keeper(Protocol):
    """Whoever lets those in who are known, or not so often."""

    def admit(self, caller: Caller, shown: Credentials, *, for_enrolment: bool) -> None:
        """Return where the caller may go on; raises ``Turned``."""


def unknown() -> Turned:
    """Return what somebody hears who is not known: the same whatever was wrong with what he showed."""
    text = "nobody is known by these credentials"
    return Turned(401, "not_signed_in", text, at="Authorization", headers={"WWW-Authenticate": "Bearer"})


def guard_of(callers: Callers, keeper: Keeper) -> Guard:
    """Return the guard before all routes."""

    async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        if handler.opt.get("open_to_all"):
            return
        shown = shown_by(connection)
        connection.state.caller = caller = await callers.find(shown)
        keeper.admit(caller, shown, for_enrolment=bool(handler.opt.get("for_enrolment")))

    return guard


async def caller_of(request: Request[Any, Any, Any]) -> Caller:
    """Return who asks and how he is known, for a route that the guard stands before."""
    caller: Caller = request.state.caller
    return caller


async def actor_of(request: Request[Any, Any, Any]) -> Actor:
    """Return who asks, for a route that the guard stands before."""
    return (await caller_of(request)).actor


def token_sender() -> BeforeMessageSendHookHandler:
    """Return what adds the next token of a session to the answer."""

    async def send(message: Message, scope: Scope) -> None:
        caller = scope.get("state", {}).get("caller")
        if message["type"] != "http.response.start" or not isinstance(caller, Caller) or not caller.token:
            return
        headers = MutableScopeHeaders.from_message(message)
        if caller.by_cookie:
            headers.add("Set-Cookie", cookie_of(caller.token))
        else:
            headers[SESSION] = caller.token

    return send


def cookie_of(token: str) -> str:
    """Return what sets the cookie of a session; an empty token takes it away."""
    age = "" if token else "; Max-Age=0"
    return f"{COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Strict{age}"


def shown_by(connection: Connection) -> Credentials:
    """Return what a request shows of who it is from."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    headers = {name.lower(): value for name, value in connection.headers.items()}
    method = str(connection.scope.get("method", "GET"))
    address = connection.client.host if connection.client else ""
    bearer = token.strip() if scheme.lower() == "bearer" else ""
    return Credentials(bearer, dict(connection.cookies), headers, method, connection.url.path, address)
