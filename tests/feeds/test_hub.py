"""The hub with links that are lists: what everybody gets, and what those get who are slow."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from feeds import patterns
from feeds.encoding import JSON, MSGPACK, Encoding
from feeds.hub import Hub
from feeds.patterns import Patterns
from feeds.ring import Ring
from schemas.views import MedalTableRow, ResultHead, ResultRow
from tests.feeds.client import Subscription
from tests.feeds.fake_source import FakeSource

UNIT = "result/ATHM100M--------------FNL-000100--"


def wanted(*texts: str) -> Patterns:
    return patterns.decode(texts, most=100)


def framed(message: bytes, text: bool) -> bytes:
    return len(message).to_bytes(4) + bytes([text]) + message


class FakeLink:
    """Takes what it is offered while ``open``."""

    def __init__(self) -> None:
        self.open = True
        self.writes: list[bytes] = []
        self.dropped = False

    def offer(self, data: bytes) -> bool:
        if self.open:
            self.writes.append(data)
        return self.open

    def send(self, data: bytes) -> None:
        self.writes.append(data)

    def drop(self) -> None:
        self.dropped = True

    def messages(self) -> list[dict[str, Any]]:
        """Take what has been written, as messages."""
        data = b"".join(self.writes)
        self.writes.clear()
        found = []
        while data:
            size, text = int.from_bytes(data[:4]), data[4]
            message = data[5 : 5 + size]
            found.append(msgspec.json.decode(message) if text else msgspec.msgpack.decode(message))
            data = data[5 + size :]
        return found


class Desk:
    """A hub with a source, and a clock that stands still."""

    def __init__(self, **options: object) -> None:
        self.source = FakeSource()
        self.hub = Hub(self.source, framer=framed, key=b"k", now=lambda: 7, **options)  # type: ignore[arg-type]
        self.source.listen(self.hub.take)
        self.time = 0.0

    def flush(self) -> None:
        for _ in self.hub.flush(self.time):
            pass

    def sub(self, *texts: str, resume: str = "", encoding: Encoding = JSON, link: FakeLink | None = None) -> FakeLink:
        link = link or FakeLink()
        self.hub.subscribe(link, encoding, 1, wanted(*texts), resume=resume, now=self.time)
        return link


def result(rank: int | None, mark: str = "", **more: object) -> ResultRow:
    return ResultRow(participant="A1", rank=rank, mark=mark, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("encoding", [JSON, MSGPACK])
def test_an_image_then_a_cut(encoding: Encoding) -> None:
    desk = Desk()
    desk.source.put((UNIT, "@", ResultHead(unit=UNIT[7:])), (UNIT, "A1", result(2, "10.00"), 1))
    link = desk.sub("result/**", encoding=encoding)
    desk.source.put((UNIT, "A1", result(None, "10.00", irm="DQ"), 2))
    desk.flush()
    image, cut = link.messages()
    assert image["views"][UNIT]["rows"] == {
        "@": {"unit": UNIT[7:]},
        "A1": {"participant": "A1", "rank": 2, "mark": "10.00"},
    }
    assert (cut["op"], cut["id"], cut["cut"], cut["because"], cut["at"]) == ("cut", 1, 2, ["hall/1/2"], 1002)
    view = cut["views"][UNIT]
    assert view["up"] == {"A1": {"rank": None, "irm": "DQ"}}
    assert view["rev"] == {"A1": 2}
    assert view["seq"] == 2
    subscription = Subscription()
    for message in (image, cut):
        subscription.take(message)


def test_a_cut_is_framed_once_for_a_group() -> None:
    desk = Desk()
    links = [desk.sub("medals/table") for _ in range(3)]
    for link in links:
        link.writes.clear()
    desk.source.put(("medals/table", "FRA", MedalTableRow(organisation="FRA", gold=1)))
    desk.flush()
    frames = [link.writes[0] for link in links]
    assert frames[0] is frames[1] is frames[2]


def test_who_cannot_take_it_is_conflated() -> None:
    desk = Desk()
    link = desk.sub("medals/table")
    other = desk.sub("medals/table")
    link.open = False
    for gold in (1, 2, 3):
        desk.source.put(("medals/table", "FRA", MedalTableRow(organisation="FRA", gold=gold)))
        desk.flush()
    assert [m.get("cut") for m in other.messages()] == [0, 1, 2, 3]
    link.open = True
    desk.flush()
    image, cut = link.messages()
    assert (image["op"], cut["cut"]) == ("image", [1, 3])
    view = cut["views"]["medals/table"]
    assert (view["seq"], view["up"]) == ([1, 3], {"FRA": {"organisation": "FRA", "gold": 3}})
    assert not desk.hub.behind


def test_who_falls_off_the_ring_is_reset() -> None:
    desk = Desk(ring=Ring(cuts=2))
    link = desk.sub("medals/table")
    subscription = Subscription()
    link.open = False
    for gold in range(1, 5):
        desk.source.put(("medals/table", "FRA", MedalTableRow(organisation="FRA", gold=gold)))
        desk.flush()
    link.open = True
    desk.flush()
    for message in link.messages():
        subscription.take(message)
    assert subscription.resets == ["lagged"]
    assert subscription.content() == {"medals/table": {"FRA": {"organisation": "FRA", "gold": 4}}}


def test_who_takes_nothing_for_too_long_is_dropped() -> None:
    desk = Desk(patience=30.0)
    link = desk.sub("medals/table")
    link.open = False
    desk.source.put(("medals/table", "FRA", MedalTableRow(organisation="FRA", gold=1)))
    desk.flush()
    desk.time = 31.0
    desk.flush()
    assert link.dropped
    assert not desk.hub.behind


def test_resume_gets_what_was_missed_and_no_image() -> None:
    desk = Desk()
    desk.source.put(("medals/table", "FRA", MedalTableRow(organisation="FRA", gold=1)))
    subscription = Subscription()
    (image,) = desk.sub("medals/table").messages()
    subscription.take(image)
    for gold in (2, 3):
        desk.source.put(("medals/table", "FRA", MedalTableRow(organisation="FRA", gold=gold)))
    back = desk.sub("medals/table", resume=subscription.resume)
    messages = back.messages()
    assert [m["op"] for m in messages] == ["resumed", "cut"]
    for message in messages:
        subscription.take(message)
    assert subscription.images == 1
    assert subscription.content() == {"medals/table": {"FRA": {"organisation": "FRA", "gold": 3}}}


def test_resume_is_good_for_ever_where_nothing_changed() -> None:
    desk = Desk(ring=Ring(cuts=2))
    (image,) = desk.sub("medals/table").messages()
    for n in range(10):
        desk.source.put((UNIT, "A1", result(n)))
    (resumed,) = desk.sub("medals/table", resume=str(image["resume"])).messages()
    assert resumed == {"op": "resumed", "id": 1, "cut": 0}


@pytest.mark.parametrize("token", ["", "x", "A" * 32, "?" * 32])
def test_a_wrong_token_resets_and_shows(token: str) -> None:
    desk = Desk()
    ops = [m["op"] for m in desk.sub("medals/table", resume=token).messages()]
    assert ops == (["reset", "image"] if token else ["image"])


def test_an_old_token_resets_with_gap_and_one_of_another_epoch_with_epoch() -> None:
    desk = Desk(ring=Ring(cuts=2))
    (image,) = desk.sub("medals/table").messages()
    for gold in range(1, 6):
        desk.source.put(("medals/table", "FRA", MedalTableRow(organisation="FRA", gold=gold)))
    assert desk.sub("medals/table", resume=str(image["resume"])).messages()[0]["why"] == "gap"
    assert desk.sub("result/**", resume=str(image["resume"])).messages()[0]["why"] == "token"
    other = Desk()
    other.source.epoch = "e2"
    other.source.put(("medals/table", "FRA", MedalTableRow(organisation="FRA")))
    assert other.sub("medals/table", resume=str(image["resume"])).messages()[0]["why"] == "epoch"


def test_a_new_epoch_resets_everybody() -> None:
    desk = Desk()
    link = desk.sub("medals/table")
    subscription = Subscription()
    desk.source.epoch = "e2"
    desk.source.put(("medals/table", "FRA", MedalTableRow(organisation="FRA", gold=1)))
    desk.flush()
    for message in link.messages():
        subscription.take(message)
    assert subscription.resets == ["epoch"]
    assert subscription.content() == {"medals/table": {"FRA": {"organisation": "FRA", "gold": 1}}}


def test_a_burst_is_conflated_for_everybody() -> None:
    desk = Desk()
    link = desk.sub("medals/table")
    for gold in range(1, 101):
        desk.source.put(("medals/table", "FRA", MedalTableRow(organisation="FRA", gold=gold)))
    desk.flush()
    _image, cut = link.messages()
    assert cut["cut"] == [1, 100]


def test_unsubscribed_means_silent() -> None:
    desk = Desk()
    link = FakeLink()
    member = desk.hub.subscribe(link, JSON, 1, wanted("medals/table"), now=0.0)
    desk.hub.unsubscribe(member)
    link.writes.clear()
    desk.source.put(("medals/table", "FRA", MedalTableRow(organisation="FRA")))
    desk.flush()
    assert (link.writes, desk.hub.groups, desk.hub.members) == ([], 0, 0)


def test_who_comes_from_an_edge_that_is_ahead_sees_nothing_twice() -> None:
    ahead, late = Desk(), Desk()
    for number in range(1, 4):
        ahead.source.put(("medals/table", "AAA", MedalTableRow(organisation="AAA", gold=number)))
    (image,) = ahead.sub("medals/table").messages()
    late.source.put(("medals/table", "AAA", MedalTableRow(organisation="AAA", gold=1)))
    late.flush()
    link = late.sub("medals/table", resume=str(image["resume"]))
    assert link.messages() == [{"op": "resumed", "id": 1, "cut": 3}]
    for number in (2, 3):
        late.source.put(("medals/table", "AAA", MedalTableRow(organisation="AAA", gold=number)))
        late.flush()
    assert link.messages() == []
    late.source.put(("medals/table", "AAA", MedalTableRow(organisation="AAA", gold=4)))
    late.flush()
    (told,) = link.messages()
    assert (told["cut"], told["views"]["medals/table"]["up"]) == (4, {"AAA": {"gold": 4}})


def test_who_waits_too_long_for_an_edge_to_come_so_far_gets_an_image() -> None:
    ahead, late = Desk(), Desk()
    for number in (1, 2):
        ahead.source.put(("medals/table", "AAA", MedalTableRow(organisation="AAA", gold=number)))
    (image,) = ahead.sub("medals/table").messages()
    late.source.put(("medals/table", "AAA", MedalTableRow(organisation="AAA", gold=1)))
    late.flush()
    link = late.sub("medals/table", resume=str(image["resume"]))
    late.time = 31.0
    late.flush()
    assert [(told["op"], told.get("why"), told.get("cut")) for told in link.messages()] == [
        ("resumed", None, 2),
        ("reset", "gap", None),
        ("image", None, 1),
    ]
