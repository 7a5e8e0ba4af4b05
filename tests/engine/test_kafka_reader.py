"""Reading a log in Kafka: only what is decided, all of it, from any number of threads."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from confluent_kafka import Consumer, Producer

from engine.errors import LogClosed, LogFailed
from engine.kafka_log import KafkaLog
from engine.log import Record

PATIENCE = 1.0  # seconds after which the brokers give up what a dead writer began


@pytest.fixture
def log(kafka: str) -> Iterator[KafkaLog]:
    """A log whose topics ``a`` and ``b`` hold a record each."""
    with KafkaLog.open(f"kafka://{kafka}/{uuid4().hex}", patience=PATIENCE) as log:
        log.append_now([Record(topic, "K", b"first", 1) for topic in "ab"])
        yield log


class Stranger:
    """A writer who stops in the middle of an append."""

    def __init__(self, log: KafkaLog) -> None:
        self._log = log
        self.producer: Producer = log._client.producer(f"stranger/{uuid4().hex}")
        self.producer.init_transactions(30)

    def begin(self, count: int = 1) -> None:
        """Send so many records to both topics, and do not commit."""
        self.producer.begin_transaction()
        for n in range(count):
            for topic in "ab":
                self.producer.produce(self._log._client.name(topic), b"%d" % n, b"K", partition=0)
        assert self.producer.flush(30) == 0


def values(log: KafkaLog, topic: str, after: int = 0) -> list[bytes]:
    return [stored.value for stored in log.read(topic, after)]


def test_a_read_waits_for_what_was_begun_before_it(log: KafkaLog) -> None:
    stranger = Stranger(log)
    stranger.begin(2)
    with ThreadPoolExecutor() as threads:
        reading = [threads.submit(values, log, topic) for topic in "ab"]
        asking = threads.submit(log.head, "a")
        stranger.producer.commit_transaction(30)
        assert [one.result() for one in reading] == [[b"first", b"0", b"1"]] * 2
        assert values(log, "a", asking.result() - 1) == [b"1"]


def test_what_a_dead_writer_began_is_given_up_and_not_read(log: KafkaLog) -> None:
    Stranger(log).begin(3)
    assert values(log, "a") == [b"first"]  # after a while
    head = log.head("a")
    log.append_now([Record("a", "K", b"next", 1)])
    assert values(log, "a") == [b"first", b"next"]
    assert values(log, "a", head) == [b"next"]


def test_the_newest_record_is_found_behind_whatever_was_given_up(log: KafkaLog) -> None:
    (position,) = log.append_now([Record("a", "K", b"newest", 1)])
    stranger = Stranger(log)
    for count in (1, 40, 700):
        stranger.begin(count)
        stranger.producer.abort_transaction(30)
        assert log.head("a") == position
        assert values(log, "a", position) == []
    assert values(log, "a") == [b"first", b"newest"]


def test_a_writer_who_neither_commits_nor_dies_is_not_waited_for_for_ever(kafka: str, log: KafkaLog) -> None:
    url = log.url
    with KafkaLog.open(url, patience=0.1, readonly=True) as hasty:
        Stranger(log).begin()
        with pytest.raises(
            LogFailed, match=r"reading a failed: what was begun there is neither committed nor given up"
        ):
            hasty.read("a")


def test_many_threads_read_many_topics_each_from_its_place(log: KafkaLog) -> None:
    topics = [f"t{n}" for n in range(12)]
    for begin in range(0, 300, 100):
        log.append_now([Record(topic, "K", b"%d" % n, 1) for n in range(begin, begin + 100) for topic in topics])

    def read(seed: int) -> int:
        random, topic = Random(seed), topics[seed % len(topics)]
        taken: list[bytes] = []
        after = 0
        while batch := log.read(topic, after, limit=random.randint(1, 60)):
            taken += [stored.value for stored in batch]
            after = batch[-1].position
        assert after == log.head(topic)
        assert taken == [b"%d" % n for n in range(300)]
        return len(taken)

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(read, range(24))) == [300] * 24


def test_whoever_reads_while_another_thread_closes_the_log_is_told_so(log: KafkaLog) -> None:
    def read() -> None:
        while True:
            log.read("a")
            log.head("b")

    with ThreadPoolExecutor(4) as threads:
        reading = [threads.submit(read) for _ in range(4)]
        while not all(one.running() for one in reading):
            pass
        log.read("a")
        log.close_now()
        assert [type(one.exception()) for one in reading] == [LogClosed] * 4


class Silent:
    """A consumer whose brokers do not say in time how far a partition goes, so many times."""

    def __init__(self, real: Consumer, times: int) -> None:
        self._real = real
        self._times = times

    def get_watermark_offsets(self, *arguments: Any, **options: Any) -> tuple[int, int] | None:
        self._times -= 1
        return None if self._times >= 0 else self._real.get_watermark_offsets(*arguments, **options)

    def close(self) -> None:
        self._real.close()


def test_a_log_whose_brokers_do_not_answer_in_time_is_not_empty(log: KafkaLog) -> None:
    reader = log._reader
    reader._scout = Silent(reader._scout, 2)  # type: ignore[assignment]
    assert values(log, "a") == [b"first"]
    reader._scout = Silent(reader._scout, 10**9)  # type: ignore[assignment]
    for ask in (lambda: log.read("a"), lambda: log.head("a")):
        with pytest.raises(LogFailed, match="no answer within 1 s"):
            ask()
