"""The stream of one source: its sessions, their serials and its chain.

Sans-I/O. A session numbers its messages from 1 without a gap. ``judge`` says what a message is to what was accepted
before it, durable or still on its way to the log; ``chained`` and ``apply`` take it in. ``durable`` is the ``mark`` of
what the log holds for certain; ``roll_back`` returns there, for what the log refused was never accepted. Rebuilding a
stream is applying what the log holds.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from hashlib import blake2b

import msgspec

from engine.raw import GENESIS, Raw, link
from schemas.messages import (
    Message,
    SerialsHealed,
    SerialsLost,
    SourceConnected,
    SourceDisconnected,
    SourceReturned,
    SourceSilent,
    encode,
)

__all__ = [
    "FRESH",
    "LONGEST_NAME",
    "Backfill",
    "Conflict",
    "Duplicate",
    "Fresh",
    "Gap",
    "Lost",
    "Session",
    "Stream",
    "Verdict",
    "explain",
    "name_flaw",
    "place_flaw",
]

LONGEST_NAME = 64  # characters of a source's or session's name
LAST_SERIAL = 2**63 - 1
NOTHING = (0, 0, 0, 0)  # the mark of a session that the log does not know


class Fresh(msgspec.Struct, frozen=True):
    """The message has the next serial of its session."""


class Backfill(msgspec.Struct, frozen=True):
    """The message comes although its serial was declared lost."""

    heals: Lost | None  # the declared range that is whole with it


class Duplicate(msgspec.Struct, frozen=True):
    """The same bytes were accepted under the same serial before."""


class Gap(msgspec.Struct, frozen=True):
    """The serial is above the next one: what lies between must come first, or be declared lost."""

    last: int  # accepted, 0 where the session is unknown


class Conflict(msgspec.Struct, frozen=True):
    """Other bytes were accepted under the same serial before."""


Verdict = Fresh | Backfill | Duplicate | Gap | Conflict
FRESH = Fresh()
DUPLICATE = Duplicate()
CONFLICT = Conflict()


class Lost(msgspec.Struct):
    """A range of serials that was declared lost."""

    first: int
    last: int
    by: str
    missing: int  # how many of them have not come after all


class Session:
    """One session of a source. Bytes are remembered as 8-byte digests, enough to tell a duplicate from a conflict."""

    __slots__ = ("backfilled", "digests", "durable", "last", "lost", "lowest", "name", "notes")

    def __init__(self, name: str) -> None:
        self.name = name
        self.last = 0  # every serial up to it was accepted or declared lost
        self.digests = array("Q")  # of the serials that came in their turn
        self.lost: list[Lost] = []  # every declaration, ascending; those healed since stay, with nothing missing
        self.backfilled: dict[int, int] = {}  # serial that was declared lost and came -> its digest
        self.notes: dict[int, int] = {}  # serial of a note -> its digest
        self.lowest = 0  # of the notes' serials
        self.durable = NOTHING  # the mark of what the log holds

    def mark(self) -> tuple[int, int, int, int]:
        """Return what ``roll_back`` needs to come back here."""
        return (self.last, len(self.digests), len(self.lost), self.lowest)

    def lost_range(self, serial: int) -> Lost | None:
        """Return the declaration that a serial up to ``last`` is in."""
        return next((lost for lost in self.lost if lost.first <= serial <= lost.last), None)

    def digest(self, serial: int) -> int:
        """Return the digest of an accepted serial that was never declared lost."""
        skipped = sum(lost.last - lost.first + 1 for lost in self.lost if lost.last < serial)
        return self.digests[serial - 1 - skipped]

    def lose(self, first: int, last: int, by: str) -> None:
        """Take serials as lost; those up to the last accepted one are not, whatever the declaration says."""
        first = max(first, self.last + 1)
        if first <= last:
            self.lost.append(Lost(self.last + 1, last, by, last - self.last))
            self.last = last

    def roll_back(self, refused: Iterable[Raw]) -> None:
        """Forget what the log refused: everything accepted since ``durable``."""
        self.last, digests, losses, self.lowest = self.durable
        del self.digests[digests:]
        del self.lost[losses:]
        for raw in refused:
            if raw.serial < 0:
                self.notes.pop(raw.serial, None)
            elif raw.serial <= self.last and self.backfilled.pop(raw.serial, None) is not None:
                for lost in self.lost:
                    lost.missing += lost.first <= raw.serial <= lost.last


class Stream:
    """One source: what was accepted from it, and what is known of its link."""

    __slots__ = ("chain", "current", "durable", "gone", "link", "seen", "sessions", "silent", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self.chain = GENESIS
        self.sessions: dict[str, Session] = {}  # in the order in which they were opened
        self.current = ""  # the session of the newest message or note
        self.link: tuple[str, str] | None = None  # session and peer of the connection that was noted last
        self.gone = False  # it disconnected, and has said nothing since
        self.silent = False  # noted as silent, and not as returned
        self.seen = 0  # log time of its newest message or connection
        self.durable = self.mark()  # the mark of what the log holds

    def mark(self) -> tuple[bytes, str, tuple[str, str] | None, bool, bool]:
        """Return what ``roll_back`` needs to come back here."""
        return (self.chain, self.current, self.link, self.gone, self.silent)

    def last(self, session: str) -> int:
        """Return the last serial accepted in a session, 0 where there is none."""
        known = self.sessions.get(session)
        return known.last if known else 0

    def last_durable(self, session: str) -> int:
        """Return the last serial of a session that the log holds, with all before it."""
        known = self.sessions.get(session)
        return known.durable[0] if known else 0

    @property
    def head(self) -> bytes:
        """The chain value of the newest message that the log holds."""
        return self.durable[0]

    def judge(self, session: str, serial: int, data: bytes) -> Verdict:
        """Say what a message is to those accepted before; serials below 0 are notes that an archive brings."""
        known = self.sessions.get(session)
        if known is None:
            return FRESH if serial == 1 or serial < 0 else Gap(0)
        if serial == known.last + 1:
            return FRESH
        if serial > known.last:
            return Gap(known.last)
        if serial < 0:
            digest = known.notes.get(serial)
            if digest is None:
                return FRESH
        elif lost := known.lost_range(serial):
            digest = known.backfilled.get(serial)
            if digest is None:
                return Backfill(lost if lost.missing == 1 else None)
        else:
            digest = known.digest(serial)
        return DUPLICATE if digest == _digest(data) else CONFLICT

    def judge_loss(self, session: str, first: int, last: int) -> Verdict:
        """Say what a declaration of lost serials is to what was accepted before."""
        accepted = self.last(session)
        if last <= accepted:
            return DUPLICATE  # said before, or not true: either way nothing is left to lose
        return FRESH if first == accepted + 1 else Gap(accepted)

    def chained(self, session: str, serial: int, at: int, time: int, data: bytes) -> Raw:
        """Return a message as it would stand next in the stream."""
        return Raw(self.source, session, serial, at, time, data, link(self.chain, self.source, session, serial, data))

    def note(self, session: str, message: Message, time: int) -> Raw:
        """Return a note of the gateway as it would stand next in the stream."""
        known = self.sessions.get(session)
        return self.chained(session, (known.lowest if known else 0) - 1, message.at, time, encode(message))

    def apply(self, raw: Raw) -> Session:
        """Take in a message that was judged fit, or that the log holds; return its session."""
        session = self.sessions.get(raw.session)
        if session is None:
            session = self.sessions[raw.session] = Session(raw.session)
        self.chain = raw.chain
        self.current = raw.session
        if raw.serial < 0:
            session.notes[raw.serial] = _digest(raw.data)
            session.lowest = min(session.lowest, raw.serial)
            self._heed(session, raw)
            return session
        self.seen = raw.time
        self.gone = False
        if raw.serial > session.last + 1:
            session.lose(session.last + 1, raw.serial - 1, "")  # only in a log that somebody else has written
        if raw.serial == session.last + 1:
            session.last += 1
            session.digests.append(_digest(raw.data))
        elif (lost := session.lost_range(raw.serial)) and raw.serial not in session.backfilled:
            session.backfilled[raw.serial] = _digest(raw.data)
            lost.missing -= 1
        return session

    def _heed(self, session: Session, raw: Raw) -> None:
        try:
            note = _decode(raw.data)
        except msgspec.DecodeError:
            return  # a note of another Podium's gateway: kept, and of no consequence here
        match note:
            case SerialsLost():
                session.lose(note.first, note.last, note.by)
            case SourceConnected():
                self.link, self.gone, self.seen = (note.session, note.peer), False, raw.time
            case SourceDisconnected():
                self.link, self.gone = None, True
            case SourceSilent():
                self.silent = True
            case SourceReturned():
                self.silent = False

    def roll_back(self, refused: Iterable[Raw]) -> None:
        """Forget what the log refused: everything applied since ``durable``; ``refused`` may name other streams too."""
        mine = [raw for raw in refused if raw.source == self.source]
        self.chain, self.current, self.link, self.gone, self.silent = self.durable
        for name in {raw.session for raw in mine}:
            self.sessions[name].roll_back([raw for raw in mine if raw.session == name])
            if self.sessions[name].durable == NOTHING:
                del self.sessions[name]


_decode = msgspec.json.Decoder(
    SourceConnected | SourceDisconnected | SourceSilent | SourceReturned | SerialsLost | SerialsHealed
).decode


def _digest(data: bytes) -> int:
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "little")


def name_flaw(name: str) -> str:
    """Say what keeps a text from being the name of a source or session, "" where nothing does."""
    if not name:
        return "is empty"
    if len(name) > LONGEST_NAME:
        return f"is longer than {LONGEST_NAME} characters"
    if not name.isprintable() or "/" in name or " " in name:
        return "holds a slash, white space or a control character"
    return ""


def place_flaw(source: str, session: str, serial: int) -> str:
    """Say what keeps a message from having a name, "" where nothing does."""
    if flaw := name_flaw(source):
        return f"the source's name {flaw}"
    if flaw := name_flaw(session):
        return f"the session's name {flaw}"
    return "" if 0 < serial <= LAST_SERIAL else f"serial {serial} is not in 1 to {LAST_SERIAL}"


def explain(verdict: Verdict, stream: str, serial: int) -> str:
    """Say in a sentence why a message is not taken, "" where it is; ``stream`` is its source and session."""
    match verdict:
        case Gap(last):
            missing = f"{last + 1}" if serial == last + 2 else f"{last + 1} to {serial - 1}"
            return f"{stream}/{serial} does not follow {last}: send {missing} first, or declare what is missing lost"
        case Conflict():
            return f"other bytes are stored under {stream}/{serial}"
        case Duplicate():
            return f"{stream}/{serial} is stored already"
    return ""
