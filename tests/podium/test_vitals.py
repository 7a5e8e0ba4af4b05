"""How a process is: ready when it has caught up and all of it works, and it says so if not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import httpx
import msgspec
import pytest
from structlog.testing import capture_logs

from engine.raw import RAW, Raw, record_of
from podium.serving import Ports, Process
from podium.settings import Operations, Settings

SETTINGS = Settings(operations=Operations(ready_within=3, save_every=0.01))


def client(process: Process) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(cast("Any", process.edge.app), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://here")


@pytest.fixture
async def process(tmp_path: Path) -> AsyncIterator[Process]:
    process = Process.open(tmp_path / "games.db", None, SETTINGS)
    yield process
    await process.close()


@pytest.fixture
async def web(process: Process) -> AsyncIterator[httpx.AsyncClient]:
    async with client(process) as web:
        yield web


async def reason(web: httpx.AsyncClient) -> tuple[str, str] | None:
    """Return where and why the process is not ready, None where it is."""
    answer = await web.get("/readyz")
    if answer.status_code == 200:
        return None
    error = answer.json()["error"]
    return error["at"], error["message"]


def store(process: Process, first: int, last: int) -> None:
    raws = [Raw("HAL.timing", "s", n, 0, n, b"{}") for n in range(first, last + 1)]
    process.log.append_now([record_of(raw) for raw in raws])


async def test_ready_as_long_as_so_many_messages_wait_and_no_more(process: Process, web: httpx.AsyncClient) -> None:
    assert await reason(web) is None
    store(process, 1, 3)
    assert await reason(web) is None
    store(process, 4, 4)
    assert await reason(web) == ("folds", "4 messages are not folded, and at most 3 may be")
    process.host.catch_up()
    assert await reason(web) is None


async def test_who_leaves_is_alive_and_not_ready(process: Process, web: httpx.AsyncClient) -> None:
    await process.leave()
    assert await reason(web) == ("process", "the process is leaving")
    assert (await web.get("/healthz")).status_code == 200
    pushed = await web.post(
        "/v1/venue/HAL.timing", content=b"{}", headers={"Podium-Session": "s", "Podium-Serial": "1"}
    )
    assert (pushed.status_code, pushed.json()["error"]["code"]) == (503, "unavailable")
    assert process.log.head(RAW) == 0


async def test_a_log_that_takes_no_more(process: Process, web: httpx.AsyncClient) -> None:
    await process.gateway.close()
    assert await reason(web) == ("log", "the gateway is closing")


async def test_work_that_failed_is_told_and_written_down(tmp_path: Path) -> None:
    process = Process.open(tmp_path / "games.db", None, SETTINGS)

    def fail(*_: object) -> None:
        raise RuntimeError("a bug in the folds")

    process.host.listen(fail)
    with capture_logs() as lines:
        async with process.working(Ports()), client(process) as web, asyncio.timeout(20):
            message = msgspec.json.encode({"kind": "venue", "code": "HAL", "name": "Hall"})
            process.log.append_now([record_of(Raw("central", "s", 1, 0, 1, message))])
            while not process.vitals.failed:  # noqa: ASYNC110 - nobody is told of it
                await asyncio.sleep(0.005)
            assert await reason(web) == ("process", "the folding failed: a bug in the folds")
    assert [(line["event"], line["work"]) for line in lines if line["log_level"] == "error"] == [
        ("work_failed", "the folding")
    ]


async def test_the_age_of_the_checkpoint_begins_anew_with_each_save(process: Process) -> None:
    def age() -> float:
        found = process.vitals.registry.get_sample_value("podium_checkpoint_age_seconds")
        assert found is not None
        return found

    await asyncio.sleep(0.05)
    assert (before := age()) >= 0.05
    process.save()
    assert age() < before


async def test_the_loop_is_looked_at(process: Process) -> None:
    looking = asyncio.create_task(process.vitals.look_at_the_loop())
    async with asyncio.timeout(20):
        while not process.vitals.registry.get_sample_value("podium_loop_lag_seconds_count"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    looking.cancel()


async def test_what_the_process_is(process: Process) -> None:
    (info,) = (family for family in process.vitals.registry.collect() if family.name == "podium")
    labels = info.samples[0].labels
    assert (labels["mode"], labels["epoch"], labels["log"]) == ("live", process.host.epoch, process.log.id)
