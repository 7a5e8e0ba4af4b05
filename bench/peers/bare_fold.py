"""A fold with nothing but its core: decode, keep the mark of 100 competitors, rank by bisect on one packed key.

No duplicates, corrections, statuses, provenance or cuts: what the interpreter allows at most for such work, and so the
yardstick that a figure of a busy machine is divided by.
"""

from __future__ import annotations

import time
from bisect import bisect_left, insort

import msgspec

from bench.child import tell

__all__ = ["BareFold", "measure"]

COMPETITORS = 100
EVENTS = 400_000


class _Result(msgspec.Struct, tag_field="kind", tag="result"):
    unit: str
    competitor: int
    mark: int


class BareFold:
    """The marks of one unit, in order."""

    def __init__(self) -> None:
        self.held: dict[int, int] = {}  # competitor -> packed key: mark, competitor
        self.order: list[int] = []
        self._decode = msgspec.json.Decoder(_Result).decode

    def apply(self, data: bytes) -> int:
        """Take a message; return the rank of its competitor."""
        result = self._decode(data)
        key = result.mark << 16 | result.competitor
        held = self.held.get(result.competitor)
        if held is not None:
            del self.order[bisect_left(self.order, held)]
        self.held[result.competitor] = key
        insort(self.order, key)
        return bisect_left(self.order, key) + 1


def measure(events: int = EVENTS) -> float:
    """Return events per second of processor time."""
    made = [
        msgspec.json.encode(
            _Result("ATHM100M--------------FNL-000100--", k * 37 % COMPETITORS, 20_000 - k * 7919 % 9973)
        )
        for k in range(10_000)
    ]
    fold = BareFold()
    apply = fold.apply
    for data in made:
        apply(data)
    began = time.process_time()
    for _ in range(events // len(made)):
        for data in made:
            apply(data)
    return events / (time.process_time() - began)


if __name__ == "__main__":
    tell(measure())
