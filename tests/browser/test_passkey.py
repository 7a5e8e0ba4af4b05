"""Passkeys in a real browser, with an authenticator that Chromium plays: made, signed in by, and kept in a cookie."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from desks.accounts.passkeys import site_of
from desks.api.server import running
from management.command import Role
from tests.desks.accounts.door import door

pytestmark = pytest.mark.asyncio(loop_scope="session")

OPERATOR: tuple[Role, str] = ("OC_ACR_OPERATOR", "*")

# What a page does: options are asked for, the browser answers them, and the answer is sent.
SCRIPT = """
async ([options, target, token, kind]) => {
  const ask = (path, body) => fetch(path, {
    method: "POST", body: JSON.stringify(body),
    headers: {"Content-Type": "application/json", ...(token ? {Authorization: `Bearer ${token}`} : {})},
  });
  const asked = await (await ask(options, {})).json();
  const made = kind === "create"
    ? await navigator.credentials.create({publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked)})
    : await navigator.credentials.get({publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked)});
  const answer = await ask(target, {credential: made.toJSON(), ...(kind === "create" ? {} : {cookie: true})});
  return [answer.status, answer.status === 200 ? await answer.json() : null];
}
"""
READ = "async () => { const said = await fetch('/v1/session'); return [said.status, await said.json()]; }"
LEAVE = "async () => (await fetch('/v1/session', {method: 'DELETE'})).status"


async def with_authenticator(page: Page) -> None:
    """Give a browser a phone, or what unlocks one."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


async def in_page(page: Page, options: str, target: str, *, token: str = "", kind: str = "get") -> Any:
    return await page.evaluate(SCRIPT, [f"/v1{options}", f"/v1{target}", token, kind])


async def test_a_passkey_is_made_and_signs_in(browser: Browser, tmp_path: Path) -> None:
    async with door(tmp_path) as at, running(at.app) as port:
        origin = f"http://localhost:{port}"
        at.desk.site = site_of(origin)
        await at.opened("P1", OPERATOR)
        token = await at.invited("P1")
        page = await browser.new_page()
        await page.goto(f"{origin}/v1/status")
        await with_authenticator(page)
        how = {"token": token, "kind": "create"}
        made = await in_page(page, "/credentials/passkey/options", "/credentials/passkey", **how)
        assert made == [204, None]
        status, session = await in_page(page, "/sign-in/passkey/options", "/sign-in/passkey")
        assert (status, session["account"], "token" in session) == (200, "P1", False)
        status, known = await page.evaluate(READ)  # by the cookie, which no script can read
        read = await page.evaluate("document.cookie")
        assert (status, known["grants"], read) == (200, [["OC_ACR_OPERATOR", "*"]], "")
        assert await page.evaluate(LEAVE) == 204
        assert (await page.evaluate(READ))[0] == 401
        await page.close()
