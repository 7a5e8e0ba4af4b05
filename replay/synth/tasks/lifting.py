"""Weightlifting: bodyweights, declarations, three snatches and three clean and jerks."""

from __future__ import annotations

import msgspec

from replay.synth.plan import MINUTE, Entrant, Outcome
from replay.synth.sheet import Sheet
from replay.synth.tasks.ranking import rank_by
from schemas import messages as m

__all__ = ["Lifting"]


class Lifting(msgspec.Struct, frozen=True):
    """A lifting unit; weights are kg."""

    snatch: int  # a good one
    jerk: int  # 0: one lift only (powerlifting)
    body: int  # the category's limit
    pace: int = 75  # s between lifts
    model: str = "lifting"

    def minutes(self, size: int) -> int:
        """Return the time of all lifts, and some to sign."""
        return 20 + size * 6 * self.pace // 60

    def run(self, sheet: Sheet, field: list[Entrant]) -> Outcome:
        """Lift: in each of the two, always the lightest declared weight next."""
        dice, unit, at = sheet.dice, sheet.unit, sheet.start
        for entrant in field:
            kg = self.body - dice.below(90) / 100
            sheet.desk(at - 110 * MINUTE, m.Bodyweight(unit=unit, subject=entrant.code, weight=f"{kg:.2f}"))
        best: dict[str, list[tuple[int, int]]] = {entrant.code: [] for entrant in field}  # (kg, when) of each part
        slip = sheet.wants("correction") or sheet.wants("official_corrected")
        for part, good in enumerate((self.snatch, self.jerk)):
            asked = {e.code: good - 8 + round(e.ability * good * 0.035) + dice.below(4) for e in field}
            done = dict.fromkeys(asked, 0)
            top: dict[str, tuple[int, int]] = {}
            sure = {entrant.code for entrant in field[:4]}
            for code, kg in asked.items():
                sheet.desk(
                    at + dice.below(9000),
                    m.LiftDeclared(unit=unit, subject=code, ordinal=part * 3 + 1, weight=str(kg)),
                )
            while waiting := [code for code in asked if done[code] < 3]:
                code = min(waiting, key=lambda c: (asked[c], done[c], c))
                done[code] += 1
                at += self.pace * 1000 - dice.below(15_000)
                lifted = dice.chance(0.88 - 0.17 * (done[code] - 1)) or (
                    code in sure and done[code] == 3 and code not in top
                )
                ordinal = part * 3 + done[code]
                said = m.LiftJudged(unit=unit, subject=code, ordinal=ordinal, weight=str(asked[code]), good=lifted)
                if slip and done[code] == 2:
                    slip = False
                    sheet.slip(at, msgspec.structs.replace(said, good=not lifted), said)
                else:
                    sheet.timing(at, said)
                if dice.chance(0.4):
                    sheet.backup(at + dice.between(200, 1500), said)
                if lifted:
                    top[code] = (asked[code], at)
                    asked[code] += dice.between(2, 5)
                if done[code] < 3:
                    sheet.desk(
                        at + 20_000,
                        m.LiftDeclared(unit=unit, subject=code, ordinal=ordinal + 1, weight=str(asked[code])),
                    )
            for code, reached in top.items():
                best[code].append(reached)
            at += 10 * MINUTE
        at -= 10 * MINUTE
        valid = {code: lifts for code, lifts in best.items() if len(lifts) == 2}
        irms = {code: "DNF" for code in best if code not in valid}
        for code in irms:
            sheet.desk(at + 20_000, m.Irm(unit=unit, subject=code, irm="DNF"))
        keys = {code: (-lifts[0][0] - lifts[1][0], lifts[1][1]) for code, lifts in valid.items()}
        result = rank_by(keys, at + MINUTE, irms)
        result.marks = {code: -key[0] for code, key in keys.items()}
        return result
