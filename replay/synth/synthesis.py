"""A synthetic Games as a whole: its plan, its days, its messages and its manifest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from typing import Literal

from replay.archive import VERSION, Header, Message
from replay.synth.aftermath import follow
from replay.synth.ambient import surround
from replay.synth.book import Book
from replay.synth.central import VenuePlan, announce, announce_changes
from replay.synth.contest import Contest
from replay.synth.dice import Dice
from replay.synth.disciplines import DISCIPLINES
from replay.synth.incidents import plan_incidents
from replay.synth.manifest import Manifest
from replay.synth.people import People
from replay.synth.plan import MINUTE, EventPlan
from replay.synth.programme import DisciplinePlan, events_of
from replay.synth.quirks import plan_quirks
from replay.synth.small import SMALL
from replay.synth.stream import Stream
from replay.synth.timetable import DAY, Clockface, lay_out, spread
from schemas.games import Games

__all__ = ["OFFSET", "Scale", "Synthesis", "synthesise"]

Scale = Literal["small", "day", "full"]

OFFSET = 120  # minutes east of UTC, at every venue
DAYS = 16
FIRST_DAY = date(2031, 7, 19)
BUSY_DAY = 10  # the day that ``day`` takes
ORGANISATIONS = {"small": 24, "day": 206, "full": 206}
_PLACES = (
    "Arena",
    "Centre",
    "Dome",
    "Field",
    "Gardens",
    "Hall",
    "Lake",
    "Park",
    "Pavilion",
    "Quay",
    "Square",
    "Stadium",
)


class Synthesis:
    """A synthetic Games, a function of its seed and scale.

    Iterating gives its messages, sorted by log time; one day at a time is held in memory. ``manifest`` is complete when
    the iteration is. ``events`` and ``venues`` are the plan.
    """

    def __init__(self, seed: int, scale: Scale) -> None:
        self.seed = seed
        self.scale: Scale = scale
        self.manifest = Manifest(seed, scale)
        games = Games(code="SYN", name=f"Synthetic Games {seed}", offset=OFFSET)
        self.header = Header(
            podium=VERSION, games=games, made_by=f"podium synth --seed {seed} --scale {scale}", synthetic=True
        )
        midnight = datetime.combine(FIRST_DAY, datetime.min.time(), timezone(timedelta(minutes=OFFSET)))
        self._clock = Clockface(int(midnight.timestamp()) * 1000)
        self._people = People(seed, ORGANISATIONS[scale])
        self._names: dict[str, str] = {}
        self.venues: list[VenuePlan] = []
        self.events = self._plan()

    def __iter__(self) -> Iterator[Message]:
        """Yield the messages; may be done once."""
        book = Book(self.seed, self.manifest)
        stream = Stream(self.seed, self.manifest)
        days = self._days()
        events = [event for event in self.events if any(_in(event, slots) for slots in days)]
        contests = [Contest(event, book) for event in events]
        self._note_sizes(events)
        book.muted = True
        for slots in (range(d, d + 2) for d in range(0, days[0].start, 2)):
            self._play(book, contests, slots)
            book.turn()
        book.muted = False
        span, eve = range(days[0].start, days[-1].stop), self._eve(days[0])
        announce(book, self._people, events, names=self._names, venues=self.venues, offset=OFFSET, at=eve, slots=span)
        truncated = {event.code for event in events if self._known_too_late(event, days[0].start)}
        for slots in days:
            announce_changes(book, self._people, self.events, slots)
            self._play(book, contests, slots)
            lead, beat = (25, 8) if self.scale == "small" else (130, 3)
            surround(book, self.events, slots, lead=lead * MINUTE, beat=beat * MINUTE)
            lines = book.turn()
            number = slots.start // 2
            day = FIRST_DAY + timedelta(days=number)
            yield from stream.day(day.isoformat(), lines, plan_incidents(self.seed, number + 1, self.scale, lines))
        self._forget(truncated)

    # -- the plan -----------------------------------------------------------------------------------------------

    def _plan(self) -> list[EventPlan]:
        table = SMALL if self.scale == "small" else DISCIPLINES
        dice = Dice(f"{self.seed}/venues")
        taken: set[str] = set()
        planned: list[EventPlan] = []
        venues: list[str] = []
        for discipline in table:
            self._names[discipline.code] = discipline.name
            if discipline.venues:
                venues = [self._venue(dice, taken, discipline) for _ in range(discipline.venues)]
            events = events_of(discipline)
            spread(events, discipline.days, squeeze=self.scale == "small")
            for number, event in enumerate(events):
                event.venue = venues[number % len(venues)]
            for venue in venues:
                self._hold_at(discipline, [event for event in events if event.venue == venue])
            planned += events
        for event in planned:
            self._people.enter(event)
        first, last = self._days()[0].start, self._days()[-1].stop
        plan_quirks(self.seed, self.scale, planned, range(first, last))
        return planned

    def _hold_at(self, discipline: DisciplinePlan, events: list[EventPlan]) -> None:
        small = self.scale == "small"
        clock = self._clock._replace(morning=(780 + discipline.days[1]) * MINUTE) if small else self._clock
        lay_out(events, discipline.courts, clock, (20 if small else 10) * MINUTE)

    def _venue(self, dice: Dice, taken: set[str], discipline: DisciplinePlan) -> str:
        while True:
            code = dice.pick("BCDFGHKLMNPRSTV") + dice.pick("AEIOU") + dice.pick("BCDFGHKLMNPRSTVZ")
            if code not in taken:
                break
        taken.add(code)
        self.venues.append(VenuePlan(code, f"{code.title()}{dice.pick(('on', 'ar', 'el', 'is'))} {dice.pick(_PLACES)}"))
        return code

    # -- the days -----------------------------------------------------------------------------------------------

    def _days(self) -> list[range]:
        """Return the half-days of each day of the archive."""
        if self.scale == "full":
            return [range(2 * number, 2 * number + 2) for number in range(DAYS)]
        first = 0 if self.scale == "small" else 2 * (BUSY_DAY - 1)
        return [range(first, first + 2)]

    def _eve(self, slots: range) -> int:
        """Return when the central system announces all: the evening before, or at noon of a small Games."""
        hours = 12 if self.scale == "small" else -6
        return self._clock.midnight + slots.start // 2 * DAY + hours * 60 * MINUTE

    def _play(self, book: Book, contests: list[Contest], slots: range) -> None:
        for contest in contests:
            while contest.next >= 0 and contest.plan.stages[contest.next].slot in slots:
                contest.advance()
                if contest.next < 0:
                    follow(book, contest.plan, contest.ready)

    def _known_too_late(self, event: EventPlan, first: int) -> bool:
        """Say whether what decides an event's medals began before the archive does."""
        deciding = event.shape.deciding
        return any(stage.slot < first for stage in event.stages[-deciding:])

    def _forget(self, truncated: set[str]) -> None:
        """Take out of the manifest what hangs on results from before the archive."""
        units = self.manifest.units
        for code in sorted(truncated):
            self.manifest.events.pop(code, None)
            for total in (code[:22] + "------------", code[:22] + "FNL---------"):
                units.pop(total, None)

    def _note_sizes(self, events: list[EventPlan]) -> None:
        self.manifest.venues = len(self.venues)
        self.manifest.organisations = len(self._people.nations)
        self.manifest.participants = len({entrant.code for event in events for entrant in event.entries})


def _in(event: EventPlan, slots: range) -> bool:
    return any(stage.slot in slots for stage in event.stages)


def synthesise(seed: int, scale: Scale) -> tuple[Header, Iterator[Message]]:
    """Return the header and the messages of a synthetic Games: the same bytes for the same seed and scale."""
    synthesis = Synthesis(seed, scale)
    return synthesis.header, iter(synthesis)
