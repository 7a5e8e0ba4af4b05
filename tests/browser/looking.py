"""What axe and our own audits find wrong with a page of the people side, by the rules of WCAG 2.2 AA."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import axe_playwright_python  # type: ignore[import-untyped]
from playwright.async_api import Page

__all__ = ["LOOKS", "Look", "look", "look_at"]

AUDITS = Path(__file__).with_name("audits")
OURS = [(AUDITS / f"{name}.js").read_text() for name in ("pale", "small", "cut_off")]
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = "(tags) => axe.run({runOnly: tags, resultTypes: ['violations']})"  # what passes is not described node by node


class Look(NamedTuple):
    """How somebody looks at a page."""

    language: str
    width: int = 1100  # pixels
    colours: str = "light"


ENGLISH = Look("en")
OTHERS = (Look("ar", colours="dark"), Look("fr", width=320))
LOOKS = [(ENGLISH, other) for other in OTHERS]  # one after the other, for the pages in turn


async def look(page: Page) -> list[str]:
    """Return what is wrong with a page as it stands."""
    await page.evaluate(AXE)
    found = await page.evaluate(RUN, RULES)
    wrong = [f"{one['id']}: {node['html']}" for one in found["violations"] for node in one["nodes"]]
    for audit in OURS:
        wrong += await page.evaluate(audit)
    return wrong


async def look_at(page: Page, urls: Iterable[str]) -> list[str]:
    """Return what is wrong with pages, each looked at in English and in another way; one tab shows them all."""
    wrong = []
    for number, url in enumerate(urls):
        for way in LOOKS[number % len(LOOKS)]:
            await page.set_viewport_size({"width": way.width, "height": 800})
            await page.emulate_media(color_scheme="dark" if way.colours == "dark" else "light")
            await page.goto(f"{url}{'&' if '?' in url else '?'}lang={way.language}")
            assert await page.evaluate("document.documentElement.lang") == way.language
            wrong += [f"{url} {way}: {one}" for one in await look(page)]
    return wrong
