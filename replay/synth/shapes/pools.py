"""Pools: everybody meets everybody in a group, then the best of each go into a bracket."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from replay.synth.contest import Contest, Play
from replay.synth.plan import Entrant, EventPlan, Stage, Task, UnitPlan
from replay.synth.shapes.knockout import Knockout
from replay.synth.shapes.rounds import deal

__all__ = ["Pools"]


class Pools(msgspec.Struct, frozen=True):
    """Groups of a round robin, then a knock-out of the best."""

    groups: int
    size: int  # of a group
    task: Task
    knockout: Knockout
    gap: int = 2  # half-days between the rounds of a group
    rest: int = 2  # half-days before the knock-out

    @property
    def deciding(self) -> int:
        """The last stages of the bracket decide."""
        return self.knockout.deciding

    def _rounds(self) -> list[list[tuple[int, int]]]:
        """Return the pairs of each round: the circle method."""
        ring: list[int | None] = list(range(self.size))
        if self.size % 2:
            ring.append(None)
        rounds = []
        for _ in range(len(ring) - 1):
            pairs = [(ring[i], ring[-1 - i]) for i in range(len(ring) // 2)]
            rounds.append([(a, b) for a, b in pairs if a is not None and b is not None])
            ring = [ring[0], ring[-1], *ring[1:-1]]
        return rounds

    def stages(self, event: EventPlan) -> list[Stage]:
        """Return a stage for each round of the groups, then those of the bracket."""
        stages: list[Stage] = []
        numbers = [0] * self.groups
        for pairs in self._rounds():
            units = []
            for group in range(self.groups):
                letter = "ABCDEFGHIJKLMNOP"[group]
                for _ in pairs:
                    numbers[group] += 1
                    code = f"{event.code[:22]}GP{letter}-{numbers[group]:04}00--"
                    units.append(UnitPlan(code, f"{event.name}, Group {letter} {numbers[group]}", self.task, 2))
            stages.append(Stage(units, self.gap if stages else 0, parallel=True))
        after = self.knockout.stages(event)
        after[0].gap = self.rest
        return stages + after

    def play(self, contest: Contest) -> Iterator[Play]:
        """Play the groups, then the bracket."""
        groups = deal(contest.plan.entries, self.groups)
        table: dict[str, list[int]] = {e.code: [0, 0] for e in contest.plan.entries}  # points, order of arrival
        rounds = self._rounds()
        for number, pairs in enumerate(rounds):
            yield Play(number)
            units = iter(contest.plan.stages[number].units)
            ready = contest.ready
            for group in groups:
                for one, two in pairs:
                    outcome = contest.hold(next(units), [group[one], group[two]], ready)
                    drawn = len(set(outcome.ranks.values())) == 1
                    for code, rank in outcome.ranks.items():
                        table[code][0] += 1 if drawn else 3 * (2 - rank)
        through = [self._order(group, table) for group in groups]
        seeds = [one[place] for place in range(self.knockout.size) for one in through if place < len(one)]
        yield from self.knockout.bracket(contest, seeds[: self.knockout.size], len(rounds))

    def _order(self, group: list[Entrant], table: dict[str, list[int]]) -> list[Entrant]:
        return sorted(group, key=lambda entrant: (-table[entrant.code][0], -entrant.ability, entrant.code))
