"""``podium kafka``: a broker is started, shown and stopped."""

from __future__ import annotations

import re
from pathlib import Path

import psutil
import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from engine import broker
from tests.podium.conftest import run_podium


def topics(address: str) -> set[str]:
    """Return the names of the topics of a cluster."""
    found = AdminClient({"bootstrap.servers": address, "log_level": 0}).list_topics(timeout=30)
    return {name for name in found.topics if not name.startswith("__")}


def test_a_broker_from_start_to_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PODIUM_KAFKA", raising=False)
    folder = tmp_path / "k"
    started = run_podium("kafka", "start", "--dir", "k", cwd=tmp_path)
    assert started.returncode == 0, started.stderr
    address = started.stdout.strip()
    assert re.fullmatch(r"127\.0\.0\.1:\d+", address)
    first = broker.status(folder)
    assert first is not None
    assert broker.start(folder) == first  # it runs already
    client = AdminClient({"bootstrap.servers": address, "log_level": 0})
    for made in client.create_topics([NewTopic("venue.raw", 1, 1)]).values():
        made.result(30)

    broker.kill(folder)
    down = run_podium("kafka", "status", "--dir", "k", cwd=tmp_path)
    assert (down.returncode, down.stdout) == (1, f"node 1 at {address}: not running\n")
    again = run_podium("kafka", "start", "--dir", "k", cwd=tmp_path)
    assert (again.returncode, again.stdout) == (0, f"{address}\n")  # clients find it where it was
    assert topics(address) == {"venue.raw"}

    second = broker.status(folder)
    assert second is not None
    shown = run_podium("kafka", "status", "--dir", "k", cwd=tmp_path)
    assert (shown.returncode, shown.stdout) == (0, f"node 1 at {address}: process {second.nodes[0].pid}\n")
    stopped = run_podium("kafka", "stop", "--dir", "k", cwd=tmp_path)
    assert (stopped.returncode, stopped.stdout) == (0, "1 stopped\n")
    assert [psutil.pid_exists(one.nodes[0].pid) for one in (first, second)] == [False, False]
    assert run_podium("kafka", "stop", "--dir", "k", cwd=tmp_path).stdout == "none was running\n"


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
