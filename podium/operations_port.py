"""A port of its own for metrics and checks: for processes that serve nobody else, and to keep them from the public."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from litestar import Litestar, Router

from engine.listener import listen_at
from feeds import operations
from feeds.answers import answer_error
from podium.settings import Settings
from podium.vitals import Vitals

__all__ = ["operations_port", "routes_of"]


def routes_of(vitals: Vitals, settings: Settings) -> list[Router]:
    """Return the routes of metrics and checks for the port of a process; none where they have a port of their own."""
    return [] if settings.operations.port is not None else [operations.router(vitals.checks, vitals.registry)]


@asynccontextmanager
async def operations_port(vitals: Vitals, settings: Settings, *, always: bool = False) -> AsyncIterator[int | None]:
    """Answer for metrics and checks within a block, where a port is set for them; yield which it is.

    ``always`` is for processes that have no other: any free one then. Raises ``OSError`` where it cannot be had.
    """
    chosen = settings.operations
    if chosen.port is None and not always:
        yield None
        return
    listener = listen_at(chosen.host, chosen.port or 0)
    routes = operations.router(vitals.checks, vitals.registry)
    app = Litestar([routes], exception_handlers={Exception: answer_error}, openapi_config=None, logging_config=None)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
    )
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]  # they are not its own
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not (server.started or task.done()):  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.005)
    port: int = listener.getsockname()[1]
    print(f"podium: operations at http://{chosen.host}:{port}", flush=True)
    try:
        yield port
    finally:
        server.should_exit = True
        await task
