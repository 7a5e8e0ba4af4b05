"""A record as a Kafka message.

Key and value are the message's own. Kafka keeps milliseconds above 0, so log time is a header of 8 bytes, and once
more, rounded, the message's timestamp: for the tools of others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from struct import Struct
from typing import Any

from confluent_kafka import Message

from engine.kafka_client import LARGEST
from engine.log import NO_HEADERS, Record, Stored
from engine.record_flaw import flaw as common_flaw

__all__ = ["TIME", "decode", "encode", "flaw"]

TIME = "podium.time"
NAME = re.compile(r"[a-zA-Z0-9._-]{1,200}")

_time = Struct(">q")


def encode(record: Record) -> dict[str, Any]:
    """Return what a producer is given for a record, beside topic and partition."""
    return {
        "key": record.key.encode(),
        "value": record.value or None,  # in a topic that is compacted nothing is what makes a key void
        "timestamp": max(1, record.time // 1000),
        "headers": [(TIME, _time.pack(record.time)), *record.headers.items()],
    }


def decode(message: Message, topic: str) -> Stored:
    """Return the record that a message holds, whoever wrote it."""
    offset, partition, key = message.offset(), message.partition(), message.key()
    assert offset is not None
    assert partition is not None
    time, headers = _headers(message)
    text = key.decode(errors="replace") if isinstance(key, bytes) else key or ""
    value = message.value()
    data = value.encode() if isinstance(value, str) else value or b""
    return Stored(offset + 1, topic, text, data, time, headers, partition)


def _headers(message: Message) -> tuple[int, Mapping[str, bytes]]:
    time, headers = message.timestamp()[1] * 1000, {}
    found: list[tuple[str, bytes | str | None]] = message.headers() or []  # type: ignore[assignment]
    for name, value in found:
        data = value.encode() if isinstance(value, str) else value or b""
        if name == TIME and len(data) == _time.size:
            (time,) = _time.unpack(data)
        else:
            headers[name] = data
    return time, headers or NO_HEADERS


def flaw(record: Record) -> str:
    """Say what is wrong with a record, "" where nothing is."""
    if reason := common_flaw(record, LARGEST):
        return reason
    if not NAME.fullmatch(record.topic) or record.topic in (".", ".."):
        return "its topic has other characters than letters, digits, . _ and -, or more than 200"
    if TIME in record.headers:
        return f"its header {TIME!r} is one that the log itself writes"
    if sum(len(name) * 4 + len(value) for name, value in record.headers.items()) + len(record.key) * 4 > 500_000:
        return "its key and headers are longer than 500 kB"
    return ""
