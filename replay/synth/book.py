"""The book: where everything that is said in a day is written down, and what is true of it."""

from __future__ import annotations

from replay.synth.dice import Dice
from replay.synth.manifest import EventTruth, Manifest, UnitTruth
from replay.synth.plan import EventPlan, Outcome, UnitPlan
from replay.synth.sheet import Line, Sheet
from schemas.messages import Message, encode

__all__ = ["Book"]


class Book:
    """Lines and truths; ``lines`` is emptied after every day."""

    def __init__(self, seed: int, manifest: Manifest) -> None:
        self.seed = seed
        self.manifest = manifest
        self.lines: list[Line] = []
        self.muted = False  # what is played is not part of the archive
        self.sources: dict[str, str] = {}  # unit -> venue.discipline of its sources
        self.marks: dict[str, dict[str, int]] = {}  # of today's units
        self._sheets: list[Sheet] = []
        self._away: list[Line] = []

    def sheet(self, unit: UnitPlan, part: str = "") -> Sheet:
        """Return a sheet for a unit, with dice of its own."""
        source = f"{unit.venue}.{unit.code[:3]}"
        self.sources[unit.code] = source
        lines = self._away if self.muted else self.lines
        dice = Dice(f"{self.seed}/{unit.code}{part}")
        sheet = Sheet(lines, unit.code, source, start=unit.start, dice=dice, quirks=unit.quirks)
        if not self.muted:
            self._sheets.append(sheet)
        return sheet

    def say(self, source: str, at: int, message: Message, tag: str = "") -> None:
        """Let a source say something about no unit in particular."""
        lines = self._away if self.muted else self.lines
        lines.append((at, len(lines), source, encode(message), tag))

    def say_desk(self, unit: str, at: int, message: Message) -> None:
        """Let the results desk of a unit say something."""
        self.say(f"{self.sources[unit]}.desk", at, message)

    def note(self, unit: UnitPlan, outcome: Outcome, places: int = 1) -> None:
        """Note how a unit went; ``places`` is the rank of its best."""
        if not self.muted:
            ranks = {code: rank + places - 1 for code, rank in outcome.ranks.items()}
            self.marks[unit.code] = outcome.marks
            self.manifest.units[unit.code] = UnitTruth(unit.task.model, ranks, dict(outcome.irms))

    def note_total(self, code: str, outcome: Outcome) -> None:
        """Note how a total ended."""
        if not self.muted:
            self.manifest.units[code] = UnitTruth("total", dict(outcome.ranks))

    def award(self, plan: EventPlan, medals: dict[str, str]) -> None:
        """Note the medals of an event."""
        if not self.muted:
            self.manifest.events[plan.code] = EventTruth(dict(medals), plan.stages[-1].slot // 2 + 1)

    def count(self, peculiarity: str, by: int = 1) -> None:
        """Count a peculiarity that happened."""
        if not self.muted:
            counts = self.manifest.peculiarities
            counts[peculiarity] = counts.get(peculiarity, 0) + by

    def turn(self) -> list[Line]:
        """Return the lines so far and begin a new page."""
        for sheet in self._sheets:
            for quirk in sheet.used:
                self.count(quirk)
        self._sheets.clear()
        self._away.clear()
        self.marks.clear()
        lines = list(self.lines)
        self.lines.clear()
        return lines
