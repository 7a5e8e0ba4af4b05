"""What is wrong with a record, whatever keeps the log."""

from __future__ import annotations

from engine.log import Record

__all__ = ["flaw"]


def flaw(record: Record, longest: int) -> str:
    """Say what is wrong with a record, "" where nothing is; ``longest`` is how many bytes a value may have."""
    if not isinstance(record.topic, str) or not record.topic:
        return "its topic is not a name"
    if not isinstance(record.key, str):
        return f"its key is {type(record.key).__name__}, not str"
    if not isinstance(record.value, bytes):
        return f"its value is {type(record.value).__name__}, not bytes"
    if len(record.value) > longest:
        return f"its value is longer than {longest // 1_000_000} MB"
    if not isinstance(record.time, int) or not -(2**63) <= record.time < 2**63:
        return "its time is not a number of microseconds"
    for name, value in record.headers.items():
        if not isinstance(name, str) or not isinstance(value, bytes):
            return f"its header {name!r} is not text to bytes"
    try:
        record.key.encode()
        record.topic.encode()
    except UnicodeEncodeError:
        return "its key or topic is not valid Unicode"
    return ""
