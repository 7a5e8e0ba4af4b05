"""What a process manager is: it learns from events, and says which commands follow from one.

A process manager is a module with a ``State`` and two pure functions::

    learn(state, recorded) -> None          # remembers what it will need; the same event again changes nothing
    react(state, recorded) -> list[Order]   # what follows from an event that it has just learned

Events of one partition come in their order, those of several by log time; but two of one moment may change places. So
what is needed to answer an event comes with it, or is long past by then; where neither is so, both lead to the same.

It never asks and never waits. What it orders may be refused, and may come twice: an aggregate that is told what is so
already does nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from management.command import Actor, Grant, Received, Recorded

__all__ = ["REACTOR", "Manager", "Order", "received"]

REACTOR = Actor("reactor", (Grant("SYSTEM"),))


class Order(NamedTuple):
    """A command that follows from an event, and to whom it goes."""

    key: str
    command: Any
    in_time: bool = False  # it counts as received when the event's own command was: that came in time, so does this


class Manager(NamedTuple):
    """One process manager."""

    name: str  # part of the ids of its commands: it stays
    state: Callable[[], Any]
    learn: Callable[[Any, Recorded[Any]], None]
    react: Callable[[Any, Recorded[Any]], list[Order]]


def received(manager: str, recorded: Recorded[Any], orders: list[Order], at: int) -> list[Received[Any]]:
    """Return the orders that follow from an event as commands, received at ``at`` (ms).

    The id of each is the UUIDv5 of the event's id and of manager, key and number under that key. The key is part of it,
    since how many aggregates are told may depend on what else was known by then: whoever is told, is told once.
    """
    told: dict[str, int] = {}
    commands = []
    for key, command, in_time in orders:
        told[key] = told.get(key, 0) + 1
        name = str(uuid5(UUID(recorded.id), f"{manager} {key} {told[key]}"))
        when = recorded.at if in_time else at
        commands.append(Received(name, key, command, REACTOR, when, correlation=recorded.id))
    return commands
