"""A writer is killed at random moments under load: what was acknowledged is there, and nothing is there in part."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

import engine
from engine.log import Record
from engine.sqlite_log import SqliteLog
from tests.faults.acknowledged import check, parse

KILLS = 5  # a life of the log
ROOT = Path(next(iter(engine.__path__))).parent

pytestmark = pytest.mark.faults


def write_and_kill(log: Path, seconds: float) -> dict[str, int]:
    """Let a process write for so long, kill it, and return the sizes of the batches that it was acknowledged."""
    writer = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("log_writer.py")), str(log)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert writer.stdout
    with writer:
        assert writer.stdout.readline() == b"open\n"
        # Its pipe fills after 64 KB, so drain it in the meantime; the kill hits whatever it is doing then.
        os.set_blocking(writer.stdout.fileno(), False)
        told, end = b"", time.monotonic() + seconds
        while time.monotonic() < end:
            told += writer.stdout.read() or b""
            time.sleep(0.0005)
        writer.kill()
        os.set_blocking(writer.stdout.fileno(), True)
        told += writer.stdout.read()
    return parse(told)


def test_killed_at_any_moment_the_log_keeps_what_it_acknowledged(tmp_path: Path, seed: int) -> None:
    moments = random.Random(seed)
    path = tmp_path / "games.podium"
    acknowledged: dict[str, int] = {}
    with_reader = seed % 2 == 1  # a reader that stays keeps the WAL's index alive over the kill
    reader = None
    for _ in range(KILLS):
        acknowledged |= write_and_kill(path, moments.uniform(0, 0.4))
        if with_reader:
            reader = reader or SqliteLog.open(path, readonly=True)
            check(reader, acknowledged)
        else:
            with SqliteLog.open(path, readonly=True) as another:
                check(another, acknowledged)
    if reader:
        reader.close_now()
    assert acknowledged
    with SqliteLog.open(path) as log:
        check(log, acknowledged)
        (position,) = log.append_now([Record("a", "K", b"after", 1)])
        assert position == log.head("a")


def test_killed_as_it_opens_the_log_can_be_opened_again(tmp_path: Path, seed: int) -> None:
    moments = random.Random(seed)
    path = tmp_path / "games.podium"
    for _ in range(KILLS):
        writer = subprocess.Popen(
            [sys.executable, "-c", "import sys\nfrom engine.sqlite_log import SqliteLog\nprint('ready', flush=True)\n"
             "while True: SqliteLog.open(sys.argv[1]).close_now()", str(path)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        with writer:
            assert writer.stdout
            writer.stdout.readline()
            time.sleep(moments.uniform(0, 0.02))
            writer.kill()
        with SqliteLog.open(path) as log:
            assert log.topics() == []
        if moments.random() < 0.5:
            for one in tmp_path.iterdir():
                one.unlink()  # so that making it is hit as well
