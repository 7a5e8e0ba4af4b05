"""Recipes: the rounds that many events have in common."""

from __future__ import annotations

import msgspec

from replay.synth.plan import Task
from replay.synth.programme import Group
from replay.synth.shapes.rounds import Round, Rounds
from replay.synth.tasks.timed import Timed

__all__ = ["ladder", "like", "ms", "races", "single"]


def ms(text: str) -> int:
    """Return the milliseconds of ``9.85`` or ``1:43.2``."""
    seconds = 0.0
    for part in text.split(":"):
        seconds = seconds * 60 + float(part)
    return round(seconds * 1000)


def single(task: Task, size: int, phase: str = "FNL-", code: str = "000100--") -> Rounds:
    """Return a final and nothing before it."""
    return Rounds((Round(phase, 1, size, task, codes=(code,)),))


def ladder(task: Task, *rounds: tuple[str, int, int], finals: tuple[int, ...] = (), bronze: bool = False) -> Rounds:
    """Return rounds of the same task: phase, units, starters of a unit."""
    return Rounds(
        tuple(
            Round(phase, units, size, task, gap=1, by_place=max(1, size // 4) if units > 1 else 0)
            for phase, units, size in rounds
        ),
        finals,
        bronze,
    )


def like(task: Timed, **changes: object) -> Timed:
    """Return a race like another one, with some fields changed."""
    return msgspec.structs.replace(task, **changes)


def races(
    entries: str,
    rounds: tuple[tuple[str, int, int], ...],
    size: int,
    task: Timed,
    *,
    members: int = 0,
    classes: int = 0,
) -> list[Group]:
    """Return a group for each ``TYPE=time``, all with the same rounds; ``classes`` is shared out among them."""
    groups = []
    listed = entries.split()
    for number, entry in enumerate(listed):
        kind, _, base = entry.partition("=")
        own = classes // len(listed) + (number < classes % len(listed))
        if not classes or own:
            groups.append(Group(kind, ladder(like(task, base=ms(base)), *rounds), size, members, own))
    return groups
