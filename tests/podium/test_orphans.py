"""What is left of a run that was killed: found by its mark, ended in order, and nobody else's process is touched."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import psutil
import pytest

from podium import orphans
from podium.errors import OperatorError
from podium.orphans import MARK, end, guarded, marked

WITHIN = 60.0  # seconds
SLEEPS = "import time; print('up', flush=True); time.sleep(600)"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEPS
RUNS = """
import os, signal, subprocess, sys
from pathlib import Path
from podium.orphans import guarded

with guarded(Path(sys.argv[1]), 60, remove=True):
    child = subprocess.Popen([sys.executable, "-c", sys.argv[2]], stdout=subprocess.PIPE)
    child.stdout.readline()
    print(child.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


class Start(Protocol):
    def __call__(self, mark: str = "", program: str = SLEEPS) -> subprocess.Popen[str]: ...


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a process with a mark of its own, or the one that is inherited."""
    with ExitStack() as stack:

        def started(mark: str = "", program: str = SLEEPS) -> subprocess.Popen[str]:
            said = {MARK: mark} if mark else {}
            process = subprocess.Popen(
                [sys.executable, "-c", program], env=os.environ | said, stdout=subprocess.PIPE, text=True
            )
            stack.callback(process.communicate)
            stack.callback(process.kill)
            assert process.stdout
            assert process.stdout.readline() == "up\n"
            return process

        yield started


def test_a_process_is_found_by_its_folder_and_by_its_run(tmp_path: Path, start: Start) -> None:
    one, other = start(f"r1 {tmp_path}"), start(f"r2 {tmp_path}")
    start(f"r1 {tmp_path / 'another'}")
    start()
    assert {found.pid for found in marked(tmp_path)} == {one.pid, other.pid}
    assert [found.pid for found in marked(tmp_path, "r2")] == [other.pid]
    one.kill()
    one.wait()
    assert [found.pid for found in marked(tmp_path)] == [other.pid]


def test_who_does_not_hear_is_killed(tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orphans, "BROKERS_WITHIN", 0.2)
    deaf = start(f"r1 {tmp_path}", DEAF)
    assert end([psutil.Process(deaf.pid)], 0.2) == [f"broker ({deaf.pid})"]  # it is no command of ours
    assert deaf.wait(WITHIN) < 0


def test_what_an_earlier_run_left_is_ended_and_said(
    tmp_path: Path, start: Start, capfd: pytest.CaptureFixture[str]
) -> None:
    left = start(f"r1 {tmp_path}")
    with guarded(tmp_path, WITHIN):
        assert left.wait(WITHIN) < 0
        mine = start()  # with the mark of the run
        assert [found.pid for found in marked(tmp_path)] == [mine.pid]
    assert marked(tmp_path) != []  # behind the block it is for whoever started it to end
    assert MARK not in os.environ
    said = f"podium: {tmp_path}: an earlier run was killed; ended what it had left: broker ({left.pid})\n"
    assert capfd.readouterr() == (said, "")


def test_two_runs_in_one_folder_are_one_too_many(tmp_path: Path) -> None:
    with guarded(tmp_path, WITHIN):
        with pytest.raises(OperatorError) as refused, guarded(tmp_path, WITHIN):
            pass
        sentence = f"{tmp_path}: process {os.getpid()} runs a Games here already; one at a time may"
        assert str(refused.value) == sentence
    with guarded(tmp_path, WITHIN):
        pass


def test_whoever_is_killed_takes_all_with_him(tmp_path: Path) -> None:
    folder = tmp_path / "games"
    folder.mkdir()
    command = [sys.executable, "-c", RUNS, str(folder), SLEEPS]
    done = subprocess.run(command, capture_output=True, text=True, timeout=WITHIN, check=False)  # the guard's as well
    pid = int(done.stdout)
    assert done.returncode < 0
    assert done.stderr == f"podium: what ran the Games in {folder} is gone; ended: broker ({pid})\n"
    assert marked(folder) == []
    assert not folder.exists()
