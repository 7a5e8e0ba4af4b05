"""What goes wrong in this room, as a tree.

::

    EngineError
    ├── NotKnown                    a time or cut that nobody here can answer for
    ├── BadRecord                   a record that cannot be read, or is of a format that this version does not know
    ├── BrokerFailed                a local broker cannot be started, or not be found
    ├── NewerRecord                 a record was written by a newer Podium, in a shape that is not known here
    └── LogError                    the log did not do what was asked
        ├── Fenced                  a newer holder of the name has taken over: stop writing
        ├── LogFailed               the storage refused; nothing of the batch is stored, the log stays usable
        ├── LogClosed               the log was closed
        ├── LogReadOnly             the log was opened for reading
        ├── LogLocked               another process writes this log
        ├── LogUnreachable          the brokers that keep this log do not answer
        ├── LogForbidden            the brokers do not let us
        ├── TopicMismatch           a topic is there with other settings than the log needs
        ├── LogNotFound             there is no log there (yet)
        ├── NotALog                 the file is something else
        ├── NewerLog                the file was made by a newer Podium
        ├── LogCorrupt              the file is damaged
        ├── NoPartition             the topic has no such partition
        └── RecordRefused           the record itself cannot be stored: our fault

The facts are in attributes, the sentence in ``str``.
"""

# ruff: noqa: N818 - the names say what happened, which is what the catcher asks

from __future__ import annotations

__all__ = [
    "BadRecord",
    "BrokerFailed",
    "EngineError",
    "Fenced",
    "LogClosed",
    "LogCorrupt",
    "LogError",
    "LogFailed",
    "LogForbidden",
    "LogLocked",
    "LogNotFound",
    "LogReadOnly",
    "LogUnreachable",
    "NewerLog",
    "NewerRecord",
    "NoPartition",
    "NotALog",
    "NotKnown",
    "RecordRefused",
    "TopicMismatch",
]


class EngineError(Exception):
    """Anything that this room raises on purpose."""


class BadRecord(EngineError):
    """A record cannot be read."""

    def __init__(self, topic: str, partition: int, position: int, why: str) -> None:
        super().__init__(topic, partition, position, why)
        self.topic = topic
        self.partition = partition
        self.position = position
        self.why = why

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}/{self.position}: {self.why}"


class NewerRecord(EngineError):
    """A record has a version that this Podium does not know: read it with the one that wrote it, or a newer one."""

    def __init__(self, topic: str, partition: int, position: int, found: int, known: int) -> None:
        super().__init__(topic, partition, position, found, known)
        self.topic = topic
        self.partition = partition
        self.position = position
        self.found = found  # -1: what it carries as its version is none
        self.known = known

    def __str__(self) -> str:
        said = f"version {self.found}" if self.found >= 0 else "no readable version"
        place = f"{self.topic}, partition {self.partition}, position {self.position}"
        return f"{place}: the record has {said}, and this Podium knows versions up to {self.known}"


class LogError(EngineError):
    """A log did not do what was asked; ``log`` says which one, as its user named it."""

    def __init__(self, log: str) -> None:
        super().__init__(log)
        self.log = log


class Fenced(LogError):
    """A writer's fence is stale: somebody else holds the name now."""

    def __init__(self, log: str, name: str, number: int, newest: int) -> None:
        super().__init__(log)
        self.name = name
        self.number = number
        self.newest = newest  # 0: nobody ever took the name on this log

    def __str__(self) -> str:
        return f"{self.log}: writer {self.name!r} holds fence {self.number}, but the newest is {self.newest}"


class LogFailed(LogError):
    """The storage refused; nothing of the batch is stored, and the log stays usable."""

    def __init__(self, log: str, doing: str, reason: str) -> None:
        super().__init__(log)
        self.doing = doing
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.log}: {self.doing} failed: {self.reason}"


class LogClosed(LogError):
    """The log was closed, and then used."""

    def __str__(self) -> str:
        return f"{self.log}: the log is closed"


class LogReadOnly(LogError):
    """The log was opened for reading, and then written to."""

    def __str__(self) -> str:
        return f"{self.log}: the log was opened for reading only"


class LogLocked(LogError):
    """Another process writes this log."""

    def __init__(self, log: str, pid: int | None) -> None:
        super().__init__(log)
        self.pid = pid  # None: it has not yet written its number down

    def __str__(self) -> str:
        who = "another process" if self.pid is None else f"process {self.pid}"
        return f"{self.log}: {who} writes this log already; one process at a time may"


class LogNotFound(LogError):
    """There is no log at this path, or its writer has not finished making it."""

    def __str__(self) -> str:
        return f"{self.log}: there is no log here"


class NotALog(LogError):
    """The file is there, and it is something else."""

    def __init__(self, log: str, reason: str) -> None:
        super().__init__(log)
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.log}: not a Podium log: {self.reason}"


class NewerLog(LogError):
    """The file was made by a newer Podium than this one."""

    def __init__(self, log: str, found: int, known: int) -> None:
        super().__init__(log)
        self.found = found
        self.known = known

    def __str__(self) -> str:
        return f"{self.log}: log format {self.found} is newer than {self.known}, the newest that this Podium knows"


class LogCorrupt(LogError):
    """The file is damaged; restore it from a copy, or read what is readable with ``sqlite3 FILE .recover``."""

    def __init__(self, log: str, reason: str) -> None:
        super().__init__(log)
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.log}: the log is damaged: {self.reason}"


class NoPartition(LogError):
    """A partition was named that the topic does not have."""

    def __init__(self, log: str, topic: str, partition: int) -> None:
        super().__init__(log)
        self.topic = topic
        self.partition = partition

    def __str__(self) -> str:
        return f"{self.log}: {self.topic} has no partition {self.partition}"


class RecordRefused(LogError):
    """A record cannot be stored by any log: a field has the wrong type or is out of range."""

    def __init__(self, log: str, topic: str, index: int, reason: str) -> None:
        super().__init__(log)
        self.topic = topic
        self.index = index  # in the batch, from 0
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.log}: record {self.index} of the batch, for {self.topic}, cannot be stored: {self.reason}"


class LogUnreachable(LogError):
    """Nobody answers at the address of this log; what was under way is not stored."""

    def __init__(self, log: str, reason: str) -> None:
        super().__init__(log)
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.log}: no broker answers: {self.reason}"


class LogForbidden(LogError):
    """The brokers know us, and do not let us do this; an operator has to grant it."""

    def __init__(self, log: str, doing: str, reason: str) -> None:
        super().__init__(log)
        self.doing = doing
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.log}: {self.doing} is not allowed: {self.reason}"


class TopicMismatch(LogError):
    """A topic was made by somebody else, with settings under which the log could not keep its promise."""

    def __init__(self, log: str, topic: str, setting: str, found: str, wanted: str) -> None:
        super().__init__(log)
        self.topic = topic
        self.setting = setting
        self.found = found
        self.wanted = wanted

    def __str__(self) -> str:
        return f"{self.log}: topic {self.topic} has {self.setting} {self.found}, and it must be {self.wanted}"


class BrokerFailed(EngineError):
    """A local broker cannot be started, or not be found; the sentence says why."""


class NotKnown(EngineError, LookupError):
    """Nobody here knows how things stood then."""

    def __init__(self, when: str, why: str) -> None:
        super().__init__(f"as of {when}: {why}")
        self.when = when
        self.why = why
