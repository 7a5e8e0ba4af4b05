"""The API as one application: who asks is found first, then the routes, and one shape for every error."""

from __future__ import annotations

from collections.abc import Sequence

from litestar import Litestar, Router
from litestar.di import Provide

from desks.api import openapi, records, status
from desks.api.answers import answer_error
from desks.api.caller import Callers, actor_of, guard_of
from desks.office import Office

__all__ = ["make_app"]

LARGEST = 1 << 20  # bytes of a request; a route that takes more says so


def make_app(office: Office, callers: Callers, *, routers: Sequence[Router] = ()) -> Litestar:
    """Return the application over an office; ``routers`` are served beside our own."""

    async def the_office() -> Office:
        return office

    return Litestar(
        [records.router(), status.router(), *routers],
        guards=[guard_of(callers)],
        dependencies={"office": Provide(the_office), "actor": Provide(actor_of)},
        exception_handlers={Exception: answer_error},
        openapi_config=openapi.config(),
        request_max_body_size=LARGEST,
        logging_config=None,
    )
