"""Records as Kafka messages: those of strangers as well."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from confluent_kafka import Producer

from engine.errors import RecordRefused
from engine.kafka_client import LARGEST
from engine.kafka_log import KafkaLog
from engine.kafka_record import TIME, encode, flaw
from engine.log import NO_HEADERS, Record, Stored


@pytest.fixture
def log(kafka: str) -> Iterator[KafkaLog]:
    with KafkaLog.open(f"kafka://{kafka}/{uuid4().hex}") as log:
        log.append_now([Record("a", "K", b"ours", 1)])
        yield log


def test_a_message_of_a_stranger_is_read_as_far_as_it_goes(log: KafkaLog, kafka: str) -> None:
    stranger = Producer({"bootstrap.servers": kafka, "log_level": 0})
    name = log._client.name("a")
    stranger.produce(
        name, b"theirs", b"\xff", timestamp=1_700_000_000_123, headers=[("a", None), ("b", b"1"), ("b", b"2")]
    )
    stranger.produce(name, None, None, timestamp=5)
    assert stranger.flush(30) == 0
    after = log.read("a")[0].position
    first, second = log.read("a", after)
    assert first == Stored(first.position, "a", "\ufffd", b"theirs", 1_700_000_000_123_000, {"a": b"", "b": b"2"})
    assert second == Stored(first.position + 1, "a", "", b"", 5_000, NO_HEADERS)


def test_the_timestamp_is_for_the_tools_of_others() -> None:
    stamps = [encode(Record("a", "", b"", time))["timestamp"] for time in (-5, 0, 1_999, 1_700_000_000_123_456)]
    assert stamps == [1, 1, 1, 1_700_000_000_123]  # 0 would be the time of the broker


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (Record("a", "K", b"x" * (LARGEST + 1), 1), "its value is longer than 16 MB"),
        (Record("a", "K", b"x" * LARGEST, 1), ""),
        (
            Record("Läufe", "K", b"", 1),
            "its topic has other characters than letters, digits, . _ and -, or more than 200",
        ),
        (Record("..", "K", b"", 1), "its topic has other characters than letters, digits, . _ and -, or more than 200"),
        (
            Record("a" * 201, "K", b"", 1),
            "its topic has other characters than letters, digits, . _ and -, or more than 200",
        ),
        (Record("a", "K", b"", 1, {TIME: b""}), "its header 'podium.time' is one that the log itself writes"),
        (Record("a", "K", b"", 1, {"x": b"x" * 500_000}), "its key and headers are longer than 500 kB"),
        (Record("a", "K", b"", 2**63), "its time is not a number of microseconds"),
    ],
)
def test_what_cannot_be_stored_is_known_before_it_is_sent(record: Record, reason: str) -> None:
    assert flaw(record) == reason


def test_the_largest_value_is_stored_and_a_larger_one_refused(log: KafkaLog) -> None:
    log.append_now([Record("a", "K", b"x" * LARGEST, 1, {"x": b"x" * 400_000})])
    with pytest.raises(RecordRefused, match="record 0 of the batch, for a, cannot be stored: its value is longer"):
        log.append_now([Record("a", "K", b"x" * (LARGEST + 1), 1)])
    assert [len(stored.value) for stored in log.read("a")] == [4, LARGEST]
