"""Access windows: whether they cover a time without a gap."""

from __future__ import annotations

import pytest

from management.worker import AccessWindow, covers


def window(starts: int, ends: int, venue: str = "STA", zone: str = "BLUE") -> AccessWindow:
    """A window."""
    return AccessWindow(venue, zone, starts, ends)


@pytest.mark.parametrize(
    ("windows", "reach"),
    [
        ([], False),
        ([window(10, 20)], True),
        ([window(0, 100)], True),
        ([window(10, 19)], False),
        ([window(11, 20)], False),
        ([window(15, 20), window(10, 15)], True),
        ([window(16, 20), window(10, 15)], False),
        ([window(10, 20, venue="AQU")], False),
        ([window(10, 20, zone="R")], False),
        ([window(0, 12), window(5, 6), window(12, 30)], True),
    ],
)
def test_every_moment_has_to_be_covered(windows: list[AccessWindow], reach: bool) -> None:
    assert covers(windows, "STA", "BLUE", 10, 20) == reach
