"""A scanner enrols: it has read a code off a screen, and hands in the public half of a key that it made."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import msgspec
from litestar import Request, Response, Router, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from desks.api.answers import OutcomeAnswer, answer_outcome
from desks.api.caller import open_to_all
from desks.api.doorkeeper import Doorkeeper
from desks.office import Office
from management.command import Actor, Received
from management.device import EnrolDevice

__all__ = ["router"]


class EnrolmentBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key and the code."""

    key: str  # Ed25519, 64 hexadecimal digits
    secret: str


@post("/devices/{device:str}/enrolment", status_code=200, summary="Enrol a scanner", opt=open_to_all)
async def enrol(
    request: Request[Any, Any, Any],
    device: FromPath[str],
    data: JSONBody[EnrolmentBody],
    office: NamedDependency[Office],
    doorkeeper: NamedDependency[Doorkeeper],
) -> Response[OutcomeAnswer]:
    doorkeeper.count("redeem_address", request.client.host if request.client else "")
    command = EnrolDevice(data.key, data.secret)
    received: Received[Any] = Received(str(uuid4()), f"dev:{device}", command, Actor(device), office.now)
    return answer_outcome(await office.submit(received, "api"))


def router() -> Router:
    """Return the routes under ``/v1``."""
    return Router("/v1", route_handlers=[enrol], tags=["Scanners"])
