"""What goes on beside the competitions: transmission on and off, heartbeats, weather, notices."""

from __future__ import annotations

from replay.synth.book import Book
from replay.synth.dice import Dice
from replay.synth.plan import MINUTE, EventPlan
from schemas import messages as m

__all__ = ["surround"]

_SKIES = ("clear", "partly cloudy", "cloudy", "light rain", "sunny")
_WINDS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
_NOTICES = (
    "Start times",
    "Equipment control",
    "Warm-up area",
    "Composition of the jury",
    "Transport after the session",
)


def surround(book: Book, events: list[EventPlan], slots: range, *, lead: int, beat: int) -> None:
    """Say what belongs to a day's venues: open ``lead`` ms before the first start, a heartbeat every ``beat`` ms."""
    open_: dict[str, tuple[int, int]] = {}  # venue.discipline -> first start, last end
    for event in events:
        for stage in event.stages:
            if stage.slot in slots:
                for unit in stage.units:
                    name = f"{unit.venue}.{event.discipline}"
                    begin, end = open_.get(name, (unit.start, 0))
                    open_[name] = (min(begin, unit.start), max(end, unit.start + unit.minutes * MINUTE))
    told: set[str] = set()
    for number, (name, (begin, end)) in enumerate(sorted(open_.items())):
        venue, discipline = name.split(".")
        dice = Dice(f"{book.seed}/ambient/{name}/{slots.start}")
        first, last = begin - lead, end + 45 * MINUTE
        book.say(f"{name}.desk", first, m.VenueOn(venue=venue, discipline=discipline))
        book.say(f"{name}.desk", last, m.VenueOff(venue=venue, discipline=discipline))
        for channel in ("desk", "timing", "backup"):
            at = first + dice.below(beat)
            while at < last:
                book.say(f"{name}.{channel}", at, m.Heartbeat())
                at += beat
        if venue not in told:
            told.add(venue)
            _watch_weather(book, name, dice, first, last)
        if dice.chance(0.8):
            notice = m.Communication(
                discipline=discipline,
                number=f"{discipline}-{slots.start // 2 + 1:02}-{number:03}",
                title=dice.pick(_NOTICES),
                text="See the notice board of the venue.",
            )
            book.say(f"{name}.desk", begin - dice.between(12, 24) * MINUTE, notice)


def _watch_weather(book: Book, name: str, dice: Dice, first: int, last: int) -> None:
    venue = name.partition(".")[0]
    warm = dice.between(21, 27)
    at = first + dice.below(10 * MINUTE)
    while at < last:
        said = m.Weather(
            venue=venue,
            point="FOP",
            condition=dice.pick(_SKIES),
            temperature=f"{warm + dice.bell() * 2:.1f}",
            humidity=str(dice.between(40, 75)),
            wind=f"{dice.between(0, 60) / 10:.1f}",
            wind_direction=dice.pick(_WINDS),
        )
        book.say(f"{name}.desk", at, said)
        at += 10 * MINUTE
