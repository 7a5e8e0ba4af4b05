"""The clock of a gate, and how far it is off: known from signed times, and without a network for hours.

A signed time may come late and never early. So when it comes, it is at least as late as it says; of several, the one
by which it is latest counts. From there on the time since the machine was started tells the time, which nobody sets
back, and the clock on the wall is held against it. After a new start of the machine nothing is known until a newer
signed time comes: the last one may have lain there for hours, and the clock may say anything.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Protocol

import msgspec

from desks.gate_publication import Beacon

__all__ = ["Anchor", "Clock", "SystemClock", "anchored", "clock_error", "true_time"]


class Clock(Protocol):
    """What a machine says of the time."""

    boot: str  # another one after each start of the machine

    def wall(self) -> int:
        """Return the clock on the wall, ms since 1970 UTC."""

    def up(self) -> int:
        """Return the time since the machine was started, its sleep included, ms."""


class SystemClock:
    """The clock of this machine."""

    def __init__(self) -> None:
        self.boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()

    def wall(self) -> int:
        """Return the clock on the wall."""
        return time.time_ns() // 1_000_000

    def up(self) -> int:
        """Return the time since the start."""
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


class Anchor(msgspec.Struct, frozen=True):
    """When a signed time came."""

    at: int  # what it said, ms since 1970 UTC
    up: int  # when it came, ms since the start of the machine
    boot: str
    series: int


def true_time(anchor: Anchor | None, up: int, boot: str) -> int | None:
    """Return the earliest time that it can be, ms; None where nothing is known."""
    return anchor.at + up - anchor.up if anchor and anchor.boot == boot else None


def anchored(anchor: Anchor | None, beacon: Beacon, up: int, boot: str) -> Anchor:
    """Return what is known of the time when a signed one has come."""
    new = Anchor(beacon.at, up, boot, beacon.series)
    if anchor is None or beacon.series > anchor.series:
        return new
    # In another life of the machine, one that was known before it says nothing about now.
    known = anchor.at if anchor.boot != boot else anchor.at + up - anchor.up
    return new if beacon.series == anchor.series and beacon.at > known else anchor


def clock_error(anchor: Anchor | None, clock: Clock) -> int | None:
    """Return how far the clock on the wall is ahead of the time, ms; None where nothing is known."""
    known = true_time(anchor, clock.up(), clock.boot)
    return None if known is None else clock.wall() - known
