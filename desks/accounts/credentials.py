"""What people prove themselves with: the one place where it lies, a file beside the keys.

Of a login there is a keyed hash, of a password the argon2 of a keyed hash, of recovery codes keyed hashes, and the key
of one-time codes is wrapped. Passkeys are public keys. Whether a credential counts says the account on the log: what is
here and was ended there counts no more.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import NamedTuple

from desks.accounts.keys import SignInKeys, keyed_hash
from desks.accounts.secret_store import SecretFile

__all__ = ["Codes", "Credentials", "Passkey", "Password"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS logins (login BLOB PRIMARY KEY, account TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE IF NOT EXISTS passwords (
    account TEXT PRIMARY KEY, credential TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS codes (
    account TEXT PRIMARY KEY, credential TEXT NOT NULL, wrapped BLOB NOT NULL,
    step INTEGER NOT NULL  -- the newest that was used: it and all before it count no more
) STRICT;
CREATE TABLE IF NOT EXISTS recovery (account TEXT, hash BLOB, PRIMARY KEY (account, hash)) STRICT;
CREATE TABLE IF NOT EXISTS passkeys (
    id BLOB PRIMARY KEY, account TEXT NOT NULL, credential TEXT NOT NULL, public BLOB NOT NULL,
    signatures INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS by_account ON passkeys (account);
"""
TABLES = ("logins", "passwords", "codes", "recovery", "passkeys")


class Password(NamedTuple):
    """The password of an account."""

    credential: str  # its name on the log
    hash: str


class Codes(NamedTuple):
    """What makes the one-time codes of an account."""

    credential: str
    secret: str  # base32


class Passkey(NamedTuple):
    """A passkey."""

    id: bytes
    account: str
    credential: str
    public: bytes
    signatures: int  # as the authenticator counts them; 0: it does not


class Credentials:
    """The credentials of all accounts. May be used from any thread."""

    def __init__(self, path: Path, keys: SignInKeys) -> None:
        """Open the file, making one where there is none."""
        self._file = SecretFile(path, SCHEMA)
        self._keys = keys

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def forget(self, account: str) -> None:
        """Delete all of an account."""
        with self._file.together():
            for table in TABLES:
                self._file.do(f"DELETE FROM {table} WHERE account = ?", account)  # noqa: S608 - our own names

    def remove(self, account: str, credential: str) -> None:
        """Delete one credential."""
        with self._file.together():
            for table in ("passwords", "codes", "passkeys"):
                change = f"DELETE FROM {table} WHERE account = ? AND credential = ?"  # noqa: S608 - our own names
                self._file.do(change, account, credential)

    # -- login and password

    def account_of(self, login: str) -> str:
        """Return whose login it is, "" where it is nobody's."""
        row = self._file.one("SELECT account FROM logins WHERE login = ?", self._login(login))
        return str(row[0]) if row else ""

    def password(self, account: str) -> Password | None:
        """Return the password of an account."""
        row = self._file.one("SELECT credential, hash FROM passwords WHERE account = ?", account)
        return Password(*row) if row else None

    def set_password(self, account: str, login: str, password: Password) -> bool:
        """Give an account a login and a password in the place of what it had; False where another has the login."""
        with self._file.together():
            row = self._file.one("SELECT account FROM logins WHERE login = ?", self._login(login))
            if row and row[0] != account:
                return False
            self._file.do("INSERT OR REPLACE INTO logins VALUES (?, ?)", self._login(login), account)
            self._file.do("INSERT OR REPLACE INTO passwords VALUES (?, ?, ?)", account, *password)
        return True

    def replace_hash(self, account: str, was: str, hash: str) -> None:  # noqa: A002 - the column's word
        """Keep the same password under newer costs."""
        self._file.do("UPDATE passwords SET hash = ? WHERE account = ? AND hash = ?", hash, account, was)

    def _login(self, login: str) -> bytes:
        return keyed_hash(self._keys.logins, login.strip().casefold())

    # -- one-time codes

    def codes(self, account: str) -> Codes | None:
        """Return what makes the one-time codes of an account."""
        row = self._file.one("SELECT credential, wrapped FROM codes WHERE account = ?", account)
        if row is None:
            return None
        return Codes(row[0], self._keys.wrapper.unwrap(row[1], account.encode()).decode())

    def set_codes(self, account: str, codes: Codes) -> None:
        """Give an account another key for its codes."""
        wrapped = self._keys.wrapper.wrap(codes.secret.encode(), account.encode())
        self._file.do("INSERT OR REPLACE INTO codes VALUES (?, ?, ?, 0)", account, codes.credential, wrapped)

    def use_step(self, account: str, step: int) -> bool:
        """Use up the code of a step, and all before it; False where that was done already."""
        return self._file.do("UPDATE codes SET step = ? WHERE account = ? AND step < ?", step, account, step) == 1

    def set_recovery(self, account: str, count: int) -> tuple[str, ...]:
        """Give an account new recovery codes in the place of the old; return them, which are kept nowhere."""
        made = tuple(secrets.token_hex(10) for _ in range(count))
        with self._file.together():
            self._file.do("DELETE FROM recovery WHERE account = ?", account)
            for code in made:
                self._file.do("INSERT INTO recovery VALUES (?, ?)", account, self._recovery(account, code))
        return made

    def use_recovery(self, account: str, code: str) -> bool:
        """Use up a recovery code; False where it is none, or was used."""
        change = "DELETE FROM recovery WHERE account = ? AND hash = ?"
        return self._file.do(change, account, self._recovery(account, code)) == 1

    def _recovery(self, account: str, code: str) -> bytes:
        return keyed_hash(self._keys.recovery, f"{account} {code.strip().lower()}")

    # -- passkeys

    def passkey(self, id: bytes) -> Passkey | None:  # noqa: A002 - the standard's word
        """Return a passkey."""
        row = self._file.one("SELECT id, account, credential, public, signatures FROM passkeys WHERE id = ?", id)
        return Passkey(*row) if row else None

    def passkeys(self, account: str) -> list[Passkey]:
        """Return the passkeys of an account."""
        ask = "SELECT id, account, credential, public, signatures FROM passkeys WHERE account = ? ORDER BY credential"
        return [Passkey(*row) for row in self._file.all(ask, account)]

    def add_passkey(self, passkey: Passkey) -> bool:
        """Keep a passkey; False where that one is there already."""
        return self._file.do("INSERT OR IGNORE INTO passkeys VALUES (?, ?, ?, ?, ?)", *passkey) == 1

    def count_passkey(self, id: bytes, was: int, count: int) -> bool:  # noqa: A002 - the standard's word
        """Note a signature; False where another one came in between."""
        return self._file.do("UPDATE passkeys SET signatures = ? WHERE id = ? AND signatures = ?", count, id, was) == 1
