"""The fold spread over processes: the same content as in one, whatever the workers do to each other.

The processes are played here by one loop over topics in memory; ``tests/faults`` has real ones.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from functools import cache
from pathlib import Path

import pytest

from engine import stages
from engine.edge import Edge
from engine.epochs import topic_of
from engine.errors import BadRecord
from engine.log import Fence, Record, Stored
from engine.parts import Part, Watermarks, pack, unpack
from engine.raw import RAW, Raw, record_of
from engine.sports import load_sports
from engine.sqlite_log import SqliteLog
from engine.stages import DecodePartition, FoldPartition
from projections.games import GamesFold
from projections.stages import DecodeStage, ResultsStage
from replay.archive import Message
from replay.synth import synthesise
from schemas.games import Games
from tests.replay.folded import digest

SPORTS = load_sports()
EVENTS, FEED = topic_of(stages.EVENTS, "e"), topic_of(stages.FEED, "e")
RAWS, EVENTS_WIDE = 3, 4  # partitions


class Topics:
    """Records in memory: a log as far as stages and edges read one."""

    id = "0" * 32

    def __init__(self) -> None:
        self.held: dict[tuple[str, int], list[Stored]] = defaultdict(list)

    def put(self, record: Record, partition: int = 0) -> None:
        held = self.held[record.topic, partition]
        position = held[-1].position + 1 + len(held) % 3 if held else 1  # with holes, as on a broker
        held.append(Stored(position, record.topic, record.key, record.value, record.time, record.headers, partition))

    def read(self, topic: str, after: int = 0, *, limit: int = 1000, partition: int = 0) -> list[Stored]:
        return [one for one in self.held[topic, partition] if one.position > after][:limit]

    def head(self, topic: str, *, partition: int = 0) -> int:
        held = self.held[topic, partition]
        return held[-1].position if held else 0

    def partitions(self, topic: str) -> int:
        return {RAW: RAWS, EVENTS: EVENTS_WIDE}.get(topic, 1)

    def partition_of(self, topic: str, key: str) -> int:
        return sum(key.encode()) % self.partitions(topic)

    async def append(self, records: Sequence[Record], *, fence: Fence | None = None) -> list[int]:
        raise NotImplementedError

    async def fence(self, name: str) -> Fence:
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError

    def follow(self, topic: str, after: int = 0, *, partition: int = 0) -> AsyncIterator[list[Stored]]:
        raise NotImplementedError


class Worker:
    """All partitions of one set of workers; it forgets and starts again from what it saved."""

    def __init__(self, topics: Topics, games: Games, dice: random.Random) -> None:
        self.topics, self.games, self.dice = topics, games, dice
        self.saved: dict[str, dict[str, bytes]] = {}
        self.start()

    def start(self) -> None:
        self.decoders = [DecodePartition(DecodeStage(self.games), "e", number, self._place) for number in range(RAWS)]
        self.folds = [FoldPartition(ResultsStage(SPORTS, self.games), "e", number) for number in range(EVENTS_WIDE)]
        for name, one in self.named():
            if name in self.saved:
                one.load(self.saved[name])

    def _place(self, key: str) -> int:
        return self.topics.partition_of(EVENTS, key)

    def named(self) -> list[tuple[str, DecodePartition | FoldPartition]]:
        parts: list[DecodePartition | FoldPartition] = [*self.decoders, *self.folds]
        return [(f"{type(one).__name__}/{one.partition}", one) for one in parts]

    def save(self) -> None:
        for name, one in self.named():
            self.saved.setdefault(name, {}).update(one.dump(whole=name not in self.saved))

    def work(self) -> bool:
        """Read a batch of every partition; say whether there was anything."""
        busy = False
        for decoder in self.decoders:
            batch = self.topics.read(RAW, decoder.position, limit=self.dice.randint(1, 60), partition=decoder.partition)
            busy |= bool(batch)
            for record in decoder.take(batch):
                self.topics.put(record, self._place(record.key))
        for fold in self.folds:
            batch = self.topics.read(EVENTS, fold.position, limit=self.dice.randint(1, 8), partition=fold.partition)
            busy |= bool(batch)
            for record in fold.take(batch):
                self.topics.put(record)
        return busy


@cache
def games_and_messages() -> tuple[Games, list[Message], str]:
    header, messages = synthesise(7, "small")
    held = list(messages)
    return header.games, held, digest(held, header.games)


def topics_with(messages: Sequence[Message]) -> Topics:
    topics = Topics()
    for one in messages:
        raw = Raw(one.source, one.session, one.serial, one.at, one.time, one.data)
        topics.put(record_of(raw), topics.partition_of(RAW, one.source))
    return topics


def edge_of(topics: Topics) -> Edge:
    return Edge(topics, GamesFold, "e")


@pytest.mark.parametrize("sets", [1, 2])
def test_the_content_is_that_of_one_process(sets: int, seed: int) -> None:
    games, messages, expected = games_and_messages()
    dice = random.Random(seed)
    topics = topics_with(messages)
    workers = [Worker(topics, games, dice) for _ in range(sets)]
    while sum(worker.work() for worker in workers):
        one = dice.choice(workers)
        if dice.random() < 0.2:
            one.save()
        if dice.random() < 0.1:
            one.start()  # killed: what it wrote since it last saved is written again
    edge = edge_of(topics)
    edge.catch_up()
    assert edge.views.digest() == expected


def test_copies_of_a_second_set_add_no_cut() -> None:
    games, messages, _ = games_and_messages()
    numbers = []
    for sets in (1, 2):
        topics = topics_with(messages[:4000])
        dice = random.Random(1)
        for worker in [Worker(topics, games, dice) for _ in range(sets)]:
            while worker.work():
                pass
        edge = edge_of(topics)
        edge.catch_up()
        numbers.append((edge.views.cut, edge.views.digest()))
    assert numbers[0] == numbers[1]


def test_all_edges_hold_the_same_cuts_and_one_may_start_from_the_image_of_another() -> None:
    games, messages, _ = games_and_messages()
    topics = topics_with(messages[:6000])
    worker = Worker(topics, games, random.Random(2))
    while worker.work():
        pass
    one, other = edge_of(topics), edge_of(topics)
    one.catch_up(until=topics.head(FEED) // 2)
    middle = one.views.cut
    one.catch_up()
    other.catch_up()
    assert (one.views.cut, one.views.digest()) == (other.views.cut, other.views.digest())
    assert one.state_at(f"e.{middle}").views.cut == middle
    going = edge_of(topics)
    for cut in range(1, other.views.cut + 1, 97):  # from within a record to within another
        going.fold_until(cut)
        assert going.views.cut == cut
    going.catch_up()
    assert (going.views.cut, going.views.digest()) == (other.views.cut, other.views.digest())


def test_an_edge_goes_on_from_its_image_even_one_taken_within_a_record(tmp_path: Path) -> None:
    games, messages, _ = games_and_messages()
    topics = topics_with(messages[:3000])
    worker = Worker(topics, games, random.Random(4))
    while worker.work():
        pass
    with SqliteLog.open(tmp_path / "feed.db") as log:
        feed = topics.held[FEED, 0]
        log.append_now([Record(FEED, "", one.value, one.time) for one in feed])
        whole = Edge(log, GamesFold, "e")
        whole.catch_up()
        edge = Edge(log, GamesFold, "e")
        record = next(one for one in log.read(FEED) if len(unpack(one)[1]) > 2)
        edge.catch_up(until=record.position - 1)
        causes = iter(edge.causes(record))
        edge.step(next(causes))
        edge.save()
        again = Edge(log, GamesFold, "e")
        assert again.load()
        assert again.views.cut == edge.views.cut
        again.catch_up()
        assert (again.views.cut, again.views.digest()) == (whole.views.cut, whole.views.digest())


def test_an_instant_is_looked_up_by_the_cause_not_by_the_record() -> None:
    games, messages, _ = games_and_messages()
    topics = topics_with(messages[:500])
    worker = Worker(topics, games, random.Random(3))
    while worker.work():
        pass
    edge = edge_of(topics)
    times: list[int] = []
    edge.listen(lambda cut, _: times.append(cut.time))
    edge.catch_up()
    later = next(number for number, time in enumerate(times) if time > times[0])
    assert times[0] > 10**15
    past = edge.fresh()
    past.fold_until(instant=times[later] - 1)
    assert past.views.cut == later


def part(position: int, index: int = 0, body: bytes = b"\xc0") -> Part:
    from msgspec import Raw as Bytes

    return Part(position, index, "ATH", "a/s/1", 5, 0, Bytes(body))


def stored(record: Record) -> Stored:
    return Stored(9, record.topic, record.key, record.value, record.time, partition=2)


def test_a_watermark_lets_everything_pass_once() -> None:
    marks = Watermarks()
    seen = [marks.fresh(1, one) for one in (part(3), part(3, 1), part(3), part(3, 1), part(7), part(4))]
    assert seen == [True, True, False, False, True, False]
    assert marks.fresh(2, part(3))
    again = Watermarks(marks.dump())
    assert [again.fresh(1, part(7)), again.fresh(1, part(8)), again.fresh(2, part(3, 1))] == [False, True, True]


def test_what_is_large_goes_into_several_records() -> None:
    parts = [part(number, body=b"\xc5\xff\xff" + b"x" * 65_535) for number in range(1, 20)]
    records = list(pack(EVENTS, 1, parts))
    assert [len(unpack(stored(record))[1]) for record in records] == [6, 6, 6, 1]
    assert [one for record in records for one in unpack(stored(record))[1]] == parts


@pytest.mark.parametrize(("value", "why"), [(b"\xff", "Expected"), (b"\x93\x02\x00\x90", "format 2")])
def test_a_record_that_cannot_be_read_is_named(value: bytes, why: str) -> None:
    with pytest.raises(BadRecord, match=f"games.feed.e/2/9: .*{why}"):
        unpack(stored(Record(FEED, "", value, 1)))


def test_records_of_somebody_else_are_listed_and_every_partition_goes_on() -> None:
    """Whatever lies in a topic: no raw message, no parcel, a parcel whose parts say nothing, no changes."""
    games, messages, _ = games_and_messages()
    said = messages[:1500]
    topics = topics_with(said[:700])
    strange = [Record(RAW, "x", b"nonsense", 5), Record(RAW, "x", b"{}", 5, {"session": b"s", "serial": b"one"})]
    for record in strange:
        topics.put(record, 1)
    worker = Worker(topics, games, random.Random(5))
    while worker.work():
        pass
    events, feed = worker.decoders[0].into, worker.folds[0].into
    topics.put(Record(events, "ATH", b"\xff", 5), 2)
    topics.put(next(iter(pack(events, 99, [part(1, body=b"\xa1x")]))), 2)
    topics.put(Record(feed, "", b"nonsense", 5))
    for one in said[700:]:
        raw = Raw(one.source, one.session, one.serial, one.at, one.time, one.data)
        topics.put(record_of(raw), topics.partition_of(RAW, one.source))
    second = Worker(topics, games, random.Random(6))
    while worker.work() + second.work():
        pass
    edge = edge_of(topics)
    edge.catch_up()
    assert edge.views.digest() == digest(said, games)
    listed = {name: row.why for name, row in edge.views["status/undecoded"].rows.items()}  # type: ignore[attr-defined]
    assert {name.rpartition("/")[0] for name in listed} >= {f"{RAW}/1", f"{events}/2", "a/s"}
    assert any("KeyError" in why for why in listed.values())
    assert any("ValueError" in why for why in listed.values())
