"""How the people's process is, for whoever looks after it."""

from __future__ import annotations

import msgspec
from litestar import Router, get
from litestar.di import NamedDependency

from desks.api.caller import open_to_all
from desks.office import Office

__all__ = ["router"]


class StatusAnswer(msgspec.Struct, frozen=True):
    """That it runs, and which partitions it decides for."""

    now: int  # ms since 1970 UTC
    partitions: int
    serves: tuple[int, ...]


@get("/status", summary="Say that it runs", opt=open_to_all)
async def read_status(office: NamedDependency[Office]) -> StatusAnswer:
    return StatusAnswer(office.now, office.writer.partitions.count, office.writer.serves)


def router() -> Router:
    """Return the routes under ``/v1``."""
    return Router("/v1", route_handlers=[read_status], tags=["Operations"])
