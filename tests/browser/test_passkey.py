"""Passkeys on the pages, with an authenticator that Chromium plays: made, signed in by, and asked for as a proof."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from playwright.async_api import Browser, Page, expect

from tests.browser.looking import look, look_at
from tests.desks.accounts.door import CHEAP, PASSWORD
from tests.desks.pages_hands import PeopleStage, on_stage
from tests.management.volunteer_hands import DAYS, NOW

pytestmark = pytest.mark.asyncio(loop_scope="session")

PROVES = replace(CHEAP, sensitive=("submit",))
LATER = CHEAP.sessions.step_up_min * 60_000


async def phone(page: Page, *, unlocks: bool = True) -> None:
    """Give a browser a phone, whose holder unlocks it or does not."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": unlocks,
        "automaticPresenceSimulation": True,
    }
    await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


async def invited(browser: Browser, stage: PeopleStage, **how: Any) -> Page:
    """Return a page on which Ann, a volunteer, has just used her invitation."""
    async with stage.client() as client:
        at = stage.door(client)
        await at.opened("ANN", ("VOLUNTEER", "person:ANN"))
        secret = await at.invitation("ANN")
    page = await browser.new_page(locale="en", **how)
    await page.goto(f"{stage.named}/sign-in")
    await page.locator("a[href='/invitation']").click()
    await page.locator("#account").fill("ANN")
    await page.locator("#secret").fill(secret)
    await page.locator("#secret").press("Enter")
    await page.wait_for_url("**/credentials")
    return page


async def test_who_is_invited_makes_a_passkey_signs_in_by_it_and_proves_it_again(
    browser: Browser, tmp_path: Path
) -> None:
    async with on_stage(tmp_path, NOW, accounts=PROVES) as stage:
        page = await invited(browser, stage)
        await phone(page)
        assert await look_at(page, [f"{stage.named}/credentials"]) == []
        await page.goto(f"{stage.named}/credentials?lang=en")
        await page.goto(f"{stage.named}/")  # an invitation opens this door and no other
        await expect(page).to_have_url(f"{stage.named}/credentials")
        await page.get_by_role("button", name="Make a passkey").click()
        await expect(page.get_by_role("status")).to_have_text("Done.")
        await page.goto(f"{stage.named}/volunteer/MAIN")  # the invitation is over
        await page.get_by_role("button", name="Sign in with a passkey").click()
        await expect(page).to_have_url(f"{stage.named}/volunteer/MAIN")
        assert await page.evaluate("document.cookie") == ""
        stage.at(NOW + LATER)
        await page.get_by_label("Date of birth").fill("1990-05-17")
        await page.get_by_label("STEWARD").check()
        for day in DAYS:
            await page.locator(f"#day-{day}").check()
        await page.get_by_role("button", name="Hand in the application").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Prove who you are")
        await page.get_by_role("button", name="Use a passkey").click()
        await expect(page.get_by_role("status")).to_have_text("Done.")
        state = await stage.site.state("vol:MAIN:ANN")
        assert (state.stage, state.days) == ("SUBMITTED", DAYS)
        await page.close()


async def test_a_passkey_that_nobody_unlocks_is_said_so_and_may_be_tried_again(
    browser: Browser, tmp_path: Path
) -> None:
    said = {
        "en": ("Make a passkey", "No passkey was used."),
        "fr": ("Créer une clé d’accès", "Aucune clé d’accès n’a été utilisée."),
        "ar": ("إنشاء مفتاح مرور", "لم يُستعمل أي مفتاح مرور."),
    }
    async with on_stage(tmp_path, NOW) as stage:
        page = await invited(browser, stage)
        await phone(page, unlocks=False)
        for language, (button, sentence) in said.items():
            await page.goto(f"{stage.named}/credentials?lang={language}")
            await page.get_by_role("button", name=button).click()
            await expect(page.get_by_role("alert")).to_contain_text(sentence)
            await expect(page.get_by_role("button", name=button)).to_be_enabled()
        await page.locator("#login").fill("ann@example.org")
        await page.locator("#password").fill(PASSWORD)
        await page.locator("button[value=password]").click()
        await expect(page.locator("#code")).to_be_visible()
        assert await look(page) == []
        await page.close()


async def test_a_passkey_of_another_address_is_said_to_be_so(browser: Browser, tmp_path: Path) -> None:
    async with on_stage(tmp_path, NOW) as stage:
        page = await browser.new_page(locale="en")
        await page.goto(f"{stage.url}/sign-in")  # an address of numbers
        await phone(page)
        await page.get_by_role("button", name="Sign in with a passkey").click()
        await expect(page.get_by_role("alert")).to_contain_text("Passkeys do not work at this address.")
        await page.close()


async def test_without_a_script_a_password_does_the_same(browser: Browser, tmp_path: Path) -> None:
    async with on_stage(tmp_path, NOW) as stage:
        page = await invited(browser, stage, java_script_enabled=False)
        await expect(page.get_by_role("button", name="Make a passkey")).to_be_hidden()
        await page.get_by_label("Login").fill("ann@example.org")
        await page.get_by_label("Password", exact=True).fill("short")
        await page.get_by_role("button", name="Go on to the codes").click()
        await expect(page.get_by_role("group", name="This was not done")).to_contain_text("The password is too short")
        await expect(page.get_by_label("Login")).to_have_value("ann@example.org")
        await page.close()
