"""Versions of what is stored: each record says by which version it was written, and every old one is still read.

A record carries the version of its shape in the header ``v``. One without it was written before versions were kept and
counts as version 0. A log is never rewritten, so whoever changes how the records of a topic look adds a function to
``UPCASTS`` that turns the shape so far into the new one; what reads a topic then knows the newest shape only. A record
of a version that is not known here is refused by name: guessing at it could give other results.

Things that are no records have versions of their own: the file of a log (``engine/sqlite_format.py``), an archive
(``replay/archive.py``), and what a log in Kafka says of itself (``engine/kafka_ledger.py``). Saved state, and what one
stage hands to the next, are bound to the version of the folds as well, by the epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.errors import NewerRecord
from engine.log import Stored

__all__ = ["HEADER", "UPCASTS", "Upcast", "current", "stamp"]

HEADER = "v"

Upcast = Callable[[Stored], Stored]


def _first(stored: Stored) -> Stored:
    """Version 1 is the shape that version 0 had, with its version beside it."""
    return stored


# --- Topic -> how a record of version 0, 1, ... becomes one of the next. Append only; the newest version is the length.

UPCASTS: Mapping[str, tuple[Upcast, ...]] = {
    "venue.raw": (_first,),
    "venue.refused": (_first,),
    "games.about": (_first,),
    "games.images": (_first,),
    "games.checkpoints": (_first,),
    "games.epochs": (_first,),
    "games.events": (_first,),
    "games.feed": (_first,),
    "games.saved": (_first,),
    "games.reached": (_first,),
    "games.shares": (_first,),
    "games.historians": (_first,),
}


def _steps(topic: str, upcasts: Mapping[str, tuple[Upcast, ...]] = UPCASTS) -> tuple[Upcast, ...]:
    """Return the steps of a topic; one of an epoch has those of its family."""
    return upcasts.get(topic) or upcasts[topic.rpartition(".")[0]]


def stamp(topic: str) -> Mapping[str, bytes]:
    """Return the header that every new record of a topic carries."""
    return {HEADER: b"%d" % len(_steps(topic))}


def current(stored: Stored, upcasts: Mapping[str, tuple[Upcast, ...]] = UPCASTS) -> Stored:
    """Return a record as one of the newest version of its topic. Raises ``NewerRecord``."""
    steps = _steps(stored.topic, upcasts)
    found = _version(stored)
    if not 0 <= found <= len(steps):
        raise NewerRecord(stored.topic, stored.partition, stored.position, found, len(steps))
    for step in steps[found:]:
        stored = step(stored)
    return stored


def _version(stored: Stored) -> int:
    """Return the version of a record; -1 where what it carries is none."""
    text = stored.headers.get(HEADER, b"0")
    return int(text) if text.isdigit() else -1
