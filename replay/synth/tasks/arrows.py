"""Archery matches: sets of arrows for set points, and a one-arrow shoot-off where they are level."""

from __future__ import annotations

import msgspec

from replay.synth.plan import Entrant, Outcome
from replay.synth.sheet import Sheet
from replay.synth.tasks.duel import Score, conclude
from schemas import messages as m

__all__ = ["Arrows"]


class Arrows(msgspec.Struct, frozen=True):
    """A match by set points: 2 for the better set, 1 each for an equal one."""

    goal: int = 6  # set points that win
    arrows: int = 3  # of a side in a set
    pace: int = 22  # s between arrows
    model: str = "match"

    def minutes(self, size: int) -> int:
        """Return the time of a match that goes to a shoot-off, and some to sign."""
        return 8 + (self.goal - 1) * self.arrows * 2 * self.pace // 60

    def run(self, sheet: Sheet, field: list[Entrant]) -> Outcome:
        """Shoot."""
        dice, unit, at = sheet.dice, sheet.unit, sheet.start
        sheet.timing(at, m.Start(unit=unit))
        score = Score(sheet, field)
        arrow = 0
        while max(score.total) < self.goal and score.period < self.goal - 1:
            score.begin(at)
            sums = [0, 0]
            for _ in range(self.arrows):
                arrow += 1
                for side, entrant in enumerate(field):
                    at += int(self.pace * 1000 * (0.7 + 0.5 * dice.roll()))
                    value = min(10, round(9.1 + entrant.ability * 0.3 + dice.bell() * 0.7))
                    sums[side] += value
                    said = m.Shot(
                        unit=unit, subject=entrant.code, ordinal=arrow, mark=str(value), inner=int(value == 10)
                    )
                    sheet.timing(at, said)
            if sums[0] == sums[1]:
                score.points = [1, 1]
                score.total = [total + 1 for total in score.total]
                score.tell(at + 3_000)
            else:
                score.score(at + 3_000, int(sums[1] > sums[0]), 2, play=False)
            score.end(at + 3_000)
            at += 30_000
        if score.total[0] == score.total[1]:
            at = self._shoot_off(sheet, field, score, at)
        return conclude(field, int(score.total[1] > score.total[0]), at)

    def _shoot_off(self, sheet: Sheet, field: list[Entrant], score: Score, at: int) -> int:
        """Shoot one more arrow each; the closer one gives the point that decides."""
        dice = sheet.dice
        winner = dice.below(2)
        score.begin(at)
        for side, entrant in enumerate(field):
            at += self.pace * 1000
            mark = "10" if side == winner else "9"
            sheet.timing(at, m.ShootOff(unit=sheet.unit, subject=entrant.code, ordinal=1, mark=mark))
        score.score(at + 4_000, winner, play=False)
        score.end(at + 4_000)
        sheet.used.append("shoot_off")
        return at + 10_000
