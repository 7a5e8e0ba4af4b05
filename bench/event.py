"""What is sent in a measurement: a message of a venue, and the stamp by which an event is known again."""

from __future__ import annotations

__all__ = ["BASE", "STAMP", "event_of", "payload"]

SIZE = 300  # bytes of a message
BASE = 1_900_000_000_000  # the stamp of event 0
STAMP = b',"at":'  # what stands before the stamp, in what is published and in what is delivered


def payload(serial: int, size: int = SIZE) -> bytes:
    """Return a message of about ``size`` bytes, as a venue would send it."""
    head = (
        b'{"kind":"result","unit":"ATHM100M--------------FNL-000100--","at":%d,"competitor":"1%04d","mark":"9.%03d"'
        % (
            1_900_000_000_000 + serial,
            serial % 100,
            serial % 1000,
        )
    )
    return head + b',"note":"' + b"x" * max(0, size - len(head) - 11) + b'"}'


def event_of(line: bytes) -> int:
    """Return the stamp of a line."""
    start = line.index(STAMP) + len(STAMP)
    return int(line[start : start + 13])
