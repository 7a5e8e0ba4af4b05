"""Combined events and series: several parts, one total, and the medals from that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from projections.marks import format_value
from replay.synth.contest import Contest, Play, podium
from replay.synth.plan import MINUTE, Entrant, EventPlan, Outcome, Stage, Task, UnitPlan
from replay.synth.shapes import scoring
from replay.synth.shapes.rounds import deal
from schemas import messages as m

__all__ = ["Combined", "Part"]


class Part(msgspec.Struct, frozen=True):
    """One part, held in one unit or in several for a field that is dealt to them."""

    phase: str
    task: Task
    codes: tuple[str, ...] = ("000100--",)
    gap: int = 0  # half-days after the part before
    best: int = 0  # only so many, the best of the total so far; 0: all
    name: str = ""
    factor: int = 1  # low point: what a place costs


class Combined(msgspec.Struct, frozen=True):
    """Parts and their total."""

    parts: tuple[Part, ...]
    code: str = "------------"  # of the total: phase + unit
    formula: scoring.Formula = "sum"
    low: bool = False  # the lowest total wins
    breaks: bool = True  # equal totals must be separated
    decimals: int = 0
    discards: tuple[int, ...] = ()  # low point: races sailed from which one is left out, from which two
    within: Literal["total", "part"] = "total"  # what orders those of a last part for the best

    @property
    def deciding(self) -> int:
        """All parts count."""
        return 0

    def stages(self, event: EventPlan) -> list[Stage]:
        """Return a stage for each part."""
        stages = []
        for number, part in enumerate(self.parts):
            label = part.name or part.phase.rstrip("-").title()
            size = part.best or event.size
            per_unit = -(-size // len(part.codes))
            units = [
                UnitPlan(
                    event.code[:22] + part.phase + code,
                    f"{event.name}, {label}" + (f" {index + 1}" if len(part.codes) > 1 else ""),
                    part.task,
                    per_unit,
                    1 if number == len(self.parts) - 1 and index == 0 else 0,
                )
                for index, code in enumerate(part.codes)
            ]
            stages.append(Stage(units, part.gap if number else 0))
        return stages

    def play(self, contest: Contest) -> Iterator[Play]:
        """Hold part after part, and sign the total."""
        entries = contest.plan.entries
        total = contest.plan.code[:22] + self.code
        cards: dict[str, list[scoring.Result]] = {entrant.code: [] for entrant in entries}
        chosen: dict[str, int] = {}  # who was in a part for the best -> his rank there
        for number, part in enumerate(self.parts):
            yield Play(number)
            field = entries
            if part.best:
                codes = self._order(cards, {})[: part.best]
                field = [entrant for entrant in entries if entrant.code in codes]
            ready = contest.ready
            groups = deal(field, len(part.codes))
            for unit, group in zip(contest.plan.stages[number].units, groups, strict=True):
                if "cancelled" in unit.quirks:
                    contest.cancel(unit)
                    continue
                outcome = contest.hold(unit, group, ready)
                self._note(cards, part, outcome, group)
                if part.best:
                    chosen = dict(outcome.ranks)
            if number < len(self.parts) - 1:
                contest.say(total, contest.ready + 10_000, m.ResultStatus(unit=total, status="INTERMEDIATE"))
        self._sign(contest, total, cards, chosen)

    def _note(self, cards: dict[str, list[scoring.Result]], part: Part, outcome: Outcome, group: list[Entrant]) -> None:
        for entrant in group:
            code = entrant.code
            cards[code].append(
                scoring.Result(
                    part.phase,
                    outcome.ranks.get(code),
                    outcome.marks.get(code),
                    part.factor,
                    len(group),
                    is_time=part.task.model == "timed",
                )
            )

    def _values(self, cards: dict[str, list[scoring.Result]]) -> dict[str, int]:
        return {code: scoring.total(self.formula, card, self.discards) for code, card in cards.items() if card}

    def _order(self, cards: dict[str, list[scoring.Result]], chosen: dict[str, int]) -> list[str]:
        keys = self._keys(self._values(cards), cards, chosen)
        return sorted(keys, key=lambda code: (keys[code], code))

    def _keys(
        self, values: dict[str, int], cards: dict[str, list[scoring.Result]], chosen: dict[str, int]
    ) -> dict[str, tuple[int, ...]]:
        sign = 1 if self.low else -1
        keys: dict[str, tuple[int, ...]] = {}
        for code, value in values.items():
            rank = chosen.get(code)
            if rank is not None and self.within == "part":
                keys[code] = (0, rank)
            else:
                level = scoring.tie_break(self.formula, cards[code], self.discards)
                keys[code] = (0 if rank is not None else 1, sign * value, *level)
        return keys

    def _sign(
        self, contest: Contest, total: str, cards: dict[str, list[scoring.Result]], chosen: dict[str, int]
    ) -> None:
        """Say what only the desk can say of the total, and sign it."""
        at = contest.ready + 90_000
        values = self._values(cards)
        if self.formula == "given":
            values = self._give(contest, total, values, at)
        keys = self._keys(values, cards, chosen)
        level: dict[tuple[int, ...], list[str]] = {}
        for code in sorted(keys, key=lambda code: (keys[code], -contest.ability(code), code)):
            level.setdefault(keys[code], []).append(code)
        ranks: dict[str, int] = {}
        ordinal = 0
        for codes in level.values():
            first = len(ranks) + 1
            for place, code in enumerate(codes):
                ranks[code] = first + (place if self.breaks else 0)
            if len(codes) > 1 and self.breaks:
                order = tuple((code,) for code in codes)
                decided = m.OrderDecided(unit=total, order=order, basis="countback", ordinal=ordinal)
                contest.say(total, at + 20_000, decided)
                contest.book.count("total_tie")
                ordinal += 1
        contest.say(total, at + 40_000, m.ResultStatus(unit=total, status="UNOFFICIAL"))
        contest.say(total, at + 2 * MINUTE, m.ResultStatus(unit=total, status="OFFICIAL"))
        contest.ready = at + 2 * MINUTE
        outcome = Outcome(list(ranks), ranks, at, values, {}, at + 2 * MINUTE)
        contest.book.note_total(total, outcome)
        contest.award(podium(outcome))

    def _give(self, contest: Contest, total: str, values: dict[str, int], at: int) -> dict[str, int]:
        """Let the desk give the totals, whose other parts are no units of their own."""
        given: dict[str, int] = {}
        for number, (code, value) in enumerate(values.items()):
            whole = value * 6 - contest.plan.size * 7 + number * 3
            while whole in given.values():
                whole -= 1
            given[code] = whole
            said = m.Score(unit=total, subject=code, mark=format_value(whole, self.decimals))
            contest.say(total, at + number * 150, said)
        return given
