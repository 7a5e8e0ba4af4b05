"""Venues in a process of their own: ``sender PORT pipelined|rate|push SOURCES ...``."""

from __future__ import annotations

import sys

import msgspec

from bench.child import tell
from bench.load.pushers import push
from bench.load.venues import Venue, send_all, send_at
from bench.machine import cpu_seconds
from bench.times import Times

__all__ = ["Sent"]


class Sent(msgspec.Struct):
    """What came of it."""

    rate: float = 0.0  # messages a second
    rate_of_cpu: float = 0.0  # messages a second of the server's processor time
    p50: float = 0.0  # ms
    p99: float = 0.0
    times: str = ""


def _timed(times: Times, rate: float) -> Sent:
    return Sent(rate, 0.0, times.at(50), times.at(99), str(times))


def _pipelined(port: int, sources: int, warm: int, each: int, pid: int) -> Sent:
    venues = _venues(port, sources)
    send_all(venues, warm)
    cpu = cpu_seconds(pid)
    seconds = send_all(venues, each, first=warm + 1)
    used = max(cpu_seconds(pid) - cpu, 0.01)
    return Sent(sources * each / seconds, sources * each / used)


def _venues(port: int, sources: int) -> list[Venue]:
    return [Venue(port, f"V{number:02}.timing") for number in range(sources)]


def _send(port: int, how: str, sources: int, *more: float) -> Sent:
    if how == "pipelined":
        return _pipelined(port, sources, *map(int, more))
    if how == "rate":
        rate, seconds = more
        return _timed(send_at(_venues(port, sources), rate, seconds), rate)
    rate, times = push(port, sources, *more)
    return _timed(times, rate)


if __name__ == "__main__":
    tell(_send(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), *map(float, sys.argv[4:])))
