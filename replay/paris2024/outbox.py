"""The outbox: who says what when, and from that the raw messages with session, serial and log time.

Each source has a session for every sport day on which it speaks, with serials from 1. Log time is the venue's time and
a delay of the source's own, the same on every run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import NamedTuple
from zlib import crc32

import msgspec

from replay.archive import Message
from schemas.games import Games
from schemas.messages import Message as Said
from schemas.messages import encode

__all__ = ["Item", "Outbox", "Writer"]

Writer = Callable[[str], Said]  # makes a message of the name of another one


class Item(NamedTuple):
    """One message before it has a serial."""

    at: int  # ms
    source: str
    number: int  # of the outbox: the order among messages of one source at one time
    message: Said | Writer  # a writer gets the name of the message with the same label
    label: str = ""


# Milliseconds from the venue's clock to the gateway's, by the last part of a source's name: least and spread.
DELAYS = {"timing": (40, 50), "backup": (180, 240), "desk": (110, 160), "central": (250, 300), "operations": (200, 250)}


class Outbox:
    """Collects what all sources say."""

    def __init__(self, games: Games) -> None:
        self.games = games
        self.items: list[Item] = []

    def put(self, at: int, source: str, message: Said, label: str = "") -> None:
        """Say something at a time; a label lets a later message point to it."""
        self.items.append(Item(at, source, len(self.items), msgspec.structs.replace(message, at=at), label))

    def put_about(self, at: int, source: str, label: str, write: Writer) -> None:
        """Say something that names an earlier message, which has the label."""
        self.items.append(Item(at, source, len(self.items), write, label))

    def session(self, at: int) -> str:
        """Return the sport day of a time, which names the sessions of that day."""
        zone = timezone(timedelta(minutes=self.games.offset))
        return (datetime.fromtimestamp(at / 1000, zone) - timedelta(hours=self.games.day_ends)).date().isoformat()

    def drain(self) -> Iterator[Message]:
        """Return all messages in the order of log time."""
        messages = list(self._numbered())
        messages.sort(key=lambda message: (message.time, message.source, message.session, message.serial))
        return iter(messages)

    def _numbered(self) -> Iterator[Message]:
        serials: dict[tuple[str, str], int] = {}
        latest: dict[str, int] = {}
        names: dict[str, str] = {}
        for item in sorted(self.items, key=lambda item: (item.at, item.source, item.number)):
            session = self.session(item.at)
            serial = serials[item.source, session] = serials.get((item.source, session), 0) + 1
            message = item.message
            if not isinstance(message, Said):
                message = message(names[item.label])
            elif item.label:
                names[item.label] = f"{item.source}/{session}/{serial}"
            least, spread = DELAYS[item.source.rpartition(".")[2]]
            jitter = crc32(f"{item.source}/{session}/{serial}".encode()) % (spread * 1000)
            time = max(item.at * 1000 + least * 1000 + jitter, latest.get(item.source, 0) + 1)
            latest[item.source] = time
            yield Message(item.source, session, serial, item.at, time, encode(message))
