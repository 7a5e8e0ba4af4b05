"""Which part of a person's record a role sees that does not need the whole of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from management.command import Actor, Role

__all__ = ["see_part"]

Part = Callable[[Any], dict[str, Any]]


def _whole(value: Any) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(value, str_keys=True)
    return plain


def _of_all(things: Mapping[str, Any], *names: str) -> dict[str, Any]:
    plain = {key: _whole(one) for key, one in things.items()}
    return {key: {name: one[name] for name in names} for key, one in plain.items()}


def _checked(state: Any) -> dict[str, Any]:
    """Return whose verdict is wanted, and nothing of what for."""
    return {"participations": _of_all(state.participations, "id", "status", "clearance", "clearance_expires")}


def _watched(state: Any) -> dict[str, Any]:
    """Return what is suspended and blocked, and who asked for what: not what somebody does at the Games."""
    names = ("id", "status", "suspension", "revocation_by", "revocation_authority")
    cards = _of_all(state.cards, "serial", "index", "participation", "status", "missing", "found")
    return {"participations": _of_all(state.participations, *names), "cards": cards}


def _protected(state: Any) -> dict[str, Any]:
    """Return what erasing hangs on."""
    names = ("merged_into", "sources", "legal_holds", "erasure_asked", "erased")
    plain = {name: msgspec.to_builtins(getattr(state, name)) for name in names}
    return plain | {"participations": _of_all(state.participations, "id", "status")}


def _handed_out(state: Any) -> dict[str, Any]:
    """Return what a card is for, and how it stands."""
    names = ("id", "ro", "category", "function", "status")
    return {"participations": _of_all(state.participations, *names), "cards": _of_all_whole(state.cards)}


def _of_all_whole(things: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _whole(one) for key, one in things.items()}


PARTS: Mapping[Role, Part] = MappingProxyType(
    {"SECURITY_CHECK": _checked, "SOC": _watched, "DPO": _protected, "VENUE_ACR": _handed_out}
)


def see_part(actor: Actor, state: Any) -> Any:
    """Return what an actor sees by all roles together that see a part, and of its own people; None for nothing."""
    shown: dict[str, Any] = {}
    for role, part in PARTS.items():
        if actor.may(role, ""):
            _join(shown, part(state))
    own = {one.id: _whole(one) for one in state.participations.values() if actor.may("RO_ACR", f"ro:{one.ro}")}
    if own:
        cards = {serial: _whole(card) for serial, card in state.cards.items() if card.participation in own}
        _join(shown, {"participations": own, "cards": cards})
    return shown or None


def _join(shown: dict[str, Any], more: dict[str, Any]) -> None:
    for name, value in more.items():
        if isinstance(value, dict):
            known = shown.setdefault(name, {})
            known |= {key: known.get(key, {}) | one for key, one in value.items()}
        else:
            shown[name] = value
