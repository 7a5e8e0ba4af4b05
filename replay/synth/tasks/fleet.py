"""Races that only their order decides: boats at their marks, keirin, scratch, eliminations."""

from __future__ import annotations

from typing import Literal

import msgspec

from projections.marks import format_value
from replay.synth.plan import MINUTE, Entrant, Outcome
from replay.synth.sheet import Sheet
from replay.synth.tasks.ranking import rank_in_order
from schemas import messages as m

__all__ = ["Fleet"]


class Fleet(msgspec.Struct, frozen=True):
    """A race for places."""

    base: int  # ms that a good one takes
    roundings: int = 0  # marks on the way, timed
    model: Literal["fleet", "order"] = "fleet"
    irms: tuple[str, ...] = ()  # that may befall somebody
    rate: float = 0.0  # a starter's chance of one
    out: bool = False  # an elimination race: the last is out at every sprint

    def minutes(self, size: int) -> int:
        """Return the time of the last one in, and some to sign."""
        return 7 + int(self.base * 1.2) // MINUTE

    def run(self, sheet: Sheet, field: list[Entrant]) -> Outcome:
        """Race."""
        dice, unit, start = sheet.dice, sheet.unit, sheet.start
        sheet.timing(start, m.Start(unit=unit))
        sheet.backup(start + dice.between(-40, 40), m.Start(unit=unit))
        form = sorted(((e.ability * 0.8 + dice.bell() * 0.6, e.code) for e in field), reverse=True)
        order = [code for _, code in form]
        irms: dict[str, str] = {}
        for code in order[4:] if len(order) > 6 and self.irms else ():
            if dice.chance(self.rate):
                irms[code] = dice.pick(self.irms)
        if len(order) > 4 and self.irms and not irms and (sheet.wants("dnf") or sheet.wants("dsq")):
            irms[order[-1]] = self.irms[0]
        home = [code for code in order if code not in irms]
        end = start + self.base
        for place, code in enumerate(home, start=1):
            time = self.base + int(self.base * 0.12 * (place - 1 + dice.roll() * 0.8) / len(home))
            for number in range(1, self.roundings + 1):
                passed = int(time * (number + (dice.roll() - 0.5) * 0.1) / (self.roundings + 1))
                shown = format_value(passed // 1000, 0, clock=True)
                said = m.Split(unit=unit, subject=code, ordinal=number, mark=shown)
                sheet.timing(start + passed, said)
                sheet.backup(start + passed + dice.between(20, 900), said)
            end = start + time
            home_said = m.Finish(unit=unit, subject=code, place=place)
            if self.out:
                end = start + self.base + 60_000 + place * 200  # the judges' list, when all is over
            sheet.timing(end, home_said)
            sheet.backup(end + dice.between(20, 900), home_said)
        if self.out:
            sprint = self.base // len(home)
            for number, code in enumerate(reversed(home[2:]), start=1):
                sheet.timing(start + number * sprint, m.Elimination(unit=unit, subject=code, place=number))
        for code, irm in irms.items():
            sheet.desk(end + dice.between(20_000, 90_000), m.Irm(unit=unit, subject=code, irm=irm))
        outcome = rank_in_order(home, end + 100_000)
        outcome.irms = irms
        return outcome
