"""Fences: one holder at a time, however takers and takings overlap."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest

from engine.errors import Fenced
from engine.kafka_holder import Holder, Lanes
from engine.kafka_lane import Lane, Placed
from engine.kafka_ledger import Ledger
from engine.kafka_log import KafkaLog
from engine.log import Fence, Record


@pytest.fixture
def log(kafka: str) -> Iterator[KafkaLog]:
    """A log with the topic ``a``."""
    with KafkaLog.open(f"kafka://{kafka}/{uuid4().hex}") as log:
        log.append_now([Record("a", "K", b"before", 1)])
        yield log


class OtherProcess:
    """What another process has of the same log: lanes and a ledger of its own."""

    def __init__(self, log: KafkaLog) -> None:
        self.lanes = Lanes(log._client, log._is_there, lambda: False)
        self.ledger = Ledger(log._client, log._reader)

    def take(self) -> Holder:
        """Take the name over."""
        return Holder.take_over(self.lanes, self.ledger, "gateway")

    def hold(self, fence: Fence) -> Holder:
        """Hold a fence that was taken elsewhere."""
        return Holder(self.lanes, self.ledger, fence)


def said(value: bytes) -> list[Placed]:
    return [Placed(Record("a", "K", value, 1), 0)]


def held(log: KafkaLog) -> list[bytes]:
    return [stored.value for stored in log.read("a", 1)]


def test_a_stale_holder_learns_who_is_the_newest(log: KafkaLog) -> None:
    old, new = OtherProcess(log).take(), OtherProcess(log).take()
    for _ in range(3):  # whichever lane's turn it is
        with pytest.raises(Fenced) as fenced:
            old.append(said(b"stale"))
    assert (fenced.value.name, fenced.value.number, fenced.value.newest) == ("gateway", 1, 2)
    for value in (b"1", b"2", b"3"):
        new.append(said(value))
    assert held(log) == [b"1", b"2", b"3"]


def test_the_newest_writes_on_where_its_lanes_were_disturbed(log: KafkaLog) -> None:
    one = OtherProcess(log)
    holder = one.take()
    for value in (b"1", b"2", b"3", b"4"):
        for lane in one.lanes.of("fence/gateway"):  # somebody opens them and writes nothing
            lane.open()
        holder.append(said(value))
    assert held(log) == [b"1", b"2", b"3", b"4"]


def test_a_fence_is_good_in_whatever_process_holds_it(log: KafkaLog) -> None:
    first = OtherProcess(log).take()
    assert first.fence
    second = OtherProcess(log).hold(first.fence)
    for n in range(4):
        (first, second)[n % 2].append(said(b"%d" % n))
    assert held(log) == [b"0", b"1", b"2", b"3"]
    with pytest.raises(Fenced):
        OtherProcess(log).hold(Fence("gateway", 7))
    with pytest.raises(Fenced):
        OtherProcess(log).hold(Fence("nobody", 1))


class Overlapped(Ledger):
    """A ledger whose reader is overtaken: before it has read, and just after."""

    def __init__(self, log: KafkaLog) -> None:
        super().__init__(log._client, log._reader)
        self.meanwhile: list[Callable[[], object]] = []

    def newest(self, name: str) -> int:
        """Return what was the newest, when something else has happened already."""
        number = super().newest(name)
        if self.meanwhile:
            self.meanwhile.pop(0)()
        return number


def test_a_holder_that_comes_back_while_its_name_is_taken_is_found_out(log: KafkaLog) -> None:
    """The zombie: it has its lanes back between the taker's opening them and his writing of the number."""
    stale = OtherProcess(log).take()
    taker = OtherProcess(log)
    overlapped = Overlapped(log)
    overlapped.meanwhile = [lambda: stale.append(said(b"still allowed"))]  # opens both lanes, and is the newest yet
    new = Holder.take_over(taker.lanes, overlapped, "gateway")
    assert new.fence == Fence("gateway", 2)
    for _ in range(2):
        with pytest.raises(Fenced):
            stale.append(said(b"stale"))
    new.append(said(b"new"))
    assert held(log) == [b"still allowed", b"new"]


def test_a_holder_whose_name_is_taken_while_he_opens_his_lanes_is_found_out(log: KafkaLog) -> None:
    fence = OtherProcess(log).take().fence
    overlapped = Overlapped(log)
    overlapped.meanwhile = [OtherProcess(log).take]
    with pytest.raises(Fenced) as fenced:
        Holder(OtherProcess(log).lanes, overlapped, fence)
    assert (fenced.value.number, fenced.value.newest) == (1, 2)


def test_each_lane_is_written_when_a_name_is_taken(log: KafkaLog) -> None:
    """A zombie that has but one lane back in that moment is found out on that lane."""
    for which in (0, 1):
        zombie = OtherProcess(log)
        before = zombie.take()
        overlapped, lanes = Overlapped(log), zombie.lanes.of("fence/gateway")
        overlapped.meanwhile = [lanes[which].open]
        new = Holder.take_over(OtherProcess(log).lanes, overlapped, "gateway")
        assert new.fence
        assert before.fence
        with pytest.raises(Exception, match=rf"^fence/gateway/{which + 1}$"):
            lanes[which].append(said(b"stale"))
        new.append(said(b"new"))
    assert held(log) == [b"new", b"new"]


def test_two_that_take_a_name_at_once_both_succeed_and_one_is_newer(log: KafkaLog) -> None:
    overlapped, other = Overlapped(log), OtherProcess(log)
    won: list[Holder] = []
    overlapped.meanwhile = [lambda: won.append(other.take())]
    late = Holder.take_over(OtherProcess(log).lanes, overlapped, "gateway")
    assert [won[0].fence, late.fence] == [Fence("gateway", 1), Fence("gateway", 2)]
    with pytest.raises(Fenced):
        won[0].append(said(b"stale"))
    late.append(said(b"new"))
    assert held(log) == [b"new"]


def test_without_a_fence_nobody_stands_in_anybody_s_way(log: KafkaLog) -> None:
    process = OtherProcess(log)
    holders = [Holder(process.lanes, process.ledger) for _ in range(3)]
    for n in range(6):
        holders[n % 3].append(said(b"%d" % n))
    assert held(log) == [b"%d" % n for n in range(6)]


def test_a_name_makes_lanes_of_its_own(log: KafkaLog) -> None:
    lanes = Lanes(log._client, log._is_there, lambda: False)
    names = [lane._name for name in ("gateway", "decode") for lane in lanes.of(name)]
    assert names == ["gateway/1", "gateway/2", "decode/1", "decode/2"]
    assert [type(lane) for lane in lanes.of("gateway")] == [Lane, Lane]
