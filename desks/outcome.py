"""What became of a command, and where in the history of its partition that is."""

from __future__ import annotations

from typing import Literal, Self

import msgspec

from management.command import Refusal

__all__ = ["AsideCode", "Code", "Outcome", "Position"]

Code = Literal[
    "VERSION",  # it has another version than was expected
    "IDEMPOTENCY_CONFLICT",  # another command had this id
    "NOT_AUTHORISED",  # a Tick that is not the system's
]  # with which the writer itself refuses a command; every other code is the aggregate's

AsideCode = Literal[
    "MALFORMED",
    "UNKNOWN_KEY",
    "POISON",  # the aggregate's own code failed on it
]  # of a command that was put aside undecided: the same again is looked at anew


class Position(msgspec.Struct, frozen=True, array_like=True, order=True):
    """A place in the history of the people side: so many events of a partition.

    It is the same on every log, unlike the position of a record. ``str`` of it is what a client hands back to read what
    it wrote.
    """

    partition: int
    serial: int  # events of the partition up to here, 0: none

    def __str__(self) -> str:
        return f"{self.partition}:{self.serial}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the position that a text names; raises ``ValueError`` where it names none."""
        partition, colon, serial = text.partition(":")
        if not (colon and all(part.isascii() and part.isdigit() and len(part) < 19 for part in (partition, serial))):
            raise ValueError(f"{text!r} is no position, such as 3:1234")
        return cls(int(partition), int(serial))


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of a command: accepted, with what happened, or refused, with the reason.

    Nothing may have happened although it was accepted: what was wished was so already.
    """

    id: str  # of the command
    key: str
    position: Position  # whoever has read so far sees what the command was decided upon, and what it brought about
    version: int  # of the aggregate, then; 0: nothing has happened to it yet
    events: tuple[str, ...] = ()  # their ids
    refusal: Refusal | None = None

    @property
    def accepted(self) -> bool:
        """Whether it was carried out."""
        return self.refusal is None
