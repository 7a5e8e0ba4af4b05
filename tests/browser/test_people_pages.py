"""The pages of the people side in a real Chromium: with and without a script, by keyboard, in three languages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, expect

from management.command import Actor
from management.headcount import HoldPlace, SetHeadcount
from management.notice import Notify, Slot
from management.volunteer_commands import AmendApplication, Match, OpenApplication, RecordInterview, Screen, Submit
from management.worker import Access, Profile
from management.workforce_commands import EnrolPerson, PlanShift, ProposeAssignment, PublishAssignments, RecordAccess
from tests.browser.looking import look, look_at
from tests.desks.pages_hands import PeopleStage, on_stage
from tests.management.accredited import JULY, OPERATOR, PRINT, SPRING, TO_APPROVED, VENUE
from tests.management.venue_hands import ALWAYS, LEAD, OFFSET, SYSTEM, at
from tests.management.venue_hands import PLANNER as ROSTER
from tests.management.volunteer_hands import ADULT, DAYS, NOW, PLANNER, offer, person

pytestmark = pytest.mark.asyncio(loop_scope="session")

ANN = person("ANN")
VOL = "vol:MAIN:ANN"

Opener = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(loop_scope="session")
async def stage(tmp_path: Path) -> AsyncIterator[PeopleStage]:
    async with on_stage(tmp_path, NOW) as stage:
        yield stage


@pytest_asyncio.fixture(loop_scope="session")
async def open_as(browser: Browser, stage: PeopleStage) -> AsyncIterator[Opener]:
    """Opens pages as somebody; at the end none of them may have complained."""
    complaints: list[str] = []
    contexts = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "status of 4" not in message.text:  # a refusal is an answer
            complaints.append(message.text)

    async def open_one(path: str, who: Actor | None, *, width: int = 1100, **how: Any) -> Page:
        context = await browser.new_context(viewport={"width": width, "height": 800}, **{"locale": "en", **how})
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(60_000)
        page.on("console", hear)
        if who:
            await page.goto(f"{stage.url}/sign-in")
            await page.locator("#token").fill(stage.token(who))
            await page.locator("#token").press("Enter")
            await page.wait_for_url(f"{stage.url}/")
        await page.goto(stage.url + path)
        return page

    yield open_one
    for context in contexts:
        await context.close()
    assert complaints == []


async def offered(stage: PeopleStage) -> None:
    """Have Ann offered a place."""
    await stage.do(VOL, ANN, OpenApplication(), AmendApplication(("STEWARD",), DAYS), Submit(ADULT))
    await stage.do("hc:MAIN:STA:STEWARD", PLANNER, SetHeadcount(1), HoldPlace("h1", "ANN"))
    await stage.do(VOL, PLANNER, Screen(), RecordInterview(80), Match("STEWARD", "STA"), offer())


async def staffed(stage: PeopleStage) -> None:
    """Have Ann expected at eight, with others on the roster."""
    stage.at(at(0, 6))
    for name in ("ANN", "BOB", "CAT"):
        await stage.do("wf:STA", ROSTER, EnrolPerson(name, Profile(("GENERAL",) if name != "CAT" else ())))
        await stage.do("wf:STA", SYSTEM, RecordAccess(name, Access(1, (ALWAYS,))))
    times = (at(0, 8), at(0, 16), OFFSET, OFFSET, 2)
    await stage.do("wf:STA", ROSTER, PlanShift("S1", "STEWARD", "BLUE", *times))
    await stage.do("wf:STA", ROSTER, ProposeAssignment("A1", "S1", "ANN"), PublishAssignments(("A1",)))
    stage.at(at(0, 8))


async def version(stage: PeopleStage) -> int:
    """Return how many events the roster has had."""
    kept = await stage.office.read("wf:STA")
    assert kept is not None
    return kept.version


async def test_everybody_can_read_and_use_every_page(stage: PeopleStage, open_as: Opener) -> None:
    ann = Actor("ANN", tuple(grant for one in (ANN, OPERATOR, LEAD, ROSTER) for grant in one.grants))
    stage.at(SPRING)
    for command, by in [*TO_APPROVED, (PRINT, OPERATOR)]:
        await stage.do("per:P1", by, command)
    await stage.do(VOL, ANN, OpenApplication())
    await stage.do(
        "ntc:per:ANN", SYSTEM, Notify("STA/A1", "REQUEST", Slot("STEWARD", "STA", "BLUE", at(0, 8), at(0, 16)), "")
    )
    nobody = await open_as("/sign-in", None)
    wrong = await look_at(nobody, [f"{stage.url}{path}" for path in ("/sign-in", "/invitation")])
    paths = ["/", "/volunteer/MAIN", "/notices/per:ANN", "/venue/STA", "/desk?q=nobody", "/desk/person/P1"]
    paths += ["/desk/passes/AAA", "/import", "/proof"]
    wrong += await look_at(await open_as("/", ann), [f"{stage.url}{path}" for path in paths])
    assert wrong == []


async def test_what_stands_under_way_is_as_readable(stage: PeopleStage, open_as: Opener) -> None:
    await offered(stage)
    page = await open_as("/volunteer/MAIN", ANN, locale="ar")
    assert await look(page) == []
    assert await page.evaluate("document.documentElement.dir") == "rtl"
    await page.get_by_role("button", name="قبول العرض").click()
    await expect(page.get_by_role("status")).to_have_text("تمّ.")
    await staffed(stage)
    assert await look(await open_as("/volunteer/MAIN", ANN)) == []
    assert await look(await open_as("/venue/STA", LEAD)) == []
    assert await look(await open_as("/venue/STA/replace/A1", LEAD, width=320, color_scheme="dark")) == []


async def test_somebody_signs_in_applies_and_mends_what_was_wrong_by_keyboard_alone(
    stage: PeopleStage, open_as: Opener
) -> None:
    page = await open_as("/volunteer/MAIN", None, java_script_enabled=False)
    await expect(page).to_have_url(f"{stage.url}/sign-in?next=/volunteer/MAIN")
    await page.get_by_role("textbox", name="Token").fill(stage.token(ANN))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Volunteering")
    await page.get_by_label("Date of birth").fill("2024-01-01")
    await page.get_by_label("STEWARD").check()
    await page.get_by_label("Hand").or_(page.get_by_role("button", name="Hand in the application")).focus()
    await page.keyboard.press("Enter")
    summary = page.get_by_role("group", name="This was not done")
    await expect(summary).to_contain_text("A volunteer is old enough at the first shift.")
    assert await page.title() == "Error: Volunteering · T20"
    await summary.get_by_role("link").press("Enter")
    await expect(page.get_by_label("Date of birth")).to_be_focused()
    await page.get_by_label("Date of birth").fill("1990-05-17")
    for day in DAYS:
        await page.locator(f"#day-{day}").check()
    await expect(page.get_by_label("STEWARD")).to_be_checked()
    await page.get_by_role("button", name="Hand in the application").press("Enter")
    await expect(page.get_by_role("status")).to_have_text("Done.")
    assert (await stage.site.state(VOL)).stage == "SUBMITTED"


async def test_the_keyboard_is_led_to_what_went_wrong(stage: PeopleStage, open_as: Opener) -> None:
    await offered(stage)
    page = await open_as("/volunteer/MAIN", ANN)
    await page.get_by_text("Reject the offer").first.click()
    await page.get_by_role("button", name="Reject the offer").click()
    await expect(page.locator("#errors")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.goto(stage.url)
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#main")).to_be_focused()


async def test_a_double_click_is_one_command(stage: PeopleStage, open_as: Opener) -> None:
    await staffed(stage)
    before = await version(stage)
    page = await open_as("/venue/STA", LEAD)
    await page.get_by_role("button", name="Check in ANN").dblclick(no_wait_after=True)
    await expect(page.get_by_role("button", name="Check out ANN")).to_be_visible()
    assert await version(stage) == before + 1


async def test_a_language_stays_once_it_is_chosen(stage: PeopleStage, open_as: Opener) -> None:
    page = await open_as("/sign-in", None)
    await page.get_by_role("link", name="Français").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")
    await page.goto(stage.url + "/sign-in")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")
    assert await page.evaluate("document.documentElement.lang") == "fr"


async def test_the_desk_validates_a_card_and_prints_it(stage: PeopleStage, open_as: Opener) -> None:
    stage.at(SPRING)
    for command, by in [*TO_APPROVED, (PRINT, OPERATOR)]:
        await stage.do("per:P1", by, command)
    stage.at(JULY)
    page = await open_as("/desk", VENUE)
    await page.get_by_label("Reference of the person").fill("1")
    await page.keyboard.press("Enter")
    await page.get_by_label("The bearer is here.").check()
    await page.get_by_label("The document is that of the person").check()
    await page.get_by_role("button", name="Validate").click()
    await expect(page.get_by_text("Active", exact=True)).to_be_visible()
    link = await page.get_by_role("link", name="Print the badge (PDF)").get_attribute("href")
    answer = await page.request.get(f"{stage.url}{link}")
    assert (await answer.body()).startswith(b"%PDF-")
