"""Two processes that import one file at the same time bring about what one would have: all of it, and nothing twice."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from desks.bulk.books import WriterBooks
from desks.bulk.importing import Imports
from desks.bulk.kinds.all import KINDS
from desks.errors import BadSheet
from desks.key_store import KeyStore
from desks.key_wrap import HeldWrapper
from desks.outcome import Outcome
from desks.vault import Vault
from management.command import Received
from management.quota import SetQuota
from tests.desks.api.test_sheets import ANN, BOB, HEADER
from tests.desks.bulk.sheets import csv, run, setting, told
from tests.desks.people import People
from tests.management.accredited import AUTHORITY, RO, SPRING

PEOPLE = KINDS["people"]
EVA = (*["9", "Aa", "ATHLETE", "SWM", "Eva", "AAA", "2000-01-01", "AAA", "P", "X3", "2025-01-01", "PASSED", "SELF"],)
SHEET = csv(HEADER, ANN, BOB, EVA)


async def test_the_same_people_from_two_processes_are_there_once(tmp_path: Path) -> None:
    people, store = await People.open(tmp_path), KeyStore.open(tmp_path / "keys.db")
    await people.do(("ro:AAA", SetQuota("Aa", 5), AUTHORITY, SPRING))
    vault = Vault(store, HeldWrapper(bytes(32)))
    said = setting(SHEET, RO, SPRING, "AAA", vault=vault)
    processes = [Imports(WriterBooks(people.writer)) for _ in range(2)]
    reports = await asyncio.gather(*(run(one, SHEET, PEOPLE, said) for one in processes))
    assert [told(report) for report in reports] == [[(3, "birth_date", "DATE")]] * 2
    assert [report.applied + report.known for report in reports] == [2, 2]
    book = await people.state("ro:AAA")
    assert [one.status for one in book.holds.values()] == ["HELD"] * 2
    opened = [key for key, event in await people.events(RO.id) if type(event).__name__ == "ApplicationOpened"]
    assert len(opened) == len(set(opened)) == 2
    for key in opened:
        (one,) = (await people.state(key)).participations.values()
        assert one.status == "SUBMITTED"
    store.close()
    await people.close()


class Held(WriterBooks):
    """Books of a process that stops in the middle of an import."""

    stops = True

    def __init__(self, people: People) -> None:
        super().__init__(people.writer)
        self.stopped, self.go = asyncio.Event(), asyncio.Event()

    async def submit(self, received: Received[Any]) -> Outcome:
        if self.stops and received.key.startswith("ro:"):
            self.stopped.set()
            await self.go.wait()
        return await super().submit(received)


async def test_no_other_file_comes_in_between_from_another_process(tmp_path: Path) -> None:
    people = await People.open(tmp_path)
    await people.do(("ro:AAA", SetQuota("Aa", 5), AUTHORITY, SPRING))
    other, held = csv(HEADER, EVA), Held(people)
    first = asyncio.create_task(run(Imports(held), SHEET, PEOPLE, setting(SHEET, RO, SPRING, "AAA")))
    await held.stopped.wait()
    second = Imports(WriterBooks(people.writer))
    with pytest.raises(BadSheet, match="another import for AAA is under way") as caught:
        await run(second, other, PEOPLE, setting(other, RO, SPRING, "AAA"))
    assert caught.value.code == "BUSY"
    assert (await run(second, other, PEOPLE, setting(other, RO, SPRING, "AAA"), dry_run=True)).applied == 1
    again = await run(second, SHEET, PEOPLE, setting(SHEET, RO, SPRING, "AAA"))  # whoever was stopped sends it again
    held.go.set()
    assert (again.applied, (await first).applied) == (2, 2)
    assert (await run(second, other, PEOPLE, setting(other, RO, SPRING, "AAA"))).known == 1
    assert [one.status for one in (await people.state("ro:AAA")).holds.values()] == ["HELD"] * 2
    await people.close()
