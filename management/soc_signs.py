"""What the security operations centre hears of: what the doors tell, and what lies on the log anyway.

Identifiers only, never a name, a login, a secret or an address: of an address there is a keyed hash, which is the same
for the same address and tells nobody which.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from management.scan import HindsightAdded, ScanRecorded

__all__ = [
    "CheckpointMismatched",
    "CommandRefused",
    "HindsightSeen",
    "PersonalRead",
    "RequestTurned",
    "ScanSeen",
    "ScansTurned",
    "Seen",
    "SessionStolen",
    "Sign",
    "SignInTried",
    "SignedOut",
    "TimePassed",
]

Means = Literal["PASSWORD", "RECOVERY", "PASSKEY", "INVITATION", "TOKEN"]


class SignInTried(msgspec.Struct, frozen=True, tag="sign_in_tried"):
    """Somebody tried to prove who he is."""

    account: str  # empty: the login is nobody's
    means: Means
    ok: bool
    address: str  # a keyed hash
    session: str = ""  # its public name, never its token
    again: bool = False  # signed in already, before a sensitive act


class SignedOut(msgspec.Struct, frozen=True, tag="signed_out"):
    """A session ended."""

    account: str
    session: str
    cause: Literal["ASKED", "IDLE", "TOO_LONG", "EVERYWHERE", "STOLEN"]


class SessionStolen(msgspec.Struct, frozen=True, tag="session_stolen"):
    """A token came back that a session had left behind: two have it. The session was ended."""

    account: str
    session: str
    address: str


class RequestTurned(msgspec.Struct, frozen=True, tag="request_turned"):
    """A door turned a request away: not allowed, too many, forged, or without a fresh proof."""

    actor: str  # empty: nobody who is known
    operation: str  # method and route, never the path itself
    code: str
    status: int
    address: str


class PersonalRead(msgspec.Struct, frozen=True, tag="personal_read"):
    """Somebody read personal data."""

    actor: str
    operation: str
    people: int  # of so many persons
    address: str


class ScansTurned(msgspec.Struct, frozen=True, tag="scans_turned"):
    """Scans of a gate were not taken."""

    device: str  # empty: it is nobody's
    code: Literal["MALFORMED", "UNKNOWN_DEVICE", "WRONG_GAMES", "GAP", "FORK"]


class CheckpointMismatched(msgspec.Struct, frozen=True, tag="checkpoint_mismatched"):
    """The log is not what a signed checkpoint says that it was."""

    origin: str
    size: int  # of the checkpoint; 0: not known
    expected: str  # its root, hex; "" where a witness alone knows it
    found: str  # the root of the log
    found_size: int = 0  # records in it
    reason: str = ""


class TimePassed(msgspec.Struct, frozen=True, tag="time_passed"):
    """It is so late now: what did not happen is seen by this alone."""


Sign = (
    SignInTried
    | SignedOut
    | SessionStolen
    | RequestTurned
    | PersonalRead
    | ScansTurned
    | CheckpointMismatched
    | TimePassed
)


class CommandRefused(msgspec.Struct, frozen=True):
    """An aggregate refused a command."""

    id: str
    key: str
    actor: str
    code: str


class ScanSeen(msgspec.Struct, frozen=True):
    """A gate decided."""

    scan: ScanRecorded


class HindsightSeen(msgspec.Struct, frozen=True):
    """What a gate decided looks otherwise by what is known now."""

    serial: str
    hindsight: HindsightAdded


class Seen(msgspec.Struct, frozen=True):
    """One thing that is seen, and where it came from."""

    id: str  # the same for the same thing
    at: int  # ms since 1970 UTC, log time
    what: Any  # a Sign, a CommandRefused, a ScanSeen, a HindsightSeen, or a Recorded event
