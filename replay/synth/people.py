"""Invented organisations, athletes and teams.

Every organisation's code has an X in it, as only two of the real ones have, and no real name is used.
"""

from __future__ import annotations

from typing import NamedTuple

from replay.synth.dice import Dice
from replay.synth.plan import Entrant, EventPlan

__all__ = ["Athlete", "Nation", "People", "TeamEntry"]

_CONSONANTS = "BDFGHKLMNPRSTVZ"
_VOWELS = "AEIOU"
_REAL = frozenset({"MEX", "LUX", "CXR", "SEX"})  # and one that nobody wants on a shirt
_LANDS = ("ia", "andia", "oria", "avia", "erra", "onia", "issa", "umbra", "edo", "aland", "uria", "esh")
_FIRST = ("Ba", "Be", "Ca", "Da", "Do", "E", "Fa", "Ga", "Ha", "I", "Jo", "Ka", "Ke", "La", "Le", "Ma", "Mi", "Na",
          "No", "O", "Pa", "Ra", "Ri", "Sa", "Si", "Ta", "Ti", "U", "Va", "Vi", "Ya", "Za")  # fmt: skip
_MIDDLE = ("ba", "de", "di", "fe", "ga", "ki", "la", "le", "li", "lo", "ma", "mi", "na", "ni", "no", "ra", "ri", "ro",
           "sa", "se", "ta", "te", "ti", "va", "vi", "zo")  # fmt: skip
_LAST = ("", "n", "r", "s", "l", "k", "th", "m", "nd", "sen", "ov", "ez", "ini", "ak", "ur")


class Nation(NamedTuple):
    """An organisation."""

    code: str
    name: str
    ranked: bool
    weight: int  # how many athletes it sends, relatively


class Athlete(NamedTuple):
    """A person."""

    code: str
    name: str
    organisation: str
    gender: str
    birth_date: str
    discipline: str


class TeamEntry(NamedTuple):
    """A team, pair or group."""

    code: str
    name: str
    organisation: str
    discipline: str
    members: tuple[str, ...]


def _nations(count: int, dice: Dice) -> list[Nation]:
    codes = [f"{c}{v}X" for c in _CONSONANTS for v in _VOWELS]
    codes += [f"X{v}{c}" for v in _VOWELS for c in _CONSONANTS]
    codes += [f"{v}X{w}" for v in _VOWELS for w in _VOWELS]
    codes += [f"{v}{c}X" for v in _VOWELS for c in _CONSONANTS]
    codes = [code for code in dice.shuffled(codes) if code not in _REAL][:count]
    nations = []
    for place, code in enumerate(codes):
        name = code.title() + dice.pick(_LANDS)
        neutral = place == 20 or (count <= 20 and place == count - 1)
        nations.append(Nation(code, f"{name} Neutral" if neutral else name, not neutral, 1 + 40 // (1 + place // 3)))
    return sorted(nations)


class People:
    """Everybody who takes part, made as events need them."""

    def __init__(self, seed: int, organisations: int) -> None:
        self.seed = seed
        dice = Dice(f"{seed}/nations")
        self.nations = _nations(organisations, dice)
        self.athletes: dict[str, Athlete] = {}
        self.teams: dict[str, TeamEntry] = {}
        self._urn = [nation.code for nation in self.nations for _ in range(nation.weight)]
        self._known: dict[tuple[str, str], list[str]] = {}  # discipline, gender -> athletes

    def enter(self, event: EventPlan) -> None:
        """Fill the entries of an event, the best first."""
        dice = Dice(f"{self.seed}/entries/{event.code}")
        if event.members:
            entrants = self._teams(event, dice)
        else:
            gender = event.code[3] if event.code[3] in "MW" else ""
            codes = self._individuals(event.discipline, gender, event.size, dice)
            entrants = [Entrant(code, dice.bell(), self.athletes[code].organisation) for code in codes]
        event.entries = sorted(entrants, key=lambda entrant: (-entrant.ability, entrant.code))

    def reserve(self, event: EventPlan) -> str:
        """Return a new athlete who is entered for an event and will not compete."""
        gender = event.code[3] if event.code[3] in "MW" else "W"
        return self._athlete(event.discipline, gender, Dice(f"{self.seed}/reserve/{event.code}"))

    def _individuals(self, discipline: str, gender: str, count: int, dice: Dice) -> list[str]:
        known = self._known.setdefault((discipline, gender), [])
        again = dice.shuffled(known)[: count * 3 // 10]
        fresh = [self._athlete(discipline, gender or dice.pick("MW"), dice) for _ in range(count - len(again))]
        known += fresh
        return again + fresh

    def _athlete(self, discipline: str, gender: str, dice: Dice, organisation: str = "") -> str:
        code = str(9_000_001 + len(self.athletes))
        given = dice.pick(_FIRST) + dice.pick(_MIDDLE) + dice.pick(("", "", "n", "s", "l"))
        family = (dice.pick(_FIRST) + dice.pick(_MIDDLE) + dice.pick(_LAST)).upper()
        born = f"{dice.between(1996, 2014)}-{dice.between(1, 12):02}-{dice.between(1, 28):02}"
        nation = organisation or dice.pick(self._urn)
        self.athletes[code] = Athlete(code, f"{family} {given}", nation, gender, born, discipline)
        return code

    def _teams(self, event: EventPlan, dice: Dice) -> list[Entrant]:
        drawn: dict[str, int] = {}
        while sum(drawn.values()) < event.size:
            nation = dice.pick(self._urn)
            if nation not in drawn or (len(drawn) >= len(self.nations) // 2 and drawn[nation] < 3):
                drawn[nation] = drawn.get(nation, 0) + 1
        names = {nation.code: nation.name for nation in self.nations}
        gender = event.code[3]
        entrants = []
        for nation, count in drawn.items():
            for number in range(1, count + 1):
                code = f"{event.code[:12]}{nation}{number:02}"
                if code in self.teams:  # another class of the same event
                    code = f"{event.code[:12]}{nation}{10 + sum(held.startswith(code[:15]) for held in self.teams)}"
                members = tuple(
                    self._athlete(event.discipline, gender if gender in "MW" else "MW"[n % 2], dice, nation)
                    for n in range(event.members)
                )
                name = names[nation] + (f" {number}" if count > 1 else "")
                self.teams[code] = TeamEntry(code, name, nation, event.discipline, members)
                entrants.append(Entrant(code, dice.bell(), nation, members))
        return entrants
