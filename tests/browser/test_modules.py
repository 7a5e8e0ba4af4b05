"""Single modules of the page, run in the browser: what is decided without a document."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import pytest
from playwright.async_api import Page
from websockets.asyncio.client import connect

from schemas.cut import Change
from schemas.views import MedalTableRow, ResultRow
from tests.browser.conftest import Opener
from tests.browser.stage import FINAL, OTHER, Stage
from tests.feeds.client import Subscription

pytestmark = pytest.mark.asyncio(loop_scope="session")

A, B, C = "A" * 34, "B" * 34, "C" * 34


async def choose(page: Page, shown: str, **state: Any) -> str:
    """Return the unit that the page would show; times in seconds before now."""
    told = {"since": 30, "changed": 1, "over": 0, "cuts": {}} | state
    unit: str = await page.evaluate(
        """async ([shown, { underWay, cuts, since, changed, over }]) => {
            const { choose } = await import("/follow.js");
            const now = 1e12;
            const ago = (seconds) => now - seconds * 1000;
            return choose(shown, {
                underWay, cuts: new Map(Object.entries(cuts)), now,
                since: ago(since), changedAt: ago(changed), overAt: over ? ago(over) : 0,
            });
        }""",
        [shown, told],
    )
    return unit


def running(*units: str, status: str = "RUNNING") -> list[dict[str, Any]]:
    return [{"unit": unit, "status": status, "started": number} for number, unit in enumerate(units)]


async def test_which_unit_is_followed(open_page: Opener) -> None:
    page = await open_page()
    both = running(A, B)
    assert await choose(page, "", underWay=[]) == ""
    assert await choose(page, "", underWay=both, cuts={A: 9, B: 7}) == A
    assert await choose(page, "", underWay=both) == B  # nothing has changed: the one that began last
    waiting = running(A, status="GETTING_READY")
    assert await choose(page, "", underWay=[*waiting, *running(B)], cuts={A: 9, B: 1}) == B
    assert await choose(page, A, underWay=both, cuts={A: 1, B: 9}) == A  # it changed a moment ago
    assert await choose(page, A, underWay=both, cuts={A: 1, B: 9}, changed=41, since=10) == A  # it has just come
    assert await choose(page, A, underWay=both, cuts={A: 1, B: 9}, changed=41, since=42) == B  # it is quiet
    assert await choose(page, A, underWay=both, cuts={A: 1, B: 9}, since=121) == B  # it has had its time
    assert await choose(page, A, underWay=both, cuts={A: 9, B: 1}, since=121) == A
    assert await choose(page, C, underWay=both, cuts={A: 9}, over=5) == C  # its result stays for a while
    assert await choose(page, C, underWay=both, cuts={A: 9}, over=16) == A
    assert await choose(page, C, underWay=[], over=500) == C


async def test_the_subscription_agrees_with_the_reference_client(seed: int, stage: Stage, open_page: Opener) -> None:
    dice = random.Random(seed)
    page = await open_page()
    messages: list[str] = []
    async with connect(f"ws://127.0.0.1:{stage.port}/v1/feed") as feed:
        await feed.send('{"op":"hello","v":1}')
        await feed.send('{"op":"sub","id":1,"views":["result/**","medals/**"]}')
        for _ in range(60):
            stage.put(*(change(dice) for _ in range(dice.randint(1, 6))))
            if dice.random() < 0.3:
                await asyncio.sleep(0.02)
        last = stage.source.views.cut
        reference = Subscription()
        while reference.cut < last:
            text = await asyncio.wait_for(feed.recv(), 10)
            assert isinstance(text, str)
            message = json.loads(text)
            if message["op"] in ("image", "cut"):
                messages.append(text)
                reference.take(message)
    held = await page.evaluate(
        """async (messages) => {
            const { Subscription } = await import("/subscription.js");
            const one = new Subscription([]);
            for (const text of messages) one.take(JSON.parse(text));
            const views = [...one.views].filter(([, view]) => view.rows.size);
            const rows = views.map(([name, view]) => [name, Object.fromEntries(view.rows)]);
            return [one.cut, one.resume, Object.fromEntries(rows)];
        }""",
        messages,
    )
    assert held == [last, reference.resume, reference.content()]


def change(dice: random.Random) -> Change:
    """Return a change of some row: new, another, or gone."""
    view = dice.choice([f"result/{FINAL}", f"result/{OTHER}", "medals/table", "medals/discipline/ATH"])
    key = dice.choice("VWXYZ")
    if dice.random() < 0.2:
        return Change(view, key, None)
    if view.startswith("medals"):
        return Change(
            view, key, MedalTableRow(organisation=key, rank=dice.choice([None, 1, 2]), gold=dice.randint(0, 3))
        )
    parts = {str(n): str(dice.randint(1, 9)) for n in range(dice.randint(0, 3))}
    row = ResultRow(participant=key, rank=dice.choice([None, 1, 2]), mark=dice.choice(["", "9.81"]), parts=parts)
    return Change(view, key, row, dice.randint(0, 3))


async def delay_after(page: Page, stage: Stage, code: int, reason: str) -> float:
    """Return how long the feed waits, in ms, after a server has closed it so; its dice show the highest number."""

    await page.route_web_socket("**/going", lambda route: route.close(code=code, reason=reason))
    waits: float = await page.evaluate(
        """async (url) => {
            const { Feed } = await import("/feed.js");
            return new Promise((done) => {
                const onState = ({ retryAt }) => { if (retryAt) { feed.stop(); done(retryAt - Date.now()); } };
                const feed = new Feed(url, { onState }, { random: () => 1 });
                feed.start();
            });
        }""",
        stage.url.replace("http", "ws") + "going",
    )
    return waits


async def test_who_is_told_a_moment_comes_back_then(stage: Stage, open_page: Opener) -> None:
    page = await open_page()
    assert 29_000 < await delay_after(page, stage, 1001, "going away; retry_ms=30000") <= 30_000
    assert 0 < await delay_after(page, stage, 1012, "restart") <= 800
