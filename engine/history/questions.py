"""What may be asked of a history, and the shapes of its answers: the same over its socket, HTTP and the command line.

``when`` is ``{epoch}.{cut}``, a cut's number, or an RFC 3339 instant on the log-time axis; empty: as far as is known.
Every answer says up to which cut the history knows all.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

__all__ = [
    "ANSWERS",
    "Between",
    "ChangesAnswer",
    "Corrections",
    "CorrectionsAnswer",
    "CorrectionsLine",
    "HeldRow",
    "Latency",
    "LatencyAnswer",
    "LatencyLine",
    "MedalDay",
    "MedalDays",
    "MedalDaysAnswer",
    "MedalLine",
    "Progress",
    "Question",
    "Revision",
    "Revisions",
    "RevisionsAnswer",
    "RowChange",
    "Standing",
    "ViewAnswer",
    "ViewAsOf",
]

MOST = 10_000  # lines of an answer, at most


class _Question(msgspec.Struct, frozen=True, tag_field="ask", kw_only=True):
    epoch: str = ""  # empty: the newest


class Revisions(_Question, frozen=True, tag="revisions"):
    """All that a row ever was."""

    view: str
    key: str


class ViewAsOf(_Question, frozen=True, tag="view"):
    """A view as it was known."""

    view: str
    when: str = ""


class Between(_Question, frozen=True, tag="between"):
    """What is another way after one cut than after an earlier one."""

    since: str  # when
    until: str = ""  # when
    match: str = "**"  # views, as in a subscription: * within a part of a name, ** over parts
    limit: int = 1000


class Corrections(_Question, frozen=True, tag="corrections"):
    """How often was corrected, where."""

    venue: str = ""
    discipline: str = ""


class Latency(_Question, frozen=True, tag="latency"):
    """How long messages took from the venue's clock to the log, by venue and hour."""

    venue: str = ""


class MedalDays(_Question, frozen=True, tag="medals"):
    """The medal table as it stood when each sport day ended."""


class Standing(_Question, frozen=True, tag="progress"):
    """How far the history is."""


Question = Revisions | ViewAsOf | Between | Corrections | Latency | MedalDays | Standing


class Revision(msgspec.Struct, frozen=True):
    """What a row was after a cut."""

    cut: int
    revision: int
    time: int  # log time, microseconds
    at: int  # venue time, ms; 0 where the cause has none
    because: list[str]  # names of raw messages
    reason: str  # of its last correction
    row: msgspec.Raw  # null: the row was removed


class RevisionsAnswer(msgspec.Struct, frozen=True):
    """All that a row ever was, oldest first."""

    epoch: str
    cut: int  # up to which all is known
    view: str
    key: str
    revisions: list[Revision]


class HeldRow(msgspec.Struct, frozen=True):
    """A row of a view and what last changed it."""

    revision: int
    because: list[str]
    row: msgspec.Raw


class ViewAnswer(msgspec.Struct, frozen=True):
    """A view as it was known."""

    epoch: str
    cut: int  # at which it is true
    view: str
    sequence: int  # 0: it did not exist yet
    changed: int  # the newest cut that changed it
    time: int  # log time of that cut, microseconds
    rows: dict[str, HeldRow]


class RowChange(msgspec.Struct, frozen=True):
    """A row that is another one than before."""

    view: str
    key: str
    was: msgspec.Raw  # null: there was no such row
    now: msgspec.Raw  # null: it is gone
    revision: int  # now; 0 where it is gone
    changes: int  # how often it changed on the way
    cut: int  # of the last of them
    because: list[str]  # of the last of them
    reason: str


class ChangesAnswer(msgspec.Struct, frozen=True):
    """What changed between two cuts, by view and key."""

    epoch: str
    since: int  # cut
    until: int  # cut
    more: bool  # there is more than was asked for
    changes: list[RowChange]


class CorrectionsLine(msgspec.Struct, frozen=True):
    """The corrections that one venue sent for one discipline."""

    venue: str
    discipline: str
    applied: int
    pending: int  # their target is not known yet
    first: int  # log time, microseconds
    last: int


class CorrectionsAnswer(msgspec.Struct, frozen=True):
    """How often was corrected, by venue and discipline."""

    epoch: str
    cut: int
    corrections: list[CorrectionsLine]


class LatencyLine(msgspec.Struct, frozen=True):
    """How long the messages of one venue took within one hour of log time, in ms; below 0 its clock is ahead."""

    venue: str
    hour: int  # its beginning, microseconds since 1970
    messages: int
    p50: float
    p99: float
    p999: float
    longest: float


class LatencyAnswer(msgspec.Struct, frozen=True):
    """How long messages took, by venue and hour; notes of the gateway and messages without venue time do not count."""

    log: str
    position: int  # up to which all raw messages are known; of several partitions the sum
    latency: list[LatencyLine]


class MedalLine(msgspec.Struct, frozen=True):
    """One line of the medal table."""

    rank: int | None
    organisation: str
    gold: int
    silver: int
    bronze: int
    total: int


class MedalDay(msgspec.Struct, frozen=True):
    """The medal table at the end of a sport day."""

    day: str  # YYYY-MM-DD
    cut: int  # its last
    medals: list[MedalLine]


class MedalDaysAnswer(msgspec.Struct, frozen=True):
    """The medal table by day, as it was known each time."""

    epoch: str
    cut: int
    days: list[MedalDay]


class Progress(msgspec.Struct, frozen=True):
    """How far a history is."""

    history: str
    state: str  # current, behind (it is catching up), down (it tries again), or idle: nobody writes it
    log: str
    epoch: str
    position: int  # raw messages up to this one are in it; of several partitions the sum
    cut: int  # and all cuts up to this one
    cut_time: int  # log time of that cut, microseconds
    behind: int | None  # positions of the log that are not in it yet; None: its log is not at hand
    failures: int  # since the start of its writer
    error: str  # why it is down; empty otherwise
    since: int  # when it went down, wall clock, microseconds; 0: it is not


ANSWERS: Mapping[type, type] = {
    Revisions: RevisionsAnswer,
    ViewAsOf: ViewAnswer,
    Between: ChangesAnswer,
    Corrections: CorrectionsAnswer,
    Latency: LatencyAnswer,
    MedalDays: MedalDaysAnswer,
    Standing: Progress,
}
