"""The reactor on a real log: what follows is done once, wherever it was stopped before."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from desks.errors import Unavailable
from desks.outcome import Outcome
from desks.reactor import Reactor
from desks.writer import Writer
from engine.errors import Fenced
from engine.log import Fence, Record
from management.application import HoldGrant
from management.card_desk import Produce, Validate
from management.command import Received
from management.entry_facts import AthleteFlagged, CardReported
from management.long_list import LongListAthlete
from management.person_record import MergePerson, ParticipationAdopted
from management.quota import HoldConfirmed, HoldQuota, SetQuota
from management.suspension import ApproveRevocation, RequestRevocation, Suspend
from management.worker import Access, AccessWindow, Profile
from management.workforce_commands import (
    EnrolPerson,
    PlanShift,
    ProposeAssignment,
    PublishAssignments,
    RecordAccess,
)
from management.workforce_events import AssignmentCancelled
from tests.desks.begun import begun
from tests.desks.people import MANAGERS, PARTITIONS, People, Step, clock
from tests.desks.troubled_log import TroubledLog
from tests.management import accredited as per
from tests.management import entry_hands as ebk
from tests.management import venue_hands as wf

HOLD = str(UUID(int=(7 << 76) | 2))  # the second command of an application
GRANT = HoldGrant(HOLD, "AAA", "Aa", per.SPRING + per.HOUR)
APPLY: list[Step] = [
    ("ro:AAA", SetQuota("Aa", 1), per.AUTHORITY, per.SPRING),
    ("ro:AAA", HoldQuota("Aa", "per:P1/A1"), per.RO, per.JULY),
    *(
        ("per:P1", msgspec.structs.replace(command, hold=GRANT) if command is per.FORM else command, by, per.SPRING)
        for command, by in per.TO_APPROVED
    ),
    ("per:P1", Produce("A1", serial=1, index=10, photo=True), per.OPERATOR, per.SPRING),
    ("per:P1", Validate(1, point="OLV", bearer_present=True, document_matches=True), per.VENUE, per.JULY),
    ("ebk:SWM", LongListAthlete("AAA", "P1", "M"), ebk.noc("AAA"), ebk.SPRING),
]


def at_work(venue: str) -> list[Step]:
    """Return the steps by which P1 has two shifts at a venue."""
    window = AccessWindow(venue, "BLUE", wf.at(0, 0), wf.at(30, 0))
    steps: list[Step] = [
        (f"wf:{venue}", EnrolPerson("P1", Profile(("GENERAL",))), wf.PLANNER, wf.at(0, 0)),
        (f"wf:{venue}", RecordAccess("P1", Access(1, (window,))), wf.SYSTEM, wf.at(0, 0)),
    ]
    for day in (1, 2):
        shift = PlanShift(f"s{day}", "STEWARD", "BLUE", wf.at(day, 6), wf.at(day, 14), wf.OFFSET, wf.OFFSET, 3)
        steps += [(f"wf:{venue}", command, wf.PLANNER, wf.at(0, 0)) for command in (shift, propose(day), publish(day))]
    return steps


def propose(day: int) -> ProposeAssignment:
    return ProposeAssignment(f"a{day}", f"s{day}", "P1")


def publish(day: int) -> PublishAssignments:
    return PublishAssignments((f"a{day}",))


SUSPEND: Step = ("per:P1", Suspend("A1", "CONDUCT"), per.SUPERVISOR, per.JULY)
REVOKE: list[Step] = [
    SUSPEND,
    ("per:P1", RequestRevocation("A1", "FRAUD"), per.SUPERVISOR, per.JULY),
    ("per:P1", ApproveRevocation("A1"), per.AUTHORITY, per.JULY),
]
MERGE: list[Step] = [("per:P1", MergePerson("P2"), per.SUPERVISOR, per.JULY)]
STORY: list[Step] = [*APPLY, *at_work("STA"), *at_work("BAY"), *REVOKE, *MERGE]


async def test_scenario_6_who_is_revoked_has_no_card_no_shift_and_a_flag(tmp_path: Path) -> None:
    people = await People.open(tmp_path)
    await people.do(*APPLY, *at_work("STA"), *at_work("BAY"), *REVOKE)
    await people.react()
    assert {card.status for card in (await people.state("per:P1")).cards.values()} == {"REVOKED"}
    for venue in ("wf:STA", "wf:BAY"):
        assert [one.status for one in (await people.state(venue)).assignments.values()] == ["CANCELLED"] * 2
    assert (await people.state("ebk:SWM")).athletes["P1"].flag == "revoked"
    events = [(key, event) for key, event in await people.events() if not key.startswith("ntc:")]
    assert sorted(map(repr, events)) == sorted(
        repr(one)
        for one in (
            ("ro:AAA", HoldConfirmed(HOLD)),
            *((key, AssignmentCancelled(name, "SUSPENDED")) for key in ("wf:STA", "wf:BAY") for name in ("a1", "a2")),
            ("ebk:SWM", AthleteFlagged("P1", "suspended", ())),
            ("ebk:SWM", AthleteFlagged("P1", "revoked", ())),
            ("ebk:SWM", CardReported("P1", "blocked")),
        )
    )
    assert await people.declined() == []
    await people.close()


async def test_who_is_planned_for_while_suspended_is_taken_off_again(tmp_path: Path) -> None:
    people = await People.open(tmp_path)
    await people.do(*APPLY, SUSPEND)
    await people.react()
    await people.do(*at_work("STA")[:4])  # up to the first proposal
    await people.react()
    assert [one.status for one in (await people.state("wf:STA")).assignments.values()] == ["CANCELLED"]
    await people.close()


async def test_scenario_4_of_200_who_race_for_one_place_one_has_it_for_good(tmp_path: Path) -> None:
    people = await People.open(tmp_path)
    await people.do(("ro:AAA", SetQuota("Aa", 1), per.AUTHORITY, per.SPRING))
    names = [f"P{number}" for number in range(200)]
    await asyncio.gather(*(people.do((f"per:{name}", per.OPEN, per.RO, per.SPRING)) for name in names))
    tries = [people.received(("ro:AAA", HoldQuota("Aa", f"per:{name}/A1"), per.RO, per.SPRING)) for name in names]

    async def submit(name: str, hold: Received[Any], form: Received[Any]) -> Outcome:
        held = await people.writer.submit(hold)
        if held.refusal:
            return held
        grant = HoldGrant(hold.id, "AAA", "Aa", per.SPRING + per.HOUR)
        return await people.writer.submit(msgspec.structs.replace(form, command=with_hold(grant)))

    forms = [people.received((f"per:{name}", None, per.RO, per.SPRING)) for name in names]
    outcomes = await asyncio.gather(*map(submit, names, tries, forms))
    codes = [outcome.refusal.code for outcome in outcomes if outcome.refusal]
    assert codes == ["QUOTA"] * 199
    winner = next(number for number, outcome in enumerate(outcomes) if outcome.accepted)
    for _ in range(2):  # before the place is confirmed, and after
        assert await submit(names[winner], tries[winner], forms[winner]) == outcomes[winner]
        await people.react()
        line = (await people.state("ro:AAA")).lines["Aa"]
        assert (line.total, line.held, line.confirmed) == (1, 0, 1)
    assert await people.events() == [("ro:AAA", HoldConfirmed(tries[winner].id))]
    await people.close()


def with_hold(grant: HoldGrant) -> Any:
    return msgspec.structs.replace(per.FORM, hold=grant)


# -- stopped and started ----------------------------------------------------------------------------------------------


class Stopped(Exception):  # noqa: N818 - what happened
    """The process ended here."""


class Steps:
    """So many steps until the process ends; after that it takes none."""

    def __init__(self, left: int) -> None:
        self.left = left

    def step(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Stopped


class StoppingTaker:
    """A writer, with an end before or after a command is carried out."""

    def __init__(self, writer: Writer, steps: Steps) -> None:
        self.writer, self.steps = writer, steps

    async def submit(self, received: Received[Any], place: str = "") -> Outcome:
        self.steps.step()
        outcome = await self.writer.submit(received, place)
        self.steps.step()
        return outcome


class StoppingLog(TroubledLog):
    """A log, with an end before or after an append."""

    steps: Steps

    async def append(self, records: Sequence[Record], *, fence: Fence | None = None) -> list[int]:
        self.steps.step()
        positions = await super().append(records, fence=fence)
        self.steps.step()
        return positions


async def stopped_after(people: People, left: int) -> bool:
    """Run a reactor that ends after so many steps; return whether it got to do all before."""
    log, steps = StoppingLog(people.log), Steps(left)
    log.steps = steps
    reactor = await begun(
        Reactor(log, StoppingTaker(people.writer, steps), clock, MANAGERS, partitions=PARTITIONS, batch=12)
    )
    try:
        await reactor.catch_up()
    except Stopped:
        return False
    return True


@pytest.fixture
def story(tmp_path: Path) -> Path:
    """Return a folder for a log, of which copies can be made beside it."""
    folder = tmp_path / "story"
    folder.mkdir()
    return folder


async def test_it_may_be_stopped_between_any_two_steps(story: Path, tmp_path: Path) -> None:
    people = await People.open(story)
    await people.do(*STORY)
    await people.close()
    ends: list[Any] = []
    for left in (10_000, *range(1000)):
        shutil.copytree(story, tmp_path / str(left))
        people = await People.open(tmp_path / str(left))
        done = await stopped_after(people, left)
        await people.react()
        assert await people.react() == 0
        commands = await people.commands()
        assert len({name for name, _ in commands}) == len(commands)
        ends.append((people.digests(), commands, sorted(map(repr, await people.events())), await people.declined()))
        await people.close()
        assert ends[-1] == ends[0]
        if done and left < 10_000:
            break
    assert len(ends) > 20
    assert ("per:P2", "ParticipationAdopted") in [(key, type(one).__name__) for key, one in await events(tmp_path)]


async def events(folder: Path) -> list[tuple[str, Any]]:
    people = await People.open(folder / "10000")
    found = await people.events()
    await people.close()
    return found


# -- refused, unavailable, taken over ---------------------------------------------------------------------------------


async def test_what_is_refused_is_noted_once_and_not_tried_again(tmp_path: Path) -> None:
    people = await People.open(tmp_path)
    await people.do(*APPLY, *MERGE, ("per:P1B", per.OPEN, per.RO, per.SPRING))
    await people.do(("per:P1B", MergePerson("P2"), per.SUPERVISOR, per.JULY))  # it had the same identifier
    for _ in range(2):
        await people.react()
        declined = await people.declined()
        assert [(one.manager, one.key, one.code) for one in declined] == [("merged_people", "per:P2", "EXISTS")]
        assert (declined[0].command, "per:P2") in await people.commands()
    adopted = [event.record.id for _, event in await people.events() if isinstance(event, ParticipationAdopted)]
    assert adopted == ["A1"]
    await people.close()


class Busy:
    """A writer whose log does not take the first commands."""

    def __init__(self, writer: Writer, refusals: int) -> None:
        self.writer, self.refusals = writer, refusals

    async def submit(self, received: Received[Any], place: str = "") -> Outcome:
        if self.refusals:
            self.refusals -= 1
            raise Unavailable(0, "told to")
        return await self.writer.submit(received, place)


async def test_what_the_log_did_not_take_is_sent_again(tmp_path: Path) -> None:
    people = await People.open(tmp_path)
    await people.do(*APPLY)
    busy = Busy(people.writer, 3)
    reactor = await begun(Reactor(people.log, busy, clock, MANAGERS, partitions=PARTITIONS, pause=0.0))
    await reactor.catch_up()
    assert (busy.refusals, await people.events()) == (0, [("ro:AAA", HoldConfirmed(HOLD))])
    await people.close()


async def test_a_reactor_that_was_taken_over_notes_nothing_any_more(tmp_path: Path) -> None:
    people = await People.open(tmp_path)
    old = await begun(Reactor(people.log, people.writer, clock, MANAGERS, partitions=PARTITIONS))
    await people.do(*APPLY)
    await people.react()
    with pytest.raises(Fenced):
        await old.catch_up()
    assert [key for _, key in await people.commands()].count("ro:AAA") == 1
    await people.close()


class Watched:
    """A writer, of which somebody watches what it is told."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.told: asyncio.Queue[str] = asyncio.Queue()

    async def submit(self, received: Received[Any], place: str = "") -> Outcome:
        outcome = await self.writer.submit(received, place)
        self.told.put_nowait(received.key)
        return outcome


async def test_what_happens_later_is_seen_as_it_happens(tmp_path: Path) -> None:
    people = await People.open(tmp_path)
    watched = Watched(people.writer)
    reactor = await begun(Reactor(people.log, watched, clock, MANAGERS, partitions=PARTITIONS))
    running = asyncio.create_task(reactor.run())
    async with asyncio.timeout(30):
        for steps, key in ((APPLY, "ro:AAA"), (MERGE, "per:P2")):
            await people.do(*steps)
            while await watched.told.get() != key:
                pass
    running.cancel()
    await asyncio.wait([running])
    await people.close()
