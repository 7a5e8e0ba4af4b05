"""The rooms of this installation, and whether Python finds them and not somebody else's.

The rooms are top-level packages with everyday names. ``python -m podium`` looks for them in the current folder first,
and ``PYTHONPATH`` comes before what is installed, so that a folder named ``engine`` may stand in the way.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

__all__ = ["ROOMS", "Shadow", "check_rooms", "find_shadows"]

ROOMS = ("podium", "bench", "replay", "feeds", "desks", "engine", "projections", "management", "schemas")


class Shadow(NamedTuple):
    """A room that is not the one beside this file."""

    room: str
    expected: Path  # the folder that should be found
    found: Path | None  # the folder or file that is found instead; None: nothing is

    def __str__(self) -> str:
        """Say what is wrong, and what to do about it."""
        if self.found is None:
            return f"{self.expected} is missing: install Podium again, into an environment of its own"
        return (
            f"{self.found} stands in the way of Podium's own {self.expected}: start Podium from another folder,"
            " or take the first one out of PYTHONPATH"
        )


def _find(room: str) -> Path | None:
    spec = find_spec(room)
    if spec is None:
        return None
    if spec.origin is None:  # a folder without __init__.py
        return next((Path(place).resolve() for place in spec.submodule_search_locations or ()), None)
    file = Path(spec.origin).resolve()
    return file.parent if spec.submodule_search_locations else file


def find_shadows() -> list[Shadow]:
    """Return the rooms that Python finds elsewhere than beside this file, without importing any."""
    home = Path(__file__).resolve().parent.parent
    places = ((room, home / room, _find(room)) for room in ROOMS)
    return [Shadow(*place) for place in places if place[1] != place[2]]


def check_rooms() -> None:
    """Leave the program, naming each folder that stands in the way; called before any other room is imported.

    Raises ``SystemExit``.
    """
    shadows = find_shadows()
    if shadows:
        raise SystemExit("\n".join(f"podium: {shadow}" for shadow in shadows))
