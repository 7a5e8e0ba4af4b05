"""What all matches have: two sides, a score by period, a winner, and the ways to win without one."""

from __future__ import annotations

from replay.synth.plan import Entrant, Outcome
from replay.synth.sheet import Sheet
from schemas import messages as m

__all__ = ["Score", "chance_of", "conclude", "retire"]


class Score:
    """The running score of a match, said as it changes."""

    def __init__(self, sheet: Sheet, field: list[Entrant]) -> None:
        self.sheet = sheet
        self.field = field
        self.sides = (field[0].code, field[1].code)
        self.points = [0, 0]  # in this period
        self.period = 0
        self.scored = 0  # points so far, of both
        self.total = [0, 0]  # over all periods
        self.won = [0, 0]  # periods

    def begin(self, at: int) -> None:
        """Begin the next period."""
        self.period += 1
        self.points = [0, 0]
        self.tell(at)

    def score(self, at: int, side: int, worth: int = 1, clock: str = "", *, play: bool = True) -> None:
        """Give points to a side."""
        self.points[side] += worth
        self.total[side] += worth
        self.scored += 1
        if play:
            members = self.field[side].members
            by = members[self.scored % len(members)] if members else ""
            self.sheet.timing(
                at,
                m.Point(
                    unit=self.sheet.unit, subject=self.sides[side], ordinal=self.scored, worth=worth, by=by, clock=clock
                ),
            )
        self.tell(at + 40)
        if self.sheet.dice.chance(0.6):
            self.sheet.backup(at + self.sheet.dice.between(150, 900), self._said())

    def tell(self, at: int) -> None:
        """Say the score of the period."""
        self.sheet.timing(at, self._said())

    def end(self, at: int) -> None:
        """End the period; the back-up says its score too."""
        if self.points[0] != self.points[1]:
            self.won[self.points[1] > self.points[0]] += 1
        self.sheet.backup(at + self.sheet.dice.between(200, 2000), self._said())

    def _said(self) -> m.Period:
        one, two = self.sides
        return m.Period(
            unit=self.sheet.unit, ordinal=self.period, scores={one: str(self.points[0]), two: str(self.points[1])}
        )


def chance_of(field: list[Entrant], weight: float = 0.16) -> float:
    """Return the chance that the first side wins a point."""
    return min(max(0.5 + weight * 0.5 * (field[0].ability - field[1].ability), 0.25), 0.75)


def conclude(field: list[Entrant], winner: int | None, at: int) -> Outcome:
    """Return the outcome of a match; without a winner it is drawn."""
    codes = [entrant.code for entrant in field]
    if winner is None:
        return Outcome(codes, dict.fromkeys(codes, 1), at)
    order = [codes[winner], codes[1 - winner]]
    return Outcome(order, {order[0]: 1, order[1]: 2}, at)


def retire(sheet: Sheet, field: list[Entrant], loser: int, at: int) -> Outcome:
    """Let a side give up; the other one wins whatever the score says."""
    basis = sheet.dice.pick(("injury", "retired"))
    sheet.desk(at - 2_000, m.Irm(unit=sheet.unit, subject=field[loser].code, irm="RET"))
    sheet.desk(
        at,
        m.MatchDecided(unit=sheet.unit, winner=field[1 - loser].code, basis=basis, reason="did not continue"),  # type: ignore[arg-type]
    )
    return conclude(field, 1 - loser, at + 30_000)
