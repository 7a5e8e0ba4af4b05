"""Who imports what: all that a row needs to know beside itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID, uuid5

import msgspec

from desks.blind_index import BlindIndex
from desks.bulk.books import Books
from desks.bulk.columns import Column, Row
from desks.bulk.report import Verdict
from desks.facts import Facts
from desks.vault import Place, Vault
from management.command import Actor, Grant, Received

__all__ = ["DESK", "Apply", "Kind", "Setting"]

IMPORTS = UUID("6f1c2f0e-5a0b-5d0c-9a4e-0f6f3f0f9a11")
DESK = Actor("import", (Grant("SYSTEM"),))  # claims, which is nobody else's to do


class Setting(msgspec.Struct, frozen=True):
    """One import."""

    scope: str  # for whom: "AAA" of a responsible organisation, "STA" of a venue, "MAIN" of a programme
    actor: Actor
    file: str  # SHA-256 of the file, hex
    clock: Callable[[], int]  # ms since 1970 UTC
    policies: Mapping[str, Any]  # by the prefix of the aggregate
    index: BlindIndex
    vault: Vault | None  # None: nothing is sealed, since nothing is stored
    zone: str = "UTC"  # of the venue's clock

    def command_id(self, row: Row, step: str) -> str:
        """Return the id of a command: the same for the same row of the same file, however often it is sent."""
        return str(uuid5(IMPORTS, "\0".join((self.scope, self.file, row.key, step))))

    @property
    def correlation(self) -> str:
        """What all commands of the import have in common."""
        return f"import:{self.file[:16]}"

    def received(self, row: Row, step: str, key: str, command: Any, actor: Actor | None = None) -> Received[Any]:
        """Return a command of a row, by the one who imports unless somebody else is named."""
        name = self.command_id(row, step)
        return Received(name, key, command, actor or self.actor, self.clock(), correlation=self.correlation)

    def seal(self, row: Row, step: str, key: str, person: str, facts: Facts) -> bytes:
        """Return facts about a person, sealed for the command of a step."""
        return self.vault.seal(person, Place(key, self.command_id(row, step)), facts) if self.vault else b""


Apply = Callable[[Row, Books, Setting], Awaitable[Verdict]]


class Kind(msgspec.Struct, frozen=True):
    """A kind of sheet."""

    name: str
    columns: tuple[Column, ...]
    scope: str  # whose it is: "ro", "venue" or "programme"
    roles: tuple[str, ...]  # of which whoever imports has one in the scope
    apply: Apply  # carry a row out, or say why not
    person: Callable[[str, Row], str] | None = None  # scope, row -> for whom facts are sealed
