"""The measurements themselves, small: each says its own figure first."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.runner import ALL
from podium.commands.run import BENCHES

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("what", "unit"),
    [("fold", "messages/s"), ("path", "ms"), ("history", "rows/s"), ("people", "1/s"), ("pages", "ms")],
)
def test_a_measurement_runs_and_says_its_figure_first(what: str, unit: str, tmp_path: Path) -> None:
    written = tmp_path / "figures.json"
    command = [sys.executable, "-m", "podium", "bench", what, "--json", str(written)]
    done = subprocess.run(  # noqa: PLW1510 - what it said is shown where it failed
        command, cwd=ROOT, env=os.environ | {"PODIUM_BENCH": "quick"}, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(rf"{what}: \d+(\.\d+)? {unit}", done.stdout.splitlines()[0])
    assert written.exists()


def test_the_command_offers_every_measurement() -> None:
    assert BENCHES == ALL
