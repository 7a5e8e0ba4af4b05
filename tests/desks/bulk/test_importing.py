from __future__ import annotations

import asyncio
from typing import Any

import pytest

from desks.bulk.cells import code
from desks.bulk.columns import Column, Row
from desks.bulk.importing import Imports
from desks.bulk.setting import Kind
from desks.errors import BadSheet, Unavailable
from tests.desks.bulk.sheets import NoBooks, books, csv, run, setting, told
from tests.management.accredited import RO, SPRING

DATA = csv(("ref",), ("1",), ("2",), ("3",))


class Slow:
    """A kind of which each row waits until it is let go."""

    def __init__(self) -> None:
        self.begun, self.go = asyncio.Event(), asyncio.Event()
        self.full = False
        self.rows: list[str] = []
        self.kind = Kind("slow", (Column("ref", code, key=True),), "ro", (), self.apply)

    async def apply(self, row: Row, *_: Any) -> Any:
        self.rows.append(row["ref"])
        self.begun.set()
        await self.go.wait()
        if self.full and row["ref"] == "2" and len(self.rows) > 3:  # in earnest
            raise Unavailable(0, "the disk is full")
        return "APPLIED"


async def test_one_import_at_a_time_for_one_organisation() -> None:
    slow, imports = Slow(), Imports(NoBooks())
    first = asyncio.create_task(run(imports, DATA, slow.kind, setting(DATA, RO, SPRING, "AAA"), dry_run=True))
    await slow.begun.wait()
    with pytest.raises(BadSheet, match="another import for AAA is under way") as caught:
        await run(imports, DATA, slow.kind, setting(DATA, RO, SPRING, "AAA"), dry_run=True)
    assert caught.value.code == "BUSY"
    other = asyncio.create_task(run(imports, DATA, slow.kind, setting(DATA, RO, SPRING, "BBB"), dry_run=True))
    slow.go.set()
    assert [report.applied for report in await asyncio.gather(first, other)] == [3, 3]
    assert (await run(imports, DATA, slow.kind, setting(DATA, RO, SPRING, "AAA"), dry_run=True)).applied == 3


async def test_a_file_that_cannot_be_read_lets_the_next_one_in() -> None:
    slow, imports = Slow(), Imports(NoBooks())
    slow.go.set()
    for _ in range(2):
        with pytest.raises(BadSheet, match="there is no header"):
            await run(imports, b"", slow.kind, setting(b"", RO, SPRING, "AAA"))


async def test_a_row_that_the_log_did_not_take_is_named_and_the_others_go_on() -> None:
    slow = Slow()
    slow.full = True
    slow.go.set()
    report = await run(Imports(books()), DATA, slow.kind, setting(DATA, RO, SPRING, "AAA"))
    assert (report.rows, report.applied, report.refused, told(report)) == (3, 2, 1, [(3, "", "UNAVAILABLE")])


def test_the_id_of_a_command_follows_from_whose_it_is_the_file_the_row_and_the_step() -> None:
    row = Row(2, "1", {})
    one, other = setting(DATA, RO, SPRING, "AAA"), setting(DATA + b" ", RO, SPRING, "AAA")
    names = {
        one.command_id(row, "open"),
        other.command_id(row, "open"),
        setting(DATA, RO, SPRING, "BBB").command_id(row, "open"),
        one.command_id(Row(2, "2", {}), "open"),
        one.command_id(row, "submit"),
    }
    assert len(names) == 5
    assert one.command_id(Row(9, "1", {}), "open") == one.command_id(row, "open")  # wherever the row stands
