"""What a visitor sees: the medal table, the unit under way, the schedule, and all of it moving."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from schemas.cut import Change
from schemas.views import ParticipantRow, ResultRow, StartRow
from tests.browser.conftest import Opener
from tests.browser.stage import (
    EVENT,
    FINAL,
    MARKS,
    NEXT,
    NOW,
    OTHER,
    OTHER_EVENT,
    Stage,
    correction,
    head,
    medal,
    planned,
    standing,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")  # where the browser lives

BACK = 15_000  # ms within which what was waited for is told, names included
STANDINGS = ".standings tbody tr"


async def names(page: Page) -> list[str]:
    return await page.locator(f"{STANDINGS} .name").all_inner_texts()


async def test_the_medal_table_is_there_with_names_and_ranks(open_page: Opener) -> None:
    page = await open_page()
    rows = page.locator(".medal-table tbody tr")
    await expect(rows).to_have_count(10)
    await expect(rows.nth(0).locator(".name")).to_have_text("Abxaland")
    await expect(rows.nth(0).locator("td.count")).to_have_text(["11", "2", "1", "14"])
    await expect(rows.nth(2).locator("td.rank")).to_have_text("=3, shared")
    await page.get_by_role("button", name="Show all 12").click()
    await expect(rows).to_have_count(12)
    await expect(rows.nth(11).locator("td.rank")).to_have_text("–not ranked")
    await page.get_by_label("Total", exact=True).check()
    await expect(rows.nth(0).locator(".code")).to_have_text("NEX")


async def test_a_cut_moves_a_standing(stage: Stage, open_page: Opener) -> None:
    page = await open_page()
    await expect(page.locator("#unit-name")).to_have_text("Men's 100 m, Final")
    await expect(page.locator(STANDINGS)).to_have_count(4)
    await expect(page.locator(f"{STANDINGS} .name").first).to_have_text("ABEDI Tano")
    stage.put(*standing(MARKS | {"A3": 979}))
    row = page.locator(STANDINGS).first
    await expect(row.locator(".name")).to_have_text("CORSO Vini")
    await expect(row.locator(".value")).to_have_text("9.79")
    await expect(row.locator(".change")).to_have_attribute("data-way", "up")
    await expect(row.locator(".change")).to_have_text("2 up")
    assert await names(page) == ["CORSO Vini", "ABEDI Tano", "BOLEN Kari", "DUMAS Lefi"]
    await expect(row.locator(".change")).to_have_text("", timeout=5000)


async def test_rows_are_seen_to_move_unless_that_is_not_wanted(stage: Stage, open_page: Opener) -> None:
    moving, calm = await open_page(), await open_page(reduced_motion="reduce")
    for page in (moving, calm):
        await expect(page.locator(STANDINGS)).to_have_count(4)
        await page.evaluate(
            "() => { window.moved = 0; const own = Element.prototype.animate;"
            " Element.prototype.animate = function (...how) { window.moved += 1; return own.apply(this, how); }; }"
        )
    stage.put(*standing(MARKS | {"A3": 979}))
    for page, moved in ((moving, 3), (calm, 0)):
        await expect(page.locator(f"{STANDINGS} .name").first).to_have_text("CORSO Vini")
        assert await page.evaluate("window.moved") == moved


async def test_what_is_odd_about_a_unit_is_said_in_words(stage: Stage, open_page: Opener) -> None:
    page = await open_page()
    state = page.locator("#unit-state")
    await expect(state).to_contain_text("Live")
    stage.put(head("PROTESTED", protests=1, undecided=2, pending=1, incomplete=("STA.timing/1/4-6",), wind="+0.9"))
    for words in (
        "Protest",
        "1 protest open",
        "Order of 2 not decided yet",
        "1 correction pending",
        "Incomplete: messages from the venue are missing",
        "Wind +0.9 m/s",
    ):
        await expect(state).to_contain_text(words)
    stage.put(head("OFFICIAL"))
    await expect(state).to_have_text("Official")


async def test_who_has_no_mark_and_who_goes_on(stage: Stage, open_page: Opener) -> None:
    page = await open_page()
    await expect(page.locator(STANDINGS)).to_have_count(4)
    view = f"result/{FINAL}"
    stage.put(
        Change(view, "A1", ResultRow(participant="A1", rank=1, sort=1, mark="9.81", qualification="Q")),
        Change(view, "A2", ResultRow(participant="A2", rank=2, tied=True, sort=2, mark="9.84")),
        Change(view, "A3", ResultRow(participant="A3", undecided=True, sort=3, mark="9.84")),
        Change(view, "A4", ResultRow(participant="A4", irm="DNF", sort=4)),
    )
    await expect(page.locator(f"{STANDINGS} td.rank")).to_have_text(
        ["1", "=2 shared", "? order not decided yet", "– no rank"]
    )
    await expect(page.locator(f"{STANDINGS} td.mark").first).to_contain_text("Q qualified by place")
    await expect(page.locator(f"{STANDINGS} td.mark").last).to_contain_text("DNFdid not finish")


async def test_a_correction_is_told(stage: Stage, open_page: Opener) -> None:
    page = await open_page()
    stage.put(correction("9.85", "9.84", "read again from the film"))
    line = page.locator(".corrections li")
    await expect(line).to_contain_text("BOLEN Kari, finish: 9.85 is now 9.84 (read again from the film)")
    await expect(line.locator("time")).to_have_text("18:46")


async def test_the_unit_under_way_can_be_chosen_and_shared(stage: Stage, open_page: Opener) -> None:
    page = await open_page()
    await expect(page.locator("#underway h3")).to_have_text("2 units under way")
    await page.locator("#underway").get_by_role("link", name="Women's 50 m Freestyle, Heat 1").click()
    await expect(page).to_have_url(f"{stage.url}#/unit/{OTHER}")
    await expect(page.locator("#unit-name")).to_have_text("Women's 50 m Freestyle, Heat 1")
    await expect(page.locator("#unit-state")).to_have_text("Start list")
    other = await open_page(f"#/unit/{OTHER}")
    await expect(other.locator("#unit-name")).to_have_text("Women's 50 m Freestyle, Heat 1")
    await expect(other.locator("#unit-kicker")).to_contain_text("Swimming · Long Pool · 18:37")
    await page.get_by_role("link", name="Follow what is under way").click()
    await expect(page.locator("#unit-name")).to_have_text("Men's 100 m, Final")


async def test_a_unit_without_rows_shows_its_start_list(stage: Stage, open_page: Opener) -> None:
    stage.put(
        Change(f"startlist/{NEXT}", "#1", StartRow(participant="", order=1, place="TBD")),
        Change(f"startlist/{NEXT}", "X1", StartRow(participant="X1", order=2)),
    )
    page = await open_page(f"#/unit/{NEXT}")
    await expect(page.locator(f"{STANDINGS} .name")).to_have_text(["To be decided", "X1"])
    await expect(page.locator(".standings thead th").first).to_have_text("Order")


@pytest.mark.parametrize("address", ["#/unit/NOTHING", "#/unit/<b>x</b>", "#medals", "#/unit/" + "Z" * 34])
async def test_an_address_that_leads_nowhere_breaks_nothing(address: str, open_page: Opener) -> None:
    page = await open_page(address)
    await expect(page.locator(".medal-table tbody tr")).to_have_count(10)
    if len(address) < 41:
        await expect(page.locator("#unit-name")).to_have_text("Men's 100 m, Final")
    else:
        await expect(page.locator("#unit-body")).to_contain_text("Nothing is known of this unit yet.")


async def test_the_schedule_of_the_day_at_the_time_of_the_venue(stage: Stage, open_page: Opener) -> None:
    page = await open_page()
    await expect(page.locator("h1")).to_have_text("Sunday 17 March")
    rows = page.locator(".day-table tbody tr")
    await expect(rows.locator("time")).to_have_text(["18:37", "18:41", "19:16"])
    await expect(rows.nth(1)).to_contain_text("Under way")
    await expect(rows.nth(2)).to_contain_text("Scheduled")
    assert await rows.nth(1).get_attribute("data-under-way") is not None
    stage.put(*planned(FINAL, "Men's 100 m, Final", NOW, "FINISHED", "STA", medal=1, result="OFFICIAL"))
    await expect(rows.first).to_contain_text("Official")
    await page.get_by_role("button", name="Day before").click()
    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text("Women's 50 m Freestyle, Heat 2")
    await expect(page.get_by_role("button", name="Day before")).to_be_disabled()
    await page.get_by_label("Day", exact=True).select_option("2030-03-17")
    await page.get_by_label("Whole day").check()
    await page.get_by_label("Discipline").select_option("SWM")
    await expect(rows).to_have_count(2)
    await page.get_by_label("Medal events").check()
    await expect(rows).to_have_count(1)


async def test_medals_are_listed_and_told_once_in_a_while(stage: Stage, open_page: Opener) -> None:
    page = await open_page()
    await expect(page.locator("#decided-body")).to_contain_text("No medals have been decided on this day yet.")
    lines = page.get_by_role("log").locator("p")
    stage.put(*medal(EVENT, FINAL, "A1", "ABX", "ME_GOLD"), *medal(EVENT, FINAL, "A2", "BEX", "ME_SILVER"))
    await expect(lines.first).to_have_text("Athletics, Men's 100 m: Gold ABEDI Tano (ABX), Silver BOLEN Kari (BEX)")
    decided = page.locator(".events > li")
    await expect(decided.locator("h3")).to_have_text("Men's 100 m")
    await expect(decided.locator("ul li")).to_have_text(["GGold: ABEDI TanoABX", "SSilver: BOLEN KariBEX"])
    await expect(page.locator(f"{STANDINGS} td.rank .disc:visible")).to_have_text(["G", "S"])
    stage.put(*medal(EVENT, FINAL, "A3", "CIX", "ME_BRONZE"))
    await page.wait_for_timeout(1200)
    stage.put(*medal(OTHER_EVENT, OTHER, "A4", "DOX", "ME_GOLD"))
    await page.wait_for_timeout(1200)
    await expect(lines).to_have_count(2)  # the first, and the one that was there: the others wait
    await expect(lines.first).to_contain_text("2 medals: ", timeout=BACK)
    await expect(lines.first).to_contain_text("Athletics, Men's 100 m; Swimming, Women's 50 m Freestyle")


async def test_names_that_come_late_are_filled_in(stage: Stage, open_page: Opener) -> None:
    page = await open_page(f"#/unit/{OTHER}")
    name = page.locator(f"{STANDINGS} .name")
    await expect(name).to_have_text("B1")
    stage.put(Change("participants/SWM", "B1", ParticipantRow(code="B1", name="ZASAK Vana", organisation="EXU")))
    await expect(name).to_have_text("ZASAK Vana", timeout=BACK)
    await expect(page.locator(f"{STANDINGS} .land")).to_have_text("Exuavia")


async def test_as_of_is_the_time_of_the_newest_cut_at_the_games(stage: Stage, open_page: Opener) -> None:
    page = await open_page()
    asof = page.locator("#asof time")
    await expect(asof).to_have_text("17 Mar 2030 18:46:40")
    assert (await asof.get_attribute("datetime") or "").startswith("2030-03-17T17:46:40")


@pytest.mark.parametrize("mode", ["live", "replay", "rehearsal"])
async def test_the_mode_cannot_be_missed(mode: str, stage: Stage, open_page: Opener) -> None:
    stage.source.mode = mode
    page = await open_page()
    await expect(page.locator("#strip")).to_have_attribute("data-mode", mode)
    await expect(page.locator("#mode strong")).to_have_text(mode.capitalize())
    await page.evaluate("scrollTo(0, 9999)")
    await expect(page.locator("#mode")).to_be_in_viewport()
    await expect(page).to_have_title(
        "Men's 100 m, Final · " + ("" if mode == "live" else f"{mode.capitalize()} · ") + "Podium"
    )
