"""A change of the schedule goes all the way: shifts, rosters, access at gates, calendars, acknowledgements."""

from __future__ import annotations

from pathlib import Path

from desks.acknowledgements import Count
from management.gate import Shift, Span
from management.notice import Acknowledge
from management.schedule_book import Move, Postpone, Reschedule
from management.schedule_changes import CarryOutChange
from management.schedule_draft import PlanUnit, RecordStarters, ReleaseVersion, Starter
from management.schedule_proposals import ApproveChange, ProposeChange
from management.worker import Access, AccessWindow, Profile
from management.workforce_commands import (
    EnrolPerson,
    PlanShift,
    ProposeAssignment,
    PublishAssignments,
    RecordAccess,
)
from tests.desks.conftest import OpenLog
from tests.desks.people import Step
from tests.desks.settling import Mail, Settling
from tests.management import schedule_hands as sch
from tests.management import venue_hands as wf

TOKYO = 540
JULY = sch.JULY
NIGHT = sch.ms("2021-07-30T03:41")
MEN, WOMEN = sch.MEN, sch.WOMEN
DAY30, DAY31 = "2021-07-30T", "2021-07-31T"


def shift(name: str, starts: str, ends: str, need: int, *units: str) -> PlanShift:
    return PlanShift(name, "STEWARD", "BLUE", sch.ms(starts), sch.ms(ends), TOKYO, TOKYO, need, units=units)


def enrolled(person: str, venue: str = "BAY") -> list[Step]:
    window = AccessWindow(venue, "BLUE", sch.ms("2021-07-01T00:00"), sch.ms("2021-08-20T00:00"))
    return [
        (f"wf:{venue}", EnrolPerson(person, Profile(("GENERAL",))), wf.PLANNER, JULY),
        (f"wf:{venue}", RecordAccess(person, Access(1, (window,))), wf.SYSTEM, JULY),
    ]


def on(shift: str, *people: str, venue: str = "BAY") -> list[Step]:
    names = tuple(f"{shift}-{person}" for person in people)
    proposed = [
        (f"wf:{venue}", ProposeAssignment(name, shift, person), wf.PLANNER, JULY)
        for name, person in zip(names, people, strict=True)
    ]
    return [*proposed, (f"wf:{venue}", PublishAssignments(names), wf.PLANNER, JULY)]


READY: list[Step] = [
    ("sch:T20", PlanUnit(MEN, sch.bay(f"{DAY30}08:00")), sch.PLANNER, JULY),
    ("sch:T20", PlanUnit(WOMEN, sch.bay(f"{DAY31}08:00", 60)), sch.PLANNER, JULY),
    ("sch:T20", RecordStarters(MEN, (Starter("A1", "AAA"),)), sch.SYSTEM, JULY),
    ("sch:T20", RecordStarters(WOMEN, (Starter("B1", "BBB"),)), sch.SYSTEM, JULY),
    ("sch:T20", ReleaseVersion(1), sch.CHIEF, JULY),
    *(step for person in ("ANN", "BOB", "CAT", "DOT", "EVE") for step in enrolled(person)),
    ("wf:BAY", shift("men", f"{DAY30}06:00", f"{DAY30}11:00", 1, MEN), wf.PLANNER, JULY),
    ("wf:BAY", shift("women", f"{DAY31}06:00", f"{DAY31}10:00", 1, WOMEN), wf.PLANNER, JULY),
    ("wf:BAY", shift("stores", f"{DAY31}14:30", f"{DAY31}18:00", 1), wf.PLANNER, JULY),
    *on("men", "ANN", "BOB", "CAT"),
    *on("women", "DOT"),
    *on("stores", "CAT"),
]
POSTPONE: list[Step] = [
    ("sch:T20", ProposeChange("C1", Postpone(MEN)), sch.PLANNER, NIGHT),
    ("sch:T20", ApproveChange("C1", "SCHED_APPROVER"), sch.TRI_MANAGER, NIGHT),
]
NEW = Move(MEN, sch.ms(f"{DAY31}10:45"), sch.ms(f"{DAY31}12:45"), TOKYO)
RESCHEDULE: list[Step] = [
    ("sch:T20", ProposeChange("C2", Reschedule((NEW,))), sch.PLANNER, NIGHT),
    ("sch:T20", ApproveChange("C2", "SCHED_APPROVER"), sch.TRI_MANAGER, NIGHT),
    ("sch:T20", ApproveChange("C2", "IF_DELEGATE"), sch.TRI_DELEGATE, NIGHT),
    ("sch:T20", CarryOutChange("C2"), sch.PLANNER, NIGHT),
]


async def acknowledge(settling: Settling, person: str, subject: str, sequence: int) -> str:
    step: Step = (f"ntc:per:{person}", Acknowledge(subject, sequence), wf.person(person), settling.now)
    outcome = await settling.people.writer.submit(settling.people.received(step))
    return outcome.refusal.code if outcome.refusal else "OK"


async def test_scenario_10_a_short_notice_postponement_moves_all_that_hangs_on_it(
    open_log: OpenLog, tmp_path: Path
) -> None:
    log = await open_log()
    settling = await Settling.over(log, tmp_path / "mail", JULY)
    people = settling.people
    await people.do(*READY)
    await settling.settle()
    first = settling.mails()
    assert [(mail.to, mail.sequence, mail.method) for mail in first] == [
        *((f"per:{one}", 0, "REQUEST") for one in ("ANN", "BOB", "CAT", "CAT", "DOT")),
        *((f"ro:{one}", 0, "REQUEST") for one in ("AAA", "BBB")),
    ]

    # At 03:41 the race of 08:00 is postponed: with one approver it is not, with two it is.
    settling.now = NIGHT
    await people.do(*POSTPONE)
    early = await people.writer.submit(people.received(("sch:T20", CarryOutChange("C1"), sch.PLANNER, NIGHT)))
    assert early.refusal is not None
    assert early.refusal.code == "APPROVAL"
    await people.do(("sch:T20", ApproveChange("C1", "IF_DELEGATE"), sch.TRI_DELEGATE, NIGHT))
    (postponed,) = await people.do(("sch:T20", CarryOutChange("C1"), sch.PLANNER, NIGHT))
    await settling.settle()
    assert (await people.state("wf:BAY")).affected == {"men": postponed.events[0]}
    assert [(mail.to, mail.method, mail.sequence) for mail in settling.mails()] == [("ro:AAA", "CANCEL", 1)]

    # It is rescheduled to the next day, 10:45.
    rescheduled = (await people.do(*RESCHEDULE))[-1].events[0]
    await settling.settle()
    venue = await people.state("wf:BAY")
    moved = venue.shifts["men"]
    assert (moved.starts, moved.ends, venue.affected) == (sch.ms(f"{DAY31}08:45"), sch.ms(f"{DAY31}13:45"), {})
    # CAT has too little rest before the stores; EVE, who was free, has her place.
    assert venue.assignments["men-CAT"].status == "CANCELLED"
    team = sorted(venue.assignments[name].person for name in venue.teams["men"])
    assert team == ["ANN", "BOB", "EVE"]

    # Only who has something else in the calendar is told, and the calendar counts.
    mails = settling.mails()
    starts = "2021-07-30T23:45:00+00:00"
    assert [(mail.to, mail.method, mail.sequence, mail.starts) for mail in mails] == [
        ("per:ANN", "REQUEST", 1, starts),
        ("per:BOB", "REQUEST", 1, starts),
        ("per:CAT", "CANCEL", 1, "2021-07-29T21:00:00+00:00"),
        ("per:EVE", "REQUEST", 0, starts),
        ("ro:AAA", "REQUEST", 2, "2021-07-31T01:45:00+00:00"),
    ]
    assert uid(mails, "per:ANN") == uid(first, "per:ANN")

    # Gates let them in by the new hours.
    span = Span(sch.ms(f"{DAY31}08:45"), sch.ms(f"{DAY31}13:45"))
    facts = await settling.facts()
    assert facts.shifts("ANN") == facts.shifts("EVE") == (Shift("BAY", span),)
    assert facts.shifts("CAT") == (Shift("BAY", Span(sch.ms(f"{DAY31}14:30"), sch.ms(f"{DAY31}18:00"))),)

    # Acknowledgements are counted, by the decision; who does not answer is reminded.
    assert await acknowledge(settling, "ANN", "BAY/men-ANN", 0) == "STALE"
    assert await acknowledge(settling, "ANN", "BAY/men-ANN", 1) == "OK"
    counted = (await settling.acknowledged()).by_cause
    assert counted[rescheduled] == Count(told=5, sent=5, acknowledged=1)
    assert counted[rescheduled].waiting == 4
    assert counted[postponed.events[0]].superseded == 1
    await settling.pass_time(NIGHT + 121 * wf.MINUTE)
    reminded = settling.mails()
    assert sorted({mail.to for mail in reminded}) == ["per:BOB", "per:CAT", "per:DOT", "per:EVE", "ro:AAA", "ro:BBB"]
    assert all(mail.subject.startswith("Reminder: ") for mail in reminded)

    # The log verifies, and replays to the same state.
    digests = people.digests()
    await people.writer.close()
    again = await Settling.over(log, tmp_path / "mail", NIGHT)
    assert again.people.digests() == digests
    await again.people.writer.close()


def uid(mails: list[Mail], to: str) -> str:
    (found,) = {mail.uid for mail in mails if mail.to == to}
    return found
