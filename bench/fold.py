"""Re-folding a log: row 6 of the targets.

The synthetic Games (seed 7) is written into an SQLite log once. Each run is a process of its own on one core, started
with nothing of the run before: it reads the log from its beginning, folds it, and tells messages per second of
processor time, which a busy neighbour disturbs less than wall time. The ways to fold take turns, and the median counts:

- every cut: ranks of all shifted rows and all views current after each message, nothing encoded (``Host.catch_up``);
- encoded: the same, and each cut is encoded as JSON, hashed and framed by the feed for a subscriber to everything;
- state: the rows are asked for once, at the end;
- bare: the yardstick, a fold with nothing but decoding and one rank (``bench.peers.bare_fold``).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.child import ask
from bench.figures import Figure, Report, figure_of, number, say
from bench.fold_once import Refold
from bench.games import GamesScale, write_log
from bench.scale import pick

__all__ = ["measure"]

WAYS = {"every cut": "cuts", "every cut, encoded and hashed": "encoded", "state only": "state"}
METHOD = (
    "re-fold of the synthetic Games (seed 7) from an SQLite log; one fresh process a run, pinned, gc.freeze() before, "
    "the collector as hosts set it; messages per second of processor time; medians of interleaved runs"
)


def measure() -> Report:
    """Measure; see the head of this file."""
    scale: GamesScale = pick("small", "day", "full")
    with TemporaryDirectory(prefix="podium-bench-") as folder:
        path = Path(folder) / "games.db"
        say(f"writing the synthetic Games ({scale}) into a log")
        count = write_log(path, scale)
        runs, bare = _run(path, pick(1, 3, 3))
    return Report("fold", [*_figures(runs, bare)], f"{METHOD}; {count} messages ({scale})", notes=_notes(runs))


def _run(path: Path, repeats: int) -> tuple[dict[str, list[Refold]], list[float]]:
    runs: dict[str, list[Refold]] = {name: [] for name in WAYS}
    bare = []
    for repeat in range(repeats):
        for name, mode in WAYS.items():
            say(f"{name}, run {repeat + 1} of {repeats}")
            runs[name].append(ask("bench.fold_once", path, mode, answer=Refold))
        bare.append(ask("bench.peers.bare_fold", answer=float))
    return runs, bare


def _figures(runs: Mapping[str, list[Refold]], bare: list[float]) -> list[Figure]:
    targets = {"every cut": 200_000.0, "every cut, encoded and hashed": 50_000.0}
    unit = "messages/s"
    figures = [
        figure_of(
            name,
            unit,
            (one.messages / one.cpu for one in its),
            row="6" if name in targets else "",
            target=targets.get(name),
        )
        for name, its in runs.items()
    ]
    figures.append(figure_of("bare fold, the yardstick", unit, bare))
    figures += [
        figure_of(f"memory, {name}", "MiB", (one.grown / 2**20 for one in its), better="lower")
        for name, its in runs.items()
    ]
    figures += [
        figure_of(
            f"collector, {name}", "% of the time", (100 * one.collecting / one.cpu for one in its), better="lower"
        )
        for name, its in runs.items()
    ]
    return figures


def _notes(runs: Mapping[str, list[Refold]]) -> list[str]:
    first = runs["every cut"][0]
    digests = {one.digest for name in ("every cut", "every cut, encoded and hashed") for one in runs[name]}
    notes = [
        f"{first.cuts} cuts in {first.views} views; a message a view and byte: {number(first.grown / first.messages)}"
    ]
    if len(digests) != 1:
        notes.append(f"THE DIGESTS DIFFER: {sorted(digests)}")
    return notes
