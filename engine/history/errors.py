"""What goes wrong with a history, as a tree; each also has a code, which is what a subscriber is told.

::

    EngineError
    └── HistoryError
        ├── HistoryMissing          the extra is not installed
        ├── HistoryTaken            another process owns the folder, or writes this history of this log
        ├── HistoryNotFound         there is no history, or none of this log
        ├── HistoryDown             nobody answers at its address; it may come back
        ├── HistoryFailed           the database refused
        ├── HistoryRefused          its owner says why it cannot answer
        ├── HistoryNewer            a newer Podium wrote it
        └── HistoryDiverged         it holds what the log does not: it belongs to another copy of the log

``NotKnown`` (``engine/errors.py``) is raised for a time or cut that the history does not reach.
"""

# ruff: noqa: N818 - the names say what happened, which is what the catcher asks

from __future__ import annotations

from engine.errors import EngineError

__all__ = [
    "HistoryDiverged",
    "HistoryDown",
    "HistoryError",
    "HistoryFailed",
    "HistoryMissing",
    "HistoryNewer",
    "HistoryNotFound",
    "HistoryRefused",
    "HistoryTaken",
]


class HistoryError(EngineError):
    """A history did not do what was asked; ``history`` names it, without its password."""

    code = "history_failed"
    retry = False  # whether the same may succeed later

    def __init__(self, history: str, reason: str = "") -> None:
        super().__init__(history, reason)
        self.history = history
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.history}: {self.reason}"


class HistoryMissing(HistoryError):
    """The libraries of the history are not installed."""

    def __str__(self) -> str:
        return f"{self.history}: history needs the extra: pip install 'podium-games[analytics]' ({self.reason})"


class HistoryTaken(HistoryError):
    """Another process has it."""

    code = "history_taken"
    retry = True

    def __init__(self, history: str, pid: int | None) -> None:
        super().__init__(history)
        self.pid = pid  # None: it has not yet written its number down

    def __str__(self) -> str:
        who = "another process" if self.pid is None else f"process {self.pid}"
        return f"{self.history}: {who} owns this history; one process at a time may"


class HistoryNotFound(HistoryError):
    """There is no history there, or none of the log or epoch asked for."""

    code = "no_history"


class HistoryDown(HistoryError):
    """Nobody answers there."""

    code = "history_down"
    retry = True

    def __str__(self) -> str:
        return f"{self.history}: the history does not answer: {self.reason}"


class HistoryFailed(HistoryError):
    """The database answers, and refuses."""

    retry = True

    def __str__(self) -> str:
        return f"{self.history}: the history refused: {self.reason}"


class HistoryRefused(HistoryError):
    """The owner of the history, in another process, cannot answer; its code and sentence are handed on."""

    def __init__(self, history: str, code: str, message: str, *, retry: bool) -> None:
        super().__init__(history, message)
        self.code = code
        self.retry = retry

    def __str__(self) -> str:
        return self.reason


class HistoryNewer(HistoryError):
    """It holds what a newer Podium wrote."""

    code = "history_newer"

    def __init__(self, history: str, found: int, known: int) -> None:
        super().__init__(history)
        self.found = found  # version of a row
        self.known = known  # the newest version known here

    def __str__(self) -> str:
        return f"{self.history}: it holds rows of version {self.found}; the newest known here is {self.known}"


class HistoryDiverged(HistoryError):
    """The history holds what this log does not."""

    code = "history_diverged"

    def __init__(self, history: str, log: str, at: str) -> None:
        super().__init__(history)
        self.log = log
        self.at = at  # the raw position or cut that the log lacks, or has otherwise

    def __str__(self) -> str:
        return (
            f"{self.history}: what it holds of log {self.log} at {self.at} is not in this log: "
            "it belongs to another copy of it"
        )
