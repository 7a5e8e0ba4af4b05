"""Whoever answers for a participation hears that the security check has refused it: that, and never why."""

from __future__ import annotations

from typing import Any

from desks.reactions.organisations import State, learn
from desks.reactions.reaction import Manager, Order
from management.command import Recorded
from management.notice import Notify
from management.participation_events import ClearanceRefused

__all__ = ["REFUSED_PEOPLE", "react"]


def react(state: State, recorded: Recorded[Any]) -> list[Order]:
    """Tell the organisation; its place in the quota is given back by another manager."""
    match recorded.event:
        case ClearanceRefused(participation=participation):
            ro = state.organisations[recorded.key, participation]
            subject = f"{recorded.key}/{participation}"
            return [Order(f"ntc:ro:{ro}", Notify(subject, "REQUEST", None, recorded.id, "CLEARANCE_REFUSED"))]
    return []


REFUSED_PEOPLE = Manager("refused_people", State, learn, react)
