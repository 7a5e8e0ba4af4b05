"""Scores by round, run, hole or part: golf, skateboarding, riding, a ranking round."""

from __future__ import annotations

from typing import Literal

import msgspec

from projections.marks import format_value
from replay.synth.plan import MINUTE, Entrant, Outcome
from replay.synth.sheet import Sheet
from replay.synth.tasks.ranking import rank_by
from schemas import messages as m

__all__ = ["Points"]


class Points(msgspec.Struct, frozen=True):
    """A unit of scores; ``base`` and ``spread`` are of one round, in 10^-decimals of a point."""

    base: int
    spread: int
    rounds: int = 1
    decimals: int = 0
    low: bool = False  # fewer is better
    take: Literal["sum", "best", "best_2", "last", "whole"] = "sum"  # whole: the running score is said, not the rounds
    pace: int = 60  # s between scores
    floor: int = 0  # the least score of a round
    unique: bool = True  # no two end with the same score
    deduct: int = 0  # what a judge may take off, in 10^-decimals
    model: str = "points"

    def minutes(self, size: int) -> int:
        """Return the time of all rounds, and some to sign."""
        return 7 + size * self.rounds * self.pace // 60

    def run(self, sheet: Sheet, field: list[Entrant]) -> Outcome:
        """Let everybody have a round, then the next one."""
        dice, unit, at = sheet.dice, sheet.unit, sheet.start
        cards: dict[str, list[int]] = {entrant.code: [] for entrant in field}
        totals: dict[str, int] = {}
        slip = sheet.wants("correction") or sheet.wants("official_corrected")
        for number in range(1, self.rounds + 1):
            last = number == self.rounds
            for entrant in field:
                code = entrant.code
                at += self.pace * 1000 - dice.below(self.pace * 300)
                drift = entrant.ability * 0.5 + dice.bell() * 0.6
                value = max(self.base + round(self.spread * (-drift if self.low else drift)), self.floor)
                if self.take == "sum" and last and self.unique:
                    while self._taken(cards[code] + [value]) in totals.values():
                        value += 1
                cards[code].append(value)
                total = self._taken(cards[code])
                if last and self.take != "sum" and self.unique:
                    while total in totals.values():  # raise what counts, and the rounds with it
                        value = max(cards[code]) + 1 if self.take != "last" else value + 1
                        cards[code][-1] = value
                        total = self._taken(cards[code])
                if last:
                    totals[code] = total
                said = total if self.take == "whole" else value
                ordinal = 0 if self.take == "whole" or self.rounds == 1 else number
                right = m.Score(unit=unit, subject=code, ordinal=ordinal, mark=format_value(said, self.decimals))
                if slip and last and len(totals) == 3:
                    slip = False
                    wrong = format_value(said + self.spread + 1, self.decimals)
                    sheet.slip(at, msgspec.structs.replace(right, mark=wrong), right)
                else:
                    sheet.timing(at, right)
                    if last or dice.chance(0.5):
                        sheet.backup(at + dice.between(100, 2500), right)
        if self.deduct and sheet.wants("deduction"):
            self._deduct(sheet, totals, at)
        result = rank_by({c: total if self.low else -total for c, total in totals.items()}, at + MINUTE)
        result.marks = totals
        return result

    def _taken(self, card: list[int]) -> int:
        best_first = sorted(card, reverse=not self.low)
        if self.take == "best":
            return best_first[0]
        if self.take == "best_2":
            return sum(best_first[:2])
        return card[-1] if self.take == "last" else sum(card)

    def _deduct(self, sheet: Sheet, totals: dict[str, int], at: int) -> None:
        """Take points off somebody, in such a way that no tie comes of it."""
        code = sheet.dice.pick(sorted(totals))
        sign = 1 if self.low else -1
        amount = self.deduct
        while totals[code] + sign * amount in totals.values():
            amount += 1
        totals[code] += sign * amount
        text = ("+" if sign > 0 else "-") + format_value(amount, self.decimals)
        sheet.desk(
            at + 30_000,
            m.ScoreAdjusted(unit=sheet.unit, subject=code, amount=text, basis="deduction", reason="neutral deduction"),
        )
