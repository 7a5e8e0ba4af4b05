"""For those who look after a process: is it alive, is it ready, and its metrics.

Alive means that the loop answers, whatever it answers. Ready means that a subscriber should be sent here: every check
has nothing to say. Whoever is not ready says why, in the shape of every error, and goes on working meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from litestar import MediaType, Request, Response, Router, get
from litestar.openapi.datastructures import ResponseSpec
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from feeds.answers import ErrorAnswer
from feeds.errors import Refused

__all__ = ["AliveAnswer", "Check", "ReadyAnswer", "router"]

Check = Callable[[], str]  # why the process is not ready, "" where nothing is in the way


class AliveAnswer(msgspec.Struct, frozen=True):
    """The loop answers."""

    alive: bool


class ReadyAnswer(msgspec.Struct, frozen=True):
    """Subscribers are welcome."""

    ready: bool
    checks: list[str]  # what was looked at


def router(checks: Mapping[str, Check], registry: CollectorRegistry) -> Router:
    """Return the routes; the first check that has something to say is the reason."""

    @get("/healthz", summary="Say that the process is alive", cache_control=None)
    async def read_alive() -> Response[AliveAnswer]:
        return Response(AliveAnswer(alive=True), headers=UNCACHED)

    @get(
        "/readyz",
        summary="Say whether subscribers should be sent here",
        responses={503: ResponseSpec(ErrorAnswer, description="Not now", generate_examples=False)},
    )
    async def read_ready() -> Response[ReadyAnswer]:
        for name, check in checks.items():
            if reason := check():
                raise Refused("not_ready", reason, at=name, retry=True, status=503)
        return Response(ReadyAnswer(ready=True, checks=list(checks)), headers=UNCACHED)

    @get("/metrics", summary="Metrics, for Prometheus", media_type=MediaType.TEXT)
    async def read_metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
        encode, media_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), media_type=media_type, headers=UNCACHED)

    return Router("/", route_handlers=[read_alive, read_ready, read_metrics], tags=["Operations"])


UNCACHED = {"Cache-Control": "no-store"}
