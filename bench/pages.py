"""What a page of the people side takes, with a Games' people behind it.

``podium people serve`` in a process of its own on one core, over a log in a file; the client on the other. The people
come by a sheet, as an organisation hands it in, with their names sealed; a part of them has a card. The rosters of 40
venues are written before. Then one browser without a face asks for page after page, and sixteen ask at once. Times are
from the request to the last byte, by the clock; beside them the processor time of the process for a page.
"""

from __future__ import annotations

import asyncio
import csv
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from uuid import uuid4

import httpx

import schemas
from bench.figures import Figure, Report, figure_of, say
from bench.games import wall_clock
from bench.machine import SERVER_CORE, cpu_seconds, on_core, prefer, rss
from bench.people import volunteers
from bench.scale import pick
from bench.times import Times
from desks.bulk.kinds.people import PEOPLE
from desks.keyring import read_pepper
from desks.pages.entrance import COOKIE
from desks.policies import read_policies
from desks.writer import Writer
from engine.sqlite_log import SqliteLog

__all__ = ["measure"]

T20 = Path(schemas.__file__).parent / "policy" / "t20"
DAY = 86_400_000  # ms
AT_ONCE = 16  # browsers
METHOD = (
    "podium people serve on one core, a client on the other; from the request to the last byte; one browser, and "
    f"{AT_ONCE} at once, page after page; processor time of the serving process for a page"
)
SAME = {
    "category": "Aa",
    "function": "ATHLETE",
    "discipline": "SWM",
    "given_name": "Ann",
    "nationality": "AAA",
    "birth_date": "1999-05-01",
    "document_country": "AAA",
    "document_type": "P",
    "document_until": "2199-01-01",
    "photo": "PASSED",
    "consents": "SELF",
}


class Pages(NamedTuple):
    """How long the pages of a kind took."""

    alone: Times
    at_once: Times
    processor: float  # seconds for a page


def measure() -> Report:
    """Measure; see the head of this file."""
    persons, carded, workers, pages = (
        pick(20, 5_000, 50_000),
        pick(5, 500, 5_000),
        pick(50, 5_000, 50_000),
        pick(20, 1_000, 5_000),
    )
    with TemporaryDirectory(prefix="podium-bench-") as name:
        folder = Path(name)
        _policies(folder / "policy")
        _podium(folder, "people", "init-keys", "--dir", "keys")
        say(f"the rosters of {workers:,} volunteers")
        asyncio.run(_rosters(folder, workers))
        desk = _token(folder, "desk", "OC_ACR_OPERATOR", "GAMES_AUTHORITY", "WF_PLANNER")
        sender = _token(folder, "sender", "RO_ACR@ro:AAA")
        police = _token(folder, "police", "SECURITY_CHECK")
        with _serving(folder) as (url, process):
            say(f"a sheet of {persons:,} people")
            with httpx.Client(base_url=url, headers=_bearer(desk), timeout=60) as client:
                _command(client, "ro:AAA", type="set_quota", category="Aa", total=persons)
            began = time.perf_counter()
            told = _import(folder, url, sender, persons)
            imported = time.perf_counter() - began
            say(told)
            say(f"{carded:,} cards")
            _cards(url, desk, police, carded)
            found = asyncio.run(_pages(url, desk, process.pid, carded, pages))
            memory = rss(process.pid)
    return Report("pages", _figures(found, persons, imported, memory), METHOD)


def _figures(found: Mapping[str, Pages], persons: int, imported: float, memory: int) -> list[Figure]:
    figures = []
    for name, pages in found.items():
        figures += [
            figure_of(f"{name}, p50", "ms", [pages.alone.at(50)], better="lower"),
            figure_of(f"{name}, p99", "ms", [pages.alone.at(99)], better="lower"),
            figure_of(f"{name}, {AT_ONCE} at once, p99", "ms", [pages.at_once.at(99)], better="lower"),
            figure_of(f"{name}, processor", "ms", [pages.processor * 1000], better="lower"),
        ]
    return [
        *figures,
        figure_of(f"rows of a sheet taken in, {persons:,}", "1/s", [persons / imported]),
        figure_of("memory of the process", "MiB", [memory / 2**20], better="lower"),
    ]


# -- the stage --------------------------------------------------------------------------------------------------------


def _policies(folder: Path) -> None:
    """Write the policies of T20 as they are measured: all open at whatever time that is, and no rate too high."""
    folder.mkdir()
    for path in T20.glob("*.toml"):
        text = re.sub(r"(closes|close_from) = 20\d\d", r"\1 = 2099", path.read_text())
        (folder / path.name).write_text(re.sub(r"\b\d+/(minute|hour)", r"1000000/\1", text))


async def _rosters(folder: Path, count: int) -> None:
    policies, pepper = read_policies(folder / "policy"), read_pepper(folder / "keys")
    async with SqliteLog.open(folder / "people.db") as log:
        writer = await Writer.open(log, policies, wall_clock, pepper)
        for received in volunteers(count, wall_clock() // 1000 + 30 * DAY):
            outcome = await writer.submit(received)
            assert outcome.accepted, outcome
        await writer.close()


def _podium(folder: Path, *words: str, **environment: str) -> str:
    command = [sys.executable, "-m", "podium", *words]
    done = subprocess.run(
        command, cwd=folder, env=os.environ | environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout.strip()


def _token(folder: Path, name: str, *grants: str) -> str:
    words = [word for grant in grants for word in ("--grant", grant)]
    return _podium(folder, "people", "add-operator", "--keys", "keys", "--id", name, *words)


@contextmanager
def _serving(folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    words = ("people", "serve", "--log", "people.db", "--policy", "policy", "--keys", "keys", "--port", "0")
    command = [sys.executable, "-m", "podium", *words]
    with (folder / "notes.log").open("w") as notes, on_core(SERVER_CORE):
        process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=notes, text=True, start_new_session=True
        )
    prefer(process.pid)
    try:
        assert process.stdout
        found = next((found for line in process.stdout if (found := re.search(r"people at (http://\S+)", line))), None)
        assert found, (folder / "notes.log").read_text()
        yield found[1], process
    finally:
        process.terminate()
        process.communicate()


def _import(folder: Path, url: str, token: str, persons: int) -> str:
    with (folder / "people.csv").open("w", newline="") as file:
        rows = csv.DictWriter(file, [column.name for column in PEOPLE.columns])
        rows.writeheader()
        for number in range(persons):
            own = {"ref": f"R{number}", "person": f"P{number}", "family_name": f"Name {number}"}
            rows.writerow(SAME | own | {"document_number": f"X{number:07}"})
    words = ("people", "import", "people.csv", "--kind", "people", "--scope", "ro:AAA", "--to", url)
    return _podium(folder, *words, PODIUM_DESK_TOKEN=token)


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _command(client: httpx.Client, key: str, **command: Any) -> None:
    answer = client.post("/v1/commands", json={"id": str(uuid4()), "key": key, "command": command})
    assert answer.is_success, answer.text


def _cards(url: str, desk: str, police: str, count: int) -> None:
    """Have so many people accredited, and their cards made."""
    with (
        httpx.Client(base_url=url, headers=_bearer(desk), timeout=60) as at_desk,
        httpx.Client(base_url=url, headers=_bearer(police), timeout=60) as clearing,
    ):
        clear = {"type": "record_clearance", "verdict": "CLEAR", "authority": "POLICE", "expires": 4_000_000_000_000}
        for number in range(count):
            key = f"per:P{number}"
            (of,) = at_desk.get(f"/v1/records/{key}").json()["record"]["participations"]
            _command(at_desk, key, type="verify", participation=of)
            _command(clearing, key, **clear)
            _command(at_desk, key, type="produce", participation=of, serial=number, index=number, photo=True)


# -- the pages --------------------------------------------------------------------------------------------------------


async def _pages(url: str, token: str, pid: int, carded: int, count: int) -> dict[str, Pages]:
    dice = random.Random(7)
    kinds: dict[str, Callable[[], str]] = {
        "a person's page": lambda: f"/desk/person/P{dice.randrange(carded)}",
        "a search by the serial of a card": lambda: f"/desk?q={dice.randrange(carded)}",
        "a venue's roster": lambda: f"/venue/V{dice.randrange(40)}",
    }
    found = {}
    async with httpx.AsyncClient(base_url=url, cookies={COOKIE: token}, timeout=60) as client:

        async def ask(times: Times, paths: Iterator[str]) -> None:
            for path in paths:
                began = time.perf_counter()
                answer = await client.get(path)
                times.record(time.perf_counter() - began)
                assert answer.status_code in (200, 303), answer.text

        for name, path in kinds.items():
            say(name)
            paths = [path() for _ in range(count)]
            await ask(Times(), iter(paths[:20]))  # to warm up
            alone, at_once, before = Times(), Times(), cpu_seconds(pid)
            await ask(alone, iter(paths))
            processor = (cpu_seconds(pid) - before) / count
            queue = iter(paths)
            await asyncio.gather(*(ask(at_once, queue) for _ in range(AT_ONCE)))
            found[name] = Pages(alone, at_once, processor)
    return found
