"""Sheets by hand: files of either format, and an import into books that nobody keeps."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

from desks.blind_index import BlindIndex
from desks.bulk.books import Rehearsal
from desks.bulk.importing import Imports, file_hash
from desks.bulk.report import Report
from desks.bulk.setting import Kind, Setting
from management.aggregates import AGGREGATES
from management.command import Actor, Received
from tests.desks.people import POLICIES

INDEX = BlindIndex(bytes(32))


class NoBooks:
    """Nothing has happened."""

    async def state(self, key: str) -> Any:
        return AGGREGATES[key.partition(":")[0]].state()

    async def submit(self, received: Received[Any]) -> Any:
        raise AssertionError(f"{received} is handed in")


def books() -> Rehearsal:
    """Return books that live as long as the test."""
    return Rehearsal(NoBooks(), POLICIES)


def workbook(*rows: Sequence[Any]) -> bytes:
    """Return an XLSX file as a spreadsheet writes it: a text that begins with = is a formula there."""
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv(*rows: Sequence[str], separator: str = ",") -> bytes:
    """Return a CSV file of cells that need no quotes."""
    return "".join(separator.join(row) + "\r\n" for row in rows).encode()


def setting(data: bytes, actor: Actor, at: int, scope: str, **more: Any) -> Setting:
    """Return the setting of an import of a file."""
    fields: dict[str, Any] = {"policies": POLICIES, "index": INDEX, "vault": None, **more}
    return Setting(scope, actor, file_hash(data), lambda: at, **fields)


async def run(imports: Imports, data: bytes, kind: Kind, said: Setting, *, dry_run: bool = False) -> Report:
    """Import a file."""
    return await imports.run(data, kind, said, dry_run=dry_run)


def told(report: Report) -> list[tuple[int, str, str]]:
    """Return the errors of a report: row, column, code."""
    return [(error.row, error.column, error.code) for error in report.errors]
