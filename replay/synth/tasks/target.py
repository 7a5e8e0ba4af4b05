"""Shooting and archery ranking rounds by series, and finals with eliminations and shoot-offs."""

from __future__ import annotations

import msgspec

from projections.marks import format_value
from replay.synth.plan import MINUTE, Entrant, Outcome
from replay.synth.sheet import Sheet
from replay.synth.tasks.ranking import rank_by
from schemas import messages as m

__all__ = ["Target"]


class _Line:
    """Who stands at the firing line, and what each has."""

    def __init__(self, field: list[Entrant]) -> None:
        self.totals = {entrant.code: 0 for entrant in field}
        self.inners = dict.fromkeys(self.totals, 0)
        self.offs: dict[str, tuple[int, ...]] = {}  # shoot-offs, negative: the lower one is better
        self.out: list[str] = []  # eliminated, in that order


class Target(msgspec.Struct, frozen=True):
    """A unit of shots or series; values are in 10^-decimals of a point."""

    shots: int  # shots or series
    best: int  # the most that one may give
    spread: int
    decimals: int = 0
    inner: int = 0  # most inner tens in one; 0: none are counted
    pace: int = 60  # s between shots
    out_from: int = 0  # a final: from this shot on, the last is out after every ``out_every``
    out_every: int = 2
    breaks: bool = False
    model: str = "target"

    def minutes(self, size: int) -> int:
        """Return the time of all shots, and some to sign."""
        return 9 + self.shots * self.pace // 60 + (size if self.out_from else 0)

    def run(self, sheet: Sheet, field: list[Entrant]) -> Outcome:
        """Shoot."""
        dice, unit, at = sheet.dice, sheet.unit, sheet.start
        line = _Line(field)
        totals, inners = line.totals, line.inners
        inside = list(field)
        slip = sheet.wants("correction") or sheet.wants("official_corrected")
        for number in range(1, self.shots + 1):
            if len(inside) < 2:
                break
            at += self.pace * 1000
            for entrant in inside:
                value = round(self.best - self.spread * (1.1 - entrant.ability * 0.4 + dice.bell() * 0.5))
                value = min(max(value, 0), self.best)
                inner = dice.below(self.inner + 1) if self.inner else 0
                totals[entrant.code] += value
                inners[entrant.code] += inner
                said = m.Shot(
                    unit=unit,
                    subject=entrant.code,
                    ordinal=number,
                    mark=format_value(value, self.decimals),
                    inner=inner,
                )
                when = at - dice.below(self.pace * 400)
                if slip and number == 2:
                    slip = False
                    wrong = format_value(max(value - 3 * 10**self.decimals, 0), self.decimals)
                    sheet.slip(when, msgspec.structs.replace(said, mark=wrong), said)
                else:
                    sheet.timing(when, said)
                if dice.chance(0.5):
                    sheet.backup(when + dice.between(100, 900), said)
            if self.out_from and number >= self.out_from and (number - self.out_from) % self.out_every == 0:
                at = self._eliminate(sheet, inside, line, at)
        at += 20_000
        if self.out_from:
            if len(inside) > 1:  # the gold
                at = self._eliminate(sheet, inside, line, at, said=False)
            places = {code: place for place, code in enumerate([inside[0].code, *reversed(line.out)], start=1)}
            result = rank_by(places, at + MINUTE)
        else:
            at = self._break_ties(sheet, line, at)
            keys = {code: (-totals[code], (*line.offs.get(code, ()), -inners[code])) for code in totals}
            result = rank_by(keys, at + MINUTE)
        result.marks = totals
        return result

    def _shoot_off(self, sheet: Sheet, codes: list[str], line: _Line, at: int) -> tuple[list[str], int]:
        """Break a tie, whatever it takes; return the order, best first, and when it was over."""
        offs = line.offs
        ordinal = max(len(offs.get(code, ())) for code in codes) + 1
        marks: dict[str, int] = {}
        for code in codes:
            mark = self.best - sheet.dice.below(self.spread + 2)
            while mark in marks.values():
                mark -= 1
            marks[code] = max(mark, 0)
        at += 45_000
        for code, mark in marks.items():
            shown = format_value(mark, self.decimals)
            sheet.timing(
                at + sheet.dice.below(3000),
                m.ShootOff(unit=sheet.unit, subject=code, ordinal=ordinal, mark=shown),
            )
            offs[code] = (*offs.get(code, ()), -mark)
        sheet.used.append("shoot_off")
        return sorted(codes, key=lambda code: -marks[code]), at + 5_000

    def _eliminate(self, sheet: Sheet, inside: list[Entrant], line: _Line, at: int, *, said: bool = True) -> int:
        low = min(line.totals[entrant.code] for entrant in inside)
        last = [entrant.code for entrant in inside if line.totals[entrant.code] == low]
        if len(last) > 1:
            last, at = self._shoot_off(sheet, last, line, at)
        gone = last[-1]
        line.out.append(gone)
        inside[:] = [entrant for entrant in inside if entrant.code != gone]
        if said and inside:
            sheet.timing(at + 2_000, m.Elimination(unit=sheet.unit, subject=gone, place=len(line.out)))
        return at + 10_000

    def _break_ties(self, sheet: Sheet, line: _Line, at: int) -> int:
        level: dict[tuple[int, int], list[str]] = {}
        for code in sorted(line.totals, key=lambda code: (-line.totals[code], -line.inners[code], code)):
            level.setdefault((line.totals[code], line.inners[code]), []).append(code)
        if self.breaks:
            for codes in level.values():
                if len(codes) > 1:
                    _, at = self._shoot_off(sheet, codes, line, at)
        return at
