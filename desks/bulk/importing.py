"""An import: all rows are rehearsed first, and those that pass are carried out.

Every command has an id that follows from whose import it is, the file and the row, so that the same file twice is the
same commands: whoever was interrupted sends the file again, and what was done is not done twice. A row that is there
already, by whatever file, is left as it is.

Whoever imports claims that first (``uq:import``), so that no other file is imported for the same at the same time, in
whichever process. A claim of somebody who was stopped lapses, and does not hold up the same file.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from hashlib import sha256
from uuid import uuid4

from msgspec.structs import replace

from desks.bulk import csv_form, xlsx_form
from desks.bulk.books import Books, Rehearsal
from desks.bulk.columns import Row, read_rows
from desks.bulk.report import Report, Verdict
from desks.bulk.setting import DESK, Kind, Setting
from desks.bulk.sheet import Limits, Sheet
from desks.errors import BadPolicy, BadSheet, NotServed, Unavailable
from management.command import Received
from management.reservation import Claim, ReleaseClaim

__all__ = ["Imports", "file_hash", "read_sheet"]

AT_ONCE = 100  # rows under way: two batches of the writer
NAP = 50  # rows of a rehearsal between two looks at the loop


def file_hash(data: bytes) -> str:
    """Return what names a file."""
    return sha256(data).hexdigest()


def read_sheet(data: bytes, kind: Kind, limits: Limits, encoding: str = "utf-8") -> Sheet:
    """Return the sheet in a file of either format; raises ``BadSheet``."""
    if data.startswith(xlsx_form.MAGIC):
        return xlsx_form.decode(data, limits)
    return csv_form.decode(data, [column.name for column in kind.columns], limits, encoding)


class Imports:
    """All imports of one process, one at a time for whoever they are for. Belongs to one loop."""

    def __init__(self, books: Books, limits: Limits | None = None) -> None:
        self._books = books
        self._limits = limits or Limits()
        self._under_way: set[tuple[str, str]] = set()

    async def run(self, data: bytes, kind: Kind, setting: Setting, *, dry_run: bool, encoding: str = "utf-8") -> Report:
        """Import a file, or say what an import would do; raises ``BadSheet`` where nothing of it can be done."""
        with self._alone(kind, setting):
            sheet = await asyncio.to_thread(read_sheet, data, kind, self._limits, encoding)
            rows, errors = read_rows(sheet, kind.columns)
            if dry_run:
                verdicts = await self._rehearse(rows, kind, setting)
            else:
                async with self._claimed(kind, setting):
                    verdicts = await self._rehearse(rows, kind, setting)
                    verdicts = await self._carry_out(rows, verdicts, kind, setting)
        errors += [error for verdict in verdicts if isinstance(verdict, tuple) for error in verdict]
        return Report(
            kind=kind.name,
            form=sheet.form,
            file=setting.file,
            dry_run=dry_run,
            rows=len(sheet.lines),
            applied=verdicts.count("APPLIED"),
            known=verdicts.count("KNOWN"),
            refused=len({error.row for error in errors}),
            errors=tuple(sorted(errors)),
        )

    @contextmanager
    def _alone(self, kind: Kind, setting: Setting) -> Iterator[None]:
        whose = (kind.scope, setting.scope)
        if whose in self._under_way:
            raise BadSheet("BUSY", f"another import for {setting.scope} is under way")
        self._under_way.add(whose)
        try:
            yield
        finally:
            self._under_way.discard(whose)

    @asynccontextmanager
    async def _claimed(self, kind: Kind, setting: Setting) -> AsyncIterator[None]:
        value, ref = sha256(f"{kind.scope}:{setting.scope}".encode()).hexdigest(), f"import:{setting.file}"
        await self._claim(setting, Claim(value, ref))
        try:
            yield
        finally:
            await self._claim(setting, ReleaseClaim(value, ref))

    async def _claim(self, setting: Setting, command: Claim | ReleaseClaim) -> None:
        key = f"uq:import:{command.value[:2]}"
        received = Received(str(uuid4()), key, command, DESK, setting.clock(), correlation=setting.correlation)
        try:
            refusal = (await self._books.submit(received)).refusal
        except (NotServed, Unavailable) as error:
            if isinstance(command, ReleaseClaim):
                return  # it lapses
            raise BadSheet("BUSY", "the log takes nothing just now: import the same file again") from error
        if refusal and refusal.code == "DUPLICATE_DOCUMENT":
            raise BadSheet("BUSY", f"another import for {setting.scope} is under way")
        if refusal:
            raise BadPolicy(key, refusal.text)

    async def _rehearse(self, rows: list[Row], kind: Kind, setting: Setting) -> list[Verdict]:
        books = Rehearsal(self._books, setting.policies)
        unsealed = replace(setting, vault=None)  # no key is made for whom nothing is stored
        verdicts: list[Verdict] = []
        for index, row in enumerate(rows):
            verdicts.append(await kind.apply(row, books, unsealed))
            if index % NAP == 0:
                await asyncio.sleep(0)
        return verdicts

    async def _carry_out(self, rows: list[Row], verdicts: list[Verdict], kind: Kind, setting: Setting) -> list[Verdict]:
        """Carry out the rows that pass, in the order of the file where they meet in one aggregate."""
        turns = asyncio.Semaphore(AT_ONCE)
        if setting.vault and kind.person:
            passed = (row for row, verdict in zip(rows, verdicts, strict=True) if verdict == "APPLIED")
            people = list({kind.person(setting.scope, row): None for row in passed})
            await asyncio.to_thread(setting.vault.admit, people)

        async def one(row: Row, verdict: Verdict) -> Verdict:
            if verdict != "APPLIED":
                return verdict
            async with turns:
                try:
                    return await kind.apply(row, self._books, setting)
                except (NotServed, Unavailable):
                    return row.error("", "UNAVAILABLE", "the log did not take it: import the same file again")

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(row, verdict)) for row, verdict in zip(rows, verdicts, strict=True)]
        return [task.result() for task in tasks]
