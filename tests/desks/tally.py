"""A small aggregate for the tests of the writer, with every way in which an aggregate can fail."""

from __future__ import annotations

from typing import Any

import msgspec

from management.aggregates import Aggregate
from management.command import Received, Refusal, Tick

__all__ = ["TALLY", "Add", "Added", "Break", "Limit", "Rang", "Ring", "State"]


class Limit(msgspec.Struct, frozen=True):
    """The policy: how much may be counted."""

    most: int = 1_000_000


class Add(msgspec.Struct, frozen=True, tag="add"):
    """Count so many, in so many steps."""

    count: int = 1
    steps: int = 1
    born: str = ""  # a fact about a person


class Ring(msgspec.Struct, frozen=True, tag="ring"):
    """Ring at an instant, ms."""

    at: int


class Break(msgspec.Struct, frozen=True, tag="break"):
    """Fail: in deciding, in evolving, or with what no log holds."""

    where: str


class Added(msgspec.Struct, frozen=True, tag="added"):
    """So many were counted."""

    count: int
    breaks: bool = False


class Rang(msgspec.Struct, frozen=True, tag="rang"):
    """It will ring, or it rang."""

    at: int
    done: bool = False


class State(msgspec.Struct):
    """What was counted."""

    total: int = 0
    rings: list[int] = []


def decide(state: State, received: Received[Any], policy: Limit) -> list[Any] | Refusal:
    match received.command:
        case Add(count=count, steps=steps):
            if state.total + count * steps > policy.most:
                return Refusal("FULL", "There are too many.", {"total": state.total})
            return [Added(count)] * steps
        case Ring(at=at):
            return [Rang(at)]
        case Tick(until=until):
            return [Rang(at, done=True) for at in state.rings if at <= until]
        case Break(where="decide"):
            raise ValueError("secret")
        case Break(where="evolve"):
            return [Added(1), Added(1, breaks=True)]
        case Break(where="event"):
            return [Added(1), Added("one")]  # type: ignore[arg-type]
        case Break(where="refusal"):
            return Refusal("FULL", "There are too many.", {"total": object()})
    raise AssertionError(received.command)


def evolve(state: State, event: Any) -> None:
    match event:
        case Added(count=count, breaks=breaks):
            state.total += count
            if breaks:
                raise ZeroDivisionError("secret")
        case Rang(at=at, done=False):
            state.rings = sorted([*state.rings, at])
        case Rang(at=at):
            state.rings.remove(at)


def due(state: State) -> int | None:
    return state.rings[0] if state.rings else None


TALLY = Aggregate(
    "ct", State, Add | Ring | Break, Added | Rang, Limit, decide, evolve, due, personal=frozenset({"born"})
)
