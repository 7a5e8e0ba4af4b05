"""An organisation's own part of an entry book: its athletes, places and entries, and nothing of another's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from management.command import Actor

__all__ = ["see_own_entries"]

CHAIN = ("asked", "step", "index")  # of a place: who else was asked, and who comes next


def see_own_entries(actor: Actor, state: Any) -> Any:
    """Return what the organisations for which somebody may enter have in a book; None where that is nothing."""
    nocs = {grant.scope.partition(":")[2] for grant in actor.grants if _enters(grant.role, grant.scope)}
    athletes = _of(nocs, state.athletes)
    places = {
        key: {name: value for name, value in place.items() if name not in CHAIN}
        for key, place in _of(nocs, state.places).items()
    }
    entries = _of(nocs, state.entries)
    if not athletes and not places and not entries:
        return None
    return {
        "athletes": athletes,
        "places": places,
        "entries": entries,
        "listed": {noc: count for noc, count in state.listed.items() if noc in nocs},
        "submitted": {noc: count for noc, count in state.submitted.items() if noc in nocs},
        "numbers": {key: count for key, count in state.numbers.items() if key.partition("/")[0] in nocs},
        "sanctions": {athlete: until for athlete, until in state.sanctions.items() if athlete in athletes},
        "proposals": {key: msgspec.to_builtins(one) for key, one in state.proposals.items() if one.leaving in athletes},
    }


def _enters(role: str, scope: str) -> bool:
    return role == "RO_ENTRIES" and scope.startswith("ro:")


def _of(nocs: set[str], things: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {key: msgspec.to_builtins(one) for key, one in things.items() if one.noc in nocs}
