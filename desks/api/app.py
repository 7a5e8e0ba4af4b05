"""The API as one application: who asks is found first, then the routes, and one shape for every error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Litestar, Request, Response, Router
from litestar.di import Provide

from desks.api import devices, facts, openapi, peers, records, status
from desks.api.answers import ErrorAnswer, answer_error
from desks.api.caller import Callers, actor_of, caller_of, guard_of, token_sender
from desks.api.doorkeeper import Doorkeeper
from desks.api.sealing import Sealer
from desks.office import Office
from desks.peers import Signature
from desks.vault import Vault

__all__ = ["make_app"]

LARGEST = 1 << 20  # bytes of a request; a route that takes more says so


def make_app(
    office: Office,
    callers: Callers,
    *,
    routers: Sequence[Router] = (),
    doorkeeper: Doorkeeper | None = None,
    vault: Vault | None = None,
    signature: Signature | None = None,
) -> Litestar:
    """Return the application over an office; ``routers`` are served beside our own, and without rates all may ask.

    ``vault`` seals and opens what is personal; without one nothing of that is taken or shown. ``signature`` is what
    other processes of the people side are known by, where there are any.
    """
    keeper = doorkeeper or Doorkeeper({}, now=lambda: office.now)
    more = [*routers]
    more += [] if signature is None else [peers.router(signature)]
    more += [] if vault is None else [facts.router(vault)]
    sealer = Sealer(vault)

    async def the_sealer() -> Sealer:
        return sealer

    async def the_office() -> Office:
        return office

    async def the_doorkeeper() -> Doorkeeper:
        return keeper

    def answer(request: Request[Any, Any, Any], error: Exception) -> Response[ErrorAnswer]:
        made = answer_error(request, error)
        keeper.note(request, made, made.content.error.code)
        return made

    return Litestar(
        [records.router(), status.router(), devices.router(), *more],
        guards=[guard_of(callers, keeper)],
        dependencies={
            "office": Provide(the_office),
            "actor": Provide(actor_of),
            "caller": Provide(caller_of),
            "doorkeeper": Provide(the_doorkeeper),
            "sealer": Provide(the_sealer),
        },
        exception_handlers={Exception: answer},
        before_send=[token_sender()],
        openapi_config=openapi.config(),
        request_max_body_size=LARGEST,
        logging_config=None,
    )
