"""Which events carry something sealed, and about whom: for whoever opens it, counts it, or keeps it at hand."""

from __future__ import annotations

from typing import Any, NamedTuple

from desks.vault import Place
from management.command import Recorded

__all__ = ["Blob", "blob_of"]


class Blob(NamedTuple):
    """Something sealed on the log."""

    person: str
    place: Place
    data: bytes


def blob_of(recorded: Recorded[Any]) -> Blob | None:
    """Return what an event carries sealed, None where it is nothing."""
    data: bytes = getattr(recorded.event, "sealed", b"")
    if not data:
        return None
    prefix, _, rest = recorded.key.partition(":")
    # per:P1; vol:MAIN:P1. In a book of many, the event names the person.
    person = rest.rpartition(":")[2] if prefix in {"per", "vol", "uni"} else getattr(recorded.event, "athlete", "")
    return Blob(person, Place(recorded.key, recorded.cause), data) if person else None
