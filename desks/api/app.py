"""The API as one application: who asks is found first, then the routes, and one shape for every error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Litestar, Request, Response, Router
from litestar.di import Provide

from desks.api import devices, openapi, records, status
from desks.api.answers import ErrorAnswer, answer_error
from desks.api.caller import Callers, actor_of, caller_of, guard_of, token_sender
from desks.api.doorkeeper import Doorkeeper
from desks.office import Office

__all__ = ["make_app"]

LARGEST = 1 << 20  # bytes of a request; a route that takes more says so


def make_app(
    office: Office, callers: Callers, *, routers: Sequence[Router] = (), doorkeeper: Doorkeeper | None = None
) -> Litestar:
    """Return the application over an office; ``routers`` are served beside our own, and without rates all may ask."""
    keeper = doorkeeper or Doorkeeper({}, now=lambda: office.now)

    async def the_office() -> Office:
        return office

    async def the_doorkeeper() -> Doorkeeper:
        return keeper

    def answer(request: Request[Any, Any, Any], error: Exception) -> Response[ErrorAnswer]:
        made = answer_error(request, error)
        keeper.note(request, made, made.content.error.code)
        return made

    return Litestar(
        [records.router(), status.router(), devices.router(), *routers],
        guards=[guard_of(callers, keeper)],
        dependencies={
            "office": Provide(the_office),
            "actor": Provide(actor_of),
            "caller": Provide(caller_of),
            "doorkeeper": Provide(the_doorkeeper),
        },
        exception_handlers={Exception: answer},
        before_send=[token_sender()],
        openapi_config=openapi.config(),
        request_max_body_size=LARGEST,
        logging_config=None,
    )
