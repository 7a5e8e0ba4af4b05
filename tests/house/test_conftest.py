"""The shared rules of the tests: seeds, and skips that fail on CI."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHOSEN = ("CI", "PODIUM_SOAK_SEEDS", "PODIUM_SEED")  # variables by which a run is chosen

TESTS = """
import pytest

@pytest.mark.seeds(3, 977)
def test_seed(seed):
    assert seed

def test_data(games_data):
    assert games_data.is_dir()

@pytest.mark.skip(reason="no time")
def test_skipped():
    raise AssertionError

@pytest.mark.xfail
def test_expected_to_fail():
    raise AssertionError
"""


def outcome(folder: Path, **variables: str) -> str:
    """Run a few tests under the project's conftest and settings; return the numbers of the closing line."""
    return said(folder, **variables)[-1].strip("= ").rpartition(" in ")[0]


def said(folder: Path, tests: str = TESTS, **variables: str) -> list[str]:
    """Run tests under the project's conftest and settings; return the lines of their output."""
    shutil.copy(ROOT / "tests" / "conftest.py", folder)
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / "tests").mkdir(exist_ok=True)
    (folder / "tests" / "test_some.py").write_text(tests)
    (folder / "tests" / "test_file.py").write_text("import pytest\npytest.skip('all of it', allow_module_level=True)\n")
    clean = {
        name: value for name, value in os.environ.items() if name not in ("CI", "PODIUM_SOAK_SEEDS", "PODIUM_SEED")
    }
    environment = clean | {"PODIUM_TEST_DATA": str(folder / "nowhere")} | variables
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--continue-on-collection-errors"]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    return done.stdout.splitlines()


def test_fixed_seeds_and_those_of_the_marker_run(tmp_path: Path) -> None:
    assert outcome(tmp_path) == "4 passed, 3 skipped, 1 xfailed"


def test_a_soak_runs_as_many_seeds_as_asked(tmp_path: Path) -> None:
    assert outcome(tmp_path, PODIUM_SOAK_SEEDS="10") == "11 passed, 3 skipped, 1 xfailed"


def test_on_ci_every_skip_has_failed(tmp_path: Path) -> None:
    assert outcome(tmp_path, CI="true") == "4 passed, 1 xfailed, 3 errors"


def test_a_seed_that_fails_says_how_to_run_it_alone_and_a_soak_sums_up(tmp_path: Path) -> None:
    tests = """
import pytest

@pytest.mark.seeds(fixed=1, share=5)
def test_long(seed):
    assert seed

def test_seed(seed):
    assert seed != 7
"""
    lines = said(tmp_path, tests, PODIUM_SOAK_SEEDS="10")
    assert "make soak SEED=7 ARGS=tests/test_some.py::test_seed" in lines
    assert "tests/test_some.py::test_seed: 10 seeds, failed with 7" in lines
    assert "tests/test_some.py::test_long: 2 seeds, none failed" in lines
    assert "1 failed, 1 passed" in said(tmp_path, tests, PODIUM_SEED="7")[-1]
