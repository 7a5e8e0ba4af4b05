"""The link: what the page does when it breaks, when the server begins anew, and when nonsense comes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.async_api import Page, WebSocketRoute, expect

from schemas.cut import Change
from schemas.views import MedalTableRow
from tests.browser.conftest import Opener
from tests.browser.stage import FINAL, MARKS, Stage, head, opening, standing
from tests.feeds.fake_source import FakeSource

pytestmark = pytest.mark.asyncio(loop_scope="session")

FIRST = ".standings tbody tr:first-child .name"
BACK = 25_000  # ms within which a page is back, whatever its chance delays were


def received(page: Page) -> list[dict[str, Any]]:
    """Return a list that fills with the messages of the page's connections from now on."""
    messages: list[dict[str, Any]] = []

    def take(data: str | bytes) -> None:
        messages.append(json.loads(data))

    page.on("websocket", lambda socket: socket.on("framereceived", take))
    return messages


async def test_after_a_restart_it_resumes_without_a_new_image(stage: Stage, open_page: Opener) -> None:
    page = await open_page()
    await expect(page.locator(FIRST)).to_have_text("ABEDI Tano")
    messages = received(page)
    await stage.stop()
    await expect(page.locator("#strip")).not_to_have_attribute("data-link", "live")
    await expect(page.locator("#link-words")).to_have_text("Service trouble")
    await expect(page.locator(FIRST)).to_have_text("ABEDI Tano")  # the results stand as they were
    await expect(page.locator("#asof time")).to_contain_text("ago")
    await stage.start()
    await expect(page.locator("#link-words")).to_have_text("Connected", timeout=BACK)
    stage.put(*standing(MARKS | {"A4": 970}))
    await expect(page.locator(FIRST)).to_have_text("DUMAS Lefi")
    ops = [message["op"] for message in messages]
    assert ops.count("resumed") == 2
    assert "image" not in ops


async def test_another_epoch_shows_what_holds_now(stage: Stage, open_page: Opener) -> None:
    page = await open_page()
    await expect(page.locator(FIRST)).to_have_text("ABEDI Tano")
    await stage.stop()
    source = FakeSource(epoch="e2")
    source.put(*opening())
    source.put(*standing(MARKS | {"A2": 975}), head("OFFICIAL"))
    await stage.start(source)
    await expect(page.locator(FIRST)).to_have_text("BOLEN Kari", timeout=BACK)
    await expect(page.locator("#unit-state")).to_have_text("Official")
    await expect(page.locator("#edition")).to_contain_text("epoch e2")


async def test_a_reset_within_the_connection_shows_a_new_image(stage: Stage, open_page: Opener) -> None:
    page = await open_page()
    await expect(page.locator(FIRST)).to_have_text("ABEDI Tano")
    stage.source.epoch = "e2"
    stage.put(*standing(MARKS | {"A3": 960}))
    await expect(page.locator(FIRST)).to_have_text("CORSO Vini")
    await expect(page.locator("#link-words")).to_have_text("Connected")
    stage.put(*standing(MARKS | {"A3": 960, "A4": 950}))
    await expect(page.locator(FIRST)).to_have_text("DUMAS Lefi")


async def test_a_device_without_a_connection_is_told_apart(open_page: Opener) -> None:
    page = await open_page()
    await page.context.set_offline(True)
    await expect(page.locator("#link-words")).to_have_text("You are offline")
    await expect(page.locator("#strip")).to_have_attribute("data-link", "offline")
    await expect(page.locator(".medal-table tbody tr")).to_have_count(10)
    await page.context.set_offline(False)
    await expect(page.locator("#link-words")).to_have_text("Connected", timeout=BACK)


async def test_without_the_live_link_results_come_over_http(stage: Stage, open_page: Opener) -> None:
    stage.source.mode = "rehearsal"
    page = await open_page(None)
    await page.route_web_socket("**/v1/feed", lambda route: route.close())
    await page.goto(f"{stage.url}#/unit/{FINAL}")
    await expect(page.locator("#link-words")).to_have_text("Live link lost", timeout=BACK)
    await expect(page.locator(FIRST)).to_have_text("ABEDI Tano", timeout=BACK)
    stage.put(
        *standing(MARKS | {"A3": 960}),
        Change("medals/table", "ABX", MedalTableRow(organisation="ABX", rank=1, gold=99)),
    )
    await expect(page.locator(FIRST)).to_have_text("CORSO Vini", timeout=BACK)
    await expect(page.locator(".medal-table tbody tr:first-child td.count").first).to_have_text("99")
    await expect(page.locator("#mode strong")).to_have_text("Rehearsal")
    await page.locator("#underway").get_by_role("link", name="Women's 50 m Freestyle, Heat 1").click()
    await expect(page.locator("#unit-name")).to_have_text("Women's 50 m Freestyle, Heat 1", timeout=BACK)
    await expect(page.locator(FIRST)).to_have_text("B1")


async def through(page: Page, stage: Stage, junk: list[str], *, lose: int = -1) -> list[dict[str, Any]]:
    """Open the page through a link that says ``junk`` after every message and loses the cut of this number.

    Returns a list of what the page says.
    """
    said: list[dict[str, Any]] = []
    cuts = 0

    def join(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def up(data: str | bytes) -> None:
            said.append(json.loads(data))
            server.send(data)

        def down(data: str | bytes) -> None:
            nonlocal cuts
            cut = json.loads(data)["op"] == "cut"
            if cut:
                cuts += 1
            if not (cut and cuts == lose):
                route.send(data)
            for message in junk:
                route.send(message)

        route.on_message(up)
        server.on_message(down)

    await page.route_web_socket("**/v1/feed", join)
    await page.goto(f"{stage.url}#/unit/{FINAL}")
    return said


JUNK = [
    "not JSON",
    "",
    "null",
    "[]",
    "7",
    '{"op":"news","id":1,"text":"of a later version"}',
    '{"op":"cut","id":60000,"cut":1,"views":{}}',
    '{"op":"hb"}',
    '{"op":"image"}',
    '{"op":"err","code":"bad_message","message":"?","at":"","retry":false}',
]


async def test_what_it_does_not_know_breaks_nothing(stage: Stage, open_page: Opener) -> None:
    page = await open_page(None)
    said = await through(page, stage, JUNK)
    await expect(page.locator(FIRST)).to_have_text("ABEDI Tano")
    stage.put(*standing(MARKS | {"A3": 960}))
    await expect(page.locator(FIRST)).to_have_text("CORSO Vini")
    assert [message["op"] for message in said].count("hello") == 1


async def test_a_cut_that_was_lost_is_noticed_and_mended(stage: Stage, open_page: Opener) -> None:
    page = await open_page(None)
    said = await through(page, stage, [], lose=1)
    await expect(page.locator(FIRST)).to_have_text("ABEDI Tano")
    stage.put(*standing(MARKS | {"A4": 970}))
    await page.wait_for_timeout(500)
    await expect(page.locator(FIRST)).to_have_text("ABEDI Tano")  # it cannot know
    stage.put(*standing(MARKS | {"A4": 970, "A2": 965}))
    await expect(page.locator(FIRST)).to_have_text("BOLEN Kari")
    await expect(page.locator(".standings tbody tr:nth-child(2) .name")).to_have_text("DUMAS Lefi")
    assert sum(message["op"] == "unsub" for message in said) >= 1


@pytest.mark.parametrize(
    "views",
    [
        '{"medals/table":{"seq":"x"}}',
        '{"medals/table":null}',
        '{"medals/table":{"seq":1,"up":{"ABX":7}}}',
        "[]",
        '{"medals/table":{"seq":[3,1]}}',
    ],
)
async def test_a_cut_that_makes_no_sense_changes_nothing(views: str, open_page: Opener) -> None:
    page = await open_page()
    told = await page.evaluate(
        """async (views) => {
            const { Subscription, Broken } = await import("/subscription.js");
            const one = new Subscription(["medals/table"]);
            const rows = { ABX: { gold: 1 } };
            const image = { "medals/table": { seq: 1, rows } };
            one.take({ op: "image", id: 1, cut: 1, time: 1, part: 1, resume: "r", views: image });
            try {
                one.take({ op: "cut", id: 1, cut: 2, time: 2, resume: "s", views: JSON.parse(views) });
            } catch (error) {
                return [error instanceof Broken, one.cut, JSON.stringify([...one.views.get("medals/table").rows])];
            }
        }""",
        views,
    )
    assert told == [True, 1, '[["ABX",{"gold":1}]]']
