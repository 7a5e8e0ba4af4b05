"""Where sheets are handed in, by whichever door: who may have what imported, and for whom."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from desks.blind_index import BlindIndex
from desks.bulk.books import WriterBooks
from desks.bulk.importing import Imports, file_hash
from desks.bulk.kinds.all import KINDS
from desks.bulk.report import Report
from desks.bulk.setting import Kind, Setting
from desks.office import Office
from desks.vault import Vault
from management.command import EVERYWHERE, Actor

__all__ = ["LARGEST", "Reception"]

LARGEST = 17 << 20  # bytes of a request: a file as large as any may be, and the rest of a form


class Reception:
    """One for all doors of a process. Belongs to one loop."""

    def __init__(
        self,
        office: Office,
        policies: Mapping[str, Any],
        index: BlindIndex,
        vault: Vault | None,
    ) -> None:
        """Take what an import needs; without a vault nothing is sealed, and nothing that is personal is kept."""
        self._office = office
        self._policies = policies
        self._index = index
        self._vault = vault
        self._imports = Imports(WriterBooks(office))

    def may(self, actor: Actor) -> list[tuple[Kind, str]]:
        """Return what somebody may import, and for whom."""
        found: dict[tuple[str, str], tuple[Kind, str]] = {}
        for kind in KINDS.values():
            for grant in actor.grants:
                if grant.role in kind.roles:
                    found.update({(kind.name, name): (kind, name) for name in self._names(kind, grant.scope)})
        return list(found.values())

    def find(self, actor: Actor, kind: str, name: str) -> tuple[Kind, str] | None:
        """Return a kind and for whom, None where somebody may not import it."""
        return next((one for one in self.may(actor) if (one[0].name, one[1]) == (kind, name)), None)

    def _names(self, kind: Kind, scope: str) -> Iterable[str]:
        if scope != EVERYWHERE:
            prefix, _, name = scope.partition(":")
            return [name] if prefix == kind.scope else []
        policy = self._policies["per"]
        everywhere: dict[str, Iterable[str]] = {
            "ro": policy.organisations,
            "venue": policy.venues,
            "programme": self._policies["vol"].programmes,
        }
        return everywhere[kind.scope]

    async def take(
        self, data: bytes, kind: Kind, name: str, actor: Actor, *, dry_run: bool, encoding: str = "utf-8"
    ) -> Report:
        """Import a file, or say what an import would do; raises ``BadSheet``."""
        setting = Setting(
            name,
            actor,
            await asyncio.to_thread(file_hash, data),
            lambda: self._office.now,
            self._policies,
            self._index,
            self._vault,
            self._zone_of(name) if kind.scope == "venue" else "UTC",
        )
        return await self._imports.run(data, kind, setting, dry_run=dry_run, encoding=encoding)

    def _zone_of(self, venue: str) -> str:
        found = self._policies["sch"].venues.get(venue)
        return found.zone if found else "UTC"
