"""The wheel holds the rooms with all that lies in them, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from podium.rooms import ROOMS


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    """A wheel of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(root)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return ZipFile(next(folder.glob("*.whl")))


def test_the_wheel_holds_the_rooms_and_no_tests(wheel: ZipFile) -> None:
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(ROOMS)


def test_the_wheel_holds_every_file_of_the_rooms(wheel: ZipFile, root: Path) -> None:
    here = {str(f.relative_to(root)) for room in ROOMS for f in (root / room).rglob("*") if f.is_file()}
    assert {name for name in here if "__pycache__" not in name} == {
        n for n in wheel.namelist() if ".dist-info" not in n
    }


def test_the_wheel_brings_the_command(wheel: ZipFile) -> None:
    entries = next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert wheel.read(entries).decode() == "[console_scripts]\npodium = podium.__main__:main\n"
