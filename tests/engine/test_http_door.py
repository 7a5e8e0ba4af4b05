"""The HTTP door on a real port: status codes, headers and bodies as senders get them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx
import pytest
import uvicorn
from litestar import Litestar
from structlog.testing import capture_logs

from engine.errors import LogFailed
from engine.gateway import Gateway
from engine.http_door import http_door
from engine.limits import Limits
from engine.log import Fence, Record
from engine.raw import RAW, REFUSED, raw_of
from engine.sqlite_log import SqliteLog

if TYPE_CHECKING:
    from tests.engine.conftest import HandClock

START = b'{"kind":"start","unit":"SWMM100MFR------------FNL-000100--"}'
ZERO = "0" * 32


@asynccontextmanager
async def serving(gateway: Gateway) -> AsyncIterator[httpx.AsyncClient]:
    """Serve the door on a free port and yield a client of it."""
    app = Litestar([http_door(gateway)])
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", ws="none"))
    running = asyncio.create_task(server.serve(sockets=[listener]))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        yield client
    server.should_exit = True
    await running
    listener.close()


@pytest.fixture
def gateway(log: SqliteLog, clock: HandClock) -> Gateway:
    return Gateway(log, clock, limits=Limits(message=1000, refused=10, in_flight=5000))


@pytest.fixture
async def client(gateway: Gateway) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(gateway) as client:
        yield client
    await gateway.close()


Send = Callable[..., "asyncio.Future[httpx.Response]"]


async def send(
    client: httpx.AsyncClient, serial: object, body: bytes = START, *, path: str = "/v1/venue/swm", **headers: str
) -> httpx.Response:
    """Send a message as session S."""
    names = {f"X-HOVTP-{name.replace('_', '-')}": value for name, value in headers.items()}
    named = {"X-HOVTP-Session-Id": "S", "X-HOVTP-Serial-Number": str(serial)} | names
    return await client.post(path, content=body, headers=named)


def stored(log: SqliteLog) -> dict[str, bytes]:
    """Return the raw messages of a log by name."""
    return {raw.name: raw.data for raw in map(raw_of, log.read(RAW))}


def problem(response: httpx.Response) -> tuple[int, str, str, str, bool]:
    """Return what an error says, its shape being the one that all have."""
    (error,) = response.json().values()
    assert list(error) == ["code", "message", "at", "retry"]
    return (response.status_code, error["code"], error["message"], error["at"], error["retry"])


async def test_a_message_is_stored_and_answered_with_its_serial_and_the_head_of_the_chain(
    client: httpx.AsyncClient, log: SqliteLog
) -> None:
    response = await send(client, 1)
    (raw,) = map(raw_of, log.read(RAW))
    assert (raw.name, raw.data) == ("swm/S/1", START)
    assert (response.status_code, response.json()) == (200, {"last": 1, "head": raw.chain.hex()})
    expected = {
        "cache-control": "no-cache",
        "content-type": "application/json",
        "podium-chain-head": raw.chain.hex(),
        "x-hovtp-environment": "Production",
        "x-hovtp-keep-alive-interval": "10",
        "x-hovtp-last-serial-number": "1",
    }
    assert {name: response.headers[name] for name in expected} == expected


async def test_the_source_may_stand_in_the_origin_and_the_names_may_be_ours(
    client: httpx.AsyncClient, log: SqliteLog
) -> None:
    assert (await send(client, 1, path="/v1/venue", Origin="OVR-FSK")).status_code == 200
    ours = {"Podium-Session": "S", "Podium-Serial": "2"}
    assert (await client.post("/v1/venue/OVR-FSK", content=START, headers=ours)).status_code == 200
    assert list(stored(log)) == ["OVR-FSK/S/1", "OVR-FSK/S/2"]


async def test_names_may_be_utf_8(client: httpx.AsyncClient, log: SqliteLog) -> None:
    headers = {b"X-HOVTP-Session-Id": "Zürich".encode(), b"X-HOVTP-Serial-Number": b"1"}
    assert (await client.post("/v1/venue/Z%C3%BCrich", content=START, headers=headers)).status_code == 200
    assert list(stored(log)) == ["Zürich/Zürich/1"]


async def test_out_of_synchro(client: httpx.AsyncClient, log: SqliteLog) -> None:
    await send(client, 1)
    again, gap = await send(client, 1), await send(client, 3)
    assert problem(again) == (450, "duplicate", "swm/S/1 is stored already", "swm/S/1", False)
    text = "swm/S/3 does not follow 1: send 2 first, or declare what is missing lost"
    assert problem(gap) == (450, "gap", text, "swm/S/3", True)
    assert [answer.headers["x-hovtp-last-serial-number"] for answer in (again, gap)] == ["1", "1"]
    assert gap.headers["x-hovtp-error-reason"] == text
    assert list(stored(log)) == ["swm/S/1"]


async def test_other_bytes_under_a_serial_are_refused_and_kept(client: httpx.AsyncClient, log: SqliteLog) -> None:
    await send(client, 1)
    answer = await send(client, 1, b"other")
    assert problem(answer) == (400, "conflict", "other bytes are stored under swm/S/1", "swm/S/1", False)
    assert [(record.key, record.value) for record in log.read(REFUSED)] == [("swm", b"other")]


async def test_what_cannot_be_decoded_is_stored_and_said_to_be_so(client: httpx.AsyncClient, log: SqliteLog) -> None:
    wrong = await send(client, 1, b'{"kind":"start","unit":5}')
    assert problem(wrong) == (
        451,
        "undecodable",
        "stored, but Expected `str`, got `int` - at `$.unit`",
        "$.unit",
        False,
    )
    assert wrong.headers["x-hovtp-last-serial-number"] == "1"
    assert problem(await send(client, 2, b"<OdfBody/>"))[:2] == (451, "undecodable")
    assert (await send(client, 3, b"<OdfBody/>", Data_Type="ODF")).status_code == 200
    assert list(stored(log).values()) == [b'{"kind":"start","unit":5}', b"<OdfBody/>", b"<OdfBody/>"]


async def test_a_message_must_be_named(client: httpx.AsyncClient, log: SqliteLog) -> None:
    named = "X-HOVTP-Session-Id and X-HOVTP-Serial-Number must name the message; serials count from 1"
    for serial in ("0", "-1", "x", ""):
        assert problem(await send(client, serial, b"body"))[:3] == (400, "malformed", named)
    assert problem(await send(client, 1, b"body", Session_Id="a/b"))[:3] == (
        400,
        "malformed",
        "the session's name holds a slash, white space or a control character",
    )
    assert problem(await client.post("/v1/venue/swm", content=b"body"))[:3] == (400, "malformed", named)
    assert problem(await client.post("/v1/venue", content=b"body")) == (
        400,
        "malformed",
        "name the source in the path, or in X-HOVTP-Origin",
        "header X-HOVTP-Origin",
        False,
    )
    assert [record.value for record in log.read(REFUSED)] == [b"body"] * 3  # the same again is kept once
    assert stored(log) == {}


async def test_what_must_not_mix_does_not(client: httpx.AsyncClient, log: SqliteLog) -> None:
    test = await send(client, 1, Environment="Test")
    text = "this is Production, and the message is for Test"
    assert problem(test) == (400, "environment", text, "header X-HOVTP-Environment", False)
    inner = await send(client, 1, path="/v1/venue/management")
    assert problem(inner) == (400, "forbidden", "management is no venue's name", "path", False)
    assert (await send(client, 1, Environment="production")).status_code == 200
    assert list(stored(log)) == ["swm/S/1"]


async def test_a_message_that_is_too_large_is_refused_and_its_beginning_kept(
    client: httpx.AsyncClient, log: SqliteLog
) -> None:
    for size in (1001, 4000):
        answer = await send(client, 1, b"x" * size)
        assert problem(answer) == (
            413,
            "too_large",
            "a message has at most 1000 bytes, and this one more",
            "swm/S/1",
            False,
        )
    assert [record.value for record in log.read(REFUSED)] == [b"x" * 10]
    assert (await send(client, 1, b"x" * 1000, Data_Type="ODF")).status_code == 200


async def test_a_coded_body_is_refused(client: httpx.AsyncClient) -> None:
    headers = {"X-HOVTP-Session-Id": "S", "X-HOVTP-Serial-Number": "1", "Content-Encoding": "gzip"}
    answer = await client.post("/v1/venue/swm", content=b"\x1f\x8b", headers=headers)
    assert problem(answer)[3] == "header Content-Encoding"


async def test_more_than_the_gateway_can_hold_is_put_off(client: httpx.AsyncClient) -> None:
    answer = await send(client, 1, b"x" * 6000)
    assert problem(answer) == (503, "unavailable", "the gateway has more to store than it can hold", "body", True)
    assert answer.headers["retry-after"] == "1"
    assert (await send(client, 1)).status_code == 200


async def test_options_tell_how_things_stand_and_change_nothing(client: httpx.AsyncClient, log: SqliteLog) -> None:
    await send(client, 1)
    before = log.head(RAW)
    for session, last in (("S", "1"), ("T", "0")):
        answer = await client.options("/v1/venue/swm", headers={"X-HOVTP-Session-Id": session})
        assert (answer.status_code, answer.headers["x-hovtp-last-serial-number"]) == (200, last)
        assert answer.headers["podium-chain-head"] == raw_of(log.read(RAW)[-1]).chain.hex()
    unknown = await client.options("/v1/venue/ath", headers={"X-HOVTP-Session-Id": "S"})
    assert (unknown.status_code, unknown.json()) == (200, {"last": 0, "head": ZERO})
    assert log.head(RAW) == before


async def test_lost_serials_are_declared_and_healed(client: httpx.AsyncClient, log: SqliteLog) -> None:
    await send(client, 1)
    lost = await client.post("/v1/venue/swm/lost", json={"session": "S", "first": 2, "last": 3})
    assert (lost.status_code, lost.json()["last"]) == (200, 3)
    assert [(await send(client, serial)).status_code for serial in (4, 2, 3)] == [200, 200, 200]
    again = await client.post("/v1/venue/swm/lost", json={"session": "S", "first": 9, "last": 9, "by": "me"})
    assert problem(again)[:2] == (450, "gap")
    wrong = await client.post("/v1/venue/swm/lost", json={"session": "S", "first": "x"})
    assert problem(wrong)[:2] == (400, "malformed")
    assert list(stored(log)) == ["swm/S/1", "swm/S/-1", "swm/S/4", "swm/S/2", "swm/S/3", "swm/S/-2"]


async def test_messages_that_come_together_are_stored_in_their_order(client: httpx.AsyncClient, log: SqliteLog) -> None:
    answers = await asyncio.gather(*(send(client, 1, path=f"/v1/venue/s{n}") for n in range(20)))
    assert [answer.status_code for answer in answers] == [200] * 20
    assert len(stored(log)) == 20


async def test_when_the_log_refuses_nothing_is_lost(tmp_path_factory: pytest.TempPathFactory, clock: HandClock) -> None:
    class FullLog(SqliteLog):
        full: Exception | None = None

        async def append(self, records: Sequence[Record], *, fence: Fence | None = None) -> list[int]:
            if self.full:
                raise self.full
            return await super().append(records, fence=fence)

    log = FullLog.open(tmp_path_factory.mktemp("log") / "games.podium")
    gateway = Gateway(log, clock)
    async with serving(gateway) as client:
        await send(client, 1)
        log.full = LogFailed("games.podium", "appending", "disk full")
        text = "games.podium: appending failed: disk full"
        answer = await send(client, 2)
        assert problem(answer) == (503, "unavailable", text, "swm/S/2", True)
        assert (answer.headers["x-hovtp-last-serial-number"], answer.headers["retry-after"]) == ("1", "1")
        log.full = None
        assert (await send(client, 2)).status_code == 200
        await gateway.close()
        assert problem(await send(client, 3))[:3] == (503, "unavailable", "the gateway is closing")
    assert list(stored(log)) == ["swm/S/1", "swm/S/2"]
    await log.close()


async def test_a_fault_of_ours_has_the_shape_of_every_error(log: SqliteLog, clock: HandClock) -> None:
    class BrokenGateway(Gateway):
        def submit(self, *_: object, **__: object) -> None:
            raise ZeroDivisionError

    async with serving(BrokenGateway(log, clock)) as client:
        text = "the gateway has failed: ZeroDivisionError"
        assert problem(await send(client, 1)) == (500, "failed", text, "/v1/venue/swm", True)


async def test_the_door_is_documented(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/schema/openapi.json")).json()["paths"]
    assert sorted(paths) == ["/v1/venue", "/v1/venue/{source}", "/v1/venue/{source}/lost"]
    assert sorted(paths["/v1/venue/{source}"]) == ["options", "post"]
    assert sorted(paths["/v1/venue/{source}"]["post"]["responses"]) == ["200", "400", "413", "450", "451", "500", "503"]


async def test_every_refusal_is_one_line_with_place_and_party(client: httpx.AsyncClient, gateway: Gateway) -> None:
    with capture_logs() as lines:
        await send(client, 1)
        await send(client, 1)  # a duplicate is an acknowledgement, and no line
        await send(client, 1, b"other")
        await send(client, 7)
        await send(client, 8)  # the same gap
        await send(client, 1, path="/v1/venue/management")
        await send(client, 2, b"{")
    party = {line.pop("party").rpartition(":")[0] for line in lines}
    assert party == {"127.0.0.1"}
    assert [(line["event"], line["door"], line["code"], line["place"], line["source"]) for line in lines] == [
        ("refused", "venue", "conflict", "swm/S/1", "swm"),
        ("refused", "venue", "gap", "swm/S/7", "swm"),
        ("refused", "venue", "forbidden", "path", "management"),
        ("refused", "venue", "undecodable", "swm/S/2 $", "swm"),
    ]
    assert gateway.refusals.counts == {
        ("duplicate", "swm"): 1,
        ("conflict", "swm"): 1,
        ("gap", "swm"): 2,
        ("forbidden", ""): 1,
        ("undecodable", "swm"): 1,
    }
