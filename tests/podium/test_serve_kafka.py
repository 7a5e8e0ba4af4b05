"""``podium serve --log kafka://...``: one process that does it all, over a log that others may share."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from uuid import uuid4

import pytest

from engine.kafka_log import KafkaLog
from podium.wiring import host_over
from replay.archive import Archive, write
from tests.podium.conftest import run_podium
from tests.podium.test_serve import get

SPREAD = """
[layout.topics]
"venue.raw" = { partitions = 2 }
"games.events" = { partitions = 2 }
"""
MESSAGES = 60
PATIENCE = 300.0  # seconds

pytestmark = pytest.mark.timeout(900)


class Serving:
    """A serving process, and where it answers."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.url = url

    def end(self) -> tuple[int, str]:
        """End it in good order; return its exit code, and what it said of errors."""
        self.process.send_signal(signal.SIGTERM)
        _, errors = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, errors


@contextmanager
def serving(folder: Path, *words: str, **environment: str) -> Iterator[Serving]:
    """Run ``podium`` on free ports within a block, and be sure that it is gone behind it."""
    command = [sys.executable, "-m", "podium", *words, "--port", "0"]
    with subprocess.Popen(
        command,
        cwd=folder,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout
            for line in process.stdout:
                if found := re.search(r"http://\S+", line):
                    break
            else:
                assert process.stderr
                pytest.fail(process.stderr.read())
            yield Serving(process, found[0])
        finally:
            if process.poll() is None:
                process.kill()


def wait_for(served: Serving, log: KafkaLog, digest: str) -> None:
    """Wait until the content in a log has a digest, and is served."""
    host = host_over(log)
    end = time.monotonic() + PATIENCE
    while host.views.digest() != digest or get(f"{served.url}/v1/status")["cut"] != host.views.cut:
        assert time.monotonic() < end, (host.views.digest(), digest)
        time.sleep(0.1)
        host.catch_up()


@pytest.mark.parametrize("layout", ["", SPREAD], ids=["one partition", "spread"])
def test_one_process_serves_a_log_in_kafka(kafka: str, games_folder: Path, tmp_path: Path, layout: str) -> None:
    whole, archive = Archive(games_folder / "small.podium"), tmp_path / "part.podium"
    write(archive, whole.header, islice(whole, MESSAGES))
    into = run_podium("replay", archive, "--log", "part.db", cwd=tmp_path)
    digest = into.stdout.strip().rpartition("digest ")[2]
    games = whole.header.games
    about = f'code = "{games.code}"\nname = "{games.name}"\noffset = {games.offset}\n'
    (tmp_path / "games.toml").write_text(about + layout)
    address = f"kafka://{kafka}/{uuid4().hex}"
    words = ("serve", "--log", address, "--mode", "replay")
    with serving(tmp_path, *words, PODIUM_GATEWAY_GAMES="games.toml") as served:
        sent = run_podium("replay", archive, "--to", served.url, cwd=tmp_path, timeout=PATIENCE)
        assert sent.returncode == 0, sent.stderr
        with KafkaLog.open(address, readonly=True) as log:
            wait_for(served, log, digest)
            epoch = host_over(log).epoch
            source = next(iter(whole)).source
            skip = ("source", "skip", source, "another", "1", "3", "--to", served.url)
            assert run_podium(*skip, cwd=tmp_path).stdout.endswith("serials 1 to 3 are lost; 4 is next\n")
        assert served.end()[0] == 0
    with serving(tmp_path, *words) as served:
        assert get(f"{served.url}/v1/status")["epoch"] == epoch
        again = run_podium("replay", archive, "--to", served.url, cwd=tmp_path, timeout=PATIENCE)
        assert re.search(r": 0 messages stored, [1-9]\d* there already, 0 refused", again.stdout), again.stderr
        with serving(tmp_path, "gateway", "--log", address) as gateway:  # takes over
            venue = run_podium("source", "skip", source, "third", "1", "1", "--to", gateway.url, cwd=tmp_path)
            assert venue.returncode == 0, venue.stderr
            with_the_first = run_podium("source", "skip", source, "third", "1", "1", "--to", served.url, cwd=tmp_path)
            assert with_the_first.returncode == 1
            assert served.process.wait(PATIENCE) == 1
