"""The power is cut at any moment: what was acknowledged is there. With syncing off it is not, so the test can tell."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import engine
from engine.errors import LogError
from engine.sqlite_log import SqliteLog
from tests.faults.acknowledged import Lost, Torn, check, parse
from tests.faults.power_cut import Disk, Entry, entries

HERE = Path(__file__).parent
ROOT = Path(next(iter(engine.__path__))).parent
CUTS = 12  # a run
LOG = "games.podium"

pytestmark = pytest.mark.faults


@pytest.fixture(scope="session")
def power_journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that writes down what a process does to its files, compiled for this machine."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if not compiler or sys.platform != "linux":
        pytest.skip("a power cut is simulated with LD_PRELOAD: that needs Linux and a C compiler (cc)")
    library = tmp_path_factory.mktemp("power") / "power_journal.so"
    command = [compiler, "-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC", "-o", str(library)]
    subprocess.run([*command, str(HERE / "power_journal.c"), "-ldl"], check=True)
    return library


def under_journal(library: Path, folder: Path, journal: Path) -> dict[str, str]:
    """Return the environment of a process whose doings in the folder are written down."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "LD_PRELOAD": str(library),
        "POWER_FOLDER": str(folder),
        "POWER_JOURNAL": str(journal),
        "POWER_FAIL": str(journal.with_name("fail")),
    }


def write(library: Path, folder: Path, seconds: float, synchronous: str = "") -> tuple[Disk, list[Entry]]:
    """Let a process write a log for so long; return the disk before it, and what it did."""
    journal = folder.with_name("journal")
    journal.unlink(missing_ok=True)
    disk = Disk(folder)
    command = [sys.executable, str(HERE / "log_writer.py"), str(folder / LOG), *([synchronous] if synchronous else [])]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=under_journal(library, folder, journal)) as writer:
        wait_until_open(journal, writer)
        time.sleep(seconds)
        writer.kill()
    return disk, list(entries(journal))


def wait_until_open(journal: Path, writer: subprocess.Popen[bytes]) -> None:
    """Wait until a writer has said that its log is open; recovering one may fill much of the journal before that."""
    wanted, tail, read = b"open\n", b"", 0
    while wanted not in tail:
        assert writer.poll() is None
        if journal.exists():
            with journal.open("rb") as file:
                file.seek(read)
                new = file.read()
            read += len(new)
            tail = tail[-len(wanted) :] + new
        if wanted not in tail:
            time.sleep(0.005)


def image_of(disk: Disk, folder: Path, chance: random.Random | None) -> Path:
    """Write what a cut leaves into a folder of its own."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    disk.cut(folder, chance)
    return folder / LOG


def held_after_cut(disk: Disk, folder: Path, chance: random.Random | None, before: dict[str, int]) -> bool:
    """Say whether the log that a cut leaves holds what was acknowledged up to then."""
    try:
        with SqliteLog.open(image_of(disk, folder, chance)) as log:
            check(log, before | parse(disk.acknowledged))
    except (Lost, Torn, LogError):
        return False
    return True


def cuts(done: list[Entry], chance: random.Random) -> set[int]:
    """Choose moments: any, and just after something was acknowledged, which is when it must be durable."""
    told = [number for number, entry in enumerate(done, 1) if entry.kind == "A"]
    return {*chance.sample(range(1, len(done) + 1), CUTS // 2), *chance.sample(told, CUTS - CUTS // 2)}


def test_cut_at_any_moment_the_log_keeps_what_it_acknowledged(power_journal: Path, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    folder = tmp_path / "written"
    folder.mkdir()
    before: dict[str, int] = {}
    for life in range(2):  # the second begins with what a cut left of the first
        disk, done = write(power_journal, folder, chance.uniform(0.05, 0.4))
        moments = cuts(done, chance)
        for number, entry in enumerate(done, 1):
            disk.take(entry)
            if number in moments:
                for some in (None, chance):
                    assert held_after_cut(disk, tmp_path / "image", some, before), (life, number, entry, some)
        before |= parse(disk.acknowledged)
        shutil.rmtree(folder)
        folder.mkdir()
        disk.cut(folder)
    assert before


@pytest.mark.parametrize("synchronous", ["OFF", "NORMAL"])
def test_without_syncing_the_same_cut_loses_what_was_acknowledged(
    power_journal: Path, tmp_path: Path, synchronous: str
) -> None:
    folder = tmp_path / "written"
    folder.mkdir()
    disk, done = write(power_journal, folder, 0.2, synchronous)
    for entry in done:
        disk.take(entry)
    assert parse(disk.acknowledged)
    with SqliteLog.open(image_of(disk, tmp_path / "image", None)) as log, pytest.raises(Lost):
        check(log, parse(disk.acknowledged))


REFUSED = """
import os, sys
from pathlib import Path
from engine.errors import LogFailed
from engine.log import Record
from engine.sqlite_log import SqliteLog

def batch(text):
    return [Record(topic, "K", text + b" " * 10_000, 1) for topic in "ab"]

log = SqliteLog.open(sys.argv[1])
log.append_now(batch(b"before"))
fail = Path(os.environ["POWER_FAIL"])
fail.touch()
try:
    log.append_now(batch(b"refused"))
except LogFailed as error:
    print(error, flush=True)
fail.unlink()
if "on" in sys.argv:
    log.append_now(batch(b"after"))
os._exit(0)  # as if killed: nothing is tidied up
"""


@pytest.mark.parametrize("goes_on", [False, True], ids=["then killed", "then another append"])
def test_what_a_failing_sync_refused_stays_out_even_after_a_kill(
    power_journal: Path, tmp_path: Path, *, goes_on: bool
) -> None:
    folder = tmp_path / "written"
    folder.mkdir()
    path = folder / LOG
    said = subprocess.run(
        [sys.executable, "-c", REFUSED, str(path), *(["on"] if goes_on else [])],
        env=under_journal(power_journal, folder, tmp_path / "journal"),
        stdout=subprocess.PIPE,
        check=True,
    )
    assert b"appending failed: disk I/O error" in said.stdout
    with SqliteLog.open(path) as log:
        for topic in "ab":
            values = [stored.value.strip() for stored in log.read(topic)]
            assert values == ([b"before", b"after"] if goes_on else [b"before"])
