"""Running a measurement: its own figure first, then the peers, then JSON and the comparison, where they are wanted."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from bench.figures import Report, compare, read, write
from bench.machine import LOAD_CORE, Meanwhile, pin

__all__ = ["ALL", "main", "run"]

ALL = (
    "fold",
    "append",
    "fanout",
    "path",
    "subscribers",
    "growth",
    "history",
    "workers",
    "edges",
    "gap",
    "people",
    "pages",
    "audit",
)


def run(what: str, *, json: Path | None = None, compare: Path | None = None) -> None:
    """Measure and print; write the figures as JSON, and compare them with figures written before."""
    before = read(compare) if compare else None  # at once, lest a name that is wrong be found out at the end
    report = measure(what)
    report.print()
    if json:
        write(json, report)
    for line in _changes(before, report) if before else ():
        print(f"  since then: {line}")


def _changes(before: Report, now: Report) -> list[str]:
    if before.what != now.what:
        return [f"the figures to compare with are those of {before.what}"]
    return compare(before, now)


def measure(what: str) -> Report:
    """Return the figures of one measurement."""
    pin(LOAD_CORE)
    module = import_module(f"bench.{what}")
    watch: Callable[[], Report] = module.measure
    began = Meanwhile.begin()
    report = watch()
    report.meanwhile = began.end()
    return report


def main(*names: str) -> None:
    """Run the measurements of these names, or all."""
    for what in names or ALL:
        run(what)


if __name__ == "__main__":
    main(*sys.argv[1:])
