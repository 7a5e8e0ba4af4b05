"""What the tests of the command line share: a small Games as an archive, and in a log."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Podium = Callable[..., subprocess.CompletedProcess[str]]


def run_podium(*words: str | Path, cwd: Path, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "podium", *map(str, words)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


@pytest.fixture(scope="session")
def games_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small synthetic Games: ``small.podium``, and the log ``games.db`` it was replayed into."""
    folder = tmp_path_factory.mktemp("games")
    for words in (
        ("synth", "--seed", "7", "--scale", "small", "--out", "small.podium"),
        ("replay", "small.podium", "--log", "games.db", "--speed", "max"),
    ):
        done = run_podium(*words, cwd=folder)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def podium(games_folder: Path) -> Podium:
    """Run a command where the small Games are."""
    return lambda *words, **options: run_podium(*words, cwd=games_folder, **options)
