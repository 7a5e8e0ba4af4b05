"""What a log in Kafka says of itself, in a topic of its own: who it is, how it is laid out, and who holds its fences.

Its first record with an empty key is the log's identity. A record with another key is a fence: a name, and the number
of its newest holder.
"""

from __future__ import annotations

from threading import Lock

import msgspec

from engine.errors import NewerLog, NotALog
from engine.kafka_client import Client
from engine.kafka_reader import KafkaReader
from engine.log import Record
from schemas.layout import Layout

__all__ = ["LEDGER", "Identity", "Ledger", "fence_record", "identity_record"]

LEDGER = "podium.log"
FORMAT = 1


class Identity(msgspec.Struct, frozen=True):
    """What makes a log this log."""

    id: str  # 32 hex digits
    layout: Layout = Layout()
    format: int = FORMAT


class Ledger:
    """The topic, read as far as was asked for. Any thread may ask."""

    def __init__(self, client: Client, reader: KafkaReader) -> None:
        self.identity: Identity | None = None
        self._client = client
        self._reader = reader
        self._turn = Lock()
        self._after = 0
        self._fences: dict[str, int] = {}

    def newest(self, name: str) -> int:
        """Return the number of a name's newest holder as the log has it now, 0 where nobody ever took it."""
        self.refresh()
        return self._fences.get(name, 0)

    def refresh(self) -> None:
        """Read what is new; raises ``NotALog`` and ``NewerLog``."""
        with self._turn:
            while batch := self._reader.read(LEDGER, self._after, 1000, 0):
                for stored in batch:
                    if stored.key:
                        self._fences[stored.key] = max(self._fences.get(stored.key, 0), int(stored.value))
                    elif self.identity is None:  # of several that were made at once, the first counts
                        self.identity = self._identity(stored.value)
                self._after = batch[-1].position

    def _identity(self, data: bytes) -> Identity:
        try:
            identity = msgspec.json.decode(data, type=Identity)
        except msgspec.DecodeError as error:
            raise NotALog(self._client.log, f"its topic {self._client.name(LEDGER)} says {error}") from error
        if identity.format > FORMAT:
            raise NewerLog(self._client.log, identity.format, FORMAT)
        return identity


def identity_record(identity: Identity) -> Record:
    """Return the record that makes a log."""
    return Record(LEDGER, "", msgspec.json.encode(identity), 0)


def fence_record(name: str, number: int) -> Record:
    """Return the record that makes all earlier holders of a name stale."""
    return Record(LEDGER, name, b"%d" % number, 0)
