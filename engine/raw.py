"""Raw messages: what came from a venue, as it lies in the topic ``venue.raw``.

Serials above 0 are the source's own, gap-free within a session; those below 0 number the gateway's notes in the same
stream (connected, silent, serials lost, ...). The name ``source/session/serial`` is the same on every log.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import NamedTuple

from engine.errors import BadRecord
from engine.log import Record, Stored
from engine.versions import HEADER, current, stamp

__all__ = ["RAW", "REFUSED", "Raw", "link", "raw_of", "record_of"]

RAW = "venue.raw"
REFUSED = "venue.refused"
GENESIS = b"\0" * 16  # what a source's first message is chained to
_VERSION = stamp(RAW)[HEADER]


class Raw(NamedTuple):
    """One raw message."""

    source: str
    session: str
    serial: int  # above 0 the source's own, below 0 a note of the gateway
    at: int  # venue time, ms; 0 where the message has none
    time: int  # log time, microseconds
    data: bytes  # exactly as they came
    chain: bytes = b""  # 16 bytes: this message and all before it of its source, in the order of the log
    position: int = 0  # in the log, 0 before it is stored

    @property
    def name(self) -> str:
        """The name, the same on every log."""
        return f"{self.source}/{self.session}/{self.serial}"


def link(previous: bytes, source: str, session: str, serial: int, data: bytes) -> bytes:
    """Return the chain value of a message after ``previous``; no times, so that two gateways compute the same."""
    hashed = blake2b(previous, digest_size=16)
    hashed.update(f"{source}\0{session}\0{serial}\0".encode())
    hashed.update(data)
    return hashed.digest()


def record_of(raw: Raw) -> Record:
    """Return the record that stores a raw message."""
    headers = {
        "session": raw.session.encode(),
        "serial": b"%d" % raw.serial,
        "at": b"%d" % raw.at,
        "chain": raw.chain,
        HEADER: _VERSION,
    }
    return Record(RAW, raw.source, raw.data, raw.time, headers)


def raw_of(stored: Stored) -> Raw:
    """Return the raw message that a record stores. Raises ``NewerRecord``, and ``BadRecord`` where it stores none."""
    headers = stored.headers
    if headers.get(HEADER) != _VERSION:
        stored = current(stored)
        headers = stored.headers
    try:
        return Raw(
            stored.key,
            headers["session"].decode(),
            int(headers["serial"]),
            int(headers["at"]),
            stored.time,
            stored.value,
            headers["chain"],
            stored.position,
        )
    except (KeyError, ValueError) as error:
        why = f"no raw message: {type(error).__name__}: {error}"
        raise BadRecord(stored.topic, stored.partition, stored.position, why) from error
