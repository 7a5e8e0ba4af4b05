"""What is published of an athlete, opened by the vault: as long as the person's key exists."""

from __future__ import annotations

from collections.abc import Callable

from desks.vault import Erased, Place, Vault
from management.publication import Known, Sealed

__all__ = ["opened_by"]


def opened_by(vault: Vault) -> Callable[[Sealed], Known]:
    """Return what opens the facts of an athlete, and gives of them what is published as sport and nothing else."""

    def known(sealed: Sealed) -> Known:
        facts = vault.open(sealed.person, Place(sealed.stream, sealed.cause), sealed.data)
        if isinstance(facts, Erased):
            return Known()
        return Known(facts.print_name, facts.born.isoformat() if facts.born else "")

    return known
