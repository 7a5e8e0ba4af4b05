"""What takes two persons takes two tokens of two persons, whatever roles one of them has."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple, get_args

import pytest
from msgspec.structs import replace

from management.account import ApproveInvitation, InviteHolder, LockAccount, OpenAccount, UnlockAccount
from management.account_grants import ApproveGrant, GiveGrant
from management.application import RecordClearance, Return, Verify
from management.command import Actor, Grant, Role
from management.day_pass import ApprovePass
from management.delegation import Figures, PresentDelegation, SignItem
from management.entitlement import Override
from management.function_change import ChangeEntitlement, Withdraw
from management.person_record import ErasePerson, RequestErasure
from management.quota import ApproveMove, MoveQuota, SetQuota
from management.schedule_book import Postpone
from management.schedule_draft import PlanUnit, ReleaseVersion
from management.schedule_proposals import ApproveChange, ProposeChange
from management.suspension import ApproveRevocation, ConfirmSuspension, RequestRevocation, Suspend
from management.uniform import Allot
from management.volunteer_commands import AmendApplication, OpenApplication, Screen, Submit
from management.worker import Access, Profile
from management.workforce_commands import (
    AcceptSwap,
    ApproveSwap,
    ConfirmAssignment,
    EnrolPerson,
    PlanShift,
    ProposeAssignment,
    ProposeSwap,
    PublishAssignments,
    RecordAccess,
)
from tests.desks.api_hands import ACTORS, api, codes
from tests.management import pass_book, schedule_hands
from tests.management import venue_hands as wf
from tests.management import volunteer_hands as vol
from tests.management.accredited import (
    AUTHORITY,
    CLEAR_UNTIL,
    DAY,
    FORM,
    JULY,
    OPEN,
    SPRING,
    SUPERVISOR,
    SUPERVISOR_C,
    TO_SUSPENDED,
)
from tests.management.entry_hands import LATE

ROLES = tuple(Grant(role) for role in get_args(Role))
ONE, OTHER, THIRD = (Actor(name, ROLES) for name in ("one", "other", "third"))  # each may do everything
KEY = "per:P1"
HEAT = schedule_hands.unit("SWM", "M100MFR", "HEAT", 1)
PLAN = schedule_hands.pool("2021-07-25T10:00")
OVERRIDE = Override("GRANT", "other", JULY + DAY, "SWC", "6")
CLEARED = RecordClearance("CLEAR", "POLICE", CLEAR_UNTIL)
DIGEST = sha256(b"code").hexdigest()
SHIFT = (wf.OFFSET, wf.OFFSET, 2)


class Pair(NamedTuple):
    """Two steps that are two persons'."""

    key: str
    at: int  # ms
    before: list[tuple[Any, Actor]]  # the last of them is ONE's
    then: Callable[[str], Any]  # of the id of the last: what ONE may not do after it, and OTHER may


def person(*steps: tuple[Any, Actor], of: str) -> list[tuple[Any, Actor]]:
    """Return how an application was handed in, under a hold of its own, and what then happened to it."""
    hold = replace(FORM.hold, id=f"H-{of}") if FORM.hold else None
    return [(OPEN, THIRD), (replace(FORM, hold=hold), THIRD), *steps]


def enrolled(name: str) -> list[tuple[Any, Actor]]:
    return [(EnrolPerson(name, Profile(("GENERAL",))), THIRD), (RecordAccess(name, Access(1, (wf.ALWAYS,))), THIRD)]


def on(shift: str, name: str, day: int) -> list[tuple[Any, Actor]]:
    planned = PlanShift(shift, "STEWARD", "BLUE", wf.at(day, 6), wf.at(day, 14), *SHIFT)
    given = [ProposeAssignment(shift, shift, name), PublishAssignments((shift,)), ConfirmAssignment(shift)]
    return [(planned, THIRD), *((one, THIRD if one is not given[2] else Actor(name, ROLES)) for one in given)]


PENDING = [(Verify("A1"), OTHER), (CLEARED, THIRD)]
SUSPENDED = [*PENDING, (Suspend("A1", "CONDUCT"), ONE)]
PAIRS = {
    "submit, verify": Pair("per:V1", SPRING, [(OPEN, THIRD), (FORM, ONE)], lambda _: Verify("A1")),
    "submit, return": Pair("per:V2", SPRING, [(OPEN, THIRD), (FORM, ONE)], lambda _: Return("A1", ())),
    "suspend, confirm": Pair("per:V3", SPRING, person(*SUSPENDED, of="V3"), lambda _: ConfirmSuspension("A1")),
    "ask to revoke, approve": Pair(
        "per:V4",
        SPRING,
        person(*SUSPENDED, (RequestRevocation("A1", "CONDUCT"), ONE), of="V4"),
        lambda _: ApproveRevocation("A1"),
    ),
    "ask for an entitlement, grant it": Pair(
        "per:V5",
        SPRING,
        person(*PENDING, of="V5"),
        lambda _: ChangeEntitlement("A1", (OVERRIDE,), requested_by="one"),
    ),
    "ask for erasure, erase": Pair(
        "per:V6",
        SPRING,
        [(OPEN, THIRD), (Withdraw("A1"), THIRD), (RequestErasure("ASKED"), ONE)],
        lambda _: ErasePerson(),
    ),
    "ask to move places, approve": Pair(
        "ro:NWS",
        SPRING,
        [(SetQuota("E", 9), THIRD), (MoveQuota("E", "ET", 2), ONE)],
        lambda name: ApproveMove(name, "x"),
    ),
    "ask for a role, approve": Pair(
        "acct:A1", SPRING, [(OpenAccount(), THIRD), (GiveGrant("GAMES_AUTHORITY"), ONE)], ApproveGrant
    ),
    "invite, approve": Pair(
        "acct:A2", SPRING, [(OpenAccount(), THIRD), (InviteHolder(DIGEST), ONE)], ApproveInvitation
    ),
    "be locked, unlock": Pair(
        "acct:one", SPRING, [(OpenAccount(), THIRD), (LockAccount("STOLEN"), ONE)], lambda _: UnlockAccount()
    ),
    "ask for a pass, approve": Pair("dp:AAA", JULY, [(pass_book.ASK, ONE)], lambda _: ApprovePass("D1")),
    "present figures, sign for the office": Pair(
        "del:AAA", LATE, [(PresentDelegation(Figures(10, 10, 6, 16)), ONE)], lambda _: SignItem("CARDS", "office")
    ),
    "sign for one side, for the other": Pair(
        "del:BBB",
        LATE,
        [(PresentDelegation(Figures(10, 10, 6, 16)), THIRD), (SignItem("ATHLETES", "organisation"), ONE)],
        lambda _: SignItem("ATHLETES", "office"),
    ),
    "draft, release": Pair("sch:T20", SPRING, [(PlanUnit(HEAT, PLAN), ONE)], lambda _: ReleaseVersion(1)),
    "propose, approve": Pair(
        "sch:T20", JULY, [(ProposeChange("C1", Postpone(HEAT)), ONE)], lambda _: ApproveChange("C1", "SCHED_APPROVER")
    ),
    "volunteer, screen": Pair(
        "vol:MAIN:one",
        vol.NOW,
        [(OpenApplication(), ONE), (AmendApplication(("STEWARD",), vol.DAYS), ONE), (Submit(vol.ADULT), ONE)],
        lambda _: Screen(),
    ),
    "wear a uniform, allot it": Pair("uni:one", vol.NOW, [], lambda _: Allot({"JACKET": "M"})),
    "change places, approve": Pair(
        "wf:STA",
        wf.at(0, 6),
        [
            *enrolled("one"),
            *enrolled("BOB"),
            *on("S1", "one", 2),
            *on("S2", "BOB", 4),
            (ProposeSwap("w", "S1", "S2"), ONE),
            (AcceptSwap("w"), Actor("BOB", ROLES)),
        ],
        lambda _: ApproveSwap("w", "S1b", "S2b"),
    ),
}


@pytest.fixture(autouse=True)
def who_may_do_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    for actor in (ONE, OTHER, THIRD, Actor("BOB", ROLES)):
        monkeypatch.setitem(ACTORS, actor.id, actor)


async def test_no_one_does_alone_what_takes_two(tmp_path: Path) -> None:
    found: dict[str, Any] = {}
    async with api(tmp_path) as people:
        for name, pair in sorted(PAIRS.items(), key=lambda one: one[1].at):
            people.clock[0] = pair.at * 1000
            last = ""
            for command, by in pair.before:
                answer = await people.command(pair.key, command, by)
                assert answer.status_code == 200, (name, command, answer.text)
                last = answer.json()["id"]
            alone = await people.command(pair.key, pair.then(last), ONE)
            together = await people.command(pair.key, pair.then(last), OTHER)
            found[name] = (*codes([alone]), together.status_code, together.text if together.status_code != 200 else "")
    assert found == dict.fromkeys(sorted(PAIRS), ((409, "SAME_PERSON"), 200, ""))


async def test_two_supervisors_alone_do_not_revoke(tmp_path: Path) -> None:
    async with api(tmp_path) as people:
        for command, by in TO_SUSPENDED:
            await people.done(KEY, by, command)
        await people.done(KEY, SUPERVISOR, RequestRevocation("A1", "CONDUCT"))
        answer = await people.command(KEY, ApproveRevocation("A1"), SUPERVISOR_C)
        assert codes([answer]) == [(403, "NOT_AUTHORISED")]
        await people.done(KEY, AUTHORITY, ApproveRevocation("A1"))


async def test_an_answer_does_not_tell_what_is_there_from_what_may_not_be_seen(tmp_path: Path) -> None:
    async with api(tmp_path) as people:
        await people.done(KEY, THIRD, OPEN)
        for path in ("/v1/records/per:{}", "/v1/people/{}/facts", "/v1/records/acct:{}", "/v1/records/uq:{}"):
            for by in ("ro-b", "nobody", "desk-olv"):
                there, missing = [await people.get(path.format(person), by) for person in ("P1", "P9")]
                assert (there.status_code, there.text) == (404, missing.text)
                assert there.headers.items() == missing.headers.items()
