"""Changing the key that wraps the keys of persons, in the keys folder.

| step | leaves in the folder |
|---|---|
| ``renew`` | ``kek``, a new key, and ``kek.old``, the one before it |
| ``rewrap`` | ``kek`` alone, once nothing is wrapped by the other |

A process wraps with the key that was ``kek`` when it began, and holds that file meanwhile: as long as one wraps with
the old key, the old key stays. So nothing is ever wrapped by a key that is gone.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desks.errors import BadKeys, BadSecret
from desks.key_store import KeyStore
from desks.key_wrap import HeldWrapper
from desks.keyring import KEK
from desks.secret_file import load_secret, make_secret, save_secret
from desks.vault import Vault

__all__ = ["OLD", "Wrapping", "renew", "rewrap"]

OLD = "kek.old"


class Wrapping:
    """The keys that one process wraps and unwraps with; to be closed when it wraps no more."""

    def __init__(self, folder: Path, passphrase: bytes = b"") -> None:
        """Take the keys of a folder; raises ``BadSecret``."""
        self._held = _hold(folder / KEK)  # first: it must not be another one that is read
        try:
            self.wrapper = HeldWrapper(load_secret(folder / KEK, passphrase))
            self.others = [HeldWrapper(load_secret(folder / OLD, passphrase))] if (folder / OLD).exists() else []
        except BadSecret:
            os.close(self._held)
            raise
        if os.fstat(self._held).st_ino != (folder / KEK).stat().st_ino:
            os.close(self._held)
            raise BadKeys(str(folder / KEK), "it was replaced just now: try again")

    def close(self) -> None:
        """Say that nothing is wrapped here any more."""
        os.close(self._held)


def renew(folder: Path, passphrase: bytes = b"") -> None:
    """Make a new key that wraps, and keep the one before; raises ``BadKeys`` where there is one before already."""
    load_secret(folder / KEK, passphrase)  # a new key under another passphrase would be of no use to who reads both
    if (folder / OLD).exists():
        raise BadKeys(str(folder / OLD), "the key before is there still: rewrap first")
    beside = folder / f"{KEK}.new"
    beside.unlink(missing_ok=True)
    save_secret(beside, make_secret(), passphrase)
    os.link(folder / KEK, folder / OLD)
    beside.replace(folder / KEK)


def rewrap(folder: Path, store: KeyStore, passphrase: bytes = b"") -> int:
    """Wrap all keys of persons with the new key, destroy the old one, and return of how many persons they were.

    May be stopped and done again. Raises ``BadKeys`` where there is no old key, and where a process that began before
    ``renew`` is running still.
    """
    if not (folder / OLD).exists():
        raise BadKeys(str(folder / OLD), "there is no old key: everything is wrapped by the one that there is")
    with _alone(folder / OLD):
        wrapping = Wrapping(folder, passphrase)
        try:
            vault = Vault(store, wrapping.wrapper, wrapping.others)
            count = vault.rewrap()
            vault.check()
        finally:
            wrapping.close()
        (folder / OLD).unlink()
    return count


def _hold(file: Path) -> int:
    try:
        held = os.open(file, os.O_RDONLY)
    except OSError as error:
        raise BadSecret(str(file), error.strerror or str(error)) from None
    fcntl.flock(held, fcntl.LOCK_SH)
    return held


@contextmanager
def _alone(old: Path) -> Iterator[None]:
    held = os.open(old, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise BadKeys(str(old), "a process that began before it was replaced wraps with it: start that anew") from error
    finally:
        os.close(held)
