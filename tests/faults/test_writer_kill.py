"""A writer of the people side is killed, at random moments and at each step of its work.

What it answered is on the log, once and as answered, however often it was sent; what is on the log can be folded again,
with and without snapshots, to the same state.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from uuid import uuid4

import pytest

import engine
from desks.codec import Codec, decode_outcome
from desks.outcome import Outcome
from desks.partitions import scan
from desks.recovery import recover
from desks.topics import COMMANDS, EVENTS, REPLIES
from engine.log import Log, Stored
from management.aggregates import AGGREGATES
from tests.faults.writer_process import AGAIN, PARTITIONS, PEPPER, POLICIES, open_log

KILLS = 4  # a life of the log
ROOT = Path(next(iter(engine.__path__))).parent

pytestmark = pytest.mark.faults


class Answers:
    """What all lives of a writer have answered, by the number of the command."""

    def __init__(self) -> None:
        self.outcomes: dict[int, Outcome] = {}

    @property
    def first(self) -> int:
        """The first number that was not answered."""
        return max(self.outcomes, default=-1) + 1

    def add(self, told: bytes) -> None:
        """Take in what one life told; an outcome that was told before is the same."""
        for line in told.splitlines():
            if line != b"open":
                number, _, data = line.partition(b" ")
                outcome = decode_outcome(data)
                assert self.outcomes.setdefault(int(number), outcome) == outcome


class Life:
    """One process that writes, from when it has the log open until it is gone."""

    def __init__(self, log: str, seed: int, first: int, *steps: str) -> None:
        command = [
            sys.executable,
            str(Path(__file__).with_name("writer_process.py")),
            log,
            str(seed),
            str(first),
            *steps,
        ]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
        assert self.process.stdout
        self._pipe = self.process.stdout
        assert self._pipe.readline() == b"open\n"
        os.set_blocking(self._pipe.fileno(), False)
        self.told = b""

    @property
    def gone(self) -> bool:
        """Whether it has ended by itself."""
        self.told += self._pipe.read() or b""  # the pipe fills after 64 KB
        return self.process.poll() is not None

    def wait(self, seconds: float, answers: int | None = None) -> None:
        """Let it live for so long, until it is gone, or until it has told so many answers."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.gone and (answers is None or self.told.count(b"\n") < answers):
            time.sleep(0.0005)

    def end(self) -> bytes:
        """Kill it, if it still lives, and return all that it told."""
        self.process.kill()
        os.set_blocking(self._pipe.fileno(), True)
        with self.process:
            return self.told + self._pipe.read()


def live(
    log: str,
    seed: int,
    answers: Answers,
    *,
    seconds: float = 60.0,
    most: int | None = None,
    step: str = "",
    nth: int = 0,
) -> bool:
    """Let a writer live until it is killed, by us or by itself; return whether it was by itself.

    It is killed after so many ``seconds``, or answers at the ``most``.
    """
    life = Life(log, seed, answers.first, *((step, str(nth)) if step else ()))
    life.wait(seconds, most)
    itself = life.process.poll() == -signal.SIGKILL
    answers.add(life.end())
    return itself


async def read(log: Log, topic: str) -> list[Stored]:
    """Return all that a topic holds."""
    nothing = dict.fromkeys(range(PARTITIONS.count), 0)
    return [stored async for _, stored in scan(log, topic, PARTITIONS, nothing)]


async def check(where: str, answers: Answers) -> None:
    """Hold the log against what was answered."""
    with open_log(where, readonly=True) as log:
        replies = [decode_outcome(stored.value) for stored in await read(log, REPLIES)]
        commands = [json.loads(stored.value)["id"] for stored in await read(log, COMMANDS)]
        events = [json.loads(stored.value) for stored in await read(log, EVENTS)]
        # Nothing was lost, nothing was done twice, and everything is there with all that belongs to it.
        assert [command for command, times in Counter(commands).items() if times > 1] == []
        assert [reply.id for reply in replies] == commands
        by_id = {reply.id: reply for reply in replies}
        told = {outcome.id: outcome for outcome in answers.outcomes.values()}
        assert {name: by_id.get(name) for name in told} == told
        assert [event["id"] for event in events] == [event for reply in replies for event in reply.events]
        assert all(event["id"] in by_id[event["cause"]].events for event in events)
        versions: dict[str, list[int]] = {}
        for event in events:
            versions.setdefault(event["key"], []).append(event["version"])
        for numbers in versions.values():
            assert numbers == list(range(1, len(numbers) + 1))
        # What a start makes of it is what all of it makes; reading it checks the chains.
        digests = [
            [
                loaded.partition.digest()
                for loaded in (
                    await recover(
                        log,
                        PARTITIONS,
                        range(PARTITIONS.count),
                        codec=Codec(PEPPER, {"ro": AGGREGATES["ro"]}),
                        policies=POLICIES,
                        snapshots=snapshots,
                    )
                ).values()
            ]
            for snapshots in (True, False)
        ]
        assert digests[0] == digests[1]


async def test_killed_at_any_moment_nothing_answered_is_lost_and_nothing_happens_twice(
    tmp_path: Path, seed: int
) -> None:
    moments = random.Random(seed)
    path, answers = str(tmp_path / "games.podium"), Answers()
    for _ in range(KILLS):
        live(path, seed, answers, seconds=moments.uniform(0.0, 0.5))
        await check(path, answers)
    known = len(answers.outcomes)
    live(path, seed, answers, most=AGAIN + 50)  # it starts again, whatever was done to it
    assert len(answers.outcomes) > known
    await check(path, answers)


STEPS = ("fence", "fenced", "read", "append", "appended", "save", "saved")


async def test_scenario_15_kill_at_every_step(tmp_path: Path, seed: int) -> None:
    """Acceptance scenario 15; ``make soak SEEDS=100`` kills 700 times."""
    moments = random.Random(seed)
    path, answers = str(tmp_path / "games.podium"), Answers()
    live(path, seed, answers, most=150)
    for step in moments.sample(STEPS, len(STEPS)):
        most = {"fence": 4, "fenced": 4, "read": 5, "save": 8, "saved": 8}.get(step, 40)
        assert live(path, seed, answers, step=step, nth=moments.randint(1, most)), step
        await check(path, answers)
    live(path, seed, answers, most=AGAIN + 50)
    await check(path, answers)
    assert len(answers.outcomes) > 100


async def test_scenario_15_on_kafka(kafka: str) -> None:
    """Acceptance scenario 15, at the steps around a commit and a takeover."""
    where, answers = f"kafka://{kafka}/{uuid4().hex}", Answers()
    for step, nth in (("appended", 30), ("append", 20), ("fenced", 2), ("saved", 2)):
        assert live(where, 1, answers, step=step, nth=nth), step
        await check(where, answers)
    live(where, 1, answers, most=AGAIN + 50)
    await check(where, answers)
    assert len(answers.outcomes) > 20


async def test_a_writer_that_was_stopped_and_is_woken_stores_nothing(kafka: str) -> None:
    where, answers = f"kafka://{kafka}/{uuid4().hex}", Answers()
    asleep = Life(where, 1, 0)
    asleep.wait(60.0, answers=50)
    asleep.process.send_signal(signal.SIGSTOP)
    other = Life(where, 1, 100_000)
    other.wait(60.0, answers=50)
    asleep.process.send_signal(signal.SIGCONT)
    asleep.wait(60.0)
    assert asleep.gone  # none of its partitions is its own any more, and it knows
    told = other.told.count(b"\n")
    other.wait(60.0, answers=told + 50)
    lives = [asleep.end(), other.end()]
    for life in lives:
        assert life.count(b"\n") >= 50
        answers.add(life)
    await check(where, answers)
