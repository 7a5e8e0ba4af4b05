"""What befalls the lines to the venues on a day: skew, losses, restarts, rubbish, silence."""

from __future__ import annotations

from typing import NamedTuple

from replay.synth.dice import Dice
from replay.synth.plan import MINUTE
from replay.synth.sheet import Line

__all__ = ["Incidents", "Loss", "plan_incidents"]


class Loss(NamedTuple):
    """Serials of a source that come only after they were declared lost."""

    first: int  # the source's message of the day, from 1
    last: int
    after: int  # ms from the loss to the backfill; 0: never


class Incidents(NamedTuple):
    """All of one day; sources are names, times ms."""

    skewed: dict[str, tuple[int, int, int]]  # venue -> from, to, by
    losses: dict[str, Loss]
    restarts: dict[str, int]  # source -> after so many of its messages
    rubbish: dict[str, list[int]]  # source -> after so many of its messages
    silences: dict[str, int]  # source -> time at which the gateway notes that it is silent


def _slip_of(lines: list[Line], sources: set[str]) -> tuple[str, int] | None:
    """Return a source of these and which of its messages is said wrong and corrected later; None where none is."""
    counts: dict[str, int] = {}
    for _, _, source, _, tag in sorted(lines, key=lambda line: line[:2]):
        counts[source] = counts.get(source, 0) + 1
        if tag and source in sources:
            return source, counts[source]
    return None


NONE = Incidents({}, {}, {}, {}, {})


def plan_incidents(seed: int, day: int, scale: str, lines: list[Line]) -> Incidents:
    """Choose what befalls the sources of a day."""
    counts: dict[str, int] = {}
    first: dict[str, int] = {}
    for at, _, source, *_ in lines:
        counts[source] = counts.get(source, 0) + 1
        first[source] = min(at, first.get(source, at))
    dice = Dice(f"{seed}/incidents/{day}")
    busy = [source for source in dice.shuffled(sorted(counts)) if counts[source] >= 60 and source.count(".") == 2]
    timing = [source for source in busy if source.endswith(".timing")]
    desks = [source for source in busy if source.endswith(".desk")]
    backups = [source for source in dice.shuffled(sorted(counts)) if source.endswith(".backup") and counts[source] >= 6]
    if len(timing) < 4 or not desks or not backups:
        return NONE
    venue = timing[0].split(".")[0]
    begin = first[timing[0]] + 150 * MINUTE
    skewed = {venue: (begin, begin + 50 * MINUTE, 90_000)}
    many = 2 if scale != "small" else 1
    losses = {}
    for number, source in enumerate(timing[1 : 1 + many] + desks[:1]):
        at = counts[source] * dice.between(35, 70) // 100
        losses[source] = Loss(at, at + dice.between(0, 6), dice.between(4, 20) * MINUTE if number < 3 else 0)
    if scale != "small" and day % 5 == 1:
        losses[backups[-1]] = Loss(3, 4, 0)
    found = _slip_of(lines, set(timing[1:-1]) - set(losses))
    if found is not None:
        source, position = found
        losses[source] = Loss(position, position, 35 * MINUTE)  # what is corrected before it is known
    restarts = {timing[-1]: counts[timing[-1]] * dice.between(40, 70) // 100}
    rubbish = {desks[-1]: [counts[desks[-1]] // 3], timing[0]: [counts[timing[0]] // 2]}
    silent = backups[0]
    return Incidents(skewed, losses, restarts, rubbish, {silent: first[silent] + dice.between(70, 100) * MINUTE})
