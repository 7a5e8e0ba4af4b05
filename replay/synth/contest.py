"""A contest: an event while it goes on, one stage after the other, and what its shape may do with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from replay.synth import rhythm
from replay.synth.book import Book
from replay.synth.plan import MINUTE, Entrant, EventPlan, Outcome, UnitPlan
from replay.synth.sheet import Sheet
from schemas import messages as m

__all__ = ["Contest", "Play", "podium"]


class Play(NamedTuple):
    """What a shape yields before it plays a stage."""

    stage: int


class Contest:
    """An event under way.

    A shape's ``play`` is a generator that stops before each stage; whoever drives it sends it on when the day of that
    stage has come.
    """

    def __init__(self, plan: EventPlan, book: Book) -> None:
        self.plan = plan
        self.book = book
        self.ready = 0  # ms, when the last result so far was official
        self.retired: set[str] = set()  # who did not end a match
        # Every shape has it; the protocol beside the plan cannot say so, since contests are made of plans.
        self.play: Iterator[Play] = plan.shape.play(self)  # type: ignore[attr-defined]
        self.next = next(self.play).stage

    def advance(self) -> None:
        """Play the next stage; ``next`` is then the one after it, or -1."""
        following = next(self.play, None)
        self.next = -1 if following is None else following.stage

    def hold(self, unit: UnitPlan, field: list[Entrant], ready: int, *, places: int = 1, passing: int = 0) -> Outcome:
        """Hold a unit from its start list to its signature; ``places`` is the rank of its best."""
        sheet = self.book.sheet(unit)
        outcome = rhythm.hold(sheet, unit, field, ready, passing)
        self.ready = max(self.ready, outcome.official)
        self.book.note(unit, outcome, places)
        return outcome

    def duel(self, unit: UnitPlan, one: Entrant, two: Entrant, ready: int, places: int = 1) -> tuple[Entrant, Entrant]:
        """Hold a match; return winner and loser."""
        wanted = "retired" in unit.quirks
        outcome = self.hold(unit, [one, two], ready, places=places)
        won, lost = (one, two) if outcome.order[0] == one.code else (two, one)
        if wanted:
            self.retired.add(lost.code)
        return won, lost

    def desk(self, unit: UnitPlan) -> Sheet:
        """Return a sheet to say something about a unit outside its course."""
        return self.book.sheet(unit, " aside")

    def draw(self, unit: UnitPlan, pair: tuple[m.Position, ...]) -> None:
        """Publish the positions of a unit, well before the stage that begins the bracket."""
        first = min(one.start for one in self.plan.stages[self.next].units)
        at = max(first - 45 * MINUTE, self.ready + MINUTE)
        self.desk(unit).desk(at, m.Draw(unit=unit.code, positions=pair))

    def mark_qualified(self, codes: list[tuple[str, str]], mark: str) -> None:
        """Mark those who go on by their mark, when all units of a round are official."""
        for unit, code in codes:
            self.book.say_desk(unit, self.ready + 5_000, m.Qualification(unit=unit, subject=code, mark=mark))

    def not_held(self, unit: UnitPlan, ready: int) -> None:
        """Say that a unit has nobody left to contest it."""
        said = m.UnitNotHeld(unit=unit.code, reason="a semi-final loser did not continue")
        self.desk(unit).desk(max(ready + 3 * MINUTE, unit.start - 60 * MINUTE), said)
        self.book.count("not_held")

    def replace(self, unit: UnitPlan, leaves: Entrant, enters: Entrant, ready: int) -> Entrant:
        """Let operations put somebody in another's place, whatever the semi-final gave."""
        at = max(unit.start - 20 * MINUTE, ready + 2 * MINUTE)
        sheet = self.desk(unit)
        said = m.ParticipantReplaced(
            unit=unit.code, leaves=leaves.code, enters=enters.code, reason="excluded at the second weigh-in"
        )
        sheet.say("operations", at, said)
        self.book.count("participant_replaced")
        return enters

    def award(self, medals: dict[str, str]) -> None:
        """Note the medals of the event, participant by participant."""
        self.book.award(self.plan, medals)

    def say(self, unit: str, at: int, message: m.Message) -> None:
        """Let the desk of the event say something about a unit or total."""
        source = f"{self.plan.venue}.{self.plan.code[:3]}.desk"
        self.book.say(source, at, message)

    def cancel(self, unit: UnitPlan) -> None:
        """Let central cancel a unit."""
        said = m.UnitCancelled(unit=unit.code, reason="not enough wind")
        self.book.say("central", unit.start - 25 * MINUTE, said)
        self.book.count("cancelled")

    def ability(self, code: str) -> float:
        """Return how good an entrant is."""
        return next(entrant.ability for entrant in self.plan.entries if entrant.code == code)


def podium(outcome: Outcome) -> dict[str, str]:
    """Return the medals that ranks 1 to 3 give: two firsts are two golds and no silver."""
    names = {1: "ME_GOLD", 2: "ME_SILVER", 3: "ME_BRONZE"}
    return {code: names[rank] for code, rank in outcome.ranks.items() if rank <= 3}
