"""Two people's processes on a log in Kafka share its keys; one dies, one sleeps and wakes, and none decides twice.

What was accepted is there, versions have no holes, and whoever wakes with partitions that others have by now can store
nothing under them.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from desks.codec import Codec
from desks.partitions import Partitions
from desks.reading import hear
from desks.topics import EVENTS
from engine.kafka_log import KafkaLog
from schemas.layout import PEOPLE
from tests.faults.waiting import until
from tests.podium.people_process import bearer, token

pytestmark = [pytest.mark.faults, pytest.mark.timeout(280)]

ALL = set(range(PEOPLE))


class Serving:
    """One process, and a client of it."""

    def __init__(self, process: subprocess.Popen[str], client: httpx.Client) -> None:
        self.process = process
        self.client = client

    def serves(self) -> set[int]:
        return set(self.client.get("/v1/status").json()["serves"])


@contextmanager
def serving(folder: Path, log: str) -> Iterator[Serving]:
    words = ("people", "serve", "--log", log, "--keys", "keys", "--port", "0")
    errors = folder / f"{uuid4().hex}.err"
    with (
        errors.open("w") as stream,
        subprocess.Popen(
            [sys.executable, "-m", "podium", *words], cwd=folder, stdout=subprocess.PIPE, stderr=stream, text=True
        ) as process,
    ):
        try:
            assert process.stdout
            said = process.stdout.readline()
            found = re.search(r"http://\S+", said)
            assert found, errors.read_text()
            with httpx.Client(base_url=found[0], timeout=20, trust_env=False) as client:
                yield Serving(process, client)
        finally:
            process.send_signal(signal.SIGCONT)
            process.terminate()
            process.wait(30)
    assert "Traceback" not in errors.read_text(), errors.read_text()


class Desk:
    """A client that goes on until it is answered, at whichever process."""

    def __init__(self, shown: dict[str, str]) -> None:
        self.shown = shown
        self.accepted: dict[str, str] = {}  # key -> position

    def open(self, at: list[Serving], person: str) -> None:
        command = {"type": "open_application", "participation": f"A-{person}", "ro": "AAA"}
        command |= {"category": "Aa", "function": "ATHLETE", "discipline": "SWM"}
        key = f"per:{person}"
        wish = {"id": str(uuid4()), "key": key, "command": command}
        until = time.monotonic() + 90
        while time.monotonic() < until:
            for one in at:
                try:
                    answer = one.client.post("/v1/commands", json=wish, headers=self.shown, timeout=8)
                except httpx.HTTPError:
                    continue
                if answer.status_code == 200:
                    self.accepted[key] = answer.json()["position"]
                    return
                assert answer.status_code == 503, answer.text
            time.sleep(0.2)
        pytest.fail(f"nobody decides for {person}")

    def many(self, at: list[Serving], first: int, count: int) -> None:
        for number in range(first, first + count):
            self.open(at[number % len(at) :] + at[: number % len(at)], f"P{number}")


def events(url: str) -> dict[str, list[str]]:
    """Return the positions of what happened to each key, each partition held against its serials."""
    partitions, codec = Partitions(), Codec(b"")
    found: dict[str, list[str]] = {}
    with KafkaLog.open(url, readonly=True) as log:
        assert log.partitions(EVENTS) == PEOPLE
        for place in range(PEOPLE):
            heard = [hear(stored, partitions, codec) for stored in log.read(EVENTS, 0, partition=place, limit=10_000)]
            assert [one.position.serial for one in heard] == list(range(1, len(heard) + 1))
            for one in heard:
                found.setdefault(one.recorded.key, []).append(str(one.position))
                assert one.recorded.version == len(found[one.recorded.key])
    return found


def test_one_of_two_processes_sleeps_dies_and_nothing_is_lost_or_done_twice(kafka: str, tmp_path: Path) -> None:
    url = f"kafka://{kafka}/people-{uuid4().hex[:8]}"
    desk = Desk(bearer(token(tmp_path, "ro-a", "RO_ACR@ro:AAA")))
    with serving(tmp_path, url) as first:
        until(lambda: first.serves() == ALL, "the first has all")
        desk.many([first], 0, 6)
        with serving(tmp_path, url) as second:
            until(lambda: bool(second.serves()) and first.serves() | second.serves() == ALL, "they share")
            desk.many([first, second], 6, 24)

            first.process.send_signal(signal.SIGSTOP)
            until(lambda: second.serves() == ALL, "the second has all")
            desk.many([second], 30, 12)
            first.process.send_signal(signal.SIGCONT)  # it takes itself for who decides, until it is told
            desk.many([first, second], 42, 12)
            until(lambda: bool(first.serves()) and first.serves() | second.serves() == ALL, "they share again")
            desk.many([first, second], 54, 12)

            second.process.kill()
            until(lambda: first.serves() == ALL, "the first has all again")
            desk.many([first], 66, 6)
    assert events(url) == {key: [position] for key, position in desk.accepted.items()}
    assert len(desk.accepted) == 72
