"""A place in a quota follows the participation that has it: taken when the form is handed in, given back at the end.

A hold lasts minutes and the security check months, so the place is taken with the form and not with the approval.
"""

from __future__ import annotations

from typing import Any

from desks.reactions.organisations import State, learn
from desks.reactions.reaction import Manager, Order
from management.command import Recorded
from management.participation_events import FunctionChanged, QuotaReleased, Submitted
from management.quota import ConfirmHold, ReleaseHold

__all__ = ["QUOTA_PLACES", "react"]


def react(state: State, recorded: Recorded[Any]) -> list[Order]:
    """Take the place that a form or another function holds; give back the one that is needed no longer."""
    match recorded.event:
        case (
            Submitted(participation=participation, hold=hold) | FunctionChanged(participation=participation, hold=hold)
        ):
            return [Order(f"ro:{state.organisations[recorded.key, participation]}", ConfirmHold(hold), in_time=True)]
        case QuotaReleased(hold=hold, ro=ro):
            return [Order(f"ro:{ro}", ReleaseHold(hold))]
    return []


QUOTA_PLACES = Manager("quota_places", State, learn, react)
