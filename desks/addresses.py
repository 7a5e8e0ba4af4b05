"""Where a recipient's letters go: what a person gave as his address, as long as the vault opens it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desks.vault import Erased, Place, Vault
from management import participation_events as per
from management import volunteer_events as vol
from management.command import Recorded
from management.publication import Sealed

__all__ = ["Addresses"]


class Addresses:
    """The addresses of people, and those of organisations, which are policy."""

    def __init__(self, vault: Vault | None, offices: Mapping[str, str]) -> None:
        """Take what opens, and the addresses of organisations by their codes."""
        self._vault = vault
        self._offices = offices
        self._sealed: dict[str, dict[str, Sealed]] = {}  # person -> stream -> what was said there last

    def learn(self, recorded: Recorded[Any]) -> None:
        """Remember where a person said something of himself."""
        match recorded.event:
            case (
                vol.ApplicationOpened(sealed=data)
                | vol.ApplicationAmended(sealed=data)
                | per.ApplicationOpened(sealed=data)
                | per.Submitted(sealed=data)
            ) if data:
                person = recorded.key.rpartition(":")[2]
                sealed = Sealed(person, recorded.key, recorded.cause, data)
                self._sealed.setdefault(person, {})[recorded.key] = sealed

    def __call__(self, recipient: str) -> str | None:
        """Return the address of ``per:P1`` or ``ro:AAA``, None where there is none that may be read."""
        kind, _, code = recipient.partition(":")
        if kind == "ro":
            return self._offices.get(code)
        for sealed in self._sealed.get(code, {}).values() if self._vault else ():
            assert self._vault is not None
            facts = self._vault.open(sealed.person, Place(sealed.stream, sealed.cause), sealed.data)
            if not isinstance(facts, Erased) and facts.email:
                return facts.email
        return None
