"""A process manager by hand: events are told to it one after the other, and what follows from the last is at hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from desks.reactions.reaction import Manager, Order
from management.command import Recorded

__all__ = ["recorded", "tell"]


def recorded(key: str, event: Any, number: int = 1) -> Recorded[Any]:
    """Return an event as it lies on the log."""
    return Recorded(str(UUID(int=number)), key, number, event, "c", "somebody", 0)


def tell(manager: Manager, *happened: tuple[str, Any]) -> list[Order]:
    """Tell a manager what happened, all of it twice as after a restart; return what follows from the last event."""
    state, orders = manager.state(), list[Order]()
    events = [recorded(key, event, number) for number, (key, event) in enumerate(happened, 1)]
    for event in events:
        manager.learn(state, event)
        orders = manager.react(state, event)
        manager.learn(state, event)
        assert manager.react(state, event) == orders
    return orders
