"""Figures: what was measured, printed, written as JSON, and compared with what was measured before."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median
from typing import Literal

import msgspec

from bench.machine import Machine, Meanwhile, describe
from bench.scale import Scale, chosen

__all__ = ["Figure", "Report", "compare", "figure_of", "number", "ratio_of", "read", "say", "write"]

Better = Literal["higher", "lower"]


class Figure(msgspec.Struct, frozen=True, omit_defaults=True):
    """One quantity of one thing: the median of its runs."""

    name: str
    value: float
    unit: str
    better: Better = "higher"
    runs: tuple[float, ...] = ()
    row: str = ""  # of the table of targets in docs/performance.md
    target: float | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """Say whether it reaches its target, "" where it has none, or too little is measured to say."""
        if self.target is None or chosen() == "quick":
            return ""
        good = self.value >= self.target if self.better == "higher" else self.value <= self.target
        sign = ">=" if self.better == "higher" else "<="
        return f"{'reached' if good else 'MISSED'}: row {self.row}, {sign} {number(self.target)}"


class Report(msgspec.Struct):
    """All figures of one measurement, ours first."""

    what: str
    figures: list[Figure]
    method: str
    missing: list[str] = []  # peers that could not be measured, and why
    notes: list[str] = []  # what was seen: outliers, reasons
    scale: Scale = msgspec.field(default_factory=chosen)
    machine: Machine = msgspec.field(default_factory=describe)
    meanwhile: Meanwhile = msgspec.field(default_factory=Meanwhile)

    def find(self, name: str) -> Figure | None:
        """Return the figure of a name."""
        return next((figure for figure in self.figures if figure.name == name), None)

    def print(self) -> None:
        """Print our own figure first, in the form that other programs read, then everything else."""
        ours = self.figures[0]
        print(f"{self.what}: {number(ours.value)} {ours.unit}")
        width = max(len(figure.name) for figure in self.figures)
        for figure in self.figures:
            runs = f"  ({', '.join(map(number, figure.runs))})" if len(figure.runs) > 1 else ""
            tail = "".join(f"  {text}" for text in (figure.note, figure.verdict) if text)
            print(f"  {figure.name:<{width}}  {number(figure.value):>10} {figure.unit}{runs}{tail}")
        for peer in self.missing:
            print(f"  not measured: {peer}")
        for note in self.notes:
            print(f"  note: {note}")
        machine, meanwhile = self.machine, self.meanwhile
        print(f"  method: {self.method}")
        print(
            f"  machine: {machine.cores} x {machine.cpu}, {machine.memory >> 30} GiB, {machine.system}, "
            f"Python {machine.python}, {', '.join(f'{k} {v}' for k, v in machine.versions.items())}"
        )
        print(
            f"  meanwhile: {meanwhile.seconds:.0f} s, scale {self.scale}, steal {meanwhile.steal:.1%}, "
            f"idle {meanwhile.idle:.0%}, load {meanwhile.load:.1f}"
        )


def number(value: float) -> str:
    """Return a number as people read it: whole above a hundred, else three digits."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def figure_of(name: str, unit: str, runs: Iterable[float], **more: object) -> Figure:
    """Return the figure of several runs."""
    values = tuple(runs)
    return msgspec.convert({"name": name, "unit": unit, "value": median(values), "runs": values, **more}, Figure)


def ratio_of(name: str, ours: Sequence[float], theirs: Sequence[float], **more: object) -> list[Figure]:
    """Return the figure of the ratios of runs that were made in turn; none where one of the two was not measured."""
    pairs = [one / other for one, other in zip(ours, theirs, strict=False) if other]
    return [figure_of(name, "x", pairs, **more)] if pairs else []


def compare(old: Report, new: Report) -> list[str]:
    """Return a line for each figure that both have: what it was, what it is."""
    lines = []
    if old.machine != new.machine or old.scale != new.scale:
        lines.append("the machine, the versions or the scale are not those of then: only ratios mean anything")
    for figure in new.figures:
        before = old.find(figure.name)
        if before is None or before.unit != figure.unit or not before.value:
            continue
        change = figure.value / before.value - 1
        better = (change >= 0) == (figure.better == "higher")
        word = "same" if abs(change) < 0.05 else "better" if better else "worse"
        lines.append(
            f"{figure.name}: {number(before.value)} -> {number(figure.value)} {figure.unit} ({change:+.0%}, {word})"
        )
    return lines


def read(path: Path) -> Report:
    """Return a report that was written before."""
    return msgspec.json.decode(path.read_bytes(), type=Report)


def write(path: Path, report: Report) -> None:
    """Write a report."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")


def say(text: str) -> None:
    """Tell whoever waits how far it is; on stderr, as the figures come first on stdout."""
    print(f"bench: {text}", file=sys.stderr, flush=True)
