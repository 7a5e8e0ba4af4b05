"""The report beside the archive: every input that is an order, winner, total or medal rather than a mark, and why.

All else in the archive is what a venue sees: marks, finishes, scores, IRMs, statuses.
"""

from __future__ import annotations

from collections import Counter
from typing import Literal

import msgspec

from replay.paris2024.times import Shifts

__all__ = ["Input", "Report"]

InputKind = Literal[
    "finish_order",  # a race without times: the places in which the line was crossed
    "equal_marks",  # an order among equal marks
    "dead_heat",  # equal marks that share their place, confirmed
    "no_mark",  # an order of rows without a mark
    "over_marks",  # a full order that contradicts the marks shown
    "stage_order",  # of a final of several races, which no single race ranks
    "total",  # a total whose parts are not in the data
    "match",  # a match that its score does not decide
    "medal",  # a medal decided outside the results
    "adjudication",  # a correction, a replacement, a unit that is not held
]


class Input(msgspec.Struct, frozen=True, omit_defaults=True):
    """One input that is not a mark."""

    kind: InputKind
    unit: str  # or event
    reason: str
    count: int = 1  # decisions in it: groups of equal marks, totals given
    stated: str = ""  # what it says: participants from first to last, or a word


class Report(msgspec.Struct, kw_only=True):
    """What went in beside marks, and what the dates of the data set made necessary."""

    inputs: list[Input] = []
    shifts: Shifts = msgspec.field(default_factory=Shifts)
    units: int = 0
    rows: int = 0
    messages: int = 0
    sources: int = 0
    notes: list[str] = []

    def add(self, kind: InputKind, unit: str, reason: str, count: int = 1, stated: str = "") -> None:
        """List an input."""
        self.inputs.append(Input(kind, unit, reason, count, stated))

    def units_with(self, kind: InputKind) -> set[str]:
        """Return the units that have an input of a kind."""
        return {one.unit for one in self.inputs if one.kind == kind}

    def count(self, kind: InputKind) -> int:
        """Return how many decisions of a kind there are."""
        return sum(one.count for one in self.inputs if one.kind == kind)

    def encode(self) -> bytes:
        """Return the report as JSON, one input a line."""
        counts = {
            str(kind): {"units": len(self.units_with(kind)), "decisions": self.count(kind)}
            for kind in dict.fromkeys(one.kind for one in self.inputs)
        }
        head = {
            "units": self.units,
            "rows": self.rows,
            "messages": self.messages,
            "sources": self.sources,
            "inputs_by_kind": counts,
            "shifts": msgspec.to_builtins(self.shifts),
            "notes": self.notes,
        }
        text = msgspec.json.format(msgspec.json.encode(head), indent=2).rstrip(b"}\n ")
        inputs = b",\n".join(b"    " + msgspec.json.encode(one) for one in self.inputs)
        return text + b',\n  "inputs": [\n' + inputs + b"\n  ]\n}\n"

    def text(self) -> str:
        """Return the report for a reader: the counts, then every input by discipline."""
        out = [
            f"Paris 2024: {self.messages} messages from {self.sources} sources; {self.units} units, {self.rows} rows.",
            "",
            "Inputs that are not marks:",
        ]
        out += [
            f"  {kind:13} {self.count(kind):5} in {len(self.units_with(kind)):4} units"
            for kind in dict.fromkeys(one.kind for one in self.inputs)
        ]
        out += ["", "What the dates made necessary:"]
        out += [
            f"  {name.replace('_', ' '):25} {value:5}" for name, value in msgspec.structs.asdict(self.shifts).items()
        ]
        out += ["", *self.notes]
        by_discipline = Counter(one.unit[:3] for one in self.inputs)
        for discipline in sorted(by_discipline):
            out += ["", f"{discipline} ({by_discipline[discipline]})"]
            mine = Counter[tuple[str, str, str]]()
            for one in self.inputs:
                if one.unit[:3] == discipline:
                    mine[one.unit, one.kind, one.reason] += one.count
            out += [
                f"  {unit}  {kind}{f' x{count}' if count > 1 else ''}: {reason}"
                for (unit, kind, reason), count in mine.items()
            ]
        return "\n".join(out) + "\n"
