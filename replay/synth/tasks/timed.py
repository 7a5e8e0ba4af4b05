"""Races against the clock: splits, finishes in the order of arrival, wind, dead heats and photo finishes."""

from __future__ import annotations

import msgspec

from projections.marks import format_value
from replay.synth.dice import Dice
from replay.synth.plan import MINUTE, Entrant, Outcome
from replay.synth.sheet import Sheet
from replay.synth.tasks.ranking import rank_by
from schemas import messages as m

__all__ = ["Timed"]


class Timed(msgspec.Struct, frozen=True):
    """A race; times are ms."""

    base: int  # what a good one takes
    spread: float = 0.012  # deviation, as a share of it
    decimals: int = 2
    splits: int = 0
    laps: bool = False  # the splits are laps
    wind: bool = False
    interval: int = 0  # s between starters; 0: all together
    breaks: bool = False  # ties must be broken
    dns: float = 0.004  # a starter's chance
    dnf: float = 0.004
    dsq: float = 0.002
    dsq_word: str = "DSQ"
    model: str = "timed"

    def minutes(self, size: int) -> int:
        """Return the time of the last one in, and some to clear and sign."""
        return 5 + (int(self.base * 1.15) + self.interval * 1000 * size) // MINUTE

    def run(self, sheet: Sheet, field: list[Entrant]) -> Outcome:
        """Race."""
        start, dice = sheet.start, sheet.dice
        irms = self._irms(sheet, field)
        if sheet.wants("false_start"):
            start = self._false_start(sheet, field, irms, start)
        gone = {entrant.code for entrant in field if irms.get(entrant.code) == "DNS"}
        sheet.timing(start, m.Start(unit=sheet.unit))
        sheet.backup(start + dice.between(-30, 30), m.Start(unit=sheet.unit))
        marks = self._times(dice, [e for e in field if e.code not in gone and irms.get(e.code) != "FS"])
        arrivals: dict[str, int] = {}
        delay = 0
        for entrant in field:
            if entrant.code not in marks:
                continue
            arrivals[entrant.code] = start + delay + marks[entrant.code]
            self._pass_splits(sheet, entrant.code, start + delay, marks[entrant.code], irms.get(entrant.code) == "DNF")
            delay += self.interval * 1000
        end = max(arrivals.values(), default=start)
        valid = {code: mark for code, mark in marks.items() if code not in irms}
        ties = self._make_ties(sheet, valid)
        marks.update(valid)
        self._finish(sheet, {c: t for c, t in arrivals.items() if irms.get(c) != "DNF"}, marks, valid)
        for code, irm in irms.items():
            if irm != "DNS":
                told = end + 20_000 if irm == "DSQ" else arrivals.get(code, end)
                word = self.dsq_word if irm in ("DSQ", "FS") else irm
                if irm != "FS":
                    sheet.desk(told, m.Irm(unit=sheet.unit, subject=code, irm=word))
        if self.wind:
            sheet.timing(start + 10_000, m.Wind(unit=sheet.unit, speed=f"{dice.between(-9, 24) / 10:+.1f}"))
        final: dict[str, str] = {c: self.dsq_word if irm in ("DSQ", "FS") else irm for c, irm in irms.items()}
        outcome = rank_by({code: (mark, ties.get(code, 0)) for code, mark in valid.items()}, end + 15_000, final)
        outcome.marks = valid
        self._settle(sheet, outcome, ties, end + 100_000)
        return outcome

    def _irms(self, sheet: Sheet, field: list[Entrant]) -> dict[str, str]:
        dice, irms = sheet.dice, {}
        spare = len(field) - 4
        for entrant in field[4:] if spare > 0 else ():
            roll = dice.roll()
            if roll < self.dns:
                irms[entrant.code] = "DNS"
            elif roll < self.dns + self.dnf:
                irms[entrant.code] = "DNF"
            elif roll < self.dns + self.dnf + self.dsq:
                irms[entrant.code] = "DSQ"
        for quirk, irm in (("dns", "DNS"), ("dnf", "DNF"), ("dsq", "DSQ")):
            if spare > 0 and sheet.wants(quirk):
                free = [entrant.code for entrant in field[3:] if entrant.code not in irms]
                irms[dice.pick(free)] = irm
        for code, irm in irms.items():
            if irm == "DNS":
                sheet.desk(sheet.start - 240_000, m.Irm(unit=sheet.unit, subject=code, irm="DNS"))
        return irms

    def _false_start(self, sheet: Sheet, field: list[Entrant], irms: dict[str, str], start: int) -> int:
        """Let somebody go too early; return the time of the second start."""
        culprit = next(entrant.code for entrant in reversed(field) if entrant.code not in irms)
        irms[culprit] = "FS"
        sheet.timing(start, m.Start(unit=sheet.unit))
        sheet.desk(start + 4_000, m.UnitStatus(unit=sheet.unit, status="INTERRUPTED"))
        sheet.desk(start + 70_000, m.Irm(unit=sheet.unit, subject=culprit, irm=self.dsq_word, reason="false start"))
        sheet.desk(start + 175_000, m.UnitStatus(unit=sheet.unit, status="RUNNING"))
        return start + 180_000

    def _times(self, dice: Dice, runners: list[Entrant]) -> dict[str, int]:
        """Draw a time for each, all different."""
        step = 10 ** (3 - self.decimals)
        taken: set[int] = set()
        marks: dict[str, int] = {}
        for entrant in runners:
            share = 1.0 + self.spread * (1.6 - entrant.ability * 0.6 + dice.bell() * 0.55)
            mark = int(self.base * max(share, 0.97)) // step * step
            while mark in taken:
                mark += step
            taken.add(mark)
            marks[entrant.code] = mark
        return marks

    def _make_ties(self, sheet: Sheet, marks: dict[str, int]) -> dict[str, int]:
        """Make two marks equal where that is wanted; return who is behind by the photo (1) or level with (0)."""
        if len(marks) < 4:
            return {}
        order = sorted(marks, key=marks.__getitem__)
        if sheet.wants("dead_heat"):
            marks[order[2]] = marks[order[1]]
        elif sheet.wants("photo_finish"):
            marks[order[1]] = marks[order[0]]
            return {order[1]: 1}
        return {}

    def _settle(self, sheet: Sheet, outcome: Outcome, ties: dict[str, int], at: int) -> None:
        """Let the judges decide what the clock cannot."""
        level: dict[int, list[str]] = {}
        for code in outcome.order:
            level.setdefault(outcome.marks[code], []).append(code)
        for ordinal, codes in enumerate(group for group in level.values() if len(group) > 1):
            if ties.keys() & set(codes):
                sheet.desk(
                    at,
                    m.OrderDecided(
                        unit=sheet.unit, order=tuple((code,) for code in codes), basis="photo_finish", ordinal=ordinal
                    ),
                )
            elif self.breaks:
                sheet.desk(
                    at, m.OrderDecided(unit=sheet.unit, order=(tuple(codes),), basis="dead_heat", ordinal=ordinal)
                )

    def _pass_splits(self, sheet: Sheet, code: str, start: int, mark: int, stops: bool) -> None:
        dice, unit, count = sheet.dice, sheet.unit, self.splits
        kind = m.Lap if self.laps else m.Split
        last = dice.below(count) if stops and count else count
        for number in range(1, last + 1):
            time = int(mark * (number + (dice.roll() - 0.5) * 0.06) / (count + 1))
            shown = format_value(time // 10, 2, clock=True)
            said = kind(unit=unit, subject=code, ordinal=number, mark=shown)
            sheet.timing(start + time, said)
            sheet.backup(start + time + dice.between(2, 90), said)

    def _text(self, mark: int) -> str:
        return format_value(mark // 10 ** (3 - self.decimals), self.decimals, clock=True)

    def _finish(self, sheet: Sheet, arrivals: dict[str, int], marks: dict[str, int], valid: dict[str, int]) -> None:
        dice, unit = sheet.dice, sheet.unit
        order = sorted(valid, key=valid.__getitem__)
        wrong = order[1] if len(order) > 2 and (sheet.wants("correction") or sheet.wants("official_corrected")) else ""
        for code, at in arrivals.items():
            said = m.Finish(unit=unit, subject=code, mark=self._text(marks[code]))
            if code == wrong:
                late = m.Finish(
                    unit=unit, subject=code, mark=self._text(marks[order[2]] + 10 * 10 ** (3 - self.decimals))
                )
                sheet.slip(at, late, said)
            else:
                sheet.timing(at, said)
            other = marks[code] + 10 ** (3 - self.decimals) * (1 if dice.chance(0.02) else 0)
            sheet.backup(at + dice.between(2, 90), m.Finish(unit=unit, subject=code, mark=self._text(other)))
