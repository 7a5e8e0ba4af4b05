"""Alive, ready and metrics over HTTP, beside the routes of a real edge."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, cast

import httpx
import pytest
from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.parser import text_string_to_metric_families

from feeds.operations import router
from feeds.server import Edge, build
from tests.feeds.games import small_games


class Checks:
    """Two checks that say what they are told to say."""

    def __init__(self) -> None:
        self.first = self.second = ""
        self.all = {"first": lambda: self.first, "second": lambda: self.second}


@pytest.fixture
def checks() -> Checks:
    return Checks()


@pytest.fixture
def registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    Gauge("answer", "To everything.", registry=registry).set(42)
    return registry


@pytest.fixture
def edge(checks: Checks, registry: CollectorRegistry) -> Edge:
    return build(small_games(), extra_routers=(router(checks.all, registry),))


@pytest.fixture
async def web(edge: Edge) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(cast("Any", edge.app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://edge") as client:
        yield client


async def test_alive_is_whoever_answers(web: httpx.AsyncClient, checks: Checks) -> None:
    checks.first = "on fire"
    answer = await web.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"alive": True})
    assert answer.headers["cache-control"] == "no-store"


async def test_ready_says_what_was_looked_at(web: httpx.AsyncClient) -> None:
    answer = await web.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "checks": ["first", "second"]})
    assert answer.headers["cache-control"] == "no-store"


async def test_not_ready_says_why_in_the_shape_of_every_error(web: httpx.AsyncClient, checks: Checks) -> None:
    checks.second = "2000 messages are not folded"
    for _ in range(2):
        answer = await web.get("/readyz")
        assert (answer.status_code, answer.json()) == (
            503,
            {
                "error": {
                    "code": "not_ready",
                    "message": "2000 messages are not folded",
                    "at": "second",
                    "retry": True,
                }
            },
        )
        assert answer.headers["cache-control"] == "no-store"
    checks.second = ""
    assert (await web.get("/readyz")).status_code == 200


async def test_metrics_are_what_the_registry_says(web: httpx.AsyncClient) -> None:
    answer = await web.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    (family,) = text_string_to_metric_families(answer.text)
    assert [(sample.name, sample.value) for sample in family.samples] == [("answer", 42.0)]
    asked = await web.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert asked.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    assert asked.text.endswith("# EOF\n")


async def test_what_http_refuses_is_counted(web: httpx.AsyncClient, edge: Edge, checks: Checks) -> None:
    checks.first = "leaving"
    await web.get("/readyz")
    await web.get("/v1/views/no/such")
    await web.get("/nowhere")
    assert edge.refusals.counts == {("not_ready", ""): 1, ("unknown_view", ""): 1, ("not_found", ""): 1}
