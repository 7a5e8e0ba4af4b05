"""Matches by sets: rallies, ends or rounds until one side has won enough of them."""

from __future__ import annotations

import msgspec

from replay.synth.plan import Entrant, Outcome
from replay.synth.sheet import Sheet
from replay.synth.tasks.duel import Score, chance_of, conclude, retire
from schemas import messages as m

__all__ = ["Sets"]


class Sets(msgspec.Struct, frozen=True):
    """A match by sets."""

    best_of: int
    to: int  # points that win a set
    lead: int = 2
    cap: int = 0  # points that win it whatever the lead; 0: none
    last_to: int = 0  # points that win the deciding set; 0: as the others
    pace: int = 18  # s between points
    plays: bool = False  # each point is said as a play too
    rallies: int = 0  # plays that make one point, about (tennis: the points of a game)
    model: str = "match"

    def minutes(self, size: int) -> int:
        """Return the time of all sets going far, and some to sign."""
        return 8 + int(self.best_of * self.to * 1.9 * self.pace) // 60

    def run(self, sheet: Sheet, field: list[Entrant]) -> Outcome:
        """Play."""
        dice, at = sheet.dice, sheet.start
        score = Score(sheet, field)
        chance = chance_of(field, 0.09)
        need = self.best_of // 2 + 1
        retires = sheet.wants("retired")
        sheet.timing(at, m.Start(unit=sheet.unit))
        while max(score.won) < need:
            score.begin(at)
            goal = self.last_to if self.last_to and score.period == self.best_of else self.to
            while not self._over(score.points, goal):
                at = self._rally(sheet, field, at)
                score.score(at, 0 if dice.chance(chance) else 1, play=self.plays)
                if retires and score.scored > self.to:
                    score.end(at)
                    return retire(sheet, field, dice.below(2), at + 20_000)
            score.end(at)
            at += 60_000
        return conclude(field, int(score.won[1] > score.won[0]), at - 50_000)

    def _rally(self, sheet: Sheet, field: list[Entrant], at: int) -> int:
        """Play until a point is won; return when."""
        dice = sheet.dice
        length = int(self.pace * 1000 * (0.5 + dice.roll()))
        count = dice.between(self.rallies - 1, self.rallies + 3) if self.rallies else 0
        for number in range(count):
            side = field[dice.below(2)].code
            when = at + length * (number + 1) // (count + 1)
            sheet.timing(when, m.Point(unit=sheet.unit, subject=side, ordinal=when - sheet.start, worth=0))
        return at + length

    def _over(self, points: list[int], goal: int) -> bool:
        high, low = max(points), min(points)
        return (high >= goal and high - low >= self.lead) or (self.cap > 0 and high >= self.cap)
