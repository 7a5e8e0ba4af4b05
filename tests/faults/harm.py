"""What may befall a Games in several processes: drawn from a seed, so that the same seed does the same harm."""

from __future__ import annotations

import random
from typing import NamedTuple

from tests.faults.wire import FAULTS

__all__ = ["Harm", "plan"]


ENDS = ("kill", "kill", "stop", "pause", "pause")  # what befalls processes, the more often the worse it is


class Harm(NamedTuple):
    """Something that is done to somebody."""

    at: float  # seconds after the venues began
    what: str  # kill, stop, pause, replace; lose, of a leader; or a fault of a wire
    whom: str  # the name of a process, of a wire, or of a topic that is led
    lasts: float  # seconds until it is started again, woken, healed

    def __str__(self) -> str:
        return f"{self.at:5.2f} s: {self.what} {self.whom} for {self.lasts:.2f} s"


def plan(dice: random.Random, processes: list[str], wires: list[str], *, count: int, within: float) -> list[Harm]:
    """Draw what happens, in the order of time; nobody is harmed again before he is whole, and a moment after."""
    drawn: list[Harm] = []
    free = dict.fromkeys([*processes, *wires], 0.0)
    for at in sorted(dice.uniform(0, within) for _ in range(count)):
        whole = [name for name in free if free[name] <= at]
        if not whole:
            continue
        whom = dice.choice(whole)
        what = dice.choice(FAULTS if whom in wires else [*ENDS, *(["replace"] * 2 if whom == "gateway" else [])])
        lasts = dice.choice([dice.uniform(0, 1), dice.uniform(1, 6)])
        drawn.append(Harm(at, what, whom, lasts))
        free[whom] = at + lasts + 3.0
    return drawn
