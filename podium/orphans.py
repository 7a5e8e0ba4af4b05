"""What a ``podium up`` that is killed leaves running: known by a mark in its environment, and ended.

Every process of a run inherits the mark, brokers too. A guard beside them holds the end of a pipe: when it closes
without a word, whoever held the other end is gone, and the guard has all that is marked leave. Where the guard was
killed as well, the next run in the same folder does so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import psutil

from engine.errors import LogLocked
from engine.writer_lock import WriterLock
from podium.errors import OperatorError

__all__ = ["MARK", "end", "guarded", "marked"]

MARK = "PODIUM_UP"  # the environment variable: the name of a run, and its folder
WELL = b"left\n"  # what a guard hears of a run that ended in good order
BROKERS_WITHIN = 30.0  # seconds that brokers may take to end of their own accord
LOOK_EVERY = 0.05


@contextmanager
def guarded(folder: Path, within: float, *, remove: bool = False) -> Iterator[None]:
    """Within a block, have all processes that are started end when this one is killed, and ``remove`` their folder.

    They get ``within`` seconds to leave. What an earlier run left in the folder is ended first, and said. Raises
    ``OperatorError`` where one still runs there.
    """
    try:
        lock = WriterLock(folder / "up")
    except LogLocked as error:
        who = f"process {error.pid}" if error.pid else "another process"
        raise OperatorError(f"{folder}: {who} runs a Games here already; one at a time may") from error
    if left := end(marked(folder), within):
        print(f"podium: {folder}: an earlier run was killed; ended what it had left: {', '.join(left)}", flush=True)
    run = uuid4().hex
    words = (str(folder), run, str(within), *(["remove"] if remove else []))
    guard = subprocess.Popen(  # noqa: S603 - our own; in a session of its own, as a Ctrl-C is not meant for it
        [sys.executable, "-m", "podium.orphans", *words], stdin=subprocess.PIPE, start_new_session=True
    )
    os.environ[MARK] = _mark(folder, run)
    try:
        yield
    finally:
        del os.environ[MARK]
        with suppress(BrokenPipeError):
            guard.communicate(WELL)
        lock.release()


def marked(folder: Path, run: str = "") -> list[psutil.Process]:
    """Return the processes of a run in a folder; without a name, those of all of them."""
    found = []
    for process in psutil.process_iter(["environ"]):
        mark = (process.info["environ"] or {}).get(MARK, "")
        if mark == _mark(folder, run or mark.partition(" ")[0]) and _lives(process):
            found.append(process)
    return found


def end(processes: Sequence[psutil.Process], within: float) -> list[str]:
    """Have processes leave, brokers behind those that write to them; return what they were."""
    names = {process: _name(process) for process in processes}
    brokers = [process for process, name in names.items() if name.startswith("broker")]
    _end([process for process in processes if process not in brokers], within)
    _end(brokers, BROKERS_WITHIN)
    return sorted(names.values())


def _end(processes: Sequence[psutil.Process], within: float) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    give_up = time.monotonic() + within
    while any(map(_lives, processes)) and time.monotonic() < give_up:
        time.sleep(LOOK_EVERY)
    for process in filter(_lives, processes):
        with suppress(psutil.NoSuchProcess):
            process.kill()


def _mark(folder: Path, run: str) -> str:
    return f"{run} {folder}"


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE  # init may take its time
    except psutil.NoSuchProcess:
        return False


def _name(process: psutil.Process) -> str:
    """Return the words of a command of ours, or that it is a broker, with the number."""
    try:
        words = process.cmdline()
    except psutil.Error:
        words = []
    name = " ".join(words[3:]) if words[1:3] == ["-m", "podium"] else "broker"
    return f"{name} ({process.pid})"


def main(folder: Path, run: str, within: float, *, remove: bool) -> None:
    """Guard a run until it has ended in good order or is gone."""
    if sys.stdin.buffer.read() == WELL:
        return
    left = end(marked(folder, run), within)
    if remove:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"podium: what ran the Games in {folder} is gone; ended: {', '.join(left)}", file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]), remove="remove" in sys.argv[4:])
