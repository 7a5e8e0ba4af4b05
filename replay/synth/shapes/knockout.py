"""Knock-out: a bracket with byes, and a bronze match, two bronzes, or a repechage for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from replay.synth.contest import Contest, Play
from replay.synth.plan import Entrant, EventPlan, Stage, Task, UnitPlan
from replay.synth.shapes.rounds import Round
from schemas import messages as m

__all__ = ["Knockout", "seeded"]

PHASES = {2: "FNL-", 4: "SFNL", 8: "QFNL", 16: "8FNL", 32: "R32-", 64: "R64-", 128: "R128"}
NAMES = {2: "Final", 4: "Semi-final", 8: "Quarter-final", 16: "Round of 16", 32: "Round of 32", 64: "Round of 64"}


class Knockout(msgspec.Struct, frozen=True):
    """A bracket of ``size`` places, a power of two; fewer entries give byes to the best."""

    size: int
    task: Task
    bronze: Literal["match", "losers", "repechage"] = "match"
    qualification: Round | None = None  # before it, to seed it
    gaps: tuple[int, ...] = ()  # half-days before each round, the last repeating
    wide: int = 0  # from this many left on, the unit codes end in 0000
    repechage: str = "REP1"  # the phase of its first bouts
    not_held: bool = False  # a bronze match that cannot be held is for the other semi-final loser
    small_final: int = 1  # the rank of the best of a bronze match, where it is a race
    last: Task | None = None  # the task of the final and bronze matches, where it differs

    @property
    def deciding(self) -> int:
        """Finals decide, and where losers have bronze the semi-finals too."""
        return 2 if self.bronze == "losers" or self.not_held else 1

    def _sizes(self) -> list[int]:
        return [self.size >> step for step in range(self.size.bit_length() - 1)]

    def _tail(self, left: int) -> str:
        return "0000" if left <= self.wide else "00--"

    def _units(self, event: EventPlan, left: int) -> list[UnitPlan]:
        task = self.last if self.last is not None and left == 2 else self.task
        pairs = left // 2
        held = range(pairs)
        if left == self.size and self.qualification is None and event.size < self.size:
            held = [i for i, (_, low) in enumerate(seeded(self.size)) if low < event.size]  # type: ignore[assignment]
        units = []
        for index in held:
            code = f"{event.code[:22]}{PHASES[left]}{index + 1:04}{self._tail(left)}"
            name = f"{event.name}, {NAMES.get(left, PHASES[left])}" + (f" {index + 1}" if pairs > 1 else "")
            units.append(UnitPlan(code, name, task, 2, 1 if left == 2 else 0))
        return units

    def stages(self, event: EventPlan) -> list[Stage]:
        """Return a stage for each round, repechages with the round that they wait for."""
        stages = []
        if self.qualification is not None:
            one = self.qualification
            code = event.code[:22] + one.phase + one.code(0)
            stages.append(Stage([UnitPlan(code, f"{event.name}, Qualification", one.task, one.size)], 0))
        for number, left in enumerate(self._sizes()):
            units = self._units(event, left)
            if left == 4 and self.bronze == "repechage":
                units += [self._extra(event, self.repechage, n) for n in (1, 2)]
            if left == 2 and self.bronze == "repechage":
                units = [self._extra(event, "REPF", n, 3) for n in (1, 2)] + units
            if left == 2 and self.bronze == "match":
                code = f"{event.code[:22]}FNL-0002{self._tail(2)}"
                units.insert(0, UnitPlan(code, f"{event.name}, Bronze medal", self.last or self.task, 2, 3))
            gap = self.gaps[min(number, len(self.gaps) - 1)] if self.gaps else 0
            stages.append(Stage(units, gap if stages else 0, parallel=left > 2))
        return stages

    def _extra(self, event: EventPlan, phase: str, number: int, medal: int = 0) -> UnitPlan:
        code = f"{event.code[:22]}{phase}{number:04}{self._tail(2)}"
        return UnitPlan(code, f"{event.name}, Repechage {number}", self.task, 2, medal)

    def play(self, contest: Contest) -> Iterator[Play]:
        """Play round by round."""
        field = list(contest.plan.entries)
        if self.qualification is not None:
            yield Play(0)
            unit = contest.plan.stages[0].units[0]
            outcome = contest.hold(unit, field, contest.ready)
            by_code = {entrant.code: entrant for entrant in field}
            field = [by_code[code] for code in outcome.order][: self.size]
        yield from self.bracket(contest, field, 0 if self.qualification is None else 1)

    def bracket(self, contest: Contest, field: list[Entrant], first: int) -> Iterator[Play]:
        """Play the bracket from stage ``first`` on; ``field`` is in the order of the seeds."""
        places: list[Entrant | None] = []
        for high, low in seeded(self.size):
            places += [field[high] if high < len(field) else None, field[low] if low < len(field) else None]
        losers: list[Entrant] = []
        survivors: list[Entrant] = []  # of the repechage's first bouts
        for number, left in enumerate(self._sizes()[:-1]):
            yield Play(first + number)
            if number == 0:
                self._draw(contest, places, first)
            stage, ready = contest.plan.stages[first + number], contest.ready
            before, losers = losers, []
            winners: list[Entrant | None] = []
            for index in range(left // 2):
                one, two = places[2 * index], places[2 * index + 1]
                if one is None or two is None:
                    winners.append(one or two)
                    continue
                won, lost = contest.duel(_unit(stage, PHASES[left], index), one, two, ready)
                winners.append(won)
                losers.append(lost)
            places = winners
            if left == 4 and self.bronze == "repechage":
                pairs = [(before[0], before[1]), (before[2], before[3])]
                survivors = [
                    contest.duel(_unit(stage, self.repechage, index), one, two, ready)[0]
                    for index, (one, two) in enumerate(pairs)
                ]
        yield Play(first + len(self._sizes()) - 1)
        finalists = [entrant for entrant in places if entrant is not None]
        self._finish(contest, contest.plan.stages[-1], finalists, losers, survivors)

    def _finish(
        self, contest: Contest, stage: Stage, finalists: list[Entrant], losers: list[Entrant], survivors: list[Entrant]
    ) -> None:
        """Hold the last stage and award the medals."""
        ready = contest.ready
        medals: dict[str, str] = {}
        final = _unit(stage, "FNL-", 0)
        if self.bronze == "losers":
            medals.update((entrant.code, "ME_BRONZE") for entrant in losers)
        elif self.bronze == "repechage":
            for index, survivor in enumerate(survivors):
                # Crosswise: who lost the other semi-final, so that nobody meets the same opponent again.
                winner, _ = contest.duel(_unit(stage, "REPF", index), survivor, losers[1 - index], ready)
                medals[winner.code] = "ME_BRONZE"
        else:
            bronze = _unit(stage, "FNL-", 1)
            retired = contest.retired & {entrant.code for entrant in losers}
            if self.not_held and retired:
                contest.not_held(bronze, ready)
                other = next(entrant for entrant in losers if entrant.code not in retired)
                medals[other.code] = "ME_BRONZE"
            else:
                medals[contest.duel(bronze, losers[0], losers[1], ready, self.small_final)[0].code] = "ME_BRONZE"
        if "participant_replaced" in final.quirks:
            finalists[0] = contest.replace(final, finalists[0], losers[0], ready)
        gold, silver = contest.duel(final, finalists[0], finalists[1], ready)
        contest.award({gold.code: "ME_GOLD", silver.code: "ME_SILVER", **medals})

    def _draw(self, contest: Contest, places: list[Entrant | None], first: int) -> None:
        """Publish the bracket: who meets whom, and where the others come from."""
        stages = contest.plan.stages
        previous: list[m.Position] = []
        for number, left in enumerate(self._sizes()):
            following: list[m.Position] = []
            for index in range(left // 2):
                if number == 0:
                    pair = tuple(_position(places[2 * index + side]) for side in (0, 1))
                else:
                    pair = (previous[2 * index], previous[2 * index + 1])
                unit = _find(stages[first + number], PHASES[left], index)
                if unit is None:  # a bye
                    following.append(next(position for position in pair if position.participant))
                    continue
                contest.draw(unit, pair)
                following.append(m.Position(place="TBD", from_unit=unit.code, takes="W"))
            if left == 4 and self.bronze == "match":
                semis = [_unit(stages[first + number], "SFNL", index) for index in (0, 1)]
                pair = tuple(m.Position(place="TBD", from_unit=semi.code, takes="L") for semi in semis)
                contest.draw(_unit(stages[-1], "FNL-", 1), pair)
            previous = following


def seeded(size: int) -> list[tuple[int, int]]:
    """Return the pairs of seeds (from 0) of a first round, so that the best two can only meet in the final."""
    order = [0]
    while len(order) < size:
        order = [seed for one in order for seed in (one, 2 * len(order) - 1 - one)]
    return [(order[i], order[i + 1]) for i in range(0, size, 2)]


def _position(entrant: Entrant | None) -> m.Position:
    return m.Position(place="BYE") if entrant is None else m.Position(participant=entrant.code)


def _find(stage: Stage, phase: str, index: int) -> UnitPlan | None:
    wanted = f"{phase}{index + 1:04}"
    return next((unit for unit in stage.units if unit.code[22:30] == wanted), None)


def _unit(stage: Stage, phase: str, index: int) -> UnitPlan:
    unit = _find(stage, phase, index)
    assert unit is not None
    return unit
