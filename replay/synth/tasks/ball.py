"""Matches played for a time: goals and baskets by period, extra time, penalties."""

from __future__ import annotations

import msgspec

from replay.synth.plan import MINUTE, Entrant, Outcome
from replay.synth.sheet import Sheet
from replay.synth.tasks.duel import Score, chance_of, conclude, retire
from schemas import messages as m

__all__ = ["Ball"]


class Ball(msgspec.Struct, frozen=True):
    """A match by time."""

    periods: int
    length: int  # minutes of a period
    rate: float  # scores of both sides in a minute
    worths: tuple[int, ...] = (1,)  # points of a score, drawn evenly
    stretch: float = 1.3  # real time for playing time
    draws: bool = False  # may end level; otherwise penalties or one more score
    penalties: bool = False
    ticks: int = 10  # s between clock messages
    squad: int = 0  # players in a line-up
    model: str = "match"

    def minutes(self, size: int) -> int:
        """Return the time of the match with its breaks, and some to sign."""
        return int(self.periods * self.length * self.stretch) + 5 * self.periods + 8

    def run(self, sheet: Sheet, field: list[Entrant]) -> Outcome:
        """Play."""
        dice, unit = sheet.dice, sheet.unit
        score = Score(sheet, field)
        chance, at = chance_of(field), sheet.start
        sheet.timing(at, m.Start(unit=unit))
        retires = sheet.wants("retired")
        for period in range(1, self.periods + 1):
            score.begin(at)
            seconds = 0.0
            shown = 0
            while True:
                seconds += 60 / self.rate * (0.2 + 1.6 * dice.roll())
                limit = min(seconds, self.length * 60)
                while shown < limit:
                    tick = m.Clock(unit=unit, time=_clock(shown), period=str(period))
                    sheet.timing(at + int(shown * self.stretch * 1000), tick)
                    shown += self.ticks
                if seconds >= self.length * 60:
                    break
                when = at + int(seconds * self.stretch * 1000)
                side = 0 if dice.chance(chance) else 1
                score.score(when, side, dice.pick(self.worths), _clock(int(seconds)))
            at += int(self.length * self.stretch * MINUTE)
            score.end(at)
            stopped = m.Clock(unit=unit, time=_clock(self.length * 60), period=str(period), running=False)
            sheet.timing(at, stopped)
            if retires and period == (self.periods + 1) // 2:
                return retire(sheet, field, dice.below(2), at + 10_000)
            if period < self.periods:
                self._pause(sheet, field, at, period)
                at += 4 * MINUTE
        one, two = score.total
        if one == two and not self.draws:
            return self._decide(sheet, field, score, at)
        return conclude(field, None if one == two else int(two > one), at + 20_000)

    def _pause(self, sheet: Sheet, field: list[Entrant], at: int, period: int) -> None:
        sheet.desk(at + 500, m.UnitStatus(unit=sheet.unit, status="SCHEDULED_BREAK"))
        sheet.desk(at + 600, m.ResultStatus(unit=sheet.unit, status="INTERMEDIATE"))
        side = field[sheet.dice.below(2)]
        if self.squad and len(side.members) > self.squad and period == 1:
            change = m.Substitution(
                unit=sheet.unit, team=side.code, leaves=side.members[self.squad - 1], enters=side.members[-1]
            )
            sheet.desk(at + 200_000, change)
        sheet.desk(at + 4 * MINUTE - 500, m.UnitStatus(unit=sheet.unit, status="RUNNING"))
        sheet.desk(at + 4 * MINUTE - 400, m.ResultStatus(unit=sheet.unit, status="LIVE"))

    def _decide(self, sheet: Sheet, field: list[Entrant], score: Score, at: int) -> Outcome:
        dice = sheet.dice
        winner = dice.below(2)
        if self.penalties:
            at += 5 * MINUTE
            sheet.desk(
                at,
                m.MatchDecided(
                    unit=sheet.unit,
                    winner=field[winner].code,
                    basis="penalties",
                    reason=f"{dice.between(4, 5)}-{dice.between(1, 3)} on penalties",
                ),
            )
            sheet.used.append("penalties")
        else:
            at += 2 * MINUTE
            score.begin(at)
            at += dice.between(20_000, 200_000)
            score.score(at, winner, max(self.worths))
            score.end(at)
        return conclude(field, winner, at + 20_000)


def _clock(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02d}"
