"""Notices on the pages: read by their recipient alone, acknowledged once, counted, and taken along as a calendar."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

from icalendar import Calendar

from management.command import Actor, Grant
from management.notice import Notify, Slot
from tests.desks.pages_hands import field_of, on_stage
from tests.management.venue_hands import PLANNER as ROSTER
from tests.management.venue_hands import SYSTEM
from tests.management.volunteer_hands import HOUR, NOW, person

ANN, BOB = person("ANN"), person("BOB")
OFFICE = Actor("office", (Grant("RO_ENTRIES", "ro:AAA"),))
PATH = "/notices/per:ANN"


def told(starts: int, method: Any = "REQUEST") -> Notify:
    return Notify("STA/A1", method, Slot("STEWARD", "STA", "BLUE", NOW + starts * HOUR, NOW + 9 * HOUR), "D1")


async def test_a_volunteer_reads_acknowledges_and_takes_along_what_has_changed(tmp_path: Path) -> None:
    async with on_stage(tmp_path, NOW) as stage, stage.client(ANN) as ann:
        await stage.do("ntc:per:ANN", SYSTEM, told(1), told(2))
        page = (await ann.get(PATH)).text
        assert ("Changed" in page, field_of(page, "sequence")) == (True, "1")
        sent = {"form": field_of(page, "form"), "act": "acknowledge", "subject": "STA/A1", "sequence": "1"}
        await stage.do("ntc:per:ANN", SYSTEM, told(3))
        late = await ann.post(PATH, data=sent)
        assert (late.status_code, "Read the newest notice." in late.text) == (409, True)
        assert (await ann.post(PATH, data={**sent, "form": str(uuid4()), "sequence": "x"})).status_code == 409
        assert (await ann.post(PATH, data={**sent, "form": str(uuid4()), "sequence": "2"})).status_code == 303
        assert "You have read this." in (await ann.get(PATH)).text
        assert (await stage.site.state("ntc:per:ANN")).notices["STA/A1"].acknowledged
        calendar = await ann.get(f"{PATH}/calendar.ics")
        assert calendar.headers["content-type"].startswith("text/calendar")
        entry: Any = Calendar.from_ical(calendar.content).walk("VEVENT")[0]
        assert (str(entry["UID"]), int(entry["SEQUENCE"])) == ("STA-A1.per-ANN@t20.podium", 2)
        assert entry["DTSTART"].dt.timestamp() * 1000 == NOW + 3 * HOUR
        await stage.do("ntc:per:ANN", SYSTEM, told(3, "CANCEL"))
        entry = Calendar.from_ical((await ann.get(f"{PATH}/calendar.ics")).content).walk("VEVENT")[0]
        assert (entry["STATUS"], int(entry["SEQUENCE"])) == ("CANCELLED", 3)


async def test_notices_are_for_their_recipient_alone_by_page_and_by_api(tmp_path: Path) -> None:
    async with on_stage(tmp_path, NOW) as stage, stage.client(BOB) as bob, stage.client(OFFICE) as office:
        await stage.do("ntc:per:ANN", SYSTEM, told(1))
        await stage.do("ntc:ro:AAA", SYSTEM, told(1))
        others = [await bob.get(PATH), await bob.get(f"{PATH}/calendar.ics"), await bob.post(PATH, data={"act": "x"})]
        others += [await bob.get("/notices/ro:AAA"), await office.get("/notices/ro:BBB"), await office.get(PATH)]
        others.append(await office.get("/notices/AAA"))
        assert [one.status_code for one in others] == [403] * 7
        assert "/notices/ro:AAA" in (await office.get("/")).text
        wish = {"key": "ntc:ro:AAA", "command": {"type": "acknowledge", "subject": "STA/A1", "sequence": 0}}
        turned = await bob.post("/v1/commands", json={"id": str(uuid4()), **wish})
        assert (turned.status_code, turned.json()["error"]["code"]) == (403, "NOT_AUTHORISED")
        assert (await office.post("/v1/commands", json={"id": str(uuid4()), **wish})).status_code == 200
        assert (await office.get("/v1/records/ntc:ro:AAA")).json()["record"]["notices"]["STA/A1"]["acknowledged"]
        kept: Any = await stage.office.read("ntc:ro:AAA")
        assert await stage.office.seen(kept.position, 30)
        async with stage.client(ROSTER) as planner:
            counted = (await planner.get("/v1/notices/D1")).json()
        count = {"told": 2, "sent": 0, "acknowledged": 1, "superseded": 0, "waiting": 1, "silent": []}
        assert counted == count
        assert [(await one.get("/v1/notices/D1")).status_code for one in (bob, office)] == [404, 404]
