"""Operators known by a token: who they are and what they may do, in one file of the keys folder.

A token is 32 random bytes, so a plain hash of it tells nothing; the file holds no token. It is read again when it has
changed, so that taking a grant away counts with the next request::

    [[operator]]
    id = "op-1"
    token = "5f1c..."  # SHA-256 of the token, in hexadecimal
    until = 2021-09-30T00:00:00Z
    grants = [{ role = "OC_ACR_OPERATOR" }, { role = "RO_ACR", scope = "ro:AAA" }]
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import msgspec

from desks.api.caller import Caller, Credentials, unknown
from desks.errors import BadKeys
from management.command import Actor, Grant

__all__ = ["FILE", "Operator", "Operators", "add_operator", "hash_of", "in_utc", "read_operators"]

FILE = "operators.toml"


class Operator(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who is known by a token."""

    id: str
    token: str  # its hash
    grants: tuple[Grant, ...] = ()
    until: datetime | None = None  # from then on nobody is known by it

    def __post_init__(self) -> None:
        """Refuse what would let in the wrong ones."""
        if any(grant.role == "SYSTEM" for grant in self.grants):
            raise ValueError("SYSTEM is the process itself, and no operator")
        if len(self.token) != 64 or not set(self.token) <= set("0123456789abcdef"):
            raise ValueError("the token is given by its SHA-256, 64 hexadecimal digits")
        if self.until is not None and self.until.tzinfo is None:
            raise ValueError("until is an instant, with its offset from UTC")


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    operator: tuple[Operator, ...] = ()


def hash_of(token: str) -> str:
    """Return what the file holds of a token."""
    return sha256(token.encode()).hexdigest()


def in_utc(instant: datetime | None) -> datetime | None:
    """Return an instant whose offset, where it says none, is that of UTC."""
    return instant if instant is None or instant.tzinfo else instant.replace(tzinfo=UTC)


def read_operators(file: Path) -> tuple[Operator, ...]:
    """Return the operators in a file, none where there is no file; raises ``BadKeys``."""
    try:
        return msgspec.toml.decode(file.read_bytes(), type=_File).operator
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise BadKeys(str(file), error.strerror or str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadKeys(str(file), str(error)) from error


def add_operator(file: Path, id: str, grants: tuple[Grant, ...], until: datetime | None = None) -> str:  # noqa: A002
    """Add an operator, or give the one of that id another token and these grants; return the token, kept nowhere."""
    token = secrets.token_urlsafe(32)
    others = tuple(one for one in read_operators(file) if one.id != id)
    text = _text((*others, Operator(id, hash_of(token), grants, until)))
    beside = file.with_suffix(".new")
    beside.touch(mode=0o600)
    beside.write_text(text)
    beside.replace(file)
    return token


def _text(operators: tuple[Operator, ...]) -> str:
    """Return the file: by hand, as nothing at hand writes TOML, and all that is in it is plain."""
    parts = []
    for one in operators:
        grants = ", ".join(f"{{ role = {_quoted(g.role)}, scope = {_quoted(g.scope)} }}" for g in one.grants)
        lines = [f"id = {_quoted(one.id)}", f"token = {_quoted(one.token)}"]
        lines += [f"until = {one.until.isoformat()}"] if one.until else []
        parts.append("\n".join(["[[operator]]", *lines, f"grants = [{grants}]"]))
    return "\n\n".join(parts) + "\n"


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode()  # a string of JSON is one of TOML


class Operators:
    """The callers who are known by a token."""

    def __init__(self, folder: Path, clock: Callable[[], int]) -> None:
        """Read who there is; ``clock`` gives microseconds. Raises ``BadKeys``."""
        self._file = folder / FILE
        self._clock = clock
        self._stamp: tuple[int, int, int] | None = None
        self._known: Mapping[str, Operator] = {}
        self._refresh()

    async def find(self, shown: Credentials) -> Caller:
        """Return who a token is of; raises ``Turned``."""
        self._refresh()
        one = self._known.get(hash_of(shown.bearer)) if shown.bearer else None
        if one is None or (one.until is not None and self._clock() >= one.until.timestamp() * 1_000_000):
            raise unknown()
        return Caller(Actor(one.id, one.grants))

    def _refresh(self) -> None:
        try:
            found = self._file.stat()
        except FileNotFoundError:
            self._stamp, self._known = None, {}
            return
        stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
        if stamp != self._stamp:
            self._known = {one.token: one for one in read_operators(self._file)}
            self._stamp = stamp
