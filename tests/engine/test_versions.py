"""Versions of records: what is written carries the newest, what is older is brought up, what is newer is refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from engine import about, epochs
from engine.about import ABOUT, About
from engine.approach import REACHED
from engine.checkpoints import IMAGES, MANIFESTS, Manifest, manifests, record_of
from engine.epochs import EPOCHS, topic_of
from engine.errors import NewerRecord
from engine.log import NO_HEADERS, Record, Stored
from engine.raw import RAW, REFUSED, Raw, raw_of
from engine.raw import record_of as record_of_raw
from engine.saved_state import SAVED
from engine.shares import SHARES
from engine.sqlite_log import SqliteLog
from engine.stages import EVENTS, FEED
from engine.versions import HEADER, UPCASTS, Upcast, current, stamp
from podium.historian import HISTORIANS
from schemas.games import Games
from tests.engine.test_worker import edge_of, store, until, worker_of, working

RAW_MESSAGE = Raw("SWM", "S", 1, 5, 7, b"x", b"c" * 16)


def stored(topic: str = "t", headers: Mapping[str, bytes] = NO_HEADERS) -> Stored:
    return Stored(3, topic, "k", b"", 0, headers)


def say(word: bytes) -> Upcast:
    """Return an up-cast that adds a word, so that the order shows."""
    return lambda old: msgspec.structs.replace(old, value=old.value + word)


def test_the_topics_of_this_room_are_those_with_versions() -> None:
    one_log = {RAW, REFUSED, ABOUT, IMAGES, MANIFESTS}
    assert set(UPCASTS) == one_log | {EPOCHS, EVENTS, FEED, SAVED, REACHED, SHARES, HISTORIANS}


def test_what_is_written_carries_the_newest_version() -> None:
    manifest = Manifest("e", 1, 1, 1, "d", 0, 1, 1)
    for record in (record_of_raw(RAW_MESSAGE), record_of(manifest, 0)):
        assert record.headers[HEADER] == b"%d" % len(UPCASTS[record.topic])
        assert stamp(record.topic) == {HEADER: record.headers[HEADER]}


@pytest.mark.parametrize(
    ("headers", "value"), [({}, b"abc"), ({"v": b"0"}, b"abc"), ({"v": b"1"}, b"bc"), ({"v": b"3"}, b"")]
)
def test_an_older_record_goes_through_every_version_after_its_own(headers: dict[str, bytes], value: bytes) -> None:
    assert current(stored(headers=headers), {"t": (say(b"a"), say(b"b"), say(b"c"))}).value == value


@pytest.mark.parametrize(
    ("version", "said"),
    [(b"2", "version 2"), (b"17", "version 17"), (b"-1", "no readable version"), (b"", "no readable version")],
)
def test_a_newer_record_is_refused_by_name(version: bytes, said: str) -> None:
    with pytest.raises(NewerRecord) as refused:
        raw_of(stored(RAW, {"v": version}))
    assert str(refused.value) == (
        f"venue.raw, partition 0, position 3: the record has {said}, and this Podium knows versions up to 1"
    )
    assert (refused.value.topic, refused.value.position, refused.value.known) == (RAW, 3, 1)


def test_a_raw_record_without_a_version_is_read_as_it_was_written() -> None:
    record = record_of_raw(RAW_MESSAGE)
    old = {name: value for name, value in record.headers.items() if name != HEADER}
    assert raw_of(Stored(4, RAW, "SWM", b"x", 7, old)) == RAW_MESSAGE._replace(position=4)


def test_what_a_log_says_of_itself_and_its_checkpoints_are_read_by_their_versions(tmp_path: Path) -> None:
    manifest = Manifest("e", 1, 1, 1, "d", 0, 1, 1)
    with SqliteLog.open(tmp_path / "l.db") as log:
        about.write(log, About(Games("T20"), "replay"), 0)
        log.append_now([Record(MANIFESTS, "e", record_of(manifest, 0).value, 0)])
        assert about.read(log) == About(Games("T20"), "replay")
        assert list(manifests(log)) == [(1, manifest)]
        for topic in (ABOUT, MANIFESTS):
            log.append_now([Record(topic, "", b"?", 0, {HEADER: b"2"})])
        with pytest.raises(NewerRecord, match=r"^games.about, partition 0, position 2: "):
            about.read(log)
        with pytest.raises(NewerRecord, match=r"^games.checkpoints, partition 0, position 2: "):
            list(manifests(log))


async def test_all_that_stages_write_carries_its_version_and_what_is_newer_is_refused(tmp_path: Path) -> None:
    async with SqliteLog.open(tmp_path / "games.db") as log:
        store(log, 1, 5)
        worker = worker_of(log)
        async with working(worker, RAW, EVENTS):
            await until(lambda: edge_of(log).views.cut == 5)
            await worker.save()
            await worker.tell()
        families = (EVENTS, FEED, SAVED, REACHED)
        for family in families:
            held = log.read(topic_of(family, "e"))
            assert held
            assert {one.headers.get(HEADER) for one in held} == {b"1"}
            older = [msgspec.structs.replace(one, headers={}) for one in held]
            assert [current(one) for one in older] == older
        log.append_now([Record(topic_of(FEED, "e"), "", b"?", 0, {HEADER: b"2"})])
        with pytest.raises(NewerRecord, match=r"^games.feed.e, partition 0, position \d+: the record has version 2"):
            edge_of(log)


def test_an_epoch_of_a_newer_podium_is_refused(tmp_path: Path) -> None:
    with SqliteLog.open(tmp_path / "games.db") as log:
        log.append_now([Record(EPOCHS, "e", b"?", 0, {HEADER: b"2"})])
        with pytest.raises(NewerRecord, match=r"^games.epochs, partition 0, position 1: the record has version 2"):
            epochs.read(log, 1)
