"""From a sick report to whoever steps in: at the venue, from another one, or nobody, and why."""

from __future__ import annotations

from pathlib import Path

from desks.roster import commands_of, make_roster
from desks.roster_problem import Away, Pair, problem_of
from management.ledger import rest_broken_by
from management.worker import Access, AccessWindow, Profile
from management.workforce_commands import (
    EnrolPerson,
    PlanShift,
    ProposeAssignment,
    PublishAssignments,
    RecordAccess,
    ReportAbsent,
)
from management.workforce_events import NobodyFound
from tests.desks.conftest import OpenLog
from tests.desks.people import POLICIES, Step
from tests.desks.settling import Settling
from tests.management import venue_hands as wf

START = wf.at(0, 0)


def enrolled(person: str, home: str, *venues: str, trained: bool = True) -> list[Step]:
    windows = tuple(AccessWindow(venue, "BLUE", wf.at(0, 0), wf.at(30, 0)) for venue in venues or (home,))
    return [
        (f"wf:{home}", EnrolPerson(person, Profile(("GENERAL",) if trained else ())), wf.PLANNER, START),
        (f"wf:{home}", RecordAccess(person, Access(1, windows)), wf.SYSTEM, START),
    ]


def shift(name: str, day: int, hour: int, need: int = 1, venue: str = "STA") -> Step:
    starts, ends = wf.at(day, hour), wf.at(day, hour + 8)
    return (f"wf:{venue}", PlanShift(name, "STEWARD", "BLUE", starts, ends, 120, 120, need), wf.PLANNER, START)


def on(shift: str, *people: str, venue: str = "STA") -> list[Step]:
    names = tuple(f"{shift}-{person}" for person in people)
    proposed: list[Step] = [
        (f"wf:{venue}", ProposeAssignment(name, shift, person), wf.PLANNER, START)
        for name, person in zip(names, people, strict=True)
    ]
    return [*proposed, (f"wf:{venue}", PublishAssignments(names), wf.PLANNER, START)]


def sick(assignment: str, person: str, at: int, venue: str = "STA") -> Step:
    return (f"wf:{venue}", ReportAbsent(assignment, "SICK"), wf.person(person), at)


async def test_who_steps_in_has_access_training_and_rest_and_is_told(open_log: OpenLog, tmp_path: Path) -> None:
    settling = await Settling.over(await open_log(), tmp_path / "mail", START)
    people = settling.people
    await people.do(
        *enrolled("ANN", "STA"),
        *enrolled("TIRED", "STA"),  # works until an hour before
        *enrolled("NEW", "STA", trained=False),
        *enrolled("OUT", "STA", "AQU"),  # not let into the stadium
        *enrolled("FAR", "VIL", "VIL"),  # not let in there either
        *enrolled("GUS", "AQU", "AQU", "STA"),  # of the pool, and let in at the stadium
        shift("s1", 1, 14),
        shift("s0", 1, 5),
        *on("s1", "ANN"),
        *on("s0", "TIRED"),
    )
    await settling.settle()
    settling.mails()
    settling.now = wf.at(1, 8)
    await people.do(sick("s1-ANN", "ANN", settling.now))
    await settling.settle()
    venue, home = await people.state("wf:STA"), await people.state("wf:AQU")
    assert [venue.assignments[name].person for name in venue.teams["s1"]] == ["GUS"]
    assert venue.assignments["s1-ANN"].status == "REPLACED"
    assert (home.workers["GUS"].place, home.workers["GUS"].lent_to, venue.unreplaced) == ("LENT", "STA", {})
    found = [event for _, event in await people.events() if isinstance(event, NobodyFound)]
    refused = {"NOT_TRAINED": 1, "NO_ACCESS": 1, "REST": 1}
    assert found == [NobodyFound("s1-ANN", "REST", refused)]  # of the stadium itself
    assert [(mail.to, mail.method) for mail in settling.mails()] == [("per:ANN", "CANCEL"), ("per:GUS", "REQUEST")]
    assert await people.declined() == []
    await people.writer.close()


async def test_where_nobody_can_the_reason_stands_beside_the_empty_place(tmp_path: Path, open_log: OpenLog) -> None:
    settling = await Settling.over(await open_log(), tmp_path / "mail", START)
    people = settling.people
    await people.do(
        *enrolled("ANN", "STA"),
        *enrolled("NEW", "STA", trained=False),
        *enrolled("FAR", "VIL", "VIL"),
        shift("s1", 1, 14),
        *on("s1", "ANN"),
    )
    settling.now = wf.at(1, 8)
    await people.do(sick("s1-ANN", "ANN", settling.now))
    await settling.settle()
    assert (await people.state("wf:STA")).unreplaced == {"s1-ANN": "NOT_TRAINED"}
    await people.writer.close()


async def test_scenario_12_after_31_fell_ill_the_roster_changes_as_little_as_can_be(
    open_log: OpenLog, tmp_path: Path
) -> None:
    settling = await Settling.over(await open_log(), tmp_path / "mail", START)
    people = settling.people
    crew = [f"P{number:03}" for number in range(75)]
    working = crew[:40]
    steps: list[Step] = [step for person in crew for step in enrolled(person, "STA")]
    for day in (5, 6):
        for number, hour in enumerate((6, 14)):
            team = working[20 * number : 20 * number + 20]
            steps += [shift(f"d{day}-{hour}", day, hour, need=11), *on(f"d{day}-{hour}", *team)]
    await people.do_at_once(*steps)
    await settling.settle()
    before = await people.state("wf:STA")
    ill = working[:31]
    settling.now = wf.at(6, 4)
    await people.do_at_once(
        *(sick(f"d6-{6 if person in working[:20] else 14}-{person}", person, settling.now) for person in ill)
    )
    await settling.settle()
    after = await people.state("wf:STA")
    problem = problem_of(after, POLICIES["wf"], settling.now, [Away(one, wf.at(6, 0), wf.at(7, 0)) for one in ill])
    plan = make_roster(problem, POLICIES["wf"], effort=2.0)

    def name(pair: Pair) -> str:
        return "/".join(pair)

    await people.do_at_once(*(("wf:STA", one, wf.PLANNER, settling.now) for one in commands_of(problem, plan, name)))
    await settling.settle()
    done = await people.state("wf:STA")
    # Nothing that lies before has moved, and no more have changed than fell ill and stepped in.
    frozen = [each for each in before.assignments.values() if each.shift.startswith("d5")]
    assert [done.assignments[each.id] for each in frozen] == frozen
    old = {(each.shift, each.person) for each in before.assignments.values() if each.status == "PUBLISHED"}
    new = {(each.shift, each.person) for each in done.assignments.values() if each.status == "PUBLISHED"}
    assert len(old - new) == 31
    assert len(old ^ new) <= 2 * 31
    # Each place is filled, or there is a reason; and nobody has too little rest.
    unfilled = {one.shift: one for one in plan.unfilled}
    for name_, shift_ in done.shifts.items():
        free = shift_.places - len(done.teams[name_])
        assert free == 0 or unfilled[name_].reason
    for worker in done.workers.values():
        for duty in worker.duties:
            others = [other for other in worker.duties if other != duty]
            assert rest_broken_by(others, duty, POLICIES["wf"].rest) is None
    digests = people.digests()
    await people.writer.close()
    again = await Settling.over(people.log, tmp_path / "mail", settling.now)
    assert again.people.digests() == digests
    await again.people.writer.close()
