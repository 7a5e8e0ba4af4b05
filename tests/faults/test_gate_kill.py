"""A gate is killed in the middle of scanning, again and again.

No decision that it has shown is lost, no number is given twice, and none is left out, whatever the moment.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

import engine
from desks.gate_spool import Spool
from management.scan import ScanRecorded
from tests.desks.today import CODE, GATE_TOML, fill_today, unvalidated

KILLS = 4  # a life of the spool
CODES = 4000
ROOT = Path(next(iter(engine.__path__))).parent

pytestmark = pytest.mark.faults


def live(folder: Path, lines: int) -> list[dict[str, Any]]:
    """Run a gate that has codes for a long time; kill it after some lines, and return the whole ones that it showed."""
    command = [sys.executable, "-m", "podium", "gate", "--dir", "gate", "--gate", "gate.toml"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [*command, "--from", "codes.txt", "--format", "json"], cwd=folder, env=environment, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        told = b"".join(process.stdout.readline() for _ in range(lines))
        process.kill()
        told += process.stdout.read()  # what it had shown before the kill came through
    return [msgspec.json.decode(line) for line in told.splitlines(keepends=True) if line.endswith(b"\n")]


def test_a_killed_gate_loses_no_decision_and_repeats_no_number(tmp_path: Path, seed: int) -> None:
    moments = random.Random(seed)
    fill_today(tmp_path / "gate")
    (tmp_path / "gate.toml").write_text(GATE_TOML)
    (tmp_path / "codes.txt").write_text(f"{CODE}\n{unvalidated()}\nrubbish\n" * (CODES // 3))
    lives = [live(tmp_path, moments.randint(1, 60)) for _ in range(KILLS)]
    shown = [one for each in lives for one in each]
    assert min(map(len, lives)) >= 1
    assert max(map(len, lives)) < CODES  # each was killed while it worked

    spool = Spool.open(tmp_path / "gate" / "spool.db", "T20", "SCAN-1")
    kept = [msgspec.json.decode(one.data, type=ScanRecorded) for one in spool.scans()]
    spool.close()
    assert [scan.device_seq for scan in kept] == list(range(1, len(kept) + 1))
    assert [one["device_seq"] for one in shown] == sorted({one["device_seq"] for one in shown})
    by_number = {scan.device_seq: scan for scan in kept}
    lost = [one for one in shown if one["device_seq"] not in by_number]
    assert lost == []
    for one in shown:
        scan = by_number[one["device_seq"]]
        assert (one["verdict"], one["reason"], one["serial"], one["t"]) == (
            scan.verdict,
            scan.reason,
            scan.serial,
            scan.t_device,
        )
