"""Whatever holds something personal beside the log: what an erasure walks through.

On the log, in its copies, snapshots and backups, what is personal is sealed, and unreadable without its key. Everything
else that is derived from opened facts has to be a ``PersonalStore`` and has to be given to the eraser: a certificate
names each by its name and says how much it held.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from desks.facts import Facts
from desks.vault import Erased, Place, Vault

__all__ = ["PersonalStore", "SealedFiles"]


class PersonalStore(Protocol):
    """One place that holds something of persons. Called from threads, one call at a time."""

    name: str  # as certificates say it: "photos", "search"

    def count(self, people: Sequence[str]) -> int:
        """Return how many things it holds of persons."""

    def purge(self, people: Sequence[str]) -> None:
        """Delete all it holds of persons, durably; the same again does nothing."""

    def expire(self, fields: Collection[str], but: Collection[str]) -> int:
        """Delete what it holds of fields whose time is over, ``but`` of some persons; return how much that was."""


class SealedFiles:
    """Files of persons in a folder: photos, printed badges. Sealed, so that a backup of the folder can forget as well.

    A file's place says nothing of whose it is to whoever does not know the person's identifier.
    """

    def __init__(self, folder: Path, name: str, vault: Vault, field: str) -> None:
        """Take a folder that is there, for one field of facts; ``name`` is also what its files are sealed to."""
        self.name = name
        self._field = field
        self._folder, self._vault = folder, vault

    def put(self, person: str, file: str, facts: Facts) -> None:
        """Keep a file of a person, in the place of one of the same name. Raises ``KeyGone``."""
        sealed = self._vault.seal(person, Place(self.name, file), facts)
        (folder := self._of(person)).mkdir(parents=True, exist_ok=True)
        new = folder / f"{self._named(file)}.new"
        with new.open("wb") as stream:
            stream.write(sealed)
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(folder / self._named(file))

    def get(self, person: str, file: str) -> Facts | Erased | None:
        """Return what is kept, None where there is no such file; raises ``BadSeal``."""
        path = self._of(person) / self._named(file)
        if not path.exists():
            return None
        return self._vault.open(person, Place(self.name, file), path.read_bytes())

    def count(self, people: Sequence[str]) -> int:
        """Do as ``PersonalStore`` says."""
        return sum(len(self._files(person)) for person in people)

    def purge(self, people: Sequence[str]) -> None:
        """Do as ``PersonalStore`` says."""
        for person in people:
            for path in self._files(person):
                path.unlink(missing_ok=True)
            if (folder := self._of(person)).exists():
                folder.rmdir()

    def expire(self, fields: Collection[str], but: Collection[str]) -> int:
        """Do as ``PersonalStore`` says."""
        if self._field not in fields:
            return 0
        kept = {self._of(person) for person in but}
        over = [path for path in self._folder.glob("*/*/*") if path.parent not in kept]
        for path in over:
            path.unlink(missing_ok=True)
        return len(over)

    def _files(self, person: str) -> list[Path]:
        folder = self._of(person)
        return sorted(folder.iterdir()) if folder.exists() else []

    def _of(self, person: str) -> Path:
        hashed = sha256(f"{self.name}\0{person}".encode()).hexdigest()[:32]
        return self._folder / hashed[:2] / hashed

    @staticmethod
    def _named(file: str) -> str:
        return sha256(file.encode()).hexdigest()[:32]
