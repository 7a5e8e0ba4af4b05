"""Rounds: heats, semi-finals and finals, or a qualification and a final, or a final alone."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from replay.synth.contest import Contest, Play, podium
from replay.synth.plan import Entrant, EventPlan, Outcome, Stage, Task, UnitPlan

__all__ = ["Round", "Rounds", "deal"]


class Round(msgspec.Struct, frozen=True):
    """One round of units that are all alike."""

    phase: str  # 4 characters
    units: int
    size: int  # starters of a unit, at most
    task: Task
    gap: int = 1  # half-days after the round before
    codes: tuple[str, ...] = ()  # of the units; empty: 000100--, 000200-- ...
    by_place: int = 0  # best of each unit that go on, marked Q; the rest by mark, q
    parallel: bool = False

    def code(self, index: int) -> str:
        """Return the 8 characters of a unit."""
        return self.codes[index] if self.codes else f"{index + 1:04}00--"


class Rounds(msgspec.Struct, frozen=True):
    """Rounds, the last of which decides.

    With ``finals`` the last round's units take those who got there in slices: the best to the first unit (A final, or
    gold), the next to the second (B final, or bronze), ranked from the given places on.
    """

    rounds: tuple[Round, ...]
    finals: tuple[int, ...] = ()  # the rank of the best row of each final
    bronze: bool = False  # the second final's winner has bronze

    @property
    def deciding(self) -> int:
        """The last round alone decides."""
        return 1

    def stages(self, event: EventPlan) -> list[Stage]:
        """Return a stage for each round."""
        stages = []
        for number, one in enumerate(self.rounds):
            last = number == len(self.rounds) - 1
            units = []
            for index in range(one.units):
                medal = 0 if not last else 1 if index == 0 else 3 if self.bronze and index == 1 else 0
                code = event.code[:22] + one.phase + one.code(index)
                units.append(UnitPlan(code, f"{event.name}, {_name(one, index)}", one.task, one.size, medal))
            stages.append(Stage(units, one.gap if number else 0, one.parallel))
        return stages

    def play(self, contest: Contest) -> Iterator[Play]:
        """Play round by round."""
        field = contest.plan.entries
        for number, one in enumerate(self.rounds):
            stage = contest.plan.stages[number]
            yield Play(number)
            if self.finals and number == len(self.rounds) - 1:
                groups = [field[i * one.size : (i + 1) * one.size] for i in range(one.units)]
            else:
                groups = deal(field, one.units)
            results: list[tuple[UnitPlan, Outcome]] = []
            ready = contest.ready
            following = self.rounds[number + 1] if number + 1 < len(self.rounds) else None
            for index, (unit, group) in enumerate(zip(stage.units, groups, strict=True)):
                places = self.finals[index] if self.finals and following is None else 1
                results.append((unit, contest.hold(unit, group, ready, places=places, passing=one.by_place)))
            if following is None:
                self._award(contest, results)
            else:
                field = self._advance(contest, field, results, following, one.by_place)

    def _advance(
        self,
        contest: Contest,
        field: list[Entrant],
        results: list[tuple[UnitPlan, Outcome]],
        following: Round,
        by_place: int,
    ) -> list[Entrant]:
        """Return who goes on, best first."""
        wanted = following.units * following.size
        placed = [code for _, outcome in results for code in outcome.order[:by_place]]
        scale = -1 if getattr(results[0][0].task, "model", "") in _MORE_IS_BETTER else 1
        rest = [
            (
                outcome.ranks[code] if code not in outcome.marks else scale * outcome.marks[code],
                outcome.ranks[code],
                code,
            )
            for _, outcome in results
            for code in outcome.order[by_place:]
        ]
        unit_of = {code: unit for unit, outcome in results for code in outcome.order}
        fastest = [code for *_, code in sorted(rest)][: max(wanted - len(placed), 0)]
        contest.mark_qualified([(unit_of[code].code, code) for code in fastest], "q")
        entrants = {entrant.code: entrant for entrant in field}
        ranked = sorted(
            (outcome.ranks[code] * 10**9 + scale * outcome.marks.get(code, 0), code)
            for _, outcome in results
            for code in outcome.order
        )
        going = {*placed, *fastest}
        return [entrants[code] for _, code in ranked if code in going][:wanted]

    def _award(self, contest: Contest, results: list[tuple[UnitPlan, Outcome]]) -> None:
        if self.bronze:
            first, second = results[0][1].order, results[1][1].order
            contest.award({first[0]: "ME_GOLD", first[1]: "ME_SILVER", second[0]: "ME_BRONZE"})
        else:
            contest.award(podium(results[0][1]))


_MORE_IS_BETTER = frozenset({"distance", "height", "judged", "target", "lifting"})


def deal(field: list[Entrant], units: int) -> list[list[Entrant]]:
    """Deal a field, best first, to units back and forth, so that all are about equally strong."""
    groups: list[list[Entrant]] = [[] for _ in range(units)]
    for index, entrant in enumerate(field):
        lap, step = divmod(index, units)
        groups[step if lap % 2 == 0 else units - 1 - step].append(entrant)
    return groups


_PHASES = {
    "HEAT": "Heat",
    "PREL": "Preliminary",
    "QUAL": "Qualification",
    "RND1": "Round 1",
    "QFNL": "Quarter-final",
    "SFNL": "Semi-final",
    "FNL-": "Final",
    "REP-": "Repechage",
    "GP--": "Grand Prix",
    "GPFR": "Freestyle",
    "GPSP": "Special",
}


def _name(one: Round, index: int) -> str:
    name = _PHASES.get(one.phase, one.phase.rstrip("-"))
    return f"{name} {index + 1}" if one.units > 1 else name
