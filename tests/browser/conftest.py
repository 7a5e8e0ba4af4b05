"""A real Chromium, one for all tests, and pages in it that may complain about nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright, expect

from tests.browser.stage import Stage

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 60_000  # ms: a busy machine is slow, and what never comes has not come then either
OUR_OWN = "net::ERR_"  # what Chromium says of a server that is away, which some tests want

expect.set_options(timeout=PATIENCE)

Opener = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """A browser with a profile of its own."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield launched
        await launched.close()


@pytest_asyncio.fixture(loop_scope="session")
async def stage() -> AsyncIterator[Stage]:
    """A live Games on a server."""
    async with Stage() as stage:
        yield stage


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser, stage: Stage) -> AsyncIterator[Opener]:
    """Opens pages of the stage, or blank ones; at the end they must not have asked outside, nor had an error."""
    complaints: list[str] = []
    contexts = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and OUR_OWN not in message.text and "WebSocket" not in message.text:
            complaints.append(message.text)

    def watch(request: Request) -> None:
        if not request.url.startswith(stage.url):
            complaints.append(f"asked for {request.url}")

    async def open_one(
        path: str | None = "", *, width: int = 1280, height: int = 900, may_complain: bool = False, **how: Any
    ) -> Page:
        context = await browser.new_context(viewport={"width": width, "height": height}, **how)
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(PATIENCE)
        if not may_complain:
            page.on("console", hear)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("request", watch)
        if path is not None:
            await page.goto(stage.url + path)
            await page.wait_for_selector("#strip[data-link=live]")
            await page.wait_for_selector(".medal-table tbody tr")
        return page

    yield open_one
    for context in contexts:
        await context.close()
    assert complaints == []
