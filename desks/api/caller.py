"""Who asks: the port through which every door of the people side finds an ``Actor``, before anything else.

A route that does not say that it is open (``open_to_all``) is closed to whom nobody knows. How somebody is known is not
the API's: by a token (``desks/operators.py``), by a session, by both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import Guard

from desks.errors import Turned
from management.command import Actor

__all__ = ["Callers", "Credentials", "actor_of", "guard_of", "open_to_all", "unknown"]

open_to_all: Mapping[str, Any] = {"open_to_all": True}  # the options of a route that asks nobody who he is

Connection = ASGIConnection[Any, Any, Any, Any]


class Credentials(msgspec.Struct, frozen=True):
    """What a request shows of who it is from."""

    bearer: str  # of the header Authorization; "": none
    cookies: Mapping[str, str]
    headers: Mapping[str, str]  # their names in lower case
    method: str
    path: str
    address: str  # of the peer, without its port


class Callers(Protocol):
    """Whoever knows people by what they show."""

    async def find(self, shown: Credentials) -> Actor:
        """Return who it is; raises ``Turned``, with the status 401 where nobody is known by that."""


def unknown() -> Turned:
    """Return what somebody hears who is not known: the same whatever was wrong with what he showed."""
    text = "nobody is known by these credentials"
    return Turned(401, "not_signed_in", text, at="Authorization", headers={"WWW-Authenticate": "Bearer"})


def guard_of(callers: Callers) -> Guard:
    """Return the guard before all routes."""

    async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        if not handler.opt.get("open_to_all"):
            connection.state.actor = await callers.find(_shown(connection))

    return guard


async def actor_of(request: Request[Any, Any, Any]) -> Actor:
    """Return who asks, for a route that the guard stands before."""
    actor: Actor = request.state.actor
    return actor


def _shown(connection: Connection) -> Credentials:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    headers = {name.lower(): value for name, value in connection.headers.items()}
    method = str(connection.scope.get("method", "GET"))
    address = connection.client.host if connection.client else ""
    bearer = token.strip() if scheme.lower() == "bearer" else ""
    return Credentials(bearer, dict(connection.cookies), headers, method, connection.url.path, address)
