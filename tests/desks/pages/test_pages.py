"""The pages as a browser without a face asks for them: who sees what, once, and from no other site."""

from __future__ import annotations

import asyncio
import re
from datetime import date
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from msgspec.structs import replace
from PIL import Image
from pypdfium2 import PdfDocument  # type: ignore[import-untyped]
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE  # type: ignore[import-untyped]

from desks.facts import Document, Facts
from desks.photo import clean_photo
from management.command import Actor, Grant
from management.headcount import HoldPlace, SetHeadcount
from management.volunteer_commands import Match, RecordInterview, Screen
from management.worker import Access, Profile
from management.workforce_commands import (
    EnrolPerson,
    PlanShift,
    ProposeAssignment,
    PublishAssignments,
    RecordAccess,
    RecordTraining,
)
from tests.desks.accounts.door import CHEAP, PASSWORD, Holder
from tests.desks.pages_hands import PeopleStage, field_of, on_stage
from tests.management.accredited import AUTHORITY, JULY, OPERATOR, PRINT, SPRING, TO_APPROVED, VENUE
from tests.management.venue_hands import ALWAYS, LEAD, OFFSET, SYSTEM, at
from tests.management.venue_hands import PLANNER as ROSTER
from tests.management.volunteer_hands import ADULT, DAYS, HOUR, NOW, PLANNER, RESPOND_BY, offer, person

ANN, BOB = person("ANN"), person("BOB")
VOL = "vol:MAIN:ANN"
NOBODY = Actor("nobody", (Grant("AUDITOR"),))
PATHS = ("/volunteer/MAIN", "/venue/STA", "/desk", "/desk/person/P1", "/desk/passes/AAA", "/import")


def form(name: str, **fields: Any) -> dict[str, Any]:
    """Return a form as it is sent."""
    return {"form": str(uuid4()), "act": name, **fields}


APPLY = {"born": "1990-05-17", "wishes": ["STEWARD"], "days": [str(day) for day in DAYS], "family_name": "O'Hara"}


def portrait() -> bytes:
    """Return a photo, as it is kept."""
    made = BytesIO()
    Image.new("RGB", (240, 300), (180, 90, 60)).save(made, "JPEG")
    return clean_photo(made.getvalue())


async def staffed(stage: PeopleStage, trained: tuple[str, ...] = ("ANN", "BOB")) -> None:
    """Put Ann on a shift that begins at eight; Bob and Cat could step in, where they are trained."""
    stage.at(at(0, 6))
    for name in ("ANN", "BOB", "CAT"):
        await stage.do("wf:STA", ROSTER, EnrolPerson(name, Profile(("GENERAL",) if name in trained else ())))
        await stage.do("wf:STA", SYSTEM, RecordAccess(name, Access(1, (ALWAYS,))))
    times = (at(0, 8), at(0, 16), OFFSET, OFFSET, 2)
    await stage.do("wf:STA", ROSTER, PlanShift("S1", "STEWARD", "BLUE", *times))
    await stage.do("wf:STA", ROSTER, ProposeAssignment("A1", "S1", "ANN"), PublishAssignments(("A1",)))


async def test_who_is_not_signed_in_is_asked_to_and_comes_back_to_where_he_was(tmp_path: Path) -> None:
    async with on_stage(tmp_path, NOW) as stage, stage.client() as client:
        answer = await client.get("/volunteer/MAIN")
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/volunteer/MAIN")
        wrong = await client.post("/sign-in", data={"token": "x", "next": "/volunteer/MAIN"})
        assert wrong.status_code == 401
        assert "Nobody is known by this." in wrong.text
        right = await client.post("/sign-in", data={"token": stage.token(ANN), "next": "/volunteer/MAIN"})
        assert (right.status_code, right.headers["location"]) == (303, "/volunteer/MAIN")
        cookie = right.headers["set-cookie"].lower()
        assert [mark for mark in ("httponly", "samesite=strict", "path=/", "secure") if mark not in cookie] == []
        for elsewhere in ("//evil.example", "https://evil.example", "/\\evil.example"):
            sent = await client.post("/sign-in", data={"token": stage.token(ANN), "next": elsewhere})
            assert sent.headers["location"] == "/"


async def test_a_session_begins_by_a_password_and_a_code_and_ends_when_it_is_asked_to(tmp_path: Path) -> None:
    async with on_stage(tmp_path, NOW) as stage, stage.client() as client:
        holder = await stage.door(client).enrolled("P-ANN", ("OC_ACR_OPERATOR", "*"))
        said = {"login": holder.login, "password": "no", "code": holder.code(stage.office.now), "next": "/"}
        assert (await client.post("/sign-in", data=said)).status_code == 401
        assert (await client.post("/sign-in", data={**said, "password": PASSWORD})).status_code == 303
        stage.at(stage.office.now + 30_000)
        again = {**said, "password": PASSWORD, "code": holder.code(stage.office.now)}
        cookie = (await client.post("/sign-in", data=again)).headers["set-cookie"].split(";")[0]
        shown = {"Cookie": cookie}
        assert (await client.get("/desk", headers=shown)).status_code == 200
        assert (await client.post("/sign-out", headers=shown)).headers["location"] == "/sign-in"
        assert (await client.get("/desk", headers=shown)).status_code == 303


async def test_who_is_invited_chooses_a_password_and_proves_it_again_by_a_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    sensitive = replace(CHEAP, sensitive=("open_application",))
    async with on_stage(tmp_path, NOW, accounts=sensitive) as stage, stage.client() as client:
        door = stage.door(client)
        monkeypatch.setattr(
            stage.site.doorkeeper, "note", lambda request, _, code: told.append(f"{request.url.path} {code}")
        )
        await door.opened("ANN", ("VOLUNTEER", "person:ANN"))
        secret = await door.invitation("ANN")
        wrong = await client.post("/invitation", data={"account": "ANN", "secret": "x"})
        assert (wrong.status_code, "This code does not count" in wrong.text) == (401, True)
        shown = cookie_in(await client.post("/invitation", data={"account": "ANN", "secret": secret}))
        assert (await client.get("/volunteer/MAIN", headers=shown)).headers["location"] == "/credentials"
        chosen = {"act": "password", "login": "ann@example.org", "password": PASSWORD}
        assert (await client.post("/credentials", data=chosen, headers=shown)).status_code == 303
        page = (await client.get("/credentials", headers=shown)).text
        found = re.search(r"secret=([A-Z2-7]+)", page)
        assert found
        assert "<svg" in page
        holder = Holder("ANN", "ann@example.org", found[1], [])
        bad = await client.post("/credentials", data={"act": "confirm", "code": "000000"}, headers=shown)
        assert (bad.status_code, found[1] in bad.text) == (401, True)
        first = {"act": "confirm", "code": holder.code(stage.office.now)}
        made = await client.post("/credentials", data=first, headers=shown)
        assert made.text.count('<bdi class="id" dir="ltr">') == CHEAP.sign_in.recovery_codes
        assert (await client.get("/credentials", headers=shown)).status_code == 303  # all sessions have ended

        stage.at(stage.office.now + 30_000)
        said = {"login": holder.login, "password": PASSWORD, "code": holder.code(stage.office.now), "next": "/"}
        shown = cookie_in(await client.post("/sign-in", data=said))
        assert "/credentials" in (await client.get("/", headers=shown)).text
        stage.at(stage.office.now + CHEAP.sessions.step_up_min * 60_000)
        away = await client.get("/credentials", headers=shown)
        assert away.headers["location"] == "/proof?next=/credentials"
        asked = await client.post("/volunteer/MAIN", data=form("apply", **APPLY), headers=shown)
        assert (asked.status_code, (await stage.site.state(VOL)).stage) == (403, "NONE")
        waiting = [(name, unescape(value)) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', asked.text)]
        sent: dict[str, list[str]] = {}
        for name, value in waiting[len(waiting) // 2 :]:  # in the form of the code
            sent.setdefault(name, []).append(value)
        no = await client.post("/proof", data={**sent, "proof": "000000"}, headers=shown)
        assert (no.status_code, "STEWARD" in no.text) == (401, True)
        proved = await client.post("/proof", data={**sent, "proof": holder.code(stage.office.now)}, headers=shown)
        assert (proved.status_code, proved.headers["location"]) == (307, "/volunteer/MAIN")
        gone_on = await client.post(proved.headers["location"], data=sent, headers=cookie_in(proved))
        assert gone_on.status_code == 303
        assert (await stage.site.state(VOL)).days == DAYS
        elsewhere = await client.get("/proof", params={"next": "//evil.example"}, headers=cookie_in(proved))
        assert "evil" not in elsewhere.text
        assert told == [f"/{page} not_signed_in" for page in ("invitation", "credentials", "proof")]


def cookie_in(answer: httpx.Response) -> dict[str, str]:
    """Return what a browser shows from now on: ours sends a secure cookie to itself, and httpx does not."""
    return {"Cookie": answer.headers["set-cookie"].split(";")[0]}


async def test_nobody_sees_a_page_that_is_for_others(tmp_path: Path) -> None:
    async with on_stage(tmp_path, NOW) as stage:
        async with stage.client(NOBODY) as client:
            assert [(await client.get(path)).status_code for path in PATHS] == [403] * len(PATHS)
            posts = [(await client.post(path, data=form("apply"))).status_code for path in PATHS if path != "/desk"]
            assert posts == [403] * len(posts)
        async with stage.client(LEAD) as client:
            assert [(await client.get(f"/venue/{venue}")).status_code for venue in ("STA", "SWC")] == [200, 403]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": ""},
    ],
)
async def test_a_form_of_another_site_is_turned_away(tmp_path: Path, headers: dict[str, str]) -> None:
    async with on_stage(tmp_path, NOW) as stage, stage.client(ANN, **headers) as client:
        answer = await client.post("/volunteer/MAIN", data=form("apply", **APPLY))
        assert (answer.status_code, "This was sent from another site" in answer.text) == (403, True)
        wish = {"id": str(uuid4()), "key": VOL, "command": {"type": "open_application"}}
        assert (await client.post("/v1/commands", json=wish)).status_code == 403
        assert (await stage.site.state(VOL)).stage == "NONE"


async def test_every_page_lets_no_script_in_and_is_kept_nowhere(tmp_path: Path) -> None:
    both = Actor("both", tuple(grant for one in (OPERATOR, LEAD, ROSTER) for grant in one.grants))
    async with on_stage(tmp_path, NOW) as stage, stage.client(both) as client:
        for path in ("/", *PATHS[1:]):
            answer = await client.get(path)
            policy = answer.headers["content-security-policy"]
            assert answer.status_code == 200, path
            assert policy.startswith("default-src 'none'; style-src 'self';")
            assert "script-src" not in policy
            assert "<script" not in answer.text
            assert answer.headers["cache-control"] == "no-store"


async def test_a_volunteer_applies_and_a_double_click_is_one_application(tmp_path: Path) -> None:
    async with on_stage(tmp_path, NOW) as stage, stage.client(ANN) as client:
        sent = form("apply", **APPLY)
        answers = await asyncio.gather(*(client.post("/volunteer/MAIN", data=sent) for _ in range(3)))
        assert [(one.status_code, one.headers["location"]) for one in answers] == [(303, "/volunteer/MAIN?done=1")] * 3
        kept = await stage.office.read(VOL)
        assert kept is not None
        assert (kept.version, kept.state.stage, kept.state.days) == (3, "SUBMITTED", DAYS)
        other = await client.post("/volunteer/MAIN", data={**sent, "wishes": ["DRIVER"]})
        assert (other.status_code, "IDEMPOTENCY_CONFLICT" in other.text) == (409, True)


async def test_what_is_wrong_is_said_in_the_readers_language_with_the_code_and_nothing_is_lost(tmp_path: Path) -> None:
    async with on_stage(tmp_path, NOW) as stage, stage.client(ANN, **{"Accept-Language": "fr-CH, en;q=0.5"}) as client:
        young = form("apply", **{**APPLY, "born": "2024-01-01", "family_name": '"><b>'})
        answer = await client.post("/volunteer/MAIN", data=young)
        assert answer.status_code == 409
        assert '<html lang="fr" dir="ltr">' in answer.text
        assert '<span class="code">AGE</span>' in answer.text
        assert "A volunteer is old enough" not in answer.text
        assert 'value="&#34;&gt;&lt;b&gt;"' in answer.text
        again = {**young, "form": field_of(answer.text, "form"), "born": "1990-05-17"}
        assert (await client.post("/volunteer/MAIN", data=again)).status_code == 303


async def test_an_offer_is_shown_with_its_deadline_by_the_clock_of_the_venue_and_answered_once(tmp_path: Path) -> None:
    async with on_stage(tmp_path, NOW) as stage, stage.client(ANN) as client:
        await client.post("/volunteer/MAIN", data=form("apply", **APPLY))
        await stage.do("hc:MAIN:STA:STEWARD", PLANNER, SetHeadcount(1), HoldPlace("h1", "ANN"))
        await stage.do(VOL, PLANNER, Screen(), RecordInterview(80), Match("STEWARD", "STA"), offer())
        page = (await client.get("/volunteer/MAIN")).text
        assert stage.site.renderer.languages["en"].moment(RESPOND_BY, "Asia/Tokyo") in page
        assert "48 hours left" in page
        sure = await client.post("/volunteer/MAIN", data=form("reject"))
        assert (sure.status_code, (await stage.site.state(VOL)).stage) == (409, "OFFERED")
        assert (await client.post("/volunteer/MAIN", data=form("accept"))).status_code == 303
        late = await client.post("/volunteer/MAIN", data=form("reject", sure="yes"))
        assert "The offer has been answered, once and for all." in late.text


async def test_a_lead_sees_who_is_missing_checks_people_in_and_finds_who_could_step_in(tmp_path: Path) -> None:
    async with on_stage(tmp_path, at(0, 6)) as stage, stage.client(LEAD) as client:
        await staffed(stage)
        stage.at(at(0, 8))
        board = (await client.get("/venue/STA")).text
        assert 'data-status="LATE"' in board
        assert "1 × A training of the role is missing." in board
        replace = (await client.get("/venue/STA/replace/A1")).text
        assert replace.index("BOB") < replace.index("NOT_TRAINED") > replace.index("CAT")
        here = form("check-in", assignment="A1")
        first, second = [await client.post("/venue/STA", data=here) for _ in range(2)]
        assert (first.status_code, second.status_code) == (303, 303)
        stage.at(at(0, 9))
        assert (await client.post("/venue/STA", data=here)).status_code == 303  # the same click, however late
        assert (await stage.site.state("wf:STA")).assignments["A1"].checked_in == at(0, 8)
        assert 'data-status="HERE"' in (await client.get("/venue/STA")).text


async def test_a_volunteer_reports_sick_and_the_lead_takes_another(tmp_path: Path) -> None:
    async with on_stage(tmp_path, NOW) as stage, stage.client(ANN) as ann, stage.client(LEAD) as lead:
        await ann.post("/volunteer/MAIN", data=form("apply", **APPLY))
        await stage.do("hc:MAIN:STA:STEWARD", PLANNER, SetHeadcount(1), HoldPlace("h1", "ANN"))
        await stage.do(VOL, PLANNER, Screen(), RecordInterview(80), Match("STEWARD", "STA"), offer())
        await ann.post("/volunteer/MAIN", data=form("accept"))
        await staffed(stage, trained=("ANN",))  # so that nobody steps in unasked
        page = (await ann.get("/volunteer/MAIN")).text
        assert "I am sick" in page
        assert (await ann.post("/volunteer/MAIN", data=form("sick", assignment="A1"))).status_code == 303
        assert (await stage.site.state("wf:STA")).assignments["A1"].status == "ABSENT"
        while "A1" not in (await stage.site.state("wf:STA")).unreplaced:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.01)
        await stage.do("wf:STA", ROSTER, RecordTraining("BOB", "GENERAL"))
        taken = form("replace", assignment="A1", person="BOB")
        stage.at(at(0, 7, 30))
        assert (await lead.post("/venue/STA", data=taken)).status_code == 303
        stands = {one.person: one.status for one in (await stage.site.state("wf:STA")).assignments.values()}
        assert stands == {"ANN": "REPLACED", "BOB": "PUBLISHED"}


async def test_a_card_is_validated_reported_and_replaced_at_the_desk(tmp_path: Path) -> None:
    async with on_stage(tmp_path, SPRING) as stage, stage.client(VENUE) as client:
        for command, by in [*TO_APPROVED, (PRINT, OPERATOR)]:
            await stage.do("per:P1", by, command)
        stage.at(JULY)
        found = await client.get("/desk", params={"q": "1"})
        assert found.headers["location"] == "/desk/person/P1"
        assert (await client.get("/desk", params={"q": "P1"})).headers["location"] == "/desk/person/P1"
        assert (await client.get("/desk", params={"q": "O'Hara"})).status_code == 404
        path = "/desk/person/P1"
        half = form("validate", serial="1", point="OLV", bearer="yes")
        refused = await client.post(path, data=half)
        assert (refused.status_code, "DOCUMENT_MISMATCH" in refused.text) == (409, True)
        steps = [
            form("validate", serial="1", point="OLV", bearer="yes", document="yes"),
            form("report", serial="1", point="OLV", what="LOST", identity="yes"),
            form("found", serial="1", point="OLV"),
            form("reissue", serial="1", point="OLV", photo="yes"),
        ]
        assert [(await client.post(path, data=step)).status_code for step in steps] == [303] * 4
        cards = (await stage.site.state("per:P1")).cards
        assert {card.serial: card.status for card in cards.values()} == {1: "SUPERSEDED", 2: "PRE_VALID"}
        badge = await client.get(f"{path}/badge/2")
        assert (badge.headers["content-type"], badge.content[:5]) == ("application/pdf", b"%PDF-")
        assert (await client.get(f"{path}/badge/1")).status_code == 404


async def test_each_desk_sees_of_a_person_what_it_compares_and_no_other_organisations_people(tmp_path: Path) -> None:
    said = Facts(
        family_name="Ångström",
        born=date(1999, 5, 1),
        nationality="SWE",
        documents=(Document("SWE", "P", "X1234567"),),
        print_name="Ångström Ann",
        photo=portrait(),
    )
    of_ours, of_others = [Actor(f"op-{ro}", (Grant("OC_ACR_OPERATOR", f"ro:{ro}"),)) for ro in ("AAA", "BBB")]
    async with on_stage(tmp_path, SPRING) as stage:
        for command, by in [*TO_APPROVED, (PRINT, OPERATOR)]:
            await stage.do("per:P1", by, command, facts=said)
        shown, prints, seen = {}, {}, {}
        elsewhere = Actor("desk-sta", (Grant("VENUE_ACR", "venue:STA"),))  # where an athlete of SWM does not go
        for who in (OPERATOR, VENUE, AUTHORITY, of_ours, of_others, elsewhere):
            async with stage.client(who) as client:
                page = (await client.get("/desk/person/P1")).text
                badge = await client.get("/desk/person/P1/badge/1")
            prints[who.id] = badge.status_code
            if badge.status_code == 200:
                face = PdfDocument(badge.content)[0]
                seen[who.id] = [one.type for one in face.get_objects() if one.type == FPDF_PAGEOBJ_IMAGE]
                assert "Ångström Ann" in face.get_textpage().get_text_range()
            words = {"name": "Ångström", "born": "1999", "nation": ">SWE<", "document": "X1234567", "card": "Card 1"}
            shown[who.id] = {name for name, word in words.items() if word in page}
    everything = {"name", "born", "nation", "document", "card"}
    assert shown[OPERATOR.id] == shown[of_ours.id] == everything
    assert shown[VENUE.id] == everything - {"born"}
    assert shown[AUTHORITY.id] == {"name", "nation", "card"}
    assert shown[of_others.id] == shown[elsewhere.id] == set()
    assert [name for name, status in prints.items() if status != 200] == [of_others.id, elsewhere.id]
    assert list(seen.values()) == [[FPDF_PAGEOBJ_IMAGE]] * 4  # the photo


async def test_a_day_pass_is_asked_for_approved_and_given_out(tmp_path: Path) -> None:
    ro = Actor("ro-a", (Grant("RO_ACR", "ro:AAA"),))
    async with on_stage(tmp_path, SPRING) as stage, stage.client(ro) as ours, stage.client(OPERATOR) as desk:
        for command, by in TO_APPROVED:
            await stage.do("per:P1", by, command)
        stage.at(JULY - 24 * HOUR)
        asked = form("request", person="G1", host="P1", day="2021-07-25", venue="OLV", zones=["V"])
        assert (await ours.post("/desk/passes/AAA", data=asked)).status_code == 303
        too_much = {**asked, "form": str(uuid4()), "person": "G2", "zones": ["4"]}
        assert "ZONES" in (await ours.post("/desk/passes/AAA", data=too_much)).text
        page = (await desk.get("/desk/passes/AAA")).text
        name = field_of(page, "pass")
        assert (await desk.post("/desk/passes/AAA", data=form("approve", **{"pass": name}))).status_code == 303
        stage.at(JULY)
        assert "DEPOSIT" in (await desk.post("/desk/passes/AAA", data=form("issue", **{"pass": name}))).text
        given = form("issue", deposit="yes", **{"pass": name})
        assert (await desk.post("/desk/passes/AAA", data=given)).status_code == 303
        assert (await stage.site.state("dp:AAA")).passes[name].status == "ISSUED"


async def test_a_sheet_is_checked_and_then_applied(tmp_path: Path) -> None:
    data = b"shift;role;zone;starts;ends;need\nS1;STEWARD;BLUE;2030-07-21 08:00;2030-07-21 16:00;2\nS2;=1;BLUE;x;;0\n"
    async with on_stage(tmp_path, NOW) as stage, stage.client(ROSTER) as client:
        for act, shifts in (("check", 0), ("apply", 1)):
            sent = {"act": act, "what": "shifts/STA", "encoding": "utf-8"}
            answer = await client.post("/import", data=sent, files={"file": ("s.csv", data)})
            assert answer.status_code == 200
            assert answer.text.count('<th scope="row">3</th>') == 4
            assert "Formulas are never evaluated." in answer.text
            assert len((await stage.site.state("wf:STA")).shifts) == shifts
        bad = await client.post("/import", data={"what": "shifts/STA"}, files={"file": ("s.csv", b"\xff")})
        assert (bad.status_code, "ENCODING" in bad.text) == (422, True)
        other = await client.post("/import", data={"what": "people/AAA"}, files={"file": ("s.csv", data)})
        assert other.status_code == 403


async def test_a_shift_is_given_for_another_and_the_venue_approves(tmp_path: Path) -> None:
    async with on_stage(tmp_path, NOW) as stage, stage.client(ANN) as ann, stage.client(BOB) as bob:
        for name, client in (("ANN", ann), ("BOB", bob)):
            await client.post("/volunteer/MAIN", data=form("apply", **APPLY))
            key = f"vol:MAIN:{name}"
            await stage.do("hc:MAIN:STA:STEWARD", PLANNER, SetHeadcount(2), HoldPlace(f"h{name}", name))
            made = offer(name, f"h{name}", born=ADULT)
            await stage.do(key, PLANNER, Screen(), RecordInterview(80), Match("STEWARD", "STA"), made)
            await client.post("/volunteer/MAIN", data=form("accept"))
        await staffed(stage)
        times = (at(2, 8), at(2, 16), OFFSET, OFFSET, 2)
        await stage.do("wf:STA", ROSTER, PlanShift("S2", "STEWARD", "BLUE", *times))
        await stage.do("wf:STA", ROSTER, ProposeAssignment("B1", "S2", "BOB"), PublishAssignments(("B1",)))
        asked = await ann.post("/volunteer/MAIN", data=form("swap", mine="A1", theirs="B1"))
        assert asked.status_code == 303
        swap = next(iter((await stage.site.state("wf:STA")).swaps))
        assert "Agree" in (await bob.get("/volunteer/MAIN")).text
        assert (await bob.post("/volunteer/MAIN", data=form("accept-swap", swap=swap))).status_code == 303
        async with stage.client(LEAD) as lead:
            assert (await lead.post("/venue/STA", data=form("approve", swap=swap))).status_code == 303
        stands = (await stage.site.state("wf:STA")).assignments.values()
        assert {(one.person, one.shift) for one in stands if one.status == "CONFIRMED"} == {
            ("ANN", "S2"),
            ("BOB", "S1"),
        }
