"""The pages as a router that is served beside the API."""

from __future__ import annotations

from litestar import Router
from litestar.di import Provide

from desks.errors import Turned
from desks.pages import credentials, desk, entrance, files, notices, proof, roster, sheets, volunteer
from desks.pages.site import Site

__all__ = ["router"]

ROOMS = (entrance, credentials, proof, files, volunteer, notices, roster, desk, sheets)
HANDLERS = tuple(handler for room in ROOMS for handler in room.HANDLERS)


def router(site: Site) -> Router:
    """Return the routes of the pages."""

    async def the_site() -> Site:
        return site

    return Router(
        "/",
        route_handlers=list(HANDLERS),
        dependencies={"site": Provide(the_site)},
        exception_handlers={Turned: entrance.turned_at(site)},
        include_in_schema=False,
    )
