"""Panels: each judge's mark of each performance, then the score that they make."""

from __future__ import annotations

from typing import Literal

import msgspec

from projections.marks import format_value
from replay.synth.plan import MINUTE, Entrant, Outcome
from replay.synth.sheet import Sheet
from replay.synth.tasks.ranking import rank_by
from schemas import messages as m

__all__ = ["Judged"]


class Judged(msgspec.Struct, frozen=True):
    """A judged unit; marks are in 10^-decimals."""

    performances: int
    judges: int
    base: int  # a good mark
    spread: int
    step: int = 1  # marks are multiples of it
    decimals: int = 2
    drop: int = 0  # marks left out at each end
    difficulty: tuple[int, int] | None = None  # tenths, lowest and highest; then the score is said, not only the marks
    take: Literal["sum", "best"] = "sum"
    pace: int = 60  # s between performances
    by_turn: bool = True  # all have one performance, then the next
    model: str = "judged"

    def minutes(self, size: int) -> int:
        """Return the time of all performances, and some to sign."""
        return 7 + size * self.performances * self.pace // 60

    def run(self, sheet: Sheet, field: list[Entrant]) -> Outcome:
        """Perform."""
        dice, unit, at = sheet.dice, sheet.unit, sheet.start
        scores: dict[str, list[int]] = {entrant.code: [] for entrant in field}
        totals: dict[str, int] = {}
        turns = [(number, entrant) for number in range(1, self.performances + 1) for entrant in field]
        for number, entrant in turns:
            code = entrant.code
            at += self.pace * 1000 - dice.below(self.pace * 200)
            quality = self.base + self.spread * (entrant.ability * 0.6 + dice.bell() * 0.5)
            marks = [self._mark(quality + dice.bell() * self.spread * 0.3) for _ in range(self.judges)]
            factor = dice.between(*self.difficulty) if self.difficulty else 10
            last = number == self.performances
            while last and self._total([*scores[code], self._score(marks, factor)]) in totals.values():
                marks = [mark + self.step for mark in marks]  # no two end level
            for judge, mark in enumerate(marks, start=1):
                when = at + dice.between(0, 4000)
                sheet.timing(
                    when,
                    m.JudgeMark(
                        unit=unit,
                        subject=code,
                        ordinal=number,
                        judge=f"J{judge}",
                        mark=format_value(mark, self.decimals),
                    ),
                )
            scores[code].append(self._score(marks, factor))
            total = self._total(scores[code])
            if last:
                totals[code] = total
            at += 5000
            if self.difficulty:
                text = format_value(scores[code][-1], self.decimals)
                said = m.Score(unit=unit, subject=code, ordinal=number, mark=text)
                whole = m.Score(unit=unit, subject=code, mark=format_value(total, self.decimals))
                if last and len(totals) == 3 and (sheet.wants("correction") or sheet.wants("official_corrected")):
                    wrong = format_value(total + self.spread, self.decimals)
                    sheet.slip(at, msgspec.structs.replace(whole, mark=wrong), whole)
                else:
                    sheet.timing(at, whole)
                sheet.timing(at, said)
                if dice.chance(0.3):
                    sheet.backup(at + dice.between(100, 900), whole)
        result = rank_by({code: -total for code, total in totals.items()}, at + MINUTE)
        result.marks = totals
        return result

    def _mark(self, value: float) -> int:
        return max(round(value / self.step), 0) * self.step

    def _score(self, marks: list[int], factor: int) -> int:
        kept = sorted(marks)[self.drop : len(marks) - self.drop]
        return sum(kept) * factor // 10

    def _total(self, scores: list[int]) -> int:
        return max(scores) if self.take == "best" else sum(scores)
