"""A Games in processes of their own, over a log in Kafka: gateway, workers, edges, started and ended by tests."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from uuid import uuid4

import pytest

from engine.kafka_log import KafkaLog
from engine.raw import RAW
from engine.shares import SHARES
from engine.stages import EVENTS
from schemas.layout import Layout, Spread

__all__ = ["Games", "Running", "games_on"]


class Running:
    """A process of Podium and where it answers."""

    def __init__(self, words: Sequence[str], process: subprocess.Popen[str], notes: Path) -> None:
        self.words = words
        self.process = process
        self.notes = notes  # what it writes of itself
        self.url = ""  # "" for one that answers nobody
        self.lines = 0  # port of the venues' door

    def hear(self) -> None:
        """Wait until it says where it answers."""
        assert self.process.stdout
        for line in self.process.stdout:
            if found := re.search(r"lines at \S+:(\d+)", line):
                self.lines = int(found[1])
            if found := re.search(r"http://\S+", line):
                self.url = found[0]
                return
        pytest.fail(f"{self.words} ended with {self.process.wait()}\n{self.notes.read_text()}")

    def get(self, path: str) -> Any:
        """Ask it by HTTP."""
        with urlopen(self.url + path, timeout=30) as answer:
            return json.load(answer)

    @property
    def cut(self) -> int:
        """The newest cut of an edge."""
        return int(self.get("/v1/status")["cut"])

    def content(self) -> Any:
        """Which views an edge has and where they stand, and the rows of some."""
        views = self.get("/v1/views?match=**")["views"]
        some = [one["view"] for one in views if one["view"].startswith(("medals/", "event/", "org/"))]
        return views, [self.get(f"/v1/views/{view}") for view in some[:40]]

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, where it lives."""
        if self.process.poll() is None:
            self.process.send_signal(number)

    def end(self, number: signal.Signals = signal.SIGKILL, patience: float = 60) -> int:
        """End it, paused or not, and return its exit code."""
        self.send(number)
        self.send(signal.SIGCONT)
        try:
            return self.process.wait(patience)
        finally:
            self.process.kill()
            self.process.wait()
            if self.process.stdout:
                self.process.stdout.close()


class Games:
    """A log in Kafka and the processes on it."""

    def __init__(self, kafka: str, folder: Path, partitions: int = 2) -> None:
        wide = Spread(partitions)
        self.kafka = kafka
        self.prefix = uuid4().hex[:8]
        self.folder = folder
        self.processes: list[Running] = []
        KafkaLog.open(self.url, layout=Layout({RAW: wide, EVENTS: wide, SHARES: wide})).close_now()

    @property
    def url(self) -> str:
        """The address of the log."""
        return f"kafka://{self.kafka}/{self.prefix}"

    def url_by(self, port: int) -> str:
        """Return the address of the log for whoever goes by a wire."""
        return f"kafka://127.0.0.1:{port}/{self.prefix}"

    def start(self, *words: str, url: str = "") -> Running:
        """Start ``podium WORDS``, and return when it answers; a worker answers nobody."""
        running = self.launch(*words, url=url)
        if words[0] != "worker":
            running.hear()
        return running

    def launch(self, *words: str, url: str = "") -> Running:
        """Start ``podium WORDS``."""
        command = [sys.executable, "-m", "podium", words[0], "--log", url or self.url, *words[1:]]
        notes = self.folder / f"{words[0]}-{len(self.processes)}.log"
        with notes.open("w") as file:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=file, text=True)
        running = Running(words, process, notes)
        self.processes.append(running)
        return running

    def end(self) -> None:
        """End whatever lives."""
        for running in self.processes:
            running.end()


@contextmanager
def games_on(kafka: str, folder: Path, partitions: int = 2) -> Iterator[Games]:
    """Make a log and end all processes on it behind the block."""
    games = Games(kafka, folder, partitions)
    try:
        yield games
    finally:
        games.end()
