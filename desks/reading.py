"""Events of the people side as readers get them: projections, process managers, gates."""

from __future__ import annotations

from typing import Any, NamedTuple

from desks.codec import Codec
from desks.outcome import Position
from desks.partitions import Partitions
from desks.topics import SERIAL, UPCASTS
from engine.log import Stored
from engine.versions import current
from management.command import Recorded

__all__ = ["Heard", "hear"]


class Heard(NamedTuple):
    """An event, and where it is in the history of its partition."""

    position: Position
    recorded: Recorded[Any]


def hear(stored: Stored, partitions: Partitions, codec: Codec) -> Heard:
    """Return the event that a record of ``management.events`` holds.

    A reader that keeps the serial of each partition with what it made of it takes no event twice and skips none.
    """
    position = Position(partitions.read_mark(stored), int(stored.headers[SERIAL]))
    return Heard(position, codec.decode_event(stored.key, current(stored, UPCASTS).value))
