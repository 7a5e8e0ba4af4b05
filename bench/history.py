"""History in ClickHouse's engine in process: how fast it is written, and how fast it answers.

The synthetic Games (seed 7) is written into an SQLite log once. Each run is a process of its own on one core, with an
empty folder for the history:

- whole: ``Historian.work`` over the whole log, which reads it, has a host fold it, and inserts raw messages, cuts and
  changes; rows per second of wall time, from an opened history to the last answer;
- inserts: of that, rows per second of the time spent within ``Store.insert`` alone;
- live: the last 200 messages, a second's worth, are kept back, and go from the log to the tables after all the others;
- a view as of a cut: ``medals/table``, and the view with most revisions, at cuts spread over the log; each answer as a
  process that holds the history gives it. Beside it ``Host.as_of``, which folds from the nearest checkpoint, here from
  the beginning.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.child import ask
from bench.figures import Figure, Report, figure_of, say
from bench.games import GamesScale, write_log
from bench.history_once import Kept
from bench.scale import pick

__all__ = ["measure"]

METHOD = (
    "chDB in one process pinned to one core, through clickhouse-connect; synthetic Games (seed 7) from an SQLite log; "
    "wall time; a view as of 50 cuts, HdrHistogram; medians of the runs"
)


def measure() -> Report:
    """Measure; see the head of this file."""
    scale: GamesScale = pick("small", "day", "day")
    repeats = pick(1, 3, 5)
    runs: list[Kept] = []
    with TemporaryDirectory(prefix="podium-bench-") as folder:
        path = Path(folder) / "games.db"
        say(f"writing the synthetic Games ({scale}) into a log")
        count = write_log(path, scale)
        for repeat in range(repeats):
            say(f"history, run {repeat + 1} of {repeats}")
            runs.append(ask("bench.history_once", path, Path(folder) / f"history-{repeat}", answer=Kept))
    one = runs[0]
    size = one.bytes / one.rows
    notes = [
        f"{one.rows} rows of {count} raw messages, their cuts and changes; {size:.0f} bytes a row on disk",
        f"the view with most revisions is {one.busiest}",
    ]
    return Report("history", _figures(runs), f"{METHOD}; {count} messages ({scale})", notes=notes)


def _figures(runs: list[Kept]) -> list[Figure]:
    def of(name: str, unit: str, value: Callable[[Kept], float]) -> Figure:
        return figure_of(name, unit, map(value, runs), better="higher" if unit == "rows/s" else "lower")

    return [
        of("whole, folding included", "rows/s", lambda run: run.rows / run.whole),
        of("inserts alone", "rows/s", lambda run: run.rows / run.inserting),
        of("the last 200 messages, log to tables", "ms", lambda run: run.live),
        of("medal table as of a cut, p50", "ms", lambda run: run.table_p50),
        of("medal table as of a cut, p99", "ms", lambda run: run.table_p99),
        of("busiest view as of a cut, p50", "ms", lambda run: run.busiest_p50),
        of("busiest view as of a cut, p99", "ms", lambda run: run.busiest_p99),
        of("medal table as of the middle, folded by a host", "ms", lambda run: run.folded),
        of("memory of the process", "MiB", lambda run: run.memory / 2**20),
    ]
