"""Sessions: a token by chance, of which a hash is kept, that changes now and then and ends by itself.

A session ends when nothing was asked in it for a while, when it has gone on for too long, when its holder says so, or
with all others of its account. Its token is a new one every quarter of an hour or so. The one before counts for some
seconds more, since requests with it are under way; if it comes later two have it, and the session ends for both.
"""

from __future__ import annotations

import secrets
from hashlib import sha256
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from desks.accounts.secret_store import SecretFile
from schemas.policy.accounts import Sessions as Limits

__all__ = ["Cause", "Found", "Kind", "Session", "Sessions"]

Kind = Literal["SIGNED_IN", "ENROLMENT"]
Cause = Literal["ASKED", "IDLE", "TOO_LONG", "EVERYWHERE", "STOLEN"]

_MINUTE = 60_000
NOTED = _MINUTE  # that a session was used is written down no more often

SCHEMA = """
CREATE TABLE IF NOT EXISTS sessions (
    name TEXT PRIMARY KEY,   -- public; no proof of anything
    token BLOB NOT NULL UNIQUE,
    before BLOB UNIQUE,      -- the token before
    account TEXT NOT NULL, kind TEXT NOT NULL, means TEXT NOT NULL,
    ended INTEGER NOT NULL,  -- how often the account's sessions had been ended when it began
    began INTEGER NOT NULL, used INTEGER NOT NULL, proved INTEGER NOT NULL, turned INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS by_account ON sessions (account);
"""
FIELDS = "name, account, kind, means, ended, began, used, proved, turned"


class Session(msgspec.Struct, frozen=True):
    """One session, as it stands; times are ms since 1970 UTC."""

    name: str
    account: str
    kind: Kind
    means: str  # how he proved who he is
    ended: int
    began: int
    used: int
    proved: int  # when he proved it last
    turned: int  # when it got its present token

    def over(self, now: int, limits: Limits) -> Cause | None:
        """Return why it is over by itself; None where it goes on."""
        if now - self.began >= limits.longest_h * 60 * _MINUTE:
            return "TOO_LONG"
        return "IDLE" if now - self.used >= limits.idle_min * _MINUTE else None


class Found(NamedTuple):
    """What a token leads to."""

    session: Session
    current: bool  # False: it is the one before


class Sessions:
    """All sessions. May be used from any thread, and the file by several processes."""

    def __init__(self, path: Path, limits: Limits) -> None:
        """Open the file, making one where there is none."""
        self._file = SecretFile(path, SCHEMA)
        self.limits = limits

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def begin(self, account: str, kind: Kind, means: str, ended: int, now: int) -> tuple[str, Session]:
        """Begin a session; return its token, which is kept nowhere, and it."""
        token, name = secrets.token_urlsafe(32), secrets.token_hex(8)
        values = (name, _hash(token), account, kind, means, ended, now, now, now, now)
        into = "name, token, account, kind, means, ended, began, used, proved, turned"
        self._file.do(f"INSERT INTO sessions ({into}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", *values)  # noqa: S608
        return token, Session(name, account, kind, means, ended, now, now, now, now)

    def find(self, token: str) -> Found | None:
        """Return the session of a token, present or before; None where it is no session's."""
        shown = _hash(token)
        ask = f"SELECT token, {FIELDS} FROM sessions WHERE token = ? OR before = ?"  # noqa: S608 - our own names
        row = self._file.one(ask, shown, shown)
        if row is None:
            return None
        return Found(msgspec.convert(dict(zip(FIELDS.split(", "), row[1:], strict=True)), Session), row[0] == shown)

    def named(self, name: str) -> Session | None:
        """Return a session by its public name."""
        row = self._file.one(f"SELECT {FIELDS} FROM sessions WHERE name = ?", name)  # noqa: S608 - our own names
        return msgspec.convert(dict(zip(FIELDS.split(", "), row, strict=True)), Session) if row else None

    def use(self, session: Session, now: int) -> None:
        """Note that a session is in use."""
        if now - session.used >= NOTED:
            self._file.do("UPDATE sessions SET used = ? WHERE name = ?", now, session.name)

    def turn(self, session: Session, now: int) -> str:
        """Give a session another token, and return it; "" where another request has done so just now."""
        token = secrets.token_urlsafe(32)
        change = "UPDATE sessions SET before = token, token = ?, turned = ? WHERE name = ? AND turned = ?"
        return token if self._file.do(change, _hash(token), now, session.name, session.turned) else ""

    def prove(self, session: Session, means: str, now: int) -> str:
        """Note a fresh proof of who it is, which takes another token; return that."""
        token = secrets.token_urlsafe(32)
        change = "UPDATE sessions SET before = token, token = ?, turned = ?, proved = ?, means = ? WHERE name = ?"
        self._file.do(change, _hash(token), now, now, means, session.name)
        return token

    def end(self, name: str) -> bool:
        """End a session; False where it was over."""
        return self._file.do("DELETE FROM sessions WHERE name = ?", name) == 1

    def end_all(self, account: str) -> list[str]:
        """End all sessions of an account; return their names."""
        with self._file.together():
            names = [str(name) for (name,) in self._file.all("SELECT name FROM sessions WHERE account = ?", account)]
            self._file.do("DELETE FROM sessions WHERE account = ?", account)
        return names

    def end_begun(self, account: str, until: int) -> None:
        """End the sessions of an account that began before an instant."""
        self._file.do("DELETE FROM sessions WHERE account = ? AND began < ?", account, until)

    def sweep(self, now: int) -> int:
        """Delete those that are over by themselves; return how many."""
        oldest, idle = now - self.limits.longest_h * 60 * _MINUTE, now - self.limits.idle_min * _MINUTE
        return self._file.do("DELETE FROM sessions WHERE began <= ? OR used <= ?", oldest, idle - NOTED)


def _hash(token: str) -> bytes:
    """Return what is kept of a token: it is 32 bytes by chance, so a plain hash tells nothing."""
    return sha256(token.encode(errors="surrogatepass")).digest()
