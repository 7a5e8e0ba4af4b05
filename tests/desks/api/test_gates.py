"""What gates fetch from the running people side is what an offline gate decides by; the badge prints what it reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
import zxingcpp
from litestar import Router

from desks import card_token
from desks.api import gates
from desks.gate_folder import FACTS, STATUSES, GateFolder
from desks.gate_publisher import FILES, GatePublisher, join
from desks.gate_spool import Seen
from desks.issuing import open_issuing
from desks.keyring import signing_key
from desks.keys import kid_of
from desks.office import Office
from desks.people_index.index import PeopleIndex
from desks.vault import Vault
from management.access import decide_access
from management.card_desk import ReportLost
from management.command import Actor
from management.day_pass import ApprovePass, ReturnPass
from management.gate import Gate, Snapshot, Span, Token
from management.status_list import NOT_VALIDATED, REVOKED, VALID
from tests.desks.api.test_facts import FORM_OF, PERSONAL
from tests.desks.api_hands import Api, api, codes
from tests.desks.people import POLICIES
from tests.management.accredited import CHECKED, JULY, OPERATOR, OTHER_RO, PRINT, RO, SOC, TO_APPROVED, VENUE
from tests.management.pass_book import ASK, BACK_BY, EVENING_BEFORE, ISSUE, NOON

POLICY = POLICIES["per"]


class Printing:
    """An office with cards, and all that gates are sent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.issuing = open_issuing(folder, POLICY.games)
        self.root = signing_key(folder, "root").public
        self.people = PeopleIndex(POLICY)
        self.cards = self.people.cards

    def routers(self, office: Office, vault: Vault) -> list[Router]:
        self.publisher = GatePublisher(office, self.cards, self.issuing, POLICIES["sch"])
        return [gates.router(self.publisher, gates.Printer(self.cards, self.issuing.cards, vault))]

    async def fetch(self, people: Api, to: Path) -> GateFolder:
        """Return a gate's folder filled from the API."""
        to.mkdir(exist_ok=True)  # noqa: ASYNC240 - a folder of a test
        for name in FILES:
            answer = await people.get(f"/v1/gates/{name}", SOC)
            assert answer.status_code == 200, answer.text
            (to / name).write_bytes(answer.content)
        found = GateFolder(to, POLICY.games, self.root, Seen())
        found.refresh()
        assert found.complaints == ()
        return found


async def approve(people: Api) -> None:
    for command, by in TO_APPROVED:
        if command is TO_APPROVED[1][0]:
            answer = await people.command("per:P1", FORM_OF, by, personal=PERSONAL)
            assert answer.status_code == 200, answer.text
        else:
            await people.done("per:P1", by, command)


async def test_a_gate_decides_by_what_it_fetches_and_the_badge_is_what_it_reads(tmp_path: Path) -> None:
    printing = Printing(tmp_path)
    async with api(tmp_path, readers=[printing.people], more=printing.routers) as people:
        publisher = printing.publisher
        early = await people.get(f"/v1/gates/{FACTS}", SOC)
        await approve(people)
        people.clock[0] = JULY * 1000
        await people.done("per:P1", OPERATOR, PRINT)
        await people.settled()
        await publisher.publish()
        before = await printing.fetch(people, tmp_path / "gate")
        badge = await people.get("/v1/cards/1/badge", OPERATOR)
        hidden = [await people.get("/v1/cards/1/badge", one) for one in (RO, OTHER_RO, SOC)]
        hidden += [await people.get("/v1/cards/2/badge", OPERATOR), await people.get("/v1/gates/status.cose", RO)]
        await people.done("per:P1", VENUE, CHECKED)
        people.clock[0] += 60_000_000
        await people.settled()
        await publisher.publish()
        valid = await printing.fetch(people, tmp_path / "gate")
        await people.done("per:P1", VENUE, ReportLost(1, identity_checked=True, point="OLV"))
        people.clock[0] += 60_000_000
        await people.settled()
        await publisher.publish()
        lost = await printing.fetch(people, tmp_path / "gate")
    assert codes([early]) == [(503, "not_yet")]
    assert codes(hidden) == [(404, "not_found")] * 5
    lists = [found.statuses.status(10) if found.statuses else None for found in (before, valid, lost)]
    assert lists == [NOT_VALIDATED, VALID, REVOKED]
    assert badge.headers["Content-Type"] == "application/pdf"
    (read,) = zxingcpp.read_barcodes(pypdfium2.PdfDocument(badge.content)[0].render(scale=4).to_pil())
    token = card_token.decode(read.text, POLICY, {kid_of(printing.issuing.cards.public): printing.issuing.cards.public})
    assert isinstance(token, Token)
    assert (token.serial, token.ro, token.category) == (1, "AAA", "Aa")
    gate = Gate("OLV-1", "OLV", "R", perimeter="OLV")
    reasons = []
    for found in (before, valid, lost):
        assert found.statuses
        assert found.facts
        assert found.entitlements
        known = Snapshot(POLICY, found.statuses, found.list_version, found.list_at, 0, found.entitlements)
        reasons.append(decide_access(token, gate, found.list_at, "IN", known).reason)
    assert [reasons[0], reasons[2]] == ["NOT_VALIDATED", "REVOKED"]
    assert reasons[1] not in ("NOT_VALIDATED", "REVOKED")


def test_the_keys_are_made_once_and_without_the_root_go_on(tmp_path: Path) -> None:
    first = open_issuing(tmp_path, "T20", b"secret")
    (tmp_path / "root").unlink()
    again = open_issuing(tmp_path, "T20", b"secret")
    assert (again.manifest(), again.cards.kid) == (first.manifest(), first.cards.kid)


def test_spans_that_touch_are_one() -> None:
    assert join([Span(5, 9), Span(0, 5), Span(10, 12)]) == [Span(0, 9), Span(10, 12)]
    assert STATUSES in FILES


async def test_a_day_pass_opens_its_gate_on_its_day_until_it_is_back(tmp_path: Path) -> None:
    printing, found = Printing(tmp_path), list[GateFolder]()
    async with api(tmp_path, readers=[printing.people], more=printing.routers) as people:

        async def publish(at: int, *commands: Any, by: Actor) -> None:
            people.clock[0] = at * 1000
            await people.done("dp:AAA", by, *commands)
            await people.settled()
            await printing.publisher.publish()
            found.append(await printing.fetch(people, tmp_path / "gate"))

        await publish(EVENING_BEFORE - 1, ASK, by=RO)
        none = await people.get("/v1/cards/900/badge", OPERATOR)
        await people.done("dp:AAA", OPERATOR, ApprovePass("D1"))
        await publish(NOON, ISSUE, by=OPERATOR)
        badge = await people.get("/v1/cards/900/badge", OPERATOR)
        hidden = await people.get("/v1/cards/900/badge", OTHER_RO)
        await publish(NOON + 60_000, ReturnPass("D1"), by=VENUE)
    assert codes([none, hidden]) == [(404, "not_found")] * 2
    (read,) = zxingcpp.read_barcodes(pypdfium2.PdfDocument(badge.content)[0].render(scale=4).to_pil())
    gate, reasons = Gate("OLV-1", "OLV", "V", perimeter="OLV"), []
    for one in found[1:]:
        assert one.statuses
        assert one.entitlements
        token = card_token.decode(read.text, POLICY, one.cards)
        assert isinstance(token, Token)
        assert one.entitlements.get(token.serial) == token.entitlement
        known = Snapshot(POLICY, one.statuses, one.list_version, one.list_at, 0, one.entitlements)
        reasons += [decide_access(token, gate, at, "IN", known).reason for at in (one.list_at, BACK_BY)]
    assert reasons == ["OK", "EXPIRED", "REVOKED", "EXPIRED"]
