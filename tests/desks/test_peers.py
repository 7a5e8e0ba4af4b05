"""Two offices that share the partitions of one log: what is for the other goes there, and what runs once runs once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from desks.api.app import make_app
from desks.errors import NotServed
from desks.office import Office
from desks.owners import Owners
from desks.peers import COMMANDS, Peers, Signature
from engine.sqlite_log import SqliteLog
from management.quota import State as Quota
from tests.desks.api_hands import Api, Known, bearer, codes
from tests.desks.begun import begun
from tests.desks.people import PARTITIONS, PEPPER, POLICIES
from tests.management.accredited import OPEN, RO, SPRING

NOW = SPRING * 1000


class Pair:
    """Two processes, as far as two can be in one."""

    def __init__(self, apis: list[Api], owners: Owners) -> None:
        self.one, self.other = apis
        self.owners = owners


@asynccontextmanager
async def pair(folder: Path) -> AsyncIterator[Pair]:
    """Run two offices, ``http://one`` and ``http://other``, that decide for nothing yet."""
    log, owners = SqliteLog.open(folder / "games.podium"), None
    transports: dict[str, Any] = {}
    apis, works = [], []
    signature = Signature(PEPPER, lambda: SPRING)
    for name in ("one", "other"):
        mounts = {f"http://{known}": _Late(transports, known) for known in ("one", "other")}
        owners = Owners(log, PARTITIONS)
        peers = Peers(owners, f"http://{name}", signature, httpx.AsyncClient(mounts=mounts))
        office = await begun(Office(log, POLICIES, lambda: NOW, PEPPER, partitions=PARTITIONS, elsewhere=peers))
        office.add("the look at the others", owners.run)
        app: Any = make_app(office, Known(), signature=signature)
        transports[name] = httpx.ASGITransport(app, raise_app_exceptions=False)
        apis.append(Api(httpx.AsyncClient(transport=transports[name], base_url=f"http://{name}"), office, [NOW]))
        works.append(asyncio.create_task(office.run()))
    assert owners
    try:
        yield Pair(apis, owners)
    finally:
        for work in works:
            work.cancel()
        await asyncio.wait(works)
        for api in apis:
            await api.office.close()
        await log.close()


class _Late(httpx.AsyncBaseTransport):
    def __init__(self, transports: dict[str, Any], name: str) -> None:
        self._transports, self._name = transports, name

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        found: httpx.Response = await self._transports[self._name].handle_async_request(request)
        return found


async def told(pair: Pair, *addresses: str) -> None:
    """Wait until it is known who decides for each partition."""
    async with asyncio.timeout(10):
        wanted = list(addresses)
        while [pair.owners.address(number) for number in range(PARTITIONS.count)] != wanted:  # noqa: ASYNC110 - a few milliseconds
            await asyncio.sleep(0.01)


async def test_what_is_for_the_other_is_decided_there_and_answered_here(tmp_path: Path) -> None:
    async with pair(tmp_path) as both:
        await both.one.office.acquire([0], "http://one")
        await both.other.office.acquire([1, 2], "http://other")
        await told(both, "http://one", "http://other", "http://other")
        persons = [f"per:P{number}" for number in range(12)]
        assert {PARTITIONS.of(key) for key in persons} == {0, 1, 2}
        for number, key in enumerate(persons):
            await both.one.done(key, RO, {**_open(), "participation": f"A{number}"})
        here = [(await both.one.record(key, RO)).json() for key in persons]
        there = [(await both.other.record(key, RO)).json() for key in persons]
        assert here == there
        assert [one["version"] for one in here] == [1] * 12
        wrong = [await both.one.command(key, {"type": "nonsense"}, RO) for key in persons]
        assert codes(wrong) == [(400, "MALFORMED")] * 12


async def test_the_reactor_runs_where_the_first_partition_is_and_moves_with_it(tmp_path: Path) -> None:
    async with pair(tmp_path) as both:
        await both.one.office.acquire([0, 1, 2], "http://one")
        await told(both, *["http://one"] * 3)
        await both.other.office.acquire([0, 2], "http://other")  # the one does not know of it yet
        await told(both, "http://other", "http://one", "http://other")
        await both.one.done("per:P1", RO, OPEN)
        async with asyncio.timeout(20):
            reacted = both.other.office._reacted
            while not reacted.to({PARTITIONS.of("per:P1"): 1}):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.05)
        assert 0 not in both.one.office.writer.serves


async def test_a_partition_that_nobody_has_is_asked_for_again(tmp_path: Path) -> None:
    async with pair(tmp_path) as both:
        answer = await both.one.command("per:P1", OPEN, RO)
        assert codes([answer, await both.other.record("per:P1", RO)]) == [(503, "not_served")] * 2
        assert answer.headers["Retry-After"] == "1"
        with pytest.raises(NotServed):
            await both.one.office.read("ro:AAA")
        await both.one.office.acquire([0, 1, 2], "http://one")
        kept = await both.one.office.read("ro:AAA")
        assert kept is not None
        assert (kept.version, kept.state) == (0, Quota())


async def test_nobody_but_a_process_of_the_games_is_a_peer(tmp_path: Path) -> None:
    body = b'{"wish":{},"actor":{"id":"x","grants":[{"role":"SYSTEM"}]},"at":1,"place":""}'
    good, strange = Signature(PEPPER, lambda: SPRING), Signature(b"another", lambda: SPRING)
    late, early = Signature(PEPPER, lambda: SPRING - 60_001), Signature(PEPPER, lambda: SPRING + 60_001)
    async with pair(tmp_path) as both:
        await both.one.office.acquire([0, 1, 2], "http://one")
        tries = [
            bearer(RO),
            strange.sign(COMMANDS, body),
            late.sign(COMMANDS, body),
            early.sign(COMMANDS, body),
            good.sign("/v1/peers/records", body),
            good.sign(COMMANDS, body + b" "),
            {"Podium-Peer-At": "x" * 30, "Podium-Peer": "x"},
        ]
        answers = [await both.one.client.post(COMMANDS, content=body, headers=headers) for headers in tries]
        assert codes(answers) == [(401, "not_signed_in")] * len(tries)
        held = await both.one.client.post(COMMANDS, content=body, headers=good.sign(COMMANDS, body))
        assert held.json()["refusal"]["code"] == "MALFORMED"
        junk = await both.one.client.post(COMMANDS, content=b"{", headers=good.sign(COMMANDS, b"{"))
        assert codes([junk]) == [(400, "bad_request")]


def _open() -> dict[str, Any]:
    return {"type": "open_application", "participation": "", "ro": "AAA", "category": "Aa", "function": "ATHLETE"}
