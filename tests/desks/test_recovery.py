"""Reading a partition back: snapshots in whatever state they are, and events that do not follow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from desks.codec import Codec, encode
from desks.errors import BrokenHistory
from desks.partitions import Partitions
from desks.recovery import Loaded, recover, save, saved
from desks.states import Slot
from desks.topics import EVENTS, MANIFESTS, SNAPSHOTS, genesis, headers, link
from engine.errors import NewerRecord
from engine.log import Record
from engine.sqlite_log import SqliteLog
from management.command import Recorded
from tests.desks.tally import TALLY, Added, State

ONE = Partitions(1)
MARK = ONE.mark(0)
CODEC = Codec(b"pepper", {"ct": TALLY})


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteLog]:
    with SqliteLog.open(tmp_path / "games.podium") as log:
        yield log


class Events:
    """Writes events as a writer does, and as none would."""

    def __init__(self, log: SqliteLog) -> None:
        self.log = log
        self.serial = 0
        self.chain = genesis(MARK)

    def add(self, key: str, version: int, event: Any = None, *, data: bytes | None = None) -> None:
        """Append one event, chained to the one before."""
        recorded = Recorded("e", key, version, event or Added(1), "c", "ann", 7)
        data = encode(recorded) if data is None else data
        self.serial += 1
        self.chain = link(self.chain, data)
        own = headers(EVENTS, MARK, serial=b"%d" % self.serial, chain=self.chain)
        self.log.append_now([Record(EVENTS, key, data, self.serial, own)])


async def read(log: SqliteLog) -> Loaded:
    return (await recover(log, ONE, [0], codec=CODEC, policies={}))[0]


def slot(key: str, version: int, total: int) -> Record:
    state = Slot(version, None, msgspec.msgpack.encode(State(total)))
    return Record(SNAPSHOTS, key, msgspec.msgpack.encode(state), 1, headers(SNAPSHOTS, MARK))


def keep(log: SqliteLog, loaded: Loaded) -> list[str]:
    """Write a snapshot, and return whose slots are in it."""
    records = save(loaded)
    saved(loaded, records, log.append_now(records))
    return [record.key for record in records if record.topic == SNAPSHOTS]


async def test_slots_younger_than_their_manifest_are_as_good(log: SqliteLog) -> None:
    events = Events(log)
    events.add("ct:A", 1)
    loaded = await read(log)
    assert keep(log, loaded) == ["ct:A"]
    events.add("ct:A", 2)
    events.add("ct:A", 3)
    log.append_now([slot("ct:A", 2, 2)])  # and no manifest
    states = (await read(log)).partition.states
    assert (states.version("ct:A"), states.state("ct:A")) == (3, State(3))


async def test_slots_that_no_manifest_completes_are_passed_over(log: SqliteLog) -> None:
    events = Events(log)
    events.add("ct:A", 1)
    log.append_now([slot("ct:A", 1, 1), slot("ct:B", 9, 9)])
    states = (await read(log)).partition.states
    assert (len(states), states.state("ct:A")) == (1, State(1))


async def test_the_oldest_slots_are_written_anew_after_a_start_too(log: SqliteLog) -> None:
    events = Events(log)
    for key in ("ct:A", "ct:B", "ct:C", "ct:D"):
        events.add(key, 1)
    keep(log, await read(log))
    written = []
    for key, version in (("ct:D", 2), ("ct:D", 3), ("ct:B", 2), ("ct:B", 3)):
        events.add(key, version)
        written.append(keep(log, await read(log)))
    assert written == [["ct:D", "ct:A"], ["ct:D", "ct:B"], ["ct:B", "ct:C"], ["ct:B", "ct:A"]]


async def test_a_version_that_does_not_follow_is_named(log: SqliteLog) -> None:
    events = Events(log)
    events.add("ct:A", 1)
    events.add("ct:A", 3)
    with pytest.raises(BrokenHistory, match="version 3 of ct:A follows version 1"):
        await read(log)


async def test_an_event_of_nobody_is_named(log: SqliteLog) -> None:
    Events(log).add("xx:A", 1)
    with pytest.raises(BrokenHistory, match="partition 0, position 1: no aggregate has the key 'xx:A'"):
        await read(log)


async def test_an_event_that_cannot_be_decoded_is_named(log: SqliteLog) -> None:
    Events(log).add("ct:A", 1, data=b"{}")
    with pytest.raises(BrokenHistory, match="it cannot be decoded: Object missing required field `id`"):
        await read(log)


@pytest.mark.parametrize("topic", [EVENTS, SNAPSHOTS, MANIFESTS])
async def test_a_record_of_a_later_version_is_not_guessed_at(log: SqliteLog, topic: str) -> None:
    events = Events(log)
    events.add("ct:A", 1)
    keep(log, await read(log))
    newest = log.read(topic)[-1]
    own = {**newest.headers, "v": b"2"}
    if topic == EVENTS:
        own |= {"serial": b"2", "chain": link(events.chain, newest.value)}
    log.append_now([Record(topic, newest.key, newest.value, 2, own)])
    with pytest.raises(NewerRecord):
        await read(log)
