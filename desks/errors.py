"""What goes wrong in this room, as a tree.

::

    DesksError
    ├── NotServed           no writer here may decide for this partition (any more): ask where it is served
    ├── Unavailable         the log did not take the command: send it again, with the same id
    ├── BrokenHistory       what the log holds of a partition is not what a writer wrote
    ├── OtherPartitions     the log was written with another number of partitions
    ├── BadPolicy           a policy of the Games is missing, or is none
    ├── BadPublication      what a gate was sent does not count
    ├── BadGate             a gate cannot start with what lies in its folder
    ├── BatchRefused        scans of a gate are not taken
    ├── BadSheet            an uploaded file cannot be read, and nothing of it was done
    ├── BadSecret           a secret cannot be had: another passphrase, or other bytes
    ├── BadSeal             sealed facts were changed, or belong to somebody or somewhere else
    ├── Mismatch            the log is not, or no longer, what was signed
    ├── StoreBusy           what was deleted may stand in the journal of a store still: try again
    ├── KeyGone             nothing is sealed any more for a person who was erased, or in a field whose time is over
    ├── BadKeys             the folder of keys lacks something, or holds what is none
    └── Turned              a request is turned away at a door

A command that is refused is no error: it has an outcome, with the code of the refusal.
"""

# ruff: noqa: N818 - the names say what happened, which is what the catcher asks

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

__all__ = [
    "BadGate",
    "BadKeys",
    "BadPolicy",
    "BadPublication",
    "BadSeal",
    "BadSecret",
    "BadSheet",
    "BatchRefused",
    "BrokenHistory",
    "DesksError",
    "KeyGone",
    "Mismatch",
    "NotServed",
    "OtherPartitions",
    "StoreBusy",
    "Turned",
    "Unavailable",
]


Head = tuple[int, bytes]  # of a tree: its size and its root; 0 and no bytes where that is not known


class DesksError(Exception):
    """Anything that this room raises on purpose."""


class NotServed(DesksError):
    """No writer here may decide for the partition: it never did, it was closed, or another one has taken over."""

    def __init__(self, partition: int, reason: str) -> None:
        super().__init__(partition, reason)
        self.partition = partition
        self.reason = reason

    def __str__(self) -> str:
        return f"management partition {self.partition} is not served here: {self.reason}"


class Unavailable(DesksError):
    """The log did not take the command, or cannot say whether it did; the same command may be sent again."""

    def __init__(self, partition: int, reason: str) -> None:
        super().__init__(partition, reason)
        self.partition = partition
        self.reason = reason

    def __str__(self) -> str:
        return f"management partition {self.partition}: the command found no answer: {self.reason}"


class BrokenHistory(DesksError):
    """A record on the log does not follow from the one before it: it was lost, changed, or written by somebody else."""

    def __init__(self, topic: str, partition: int, position: int, reason: str) -> None:
        super().__init__(topic, partition, position, reason)
        self.topic = topic
        self.partition = partition
        self.position = position
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.topic}, partition {self.partition}, position {self.position}: {self.reason}"


class OtherPartitions(DesksError):
    """The number of partitions is part of what is written: it cannot change with the log."""

    def __init__(self, topic: str, position: int, found: str, wanted: int) -> None:
        super().__init__(topic, position, found, wanted)
        self.topic = topic
        self.position = position  # 0: it is the topic that has another number
        self.found = found  # "3/12": partition and number; of a topic the number
        self.wanted = wanted

    def __str__(self) -> str:
        if not self.position:
            return f"{self.topic}: the log keeps it in {self.found} partitions, but there are {self.wanted} here"
        where = f"{self.topic}, position {self.position}"
        return f"{where}: it was written in partition {self.found!r}, but there are {self.wanted} here"


class BadPolicy(DesksError):
    """A file that should hold a policy is not there, or holds something else."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(file, reason)
        self.file = file
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.file}: {self.reason}"


class BadPublication(DesksError):
    """What a gate was sent does not count: nobody that counts has signed it, or it is of other Games, or an old one."""


class BadGate(DesksError):
    """A gate cannot start: what it needs is not in its folder, or is another gate's."""


class BatchRefused(DesksError):
    """Scans of a gate are not taken; nothing of them is stored."""

    def __init__(
        self, code: Literal["MALFORMED", "UNKNOWN_DEVICE", "WRONG_GAMES", "GAP", "FORK"], reason: str, device: str = ""
    ) -> None:
        super().__init__(code, reason, device)
        self.code = code
        self.reason = reason
        self.device = device  # that has signed it; empty: none that counts

    def __str__(self) -> str:
        return f"{self.code}: {self.reason}"


class BadSheet(DesksError):
    """An uploaded file cannot be read as a sheet; nothing of it was done."""

    def __init__(
        self,
        code: Literal["TOO_LARGE", "BOMB", "NOT_A_SHEET", "ENCODING", "HEADER", "COLUMNS", "ROWS", "BUSY"],
        reason: str,
        row: int | None = None,
    ) -> None:
        super().__init__(code, reason, row)
        self.code = code
        self.reason = reason
        self.row = row  # as a spreadsheet counts

    def __str__(self) -> str:
        return f"row {self.row}: {self.reason}" if self.row else self.reason


class BadSecret(DesksError):
    """A secret cannot be had from where it is kept. Never says a word of what is inside."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(place, reason)
        self.place = place
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


class BadSeal(DesksError):
    """Sealed facts do not open: they were changed, or are another person's, or were put in another place."""

    def __init__(self, person: str, place: str, reason: str) -> None:
        super().__init__(person, place, reason)
        self.person = person
        self.place = place
        self.reason = reason

    def __str__(self) -> str:
        return f"what is sealed about {self.person} at {self.place}: {self.reason}"


class KeyGone(DesksError):
    """The key was destroyed: nothing is sealed for this person, or in these fields, ever again."""

    def __init__(self, person: str, fields: tuple[str, ...] = ()) -> None:
        super().__init__(person, fields)
        self.person = person
        self.fields = fields  # none: the person was erased

    def __str__(self) -> str:
        if not self.fields:
            return f"{self.person} was erased: nothing more is kept about the person"
        return f"of {self.person} {', '.join(self.fields)} may be kept no longer"


class StoreBusy(DesksError):
    """A store could not be cleaned of what was deleted; the deletion holds, and the same again finishes it."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(place, reason)
        self.place = place
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


class BadKeys(DesksError):
    """The folder of keys and secrets lacks a file, or a file of it is not what it should be."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(file, reason)
        self.file = file
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.file}: {self.reason}"


class Turned(DesksError):
    """A request is turned away at a door: by which code, at which place of it, and whether asking again may help."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        at: str = "",
        retry: bool = False,
        about: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, code, message)
        self.status = status  # of HTTP
        self.code = code  # part of the contract: a refusal's own, or in lower case the door's
        self.message = message  # for people
        self.at = at  # place in the request, or the key; may be empty
        self.retry = retry
        self.about = dict(about or {})  # the facts of a refusal
        self.headers = dict(headers or {})

    def __str__(self) -> str:
        return f"{self.code} at {self.at}: {self.message}" if self.at else f"{self.code}: {self.message}"


class Mismatch(DesksError):
    """The log is not what was signed: it was edited or cut off, or there are two of it. Nothing more is signed."""

    def __init__(self, origin: str, reason: str, *, signed: Head = (0, b""), found: Head = (0, b"")) -> None:
        """Take which checkpoint it is about, and both heads, as far as they are known: size and root."""
        super().__init__(origin, reason)
        self.origin = origin
        self.reason = reason
        self.signed = signed
        self.found = found

    def __str__(self) -> str:
        return f"{self.origin}: {self.reason}"
