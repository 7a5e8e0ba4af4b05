"""What other processes of the people side hand over: commands and questions for what is decided here."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from litestar import MediaType, Request, Response, Router, post
from litestar.di import NamedDependency, Provide

from desks.api.caller import open_to_all, unknown
from desks.codec import encode, encode_state
from desks.errors import Turned
from desks.office import Office
from desks.outcome import Outcome
from desks.peers import Asked, Found, Handed, Signature

__all__ = ["router"]

T = TypeVar("T")
Any3 = Request[Any, Any, Any]


async def _said(request: Any3, signature: Signature, kind: type[T]) -> T:
    """Return what a peer says; raises ``Turned`` for whoever else."""
    body = await request.body()
    headers = {name.lower(): value for name, value in request.headers.items()}
    if not signature.holds(headers, request.url.path, body):
        raise unknown()
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:
        raise Turned(400, "bad_request", str(error)) from None


def _answer(value: Any) -> Response[bytes]:
    return Response(encode(value), media_type=MediaType.JSON, status_code=200)


@post("/commands", opt=open_to_all, include_in_schema=False)
async def take_command(
    request: Any3, office: NamedDependency[Office], signature: NamedDependency[Signature]
) -> Response[bytes]:
    handed = await _said(request, signature, Handed)
    outcome: Outcome = await office.writer.submit_bytes(bytes(handed.wish), handed.actor, handed.at, handed.place)
    return _answer(outcome)


@post("/records", opt=open_to_all, include_in_schema=False)
async def show_record(
    request: Any3, office: NamedDependency[Office], signature: NamedDependency[Signature]
) -> Response[bytes]:
    asked = await _said(request, signature, Asked)
    position, version, state = await office.writer.read(asked.key)
    return _answer(Found(position, version, encode_state(state)))


def router(signature: Signature) -> Router:
    """Return the routes under ``/v1/peers``."""

    async def the_signature() -> Signature:
        return signature

    return Router(
        "/v1/peers",
        route_handlers=[take_command, show_record],
        dependencies={"signature": Provide(the_signature)},
    )
