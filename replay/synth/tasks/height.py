"""High jump and pole vault: the bar rises until nobody is left; a tie for the first place goes to a jump-off."""

from __future__ import annotations

import msgspec

from replay.synth.plan import MINUTE, Entrant, Outcome
from replay.synth.sheet import Sheet
from replay.synth.tasks.ranking import rank_by
from schemas import messages as m

__all__ = ["Height"]


class Height(msgspec.Struct, frozen=True):
    """A field event for height; heights are mm."""

    first: int  # the bar at the start
    step: int  # how far it rises
    heights: int = 10  # at most
    pace: int = 40  # s between jumps
    breaks: bool = False
    model: str = "height"

    def minutes(self, size: int) -> int:
        """Return a generous time for all jumps, and some to sign."""
        return 10 + size * 11 * self.pace // 60

    def run(self, sheet: Sheet, field: list[Entrant]) -> Outcome:
        """Compete."""
        dice, unit, at = sheet.dice, sheet.unit, sheet.start
        cards: dict[str, list[tuple[int, str]]] = {entrant.code: [] for entrant in field}
        failures = dict.fromkeys(cards, 0)  # in a row
        inside = list(field)
        for number in range(self.heights):
            bar = self.first + number * self.step
            trials = dict.fromkeys((entrant.code for entrant in inside), "")
            for _ in range(3):
                for entrant in inside:
                    code, jumps = entrant.code, trials[entrant.code]
                    if jumps.endswith(("o", "-")) or failures[code] >= 3:
                        continue
                    at += self.pace * 1000 - dice.below(9000)
                    chance = 0.95 - 0.115 * number + 0.11 * entrant.ability
                    sure = number == 0 and entrant in field[:4]  # somebody must have a mark
                    if number < 3 and not sure and not jumps and entrant.ability > 0.8 and dice.chance(0.4):
                        trials[code] += "-"
                    elif sure or dice.chance(chance):
                        trials[code] += "o"
                        failures[code] = 0
                    else:
                        trials[code] += "x"
                        failures[code] += 1
                    sheet.timing(at, m.Height(unit=unit, subject=code, ordinal=bar, jumps=trials[code]))
            for code, jumps in trials.items():
                if jumps:
                    cards[code].append((bar, jumps))
            inside = [entrant for entrant in inside if failures[entrant.code] < 3]
            if not inside:
                break
        keys = {code: _key(card) for code, card in cards.items()}
        irms = {code: "NM" for code, key in keys.items() if key is None}
        for code in irms:
            sheet.desk(at + 20_000, m.Irm(unit=unit, subject=code, irm="NM"))
        valid = {code: (*key, 0) for code, key in keys.items() if key is not None}
        at = self._break_ties(sheet, valid, at)
        result = rank_by(valid, at + MINUTE, irms)
        result.marks = {code: -key[0] for code, key in valid.items()}
        return result

    def _break_ties(self, sheet: Sheet, keys: dict[str, tuple[int, int, int, int]], at: int) -> int:
        """Hold a jump-off for the first place, and where the sport wants it declare other ties level."""
        level: dict[tuple[int, int, int, int], list[str]] = {}
        for code in sorted(keys, key=lambda code: (keys[code], code)):
            level.setdefault(keys[code], []).append(code)
        for ordinal, (key, codes) in enumerate(list(level.items())):
            if len(codes) < 2:
                continue
            if ordinal == 0:
                at += 5 * MINUTE
                jumped = sheet.dice.shuffled(codes)
                for place, code in enumerate(jumped, start=1):
                    keys[code] = (*key[:3], place)
                order = tuple((code,) for code in jumped)
                sheet.desk(at, m.OrderDecided(unit=sheet.unit, order=order, basis="play_off", reason="jump-off"))
                sheet.used.append("jump_off")
            elif self.breaks:
                sheet.desk(
                    at + 30_000,
                    m.OrderDecided(unit=sheet.unit, order=(tuple(codes),), basis="rule", ordinal=ordinal),
                )
        return at


def _key(card: list[tuple[int, str]]) -> tuple[int, int, int] | None:
    """Return what orders cards: height, failures at it, failures up to it; None without a height."""
    cleared = [bar for bar, jumps in card if jumps.endswith("o")]
    if not cleared:
        return None
    best = max(cleared)
    at_best = sum(jumps.count("x") for bar, jumps in card if bar == best)
    return -best, at_best, sum(jumps.count("x") for bar, jumps in card if bar <= best)
