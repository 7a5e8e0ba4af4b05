"""Bouts: touches and throws up to a limit, or until the time is over; a level one goes to the referee."""

from __future__ import annotations

import msgspec

from replay.synth.plan import Entrant, Outcome
from replay.synth.sheet import Sheet
from replay.synth.tasks.duel import Score, chance_of, conclude, retire
from schemas import messages as m

__all__ = ["Bout"]


class Bout(msgspec.Struct, frozen=True):
    """A bout."""

    rounds: int = 1
    seconds: int = 240  # of a round
    rate: float = 1.0  # scores in a minute, of both
    worths: tuple[int, ...] = (1,)
    limit: int = 0  # points that end it; 0: none
    by_rounds: bool = False  # the rounds won decide
    judges: bool = False  # a round ends with the judges' points, 10 to the better side
    model: str = "match"

    def minutes(self, size: int) -> int:
        """Return the time of all rounds, and some to sign."""
        return 6 + int(self.rounds * (self.seconds + 60) * 1.25) // 60

    def run(self, sheet: Sheet, field: list[Entrant]) -> Outcome:
        """Fight."""
        dice, unit, at = sheet.dice, sheet.unit, sheet.start
        score = Score(sheet, field)
        chance = chance_of(field)
        retires = sheet.wants("retired")
        sheet.timing(at, m.Start(unit=unit))
        while score.period < self.rounds and (not self.by_rounds or max(score.won) <= self.rounds // 2):
            at = self._round(sheet, score, chance, at)
            if retires:
                return retire(sheet, field, dice.below(2), at + 5_000)
            if self.limit and max(score.total) >= self.limit:
                break
        counted = score.won if self.by_rounds else score.total
        if counted[0] != counted[1]:
            return conclude(field, int(counted[1] > counted[0]), at + 15_000)
        winner = dice.below(2)
        sheet.desk(
            at + 10_000,
            m.MatchDecided(unit=unit, winner=field[winner].code, basis=dice.pick(("criteria", "referee"))),
        )
        sheet.used.append("criteria")
        return conclude(field, winner, at + 25_000)

    def _tick(self, sheet: Sheet, period: int, at: int, seconds: int) -> None:
        """Say the time that is left, down to when the round ended."""
        for gone in range(0, seconds, 15):
            left = self.seconds - gone
            shown = f"{left // 60}:{left % 60:02d}"
            sheet.timing(at + gone * 1000, m.Clock(unit=sheet.unit, time=shown, period=str(period)))

    def _round(self, sheet: Sheet, score: Score, chance: float, at: int) -> int:
        dice = sheet.dice
        score.begin(at)
        seconds = 0.0
        while not self.judges:
            seconds += 60 / self.rate * (0.2 + 1.6 * dice.roll())
            if seconds >= self.seconds:
                break
            side = 0 if dice.chance(chance) else 1
            score.score(at + int(seconds * 1000), side, dice.pick(self.worths))
            if self.limit and max(score.total) >= self.limit:
                self._tick(sheet, score.period, at, int(seconds))
                score.end(at + int(seconds * 1000))
                return at + int(seconds * 1000)
        end = at + self.seconds * 1000
        self._tick(sheet, score.period, at, self.seconds)
        tick = m.Clock(unit=sheet.unit, time="0:00", period=str(score.period), running=False)
        sheet.timing(end, tick)
        if self.judges:
            better = 0 if dice.chance(0.5 + (chance - 0.5) * 2) else 1
            score.points[better] = 10
            score.points[1 - better] = 9
            score.total[better] += 10
            score.total[1 - better] += 9
            score.tell(end + 5_000)
        elif self.by_rounds and score.points[0] == score.points[1]:
            score.score(end + 500, 0 if dice.chance(chance) else 1, play=False)
        score.end(end + 6_000)
        return end + 60_000
