"""One, two and four workers of a set on the same messages: what a message costs, and how they share.

Real ``podium worker`` processes on a log of four partitions, which the group divides among them. They are all there
and ready before the first message is; then the synthetic Games are loaded, and it ends when nobody has anything left
to read. Two cores show no speed-up of four processes beside a broker, so it is processor time that is compared, and
what each of them has done.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.error import URLError
from urllib.request import urlopen

from msgspec import Struct

from bench.machine import cpu_seconds, prefer
from engine.raw import RAW

__all__ = ["Shared", "Worker", "share", "workers_on"]

PATIENCE = 300.0  # seconds
RECORDS = re.compile(r'^podium_worker_records_total\{topic="([\w.]+)"\} (\S+)$', re.MULTILINE)
LAG = re.compile(r"^podium_fold_lag_messages\{.*\} (\S+)$", re.MULTILINE)
PARTITIONS = re.compile(r"^podium_worker_partitions (\S+)$", re.MULTILINE)


class Shared(Struct):
    """What a number of workers took for the same messages."""

    workers: int
    messages: int
    cpu: float  # seconds of all of them
    wall: float  # seconds from the first message that is there to the last record worked on
    parts: list[float]  # of the messages, for each worker, largest first


class Worker:
    """A worker process and its operations port."""

    def __init__(self, url: str, name: str) -> None:
        command = [sys.executable, "-m", "podium", "worker", "--log", url, "--set", name]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
        prefer(self._process.pid)
        assert self._process.stdout
        self._operations = self._process.stdout.readline().split()[-1]

    @property
    def cpu(self) -> float:
        """Processor seconds used so far."""
        return cpu_seconds(self._process.pid)

    def ask(self, path: str) -> str:
        """Return what it answers; empty where it does not."""
        try:
            with urlopen(self._operations + path, timeout=30) as answer:  # noqa: S310 - its own address
                return str(answer.read().decode())
        except URLError:
            return ""

    @property
    def metrics(self) -> str:
        """What it measures of itself."""
        return self.ask("/metrics")

    def end(self) -> None:
        """End it without ceremony."""
        self._process.kill()
        self._process.communicate()


@contextmanager
def workers_on(url: str, count: int, name: str = "bench") -> Iterator[list[Worker]]:
    """Yield so many workers of one set, all of them ready and all partitions given to one of them."""
    workers = [Worker(url, name) for _ in range(count)]
    try:
        _until(lambda: all(worker.ask("/readyz") for worker in workers))
        _until(lambda: all(_partitions(worker) for worker in workers) and sum(map(_partitions, workers)) == 8)
        yield workers
    finally:
        for worker in workers:
            worker.end()


def share(url: str, count: int, load: Callable[[], int]) -> Shared:
    """Return what so many workers took; ``load`` is called to put the messages into the log, and says how many."""
    with workers_on(url, count) as workers:
        before = sum(worker.cpu for worker in workers)
        began = time.perf_counter()
        messages = load()
        done = _settled(workers, messages)
        after = sum(worker.cpu for worker in workers)
        read = sorted((_records(worker).get(RAW, 0.0) for worker in workers), reverse=True)
    return Shared(count, messages, after - before, done - began, [one / sum(read) for one in read])


def _partitions(worker: Worker) -> int:
    found = PARTITIONS.search(worker.metrics)
    return int(float(found[1])) if found else 0


def _records(worker: Worker) -> dict[str, float]:
    return {topic: float(count) for topic, count in RECORDS.findall(worker.metrics)}


def _settled(workers: list[Worker], messages: int) -> float:
    """Return when the last of all records was worked on."""
    seen: list[dict[str, float]] = []
    since = time.perf_counter()

    def is_quiet() -> bool:
        nonlocal seen, since
        now = [_records(worker) for worker in workers]
        if now != seen:
            seen, since = now, time.perf_counter()
        read = sum(one.get(RAW, 0.0) for one in now)
        waits = [float(lag) for worker in workers for lag in LAG.findall(worker.metrics)]
        return read >= messages and not any(waits) and time.perf_counter() - since > 2

    _until(is_quiet)
    return since


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(f"not within {PATIENCE:.0f} s")
        time.sleep(0.1)
