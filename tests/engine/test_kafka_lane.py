"""A transaction: whole or not at all, and nobody is told what is not known."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from confluent_kafka import Producer

from engine.errors import LogClosed
from engine.kafka_lane import Lane, Placed, TakenOver
from engine.kafka_log import KafkaLog
from engine.log import Record


@pytest.fixture
def log(kafka: str) -> Iterator[KafkaLog]:
    """A log with the topics ``a`` and ``b``, which hold a record each."""
    with KafkaLog.open(f"kafka://{kafka}/{uuid4().hex}") as log:
        log.append_now([record("a", b"before"), record("b", b"before")])
        yield log


def record(topic: str, value: bytes) -> Record:
    return Record(topic, "SWM", value, 1)


BATCH = [Placed(record(topic, value), 0) for topic, value in (("a", b"1"), ("b", b"2"), ("a", b"3"))]


def lane(log: KafkaLog, kind: type[Lane] = Lane, closing: bool = False) -> Lane:
    """Return an open lane of the log's, of a name of this test's own."""
    made = kind(log._client, "test", log._is_there, lambda: closing)
    made.open()
    return made


def held(log: KafkaLog) -> list[list[bytes]]:
    """Return what the two topics hold after the first record."""
    return [[stored.value for stored in log.read(topic, 1)] for topic in "ab"]


def test_a_lane_that_is_not_open_stores_nothing(log: KafkaLog) -> None:
    shut = Lane(log._client, "test", log._is_there, lambda: False)
    with pytest.raises(TakenOver):
        shut.append(BATCH)
    assert held(log) == [[], []]


def test_whoever_opens_a_name_shuts_out_whoever_had_it(log: KafkaLog) -> None:
    old = lane(log)
    assert [
        log.read(one.record.topic, at - 1, limit=1)[0].value for one, at in zip(BATCH, old.append(BATCH), strict=True)
    ] == [
        b"1",
        b"2",
        b"3",
    ]
    new = lane(log)
    with pytest.raises(TakenOver):
        old.append(BATCH)
    with pytest.raises(TakenOver):  # and so again: it does not open itself
        old.append(BATCH)
    new.append(BATCH[:1])
    assert held(log) == [[b"1", b"3", b"1"], [b"2"]]


class TakenBeforeItsCommit(Lane):
    """A lane that another takes when all is sent and nothing committed."""

    def _commit(self, producer: Producer) -> bool:
        Lane(self._client, self._name, self._is_there, self._closing).open()
        return super()._commit(producer)


def test_a_batch_that_was_given_up_before_its_commit_is_nowhere(log: KafkaLog) -> None:
    with pytest.raises(TakenOver):
        lane(log, TakenBeforeItsCommit).append(BATCH)
    assert held(log) == [[], []]


class AnswerLost(Lane):
    """A lane whose commits happen, and whose brokers' answers do not arrive."""

    def _commit(self, producer: Producer) -> bool:
        assert super()._commit(producer)
        return False


def test_a_commit_without_an_answer_is_found_to_have_happened(log: KafkaLog) -> None:
    without = lane(log, AnswerLost)
    positions = without.append(BATCH)
    assert [log.read(one.record.topic, at - 1, limit=1)[0].value for one, at in zip(BATCH, positions, strict=True)] == [
        b"1",
        b"2",
        b"3",
    ]
    assert held(log) == [[b"1", b"3"], [b"2"]]
    with pytest.raises(TakenOver):  # to look, it took its name anew without asking whether it may
        without.append(BATCH)


class Unreachable(AnswerLost):
    """A lane that, with a commit in doubt, cannot ask anybody."""

    def open(self) -> None:
        if self._producer is not None:
            raise ConnectionError("nobody answers")
        super().open()


def test_a_commit_in_doubt_is_neither_confirmed_nor_denied_where_nobody_can_be_asked(log: KafkaLog) -> None:
    with pytest.raises(LogClosed):  # the log is being closed; otherwise this would wait for the brokers
        lane(log, Unreachable, closing=True).append(BATCH)


def test_a_batch_of_more_than_the_client_s_queue_is_one_transaction(log: KafkaLog) -> None:
    many = [Placed(record("a", b"%d" % n), 0) for n in range(120_000)]
    positions = lane(log).append(many)
    assert positions == list(range(positions[0], positions[0] + len(many)))
    assert [stored.value for stored in log.read("a", 1, limit=200_000)] == [b"%d" % n for n in range(120_000)]
