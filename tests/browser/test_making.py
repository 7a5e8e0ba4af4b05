"""How the page is made: for everybody, on every screen, with nothing from outside and nothing that others may run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from feeds.server import PAGE
from schemas.cut import Change
from schemas.views import OrganisationRow, ResultRow
from tests.browser.conftest import Opener
from tests.browser.stage import EVENT, FINAL, NOW, Stage, correction, head, medal, planned, standing

pytestmark = pytest.mark.asyncio(loop_scope="session")

SCHEMES = ("light", "dark")


AUDITS = Path(__file__).parent / "audits"


async def audit(page: Page, name: str) -> list[str]:
    """Return what an audit finds wrong with the page as it stands."""
    found: list[str] = await page.evaluate((AUDITS / f"{name}.js").read_text())
    return found


async def fill(stage: Stage, page: Page) -> None:
    """Show as much as the page ever shows."""
    stage.put(
        *standing({"A1": 981, "A2": 984, "A3": 990, "A4": 1002}),
        head("PROTESTED", protests=1, incomplete=("STA.timing/1/4",)),
    )
    stage.put(*medal(EVENT, FINAL, "A1", "ABX", "ME_GOLD"), correction("9.85", "9.84", "read again from the film"))
    await expect(page.locator("#unit-state")).to_contain_text("Incomplete")
    await expect(page.locator(".events > li")).to_have_count(1)
    await expect(page.locator(".standings .name").first).to_have_text("ABEDI Tano")


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_everything_can_be_read_in_either_scheme(scheme: str, stage: Stage, open_page: Opener) -> None:
    page = await open_page(color_scheme=scheme)
    await fill(stage, page)
    paper = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    bright = sum(map(int, re.findall(r"\d+", paper)[:3])) > 382
    assert bright is (scheme == "light")
    assert await audit(page, "pale") == []
    for mode in ("replay", "rehearsal"):
        await page.evaluate("(mode) => document.getElementById('strip').setAttribute('data-mode', mode)", mode)
        assert await audit(page, "pale") == []


async def test_nobody_stumbles(stage: Stage, open_page: Opener) -> None:
    page = await open_page()
    assert await audit(page, "stumbles") == []
    await fill(stage, page)
    assert await audit(page, "stumbles") == []


@pytest.mark.parametrize("width", [320, 360, 820, 1440])
async def test_no_width_makes_it_scroll_sideways(width: int, stage: Stage, open_page: Opener) -> None:
    page = await open_page(width=width)
    await fill(stage, page)
    await page.get_by_role("button", name="Show all 12").click()
    await page.get_by_label("Whole day").check()
    wide = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    scroll, client = await page.evaluate(wide)
    assert scroll <= client
    assert await audit(page, "cut_off") == []
    await page.context.set_offline(True)
    await expect(page.locator("#link-words")).to_have_text("You are offline")
    scroll, client = await page.evaluate(wide)
    assert scroll <= client


async def test_forced_colours_keep_what_is_said(open_page: Opener) -> None:
    page = await open_page(forced_colors="active")
    await expect(page.locator("#unit-state .status")).to_have_text("Live")
    assert await page.locator("#unit-state .status").evaluate("(n) => getComputedStyle(n).borderTopStyle") == "solid"


async def test_a_journey_by_keyboard(open_page: Opener, stage: Stage) -> None:
    page = await open_page()
    await expect(page.locator("#underway li")).to_have_count(2)
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the results")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#unit")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await expect(page.locator("#underway li:nth-child(2) a")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#unit-name")).to_have_text("Women's 50 m Freestyle, Heat 1")
    await page.get_by_label("Gold first").focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_label("Total", exact=True)).to_be_checked()
    await expect(page.locator(".medal-table tbody tr").first.locator(".code")).to_have_text("NEX")
    await page.get_by_label("Day", exact=True).focus()
    await page.keyboard.press("ArrowUp")
    await expect(page.locator(".day-table tbody tr")).to_have_count(1)


async def test_focus_stays_on_a_row_that_moves(open_page: Opener, stage: Stage) -> None:
    page = await open_page()
    link = page.locator(".day-table").get_by_role("link", name="Men's 100 m, Final")
    await link.focus()
    stage.put(*planned(FINAL, "Men's 100 m, Final", NOW + 3_600_000, "SCHEDULED", "STA", medal=1))
    await expect(page.locator(".day-table tbody tr").last).to_contain_text("Men's 100 m, Final")
    await expect(link).to_be_focused()


async def test_targets_are_large_enough(open_page: Opener, stage: Stage) -> None:
    page = await open_page(width=360)
    assert await audit(page, "small") == []


async def test_the_page_lets_nobody_else_speak(open_page: Opener) -> None:
    page = await open_page(may_complain=True)
    ran = await page.evaluate(
        """async () => {
            const broken = [];
            document.addEventListener("securitypolicyviolation", (event) => broken.push(event.effectiveDirective));
            const script = document.createElement("script");
            script.textContent = "window.intruded = true";
            document.body.append(script);
            const image = new Image();
            image.src = "https://example.invalid/x.png";
            document.body.append(image);
            const bold = document.createElement("p");
            bold.setAttribute("style", "color: red");
            document.body.append(bold);
            await new Promise((done) => setTimeout(done, 300));
            return [window.intruded ?? false, broken.sort()];
        }"""
    )
    assert ran == [False, ["img-src", "script-src-elem", "style-src-attr"]]


async def test_text_of_the_feed_never_becomes_markup(stage: Stage, open_page: Opener) -> None:
    bad = "<img src=x onerror=alert(1)><b>bold</b>"
    stage.put(
        Change("organisations", "ABX", OrganisationRow(code="ABX", name=bad)),
        Change(f"result/{FINAL}", "A1", ResultRow(participant=bad, rank=1, sort=1, mark=bad)),
    )
    page = await open_page()
    await expect(page.locator(".medal-table tbody tr").first.locator(".name")).to_have_text(bad)
    assert await page.locator("main img, main b").count() == 0


async def test_every_file_is_served_as_what_it_is(open_page: Opener, stage: Stage) -> None:
    page = await open_page()
    kinds = {".js": "javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg"}
    for file in PAGE.iterdir():
        answer = await page.request.get(stage.url + file.name)
        assert answer.status == 200
        assert kinds[file.suffix] in answer.headers["content-type"], file.name
