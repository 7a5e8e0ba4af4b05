"""Jumps and throws: three attempts for all, three more for the best eight; ties fall to the next best mark."""

from __future__ import annotations

import msgspec

from projections.marks import format_value
from replay.synth.plan import MINUTE, Entrant, Outcome
from replay.synth.sheet import Sheet
from replay.synth.tasks.ranking import rank_by
from schemas import messages as m

__all__ = ["Distance"]


class Distance(msgspec.Struct, frozen=True):
    """A field event for length; marks are mm, shown in metres with two decimals."""

    base: int  # a good mark
    spread: float = 0.03
    rounds: int = 6  # 3 in a qualification
    wind: bool = False
    pace: int = 45  # s between attempts
    breaks: bool = False
    model: str = "distance"

    def minutes(self, size: int) -> int:
        """Return the time of all attempts, and some to sign."""
        attempts = size * min(self.rounds, 3) + min(size, 8) * max(self.rounds - 3, 0)
        return 6 + attempts * self.pace // 60

    def run(self, sheet: Sheet, field: list[Entrant]) -> Outcome:
        """Compete."""
        dice, unit, at = sheet.dice, sheet.unit, sheet.start
        cards: dict[str, list[int]] = {entrant.code: [] for entrant in field}
        equal = sheet.wants("countback")
        slip = sheet.wants("correction") or sheet.wants("official_corrected")
        group = list(field)
        for number in range(1, self.rounds + 1):
            if number == 4:
                best_first = sorted(group, key=lambda entrant: (_key(cards[entrant.code]), entrant.code))
                group = best_first[:8][::-1]
            for entrant in group:
                at += self.pace * 1000 - dice.below(9000)
                if dice.chance(0.22) and not (number == 1 and entrant in field[:4]):
                    passed = dice.chance(0.12)
                    outcome = "passed" if passed else "failed"
                    said = m.Attempt(unit=unit, subject=entrant.code, ordinal=number, outcome=outcome)  # type: ignore[arg-type]
                    sheet.timing(at, said)
                    continue
                share = 1.0 + self.spread * (entrant.ability * 0.7 + dice.bell() * 0.5 - 1.2)
                mark = int(self.base * share) // 10 * 10
                if equal and number == self.rounds and cards[entrant.code]:
                    rival = max((max(card), code) for code, card in cards.items() if card and code != entrant.code)
                    mark, equal = rival[0], False
                while mark in cards[entrant.code]:
                    mark -= 10  # own marks differ, so that a countback always ends
                cards[entrant.code].append(mark)
                wind = f"{dice.between(-8, 19) / 10:+.1f}" if self.wind else ""
                right = m.Attempt(unit=unit, subject=entrant.code, ordinal=number, mark=_text(mark), wind=wind)
                if slip and number == 2:
                    slip = False
                    sheet.slip(at, msgspec.structs.replace(right, mark=_text(mark * 2)), right)
                else:
                    sheet.timing(at, right)
                if dice.chance(0.3):
                    sheet.backup(at + dice.between(300, 2000), right)
        irms = {code: "NM" for code, card in cards.items() if not card}
        for code in irms:
            sheet.desk(at + 20_000, m.Irm(unit=unit, subject=code, irm="NM"))
        if self.breaks:
            self._level(sheet, cards, at + 40_000)
        result = rank_by({code: _key(card) for code, card in cards.items() if card}, at + MINUTE, irms)
        result.marks = {code: max(card) for code, card in cards.items() if card}
        return result

    def _level(self, sheet: Sheet, cards: dict[str, list[int]], at: int) -> None:
        """Declare level who is equal in every attempt."""
        equal: dict[tuple[int, ...], list[str]] = {}
        for code in sorted(code for code, card in cards.items() if card):
            equal.setdefault(_key(cards[code]), []).append(code)
        for ordinal, codes in enumerate(group for group in equal.values() if len(group) > 1):
            sheet.desk(at, m.OrderDecided(unit=sheet.unit, order=(tuple(codes),), basis="rule", ordinal=ordinal))


def _key(card: list[int]) -> tuple[int, ...]:
    """Return what orders cards: best mark first, then the next best; 1 stands for none, behind any mark."""
    return tuple(-mark for mark in sorted(card, reverse=True)) + (1,) * (6 - len(card))


def _text(mark: int) -> str:
    return format_value(mark // 10, 2)
