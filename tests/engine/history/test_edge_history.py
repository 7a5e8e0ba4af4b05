"""The history at an edge, over HTTP: in the epoch that the edge shows; its views are served whatever becomes of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, cast

import httpx
import msgspec
import pytest

from engine.epochs import Epoch
from engine.history.historian import Historian
from engine.history.place import Place
from engine.raw import RAW
from engine.sqlite_log import SqliteLog
from engine.stages import EVENTS
from engine.worker import Worker
from feeds import history
from feeds.server import build
from podium.edge_history import EdgeHistory
from podium.rules import rules_of
from podium.showing import Showing
from podium.wiring import edge_over, packaged_epoch, said
from tests.engine.history.clickhouse_server import ClickHouseServer
from tests.engine.history.conftest import START, Half
from tests.engine.history.test_owner import owning

VIEW = "medals/table"
SOON = 60.0  # seconds: when a test gives up


@pytest.fixture
def epochs(log: SqliteLog) -> tuple[Epoch, Epoch]:
    """The epoch of the log, and another one in which an organisation that nobody is of is known as well."""
    told = said(log)
    games = msgspec.structs.replace(told.games, name=f"{told.games.name} anew")
    return packaged_epoch(log, told), packaged_epoch(log, msgspec.structs.replace(told, games=games))


async def work_out(log: SqliteLog, epoch: Epoch) -> None:
    """Have a worker make the feed of an epoch, of all that the log holds."""
    worker = Worker(log, rules_of(epoch), "a", lambda: START)
    tasks = [asyncio.create_task(worker.work(topic, 0)) for topic in (RAW, EVENTS)]
    places = [(RAW, 0), (EVENTS, 0)]
    async with asyncio.timeout(SOON):
        for place in places:  # the one writes what the other reads
            while place not in worker.places or worker.position(place) < log.head(worker.source(place[0])):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    await worker.tell()
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class Site:
    """An edge with a history, and who writes that."""

    def __init__(self, log: SqliteLog, place: Place, epoch: Epoch) -> None:
        self.log, self.place = log, place
        self.showing = Showing(self.edge(epoch))
        self.history = EdgeHistory(self.showing, log, place)
        app = build(self.showing, extra_routers=(history.router(self.history.ask),)).app
        transport = httpx.ASGITransport(cast("Any", app), raise_app_exceptions=False)
        self.web = httpx.AsyncClient(transport=transport, base_url="http://edge")

    def edge(self, epoch: Epoch) -> Any:
        edge = edge_over(self.log, epoch, "replay")
        edge.catch_up()
        return edge

    @asynccontextmanager
    async def written(self, epoch: Epoch) -> AsyncIterator[None]:
        """Have a historian write an epoch, and answer for its folder within the block."""
        games = epoch.games
        make = lambda: edge_over(self.log, epoch, "replay")  # noqa: E731
        historian = Historian(make, self.place, lambda: START, games=games, wait=lambda _: None)
        if self.place.folder is None:
            assert await asyncio.to_thread(historian.work)
            yield
            historian.close()
            return
        async with owning(historian, self.place, self.log) as owned:
            await owned.until("current", self.log.head(RAW))
            yield

    async def shown(self) -> Any:
        """Return the view as the edge shows it; what it folded before anybody listened has no causes there."""
        return (await self.get(f"/v1/views/{VIEW}?meta=true"))[1]

    async def known(self) -> tuple[Any, str | None]:
        """Return the view as the history knows it, in the same shape, and its epoch; every row has its causes."""
        _, document, epoch = await self.get(f"/v1/history/views/{VIEW}")
        assert all(row.pop("because") for row in document["meta"]["rows"].values())
        return document, epoch

    async def get(self, path: str) -> tuple[int, Any, str | None]:
        found = await self.web.get(path)
        return found.status_code, found.json(), found.headers.get("Podium-Epoch")


@pytest.fixture
async def site(log: SqliteLog, place: Place, epochs: tuple[Epoch, Epoch]) -> AsyncIterator[Site]:
    await work_out(log, epochs[0])
    site = Site(log, place, epochs[0])
    async with AsyncExitStack() as stack:
        stack.push_async_callback(site.history.close)
        await stack.enter_async_context(site.web)
        yield site


async def test_it_answers_in_the_epoch_that_the_edge_shows(
    site: Site, log: SqliteLog, half: Half, epochs: tuple[Epoch, Epoch]
) -> None:
    first, second = epochs
    async with site.written(first):
        live = await site.shown()
        assert live["rows"]
        assert await site.known() == (live, first.name)
        cut = live["meta"]["cut"]  # there was no such view before
        past = site.showing.as_of(VIEW, f"{first.name}.{cut}")
        then = (await site.get(f"/v1/history/views/{VIEW}?as_of={first.name}.{cut}"))[1]
        assert (then["hash"], then["meta"]["sequence"]) == (past.hash, past.sequence)
        status = (await site.get("/v1/history/status"))[1]
        assert (status["state"], status["epoch"], status["behind"]) == ("current", first.name, 0)
    half.rest(log)
    await work_out(log, second)
    site.showing.change(site.edge(second))
    async with site.written(second):
        live = await site.shown()
        assert await site.known() == (live, second.name)
        assert (await site.get(f"/v1/history/views/{VIEW}?epoch={first.name}&as_of={cut}"))[1] == then
        assert (await site.get("/v1/history/medals"))[1]["epoch"] == second.name
    assert live["hash"] != then["hash"]


async def test_an_epoch_that_no_historian_has_come_to_is_said_to_be_missing_and_views_are_served(
    site: Site, log: SqliteLog, epochs: tuple[Epoch, Epoch]
) -> None:
    first, second = epochs
    async with site.written(first):
        await work_out(log, second)
        site.showing.change(site.edge(second))
        status, answer, _ = await site.get(f"/v1/history/views/{VIEW}")
        assert (status, answer["error"]["code"]) == (404, "no_history")
        assert answer["error"]["message"].endswith(f"it holds nothing of epoch {second.name}")
        assert (await site.get(f"/v1/history/medals?epoch={first.name}"))[1]["epoch"] == first.name
        assert (await site.get(f"/v1/views/{VIEW}"))[0] == 200


async def test_a_history_that_is_away_is_503_and_views_are_served(
    site: Site, epochs: tuple[Epoch, Epoch], request: pytest.FixtureRequest
) -> None:
    async with site.written(epochs[0]):
        assert (await site.get("/v1/history/medals"))[0] == 200
    if site.place.folder is None:
        server: ClickHouseServer = request.getfixturevalue("server")
        server.stop()
    for path in ("medals", "status", f"views/{VIEW}"):
        status, answer, _ = await site.get(f"/v1/history/{path}")
        assert (status, answer["error"]["code"], answer["error"]["retry"]) == (503, "history_down", True)
    assert (await site.get(f"/v1/views/{VIEW}"))[0] == 200
