"""``podium up --local``: a whole Games as plain processes, supervised, and gone without a trace."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen
from uuid import uuid4

import psutil
import pytest

from engine import broker
from podium.orphans import marked
from podium.topology import parts
from replay.doors import send
from replay.player import Pace
from tests.faults.waiting import until
from tests.podium.conftest import run_podium
from tests.replay.test_stages import games_and_messages

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

PATIENCE = 180.0  # seconds
LINE = re.compile(r"podium: ([\w-]+) (?:http://(\S+?), )?.*operations at http://(\S+)")


def test_it_wants_to_be_told_how(tmp_path: Path) -> None:
    done = run_podium("up", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (
        1,
        "podium: up starts plain processes: podium up --local; in containers it is docker compose up\n",
    )


class Up:
    """A running Games."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self.process = process
        self.folder = folder
        self.serving: dict[str, str] = {}
        self.operations: dict[str, str] = {}
        assert process.stdout
        for line in process.stdout:
            if found := LINE.match(line):
                self.serving[found[1]], self.operations[found[1]] = found[2], found[3]
            if "all is ready" in line:
                return
        pytest.fail("\n".join(file.read_text() for file in folder.glob("*.log")))

    def children(self) -> dict[int, list[str]]:
        """Return the command lines of its processes, by their numbers."""
        lines = {one.pid: one.cmdline() for one in psutil.Process(self.process.pid).children()}
        return {pid: words[3:] for pid, words in lines.items() if words[1:3] == ["-m", "podium"]}  # not of its guard

    def is_ready(self, name: str) -> bool:
        try:
            with urlopen(f"http://{self.operations[name]}/readyz", timeout=10) as answer:
                return bool(answer.status == 200)
        except (URLError, ConnectionError, TimeoutError):
            return False

    def cut(self, edge: str) -> int:
        with urlopen(f"http://{self.serving[edge]}/v1/status", timeout=30) as answer:
            return int(json.load(answer)["cut"])


@pytest.fixture
def up(kafka: str, tmp_path: Path) -> Iterator[Up]:
    command = [sys.executable, "-m", "podium", "up", "--local", "--dir", str(tmp_path), "--partitions", "2"]
    said = {
        "PODIUM_KAFKA_LOG": f"kafka://{kafka}/{uuid4().hex[:8]}",
        "PODIUM_GATEWAY_MODE": "replay",
        "PODIUM_LOGGING_FORMAT": "json",
    }
    with (tmp_path / "up.log").open("w") as notes:
        process = subprocess.Popen(command, env=os.environ | said, stdout=subprocess.PIPE, stderr=notes, text=True)
    try:
        yield Up(process, tmp_path)
    finally:
        for child in psutil.Process(process.pid).children() if process.poll() is None else ():
            child.kill()
        process.kill()
        process.communicate()


def test_from_nothing_to_nothing(up: Up) -> None:
    assert set(up.operations) == {part.name for part in parts()}
    assert sorted(map(tuple, up.children().values())) == sorted(part.words for part in parts())
    assert {address.partition(":")[0] for address in up.operations.values()} == {"127.0.0.1"}
    messages = games_and_messages()[1][:800]
    gateway = f"http://{up.serving['gateway']}"
    send(gateway, messages[:400], Pace(0))
    until(lambda: up.cut("edge-1") == up.cut("edge-2") > 0, "nothing came to the edges")

    killed = next(pid for pid, words in up.children().items() if words == ["worker", "--set", "a"])
    shown = next(pid for pid, words in up.children().items() if words == ["edge"])
    for pid in (killed, shown):
        os.kill(pid, signal.SIGKILL)
    send(gateway, messages[400:], Pace(0))
    until(
        lambda: len(up.children()) == len(parts()) and not {killed, shown} & up.children().keys(),
        "none was started again",
    )
    for name in up.operations:
        until(lambda name=name: up.is_ready(name), f"{name} does not come back")  # type: ignore[misc]
    seen = up.cut("edge-1")
    until(lambda: up.cut("edge-1") == up.cut("edge-2") >= seen, "the edges differ")

    children = list(up.children())
    up.process.send_signal(signal.SIGTERM)
    assert up.process.wait(PATIENCE) == 0
    assert [pid for pid in children if psutil.pid_exists(pid)] == []
    lines = [json.loads(line) for line in (up.folder / "up.log").read_text().splitlines()]
    assert [line["event"] for line in lines if line["level"] != "info"] == ["process_ended"] * 2
    assert [line["event"] for line in lines][-2:] == ["leaving", "stopped"]
    for name in up.operations:  # each of them left in good order
        last = (up.folder / f"{name}.log").read_text().splitlines()[-1]
        assert json.loads(last)["event"] == "stopped", last


def test_killed_it_takes_its_processes_and_its_broker_with_it(tmp_path: Path) -> None:
    folder = tmp_path / "games"
    command = [sys.executable, "-m", "podium", "up", "--local", "--dir", str(folder), "--brokers", "1", "--edges", "1"]
    said = {name: value for name, value in os.environ.items() if name != "PODIUM_KAFKA"}
    with (tmp_path / "up.log").open("w") as notes:
        process = subprocess.Popen(command, env=said, stdout=notes, stderr=notes)
    try:
        wanted = len(parts(edges=1)) + 1
        until(lambda: process.poll() is not None or len(marked(folder)) == wanted, "not all of them are started")
        (node,) = broker.status(folder / "kafka").nodes  # type: ignore[union-attr]
        assert broker.running(node, folder / "kafka")
    finally:
        process.kill()
        process.wait()
    until(lambda: not marked(folder), "something is left")
    assert not broker.running(node, folder / "kafka")
    until(lambda: "is gone; ended: " in (tmp_path / "up.log").read_text(), "nobody says so")
    ended = (tmp_path / "up.log").read_text().rpartition("; ended: ")[2]
    assert re.sub(r" \(\d+\)", "", ended).strip().split(", ") == sorted(
        ["broker", *(" ".join(part.words) for part in parts(edges=1))]
    )
