"""A whole session of the feed, byte for byte, and the document for subscribers, whose examples are taken from it.

``python -m tests.golden.test_feed_session`` writes the session anew; what changed is then for a reviewer to accept.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import httpx
import msgspec
import pytest

from feeds.errors import Hopeless
from feeds.hub import Hub
from feeds.protocol import LIMITS
from feeds.ring import Ring
from feeds.server import build
from feeds.session import Session
from schemas.games import Games
from schemas.views import EventHead, MedallistRow, MedalTableRow, OrganisationRow, ResultHead, ResultRow
from tests.feeds.client import Subscription, hash_of
from tests.feeds.fake_source import START, FakeSource

GOLDEN = Path(__file__).parent / "feed_session.txt"
DOCUMENT = Path(__file__).parents[2] / "docs" / "feed.md"
UNIT = "ATHM100M--------------FNL-000100--"
EVENT = "ATHM100M--------------------------"


class TextLink:
    """Writes down what would be sent; takes nothing while ``open`` is False."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.open = True

    def offer(self, data: bytes) -> bool:
        if self.open:
            self.send(data)
        return self.open

    def send(self, data: bytes) -> None:
        self.lines += [f"S> {line}" for line in data.decode().splitlines()]

    def drop(self) -> None:
        raise AssertionError("nobody is dropped here")


class Conversation:
    """A session over a source, with a clock that moves by a second whenever somebody speaks."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.time = START
        self.source = games()
        self.hub = Hub(self.source, framer=lambda data, _: data + b"\n", key=b"golden", now=self.now, ring=Ring(cuts=4))
        self.source.listen(self.hub.take)
        self.link = TextLink(self.lines)
        self.session = self.begin()

    def now(self) -> int:
        return self.time

    def begin(self) -> Session:
        """Connect anew."""
        return Session(self.hub, self.link, now=self.now, steady=lambda: 0.0)

    def say(self, line: str) -> None:
        """Let the client say something."""
        self.time += 1_000_000
        self.lines.append(f"C> {line}")
        try:
            self.session.receive(line)
        except Hopeless as hopeless:
            self.lines.append(f"-- closed with {hopeless.close}")

    def flush(self) -> None:
        """Send what is pending."""
        for _ in self.hub.flush(0.0):
            pass

    def note(self, text: str) -> None:
        """Write down what happens."""
        self.lines.append(f"-- {text}")


def games() -> FakeSource:
    """Return a Games just before the final."""
    source = FakeSource(epoch="5f0c21aa9b3e")
    source.put(
        ("organisations", "AAA", OrganisationRow(code="AAA", name="Alphaland")),
        ("organisations", "BBB", OrganisationRow(code="BBB", name="Bravoland")),
        (f"event/{EVENT}", "@", EventHead(event=EVENT, name="Men's 100 m", discipline="ATH")),
        because=["central/1/1"],
    )
    source.put(
        (f"result/{UNIT}", "@", ResultHead(unit=UNIT, status="LIVE", model="timed", decimals=2)),
        (f"result/{UNIT}", "101", ResultRow(participant="101", rank=1, sort=1, mark="9.91"), 1),
        (f"result/{UNIT}", "102", ResultRow(participant="102", rank=2, sort=2, mark="9.95", gap="+0.04"), 1),
        because=["sta.timing/1/41"],
    )
    return source


def decide(source: FakeSource) -> None:
    """The result becomes official; medals follow in the same cut."""
    source.put(
        (f"result/{UNIT}", "@", ResultHead(unit=UNIT, status="OFFICIAL", model="timed", decimals=2)),
        (f"medallists/{EVENT}", "101", MedallistRow(participant="101", event=EVENT, medal="ME_GOLD", unit=UNIT)),
        ("medals/table", "AAA", MedalTableRow(organisation="AAA", rank=1, sort=1, gold=1, total=1, men=(1, 0, 0))),
        because=["sta.desk/1/7"],
    )


def disqualify(source: FakeSource) -> None:
    """A correction after official: everything that hangs on it changes in the same cut."""
    source.put(
        (f"result/{UNIT}", "101", ResultRow(participant="101", sort=2, irm="DQ", reason="TR16.8"), 2),
        (f"result/{UNIT}", "102", ResultRow(participant="102", rank=1, sort=1, mark="9.95"), 1),
        (f"medallists/{EVENT}", "101", None),
        (f"medallists/{EVENT}", "102", MedallistRow(participant="102", event=EVENT, medal="ME_GOLD", unit=UNIT)),
        ("medals/table", "AAA", None),
        ("medals/table", "BBB", MedalTableRow(organisation="BBB", rank=1, sort=1, gold=1, total=1, men=(1, 0, 0))),
        because=["sta.desk/1/8"],
    )


def transcript() -> list[str]:
    """Return the session."""
    talk = Conversation()
    talk.say('{"op":"hello","v":1,"hb_ms":2000}')
    talk.say('{"op":"sub","id":7,"views":["result/ATH*","medals/table"]}')
    decide(talk.source)
    talk.flush()
    disqualify(talk.source)
    talk.flush()
    talk.note("the subscriber does not read; two cuts pass, and it gets them as one")
    talk.link.open = False
    for mark in ("9.96", "9.97"):
        talk.source.put((f"result/{UNIT}", "102", ResultRow(participant="102", rank=1, sort=1, mark=mark), 3))
        talk.flush()
    talk.link.open = True
    talk.flush()
    talk.say('{"op":"ping","n":1}')
    talk.say('{"op":"sub","id":8,"views":["medals/table","medal/table"]}')
    talk.say('{"op":"sub","id":8,"views":["medals/table"],"delay_ms":30000}')
    token = msgspec.json.decode(next(line for line in reversed(talk.lines) if '"resume"' in line)[3:])["resume"]
    talk.note("the connection breaks; one cut passes; the client comes back with its last token")
    talk.session.close()
    talk.source.put(("medals/table", "BBB", MedalTableRow(organisation="BBB", rank=1, sort=1, gold=2, total=2)))
    talk.session = talk.begin()
    talk.say('{"op":"hello","v":1}')
    talk.say(f'{{"op":"sub","id":7,"views":["medals/table","result/ATH*"],"resume":"{token}"}}')
    talk.note("a token that leads nowhere")
    talk.say('{"op":"sub","id":9,"views":["medals/table"],"resume":"from somewhere else"}')
    talk.say('{"op":"unsub","id":9}')
    talk.say("nonsense")
    return talk.lines


def test_the_session_byte_for_byte() -> None:
    assert transcript() == GOLDEN.read_text().splitlines()


def test_the_session_keeps_what_the_protocol_promises() -> None:
    held: dict[int, Subscription] = {}
    for line in transcript():
        message = msgspec.json.decode(line[3:]) if line.startswith("S> ") else {}
        if message.get("op") in {"image", "cut", "reset", "resumed"}:
            if message["op"] == "resumed":
                held[message["id"]].complete = False
            held.setdefault(message["id"], Subscription()).take(message)
    assert held[7].images == 1
    assert held[7].conflated == 1
    assert held[9].resets == ["token"]


def examples(kind: str) -> list[list[str]]:
    """Return the fenced blocks of the document that are of a kind."""
    return [block.splitlines() for block in re.findall(rf"```{kind}\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)]


def test_the_examples_of_the_document_are_lines_of_the_session_in_its_order() -> None:
    session = iter(transcript())
    blocks = examples("feed")
    assert len(blocks) >= 5
    for line in (line for block in blocks for line in block):
        assert line in session, f"not in the session, or not in its order: {line}"


def test_the_document_names_every_limit_and_code() -> None:
    document = DOCUMENT.read_text()
    source = "".join(file.read_text() for file in Path(__file__).parents[2].glob("feeds/**/*.py"))
    codes = set(re.findall(r'(?:Refused|Hopeless)\(\s*(?:\d{4}, )?"([a-z_]+)"', source))
    closes = set(re.findall(r"Hopeless\((\d{4})", source)) | {"1001", "1009", "1012"}
    assert [code for code in sorted(codes | closes) if f"`{code}`" not in document] == []
    for limit in (LIMITS.subscriptions, LIMITS.views, LIMITS.frame, LIMITS.image, *LIMITS.hb_ms):
        assert str(limit) in document


@pytest.fixture
async def web() -> AsyncIterator[httpx.AsyncClient]:
    source = games()
    decide(source)
    edge = build(source, games=Games(code="XG2030", offset=120))
    transport = httpx.ASGITransport(cast("Any", edge.app))
    async with httpx.AsyncClient(transport=transport, base_url="http://edge") as client:
        yield client


async def test_the_http_examples_of_the_document(web: httpx.AsyncClient) -> None:
    blocks = examples("http")
    assert len(blocks) >= 3
    for request, *expected in blocks:
        method, target = request.removeprefix("> ").split()
        wanted = [line for line in expected if line.startswith("> ")]
        headers = dict(line.removeprefix("> ").split(": ", 1) for line in wanted)
        answer = await web.request(method, target, headers={"Accept-Encoding": "identity"} | headers)
        lines = [f"< {answer.status_code}"]
        names = [line.removeprefix("< ").partition(":")[0] for line in expected if re.match("< [A-Z][A-Za-z-]*:", line)]
        lines += [f"< {name}: {answer.headers[name]}" for name in names]
        body = answer.text.splitlines()
        assert expected == [*wanted, *lines, *body], request


async def test_a_hash_can_be_computed_as_the_document_says(web: httpx.AsyncClient) -> None:
    document = (await web.get("/v1/views/medals/table")).json()
    assert hash_of("medals/table", document["rows"]) == document["hash"]


if __name__ == "__main__":
    GOLDEN.write_text("\n".join(transcript()) + "\n")
