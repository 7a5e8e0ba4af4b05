"""``podium kafka``: a broker is started, shown and stopped."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.podium.conftest import run_podium


def test_a_broker_from_start_to_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PODIUM_KAFKA", raising=False)
    started = run_podium("kafka", "start", "--dir", "k", cwd=tmp_path)
    assert started.returncode == 0, started.stderr
    address = started.stdout.strip()
    assert re.fullmatch(r"127\.0\.0\.1:\d+", address)
    shown = run_podium("kafka", "status", "--dir", "k", cwd=tmp_path)
    assert re.fullmatch(rf"node 1 at {address}: process \d+\n", shown.stdout)
    stopped = run_podium("kafka", "stop", "--dir", "k", cwd=tmp_path)
    assert (stopped.returncode, stopped.stdout) == (0, "1 stopped\n")
    after = run_podium("kafka", "status", "--dir", "k", cwd=tmp_path)
    assert (after.returncode, after.stdout) == (1, f"node 1 at {address}: not running\n")


def test_a_broker_that_is_named_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODIUM_KAFKA", "kafka.example:9092")
    started = run_podium("kafka", "start", "--dir", "k", cwd=tmp_path)
    assert (started.stdout, list(tmp_path.iterdir())) == ("kafka.example:9092\n", [])


@pytest.mark.parametrize("command", ["stop", "status"])
def test_where_there_is_no_broker_one_sentence_says_so(tmp_path: Path, command: str) -> None:
    done = run_podium("kafka", command, "--dir", "k", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (
        1,
        "podium: there is no broker in k; podium kafka start --dir k makes one\n",
    )
