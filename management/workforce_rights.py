"""Who may command what in the workforce of a venue."""

from __future__ import annotations

from management.command import Actor, Refusal
from management.workforce_state import Setting, refuse

__all__ = ["is_person", "need_gate", "need_person", "need_planner", "need_system", "need_venue"]


def is_person(actor: Actor, person: str) -> bool:
    """Say whether a volunteer acts for himself; nobody else may do it for him, whatever his roles."""
    return actor.id == person and actor.may("VOLUNTEER", f"person:{person}")


def need_person(setting: Setting, *people: str) -> Refusal | None:
    """Refuse whoever is not one of these people himself."""
    if any(is_person(setting.actor, person) for person in people):
        return None
    return refuse("NOT_AUTHORISED", "only the person himself may do this")


def need_planner(setting: Setting) -> Refusal | None:
    """Refuse whoever neither plans the workforce nor leads it at this venue, nor is one of our own processes."""
    if setting.actor.may("WF_PLANNER", f"venue:{setting.venue}") or setting.actor.may("SYSTEM"):
        return None
    return need_venue(setting)


def need_venue(setting: Setting) -> Refusal | None:
    """Refuse whoever does not lead the workforce of this venue."""
    if setting.actor.may("VENUE_WF", f"venue:{setting.venue}"):
        return None
    return refuse("NOT_AUTHORISED", f"only the workforce lead of {setting.venue} may do this", venue=setting.venue)


def need_gate(setting: Setting) -> Refusal | None:
    """Refuse whoever is neither a gate nor the workforce lead of this venue."""
    if setting.actor.may("GATE_DEVICE", f"venue:{setting.venue}"):
        return None
    return need_venue(setting)


def need_system(setting: Setting) -> Refusal | None:
    """Refuse whoever is not one of our own processes."""
    if setting.actor.may("SYSTEM"):
        return None
    return refuse("NOT_AUTHORISED", "only a process of the Games may say this")
