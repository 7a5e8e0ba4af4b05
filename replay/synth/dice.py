"""Dice: the randomness of a synthetic Games, the same on every machine.

Only ``Random(str)`` and ``Random.random()`` are used: Python promises to keep both as they are, and nothing else of its
module. No logarithm or sine either, whose last bit depends on the C library.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

__all__ = ["Dice"]

T = TypeVar("T")


class Dice:
    """A stream of random values that is a function of its seed text."""

    __slots__ = ("roll",)

    def __init__(self, seed: str) -> None:
        self.roll = Random(seed).random  # in [0, 1)

    def below(self, limit: int) -> int:
        """Return an integer from 0 to ``limit - 1``."""
        return int(self.roll() * limit)

    def between(self, low: int, high: int) -> int:
        """Return an integer from ``low`` to ``high``, both included."""
        return low + int(self.roll() * (high - low + 1))

    def chance(self, probability: float) -> bool:
        """Say yes with a probability."""
        return self.roll() < probability

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items."""
        return items[int(self.roll() * len(items))]

    def bell(self) -> float:
        """Return a value of mean 0 and deviation 1, within 3.5 of 0: the sum of four even ones."""
        roll = self.roll
        return (roll() + roll() + roll() + roll() - 2.0) * 1.7320508

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Return the items in another order."""
        mixed = list(items)
        for last in range(len(mixed) - 1, 0, -1):
            other = int(self.roll() * (last + 1))
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed
