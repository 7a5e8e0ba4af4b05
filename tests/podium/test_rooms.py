"""The check of the rooms at start, from folders that hold something of the same name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import podium
from podium.rooms import ROOMS, Shadow, check_rooms, find_shadows

HOME = Path(podium.__file__).resolve().parent.parent


def start_in(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Start Python in a folder, which then comes first on its path, with Podium installed elsewhere."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(HOME)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_here_all_rooms_are_our_own() -> None:
    assert find_shadows() == []
    check_rooms()


def test_a_package_of_the_same_name_is_named(tmp_path: Path) -> None:
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine" / "__init__.py").write_text("raise RuntimeError('imported')")
    done = start_in(tmp_path, "-m", "podium")
    assert done.stderr == f"podium: {Shadow('engine', HOME / 'engine', tmp_path.resolve() / 'engine')}\n"
    assert done.returncode == 1


def test_a_module_of_the_same_name_is_named(tmp_path: Path) -> None:
    (tmp_path / "schemas.py").write_text("raise RuntimeError('imported')")
    done = start_in(tmp_path, "-m", "podium")
    assert done.stderr == f"podium: {Shadow('schemas', HOME / 'schemas', tmp_path.resolve() / 'schemas.py')}\n"


def test_every_shadow_is_named(tmp_path: Path) -> None:
    for room in ROOMS[1:]:
        (tmp_path / room).mkdir()
        (tmp_path / room / "__init__.py").touch()
    assert len(start_in(tmp_path, "-m", "podium").stderr.splitlines()) == len(ROOMS) - 1


def test_a_folder_without_python_in_it_is_no_shadow(tmp_path: Path) -> None:
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine" / "diesel.txt").touch()
    assert start_in(tmp_path, "-c", "import podium; print('all our own')").stdout == "all our own\n"


def test_a_room_that_is_not_there_is_named() -> None:
    shadow = Shadow("engine", Path("/opt/podium/engine"), None)
    assert str(shadow) == "/opt/podium/engine is missing: install Podium again, into an environment of its own"
