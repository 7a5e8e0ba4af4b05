"""Where on the log facts about each person lie sealed, so that they are found when somebody may see them.

Of a person it is kept where each blob is, and nothing of what is in it: hundreds of thousands of people fit in memory,
their photos do not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import msgspec

from desks.codec import Codec
from desks.facts import FIELDS, Facts
from desks.topics import EVENTS, UPCASTS
from desks.vault import Erased, Place, Vault
from engine.log import Log, Stored
from engine.versions import current
from management.command import Recorded
from management.long_list import AthleteLongListed, EligibilityFormSigned
from management.participation_events import ApplicationOpened, ParticipationEvent
from management.person_record import ParticipationAdopted, PersonMerged

__all__ = ["Dossiers", "Sealed", "open_facts"]


class Sealed(NamedTuple):
    """One blob: whose it is, what it came with, and where it lies."""

    person: str  # under whose key: that of a record that was merged, where it came with that
    stream: str  # consistency key
    ro: str  # the organisation that it came from; "": from the person
    partition: int  # of the log
    position: int


class Dossiers:
    """The blobs of each person, oldest first."""

    def __init__(self) -> None:
        self._blobs: dict[str, list[Sealed]] = {}
        self._ros: dict[tuple[str, str], str] = {}  # person and participation, or athlete and stream -> organisation

    def of(self, person: str) -> tuple[Sealed, ...]:
        """Return where the facts about a person are."""
        return tuple(self._blobs.get(person, ()))

    def take(self, recorded: Recorded[Any], stored: Stored) -> None:
        """Take in an event, and where it lies."""
        event, key = recorded.event, recorded.key
        match event:
            case PersonMerged():
                self._blobs.setdefault(event.into, [])[:0] = self._blobs.get(_last(key), [])
            case ParticipationAdopted():
                self._ros[_last(key), event.participation] = event.record.ro
            case ParticipationEvent():
                self._of_participation(_last(key), event, key, stored)
            case AthleteLongListed() | EligibilityFormSigned():
                if isinstance(event, AthleteLongListed):
                    self._ros[event.athlete, key] = event.noc
                self._add(event.athlete, event, key, self._ros.get((event.athlete, key), ""), stored)
            case _ if key.startswith("vol:"):
                self._add(_last(key), event, key, "", stored)

    def _of_participation(self, person: str, event: ParticipationEvent, key: str, stored: Stored) -> None:
        if isinstance(event, ApplicationOpened):
            self._ros[person, event.participation] = event.ro
        self._add(person, event, key, self._ros.get((person, event.participation), ""), stored)

    def _add(self, person: str, event: Any, key: str, ro: str, stored: Stored) -> None:
        if getattr(event, "sealed", b""):
            blob = Sealed(person, key, ro, stored.partition, stored.position)
            self._blobs.setdefault(person, []).append(blob)


def _last(key: str) -> str:
    return key.rpartition(":")[2]


async def open_facts(
    log: Log, vault: Vault, blobs: Iterable[Sealed], fields: Callable[[Sealed], frozenset[str]]
) -> Facts | Erased | None:
    """Return what may be seen of some blobs, the newest word on each field; None where that is nothing.

    ``fields`` says of each blob which fields may be seen. Raises what the log raises, and ``BadSeal``.
    """
    wanted = [(blob, seen) for blob in blobs if (seen := fields(blob))]
    return await asyncio.to_thread(_open, log, vault, wanted)


def _open(log: Log, vault: Vault, wanted: list[tuple[Sealed, frozenset[str]]]) -> Facts | Erased | None:
    codec, found, withheld = Codec(b""), dict[str, Any](), set[str]()
    erased: Erased | None = None
    for blob, seen in wanted:
        stored = log.read(EVENTS, blob.position - 1, limit=1, partition=blob.partition)[0]
        recorded = codec.decode_event(stored.key, current(stored, UPCASTS).value)
        facts = vault.open(blob.person, Place(blob.stream, recorded.cause), recorded.event.sealed)
        if isinstance(facts, Erased):
            erased = facts
            continue
        said = {name: value for name in FIELDS if name in seen and (value := getattr(facts, name)) not in EMPTY}
        found |= said
        withheld |= seen.intersection(facts.withheld)
    if not found and erased is not None:
        return erased
    return msgspec.structs.replace(Facts(**found), withheld=tuple(sorted(withheld - set(found)))) if wanted else None


EMPTY = ("", b"", (), None)
