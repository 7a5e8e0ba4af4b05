"""The feed of Podium over views that are changed by what is published: the whole way from cut to subscriber, no folds.

``feed INTERVAL ROWS``: seconds between two flushes, and how many rows an event changes in the one view.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Mapping

import uvloop

from bench.event import event_of
from bench.servers.process import announce, until_closed
from bench.servers.published import listen
from engine.raw import Raw
from engine.views import View, Views
from feeds.server import build, running
from feeds.source import Listener
from schemas.cut import Change, Cut
from schemas.views import ResultRow

__all__ = ["VIEW", "Listeners", "Standings", "serve"]

VIEW = "result/ATHM100M--------------FNL-000100--"


class Listeners:
    """A source of cuts that are made elsewhere."""

    epoch = "bench"
    mode = "rehearsal"

    def __init__(self) -> None:
        self.views = Views()
        self._listeners: list[Listener] = []

    def listen(self, callback: Listener, /) -> None:
        """Have a function called after each cut."""
        self._listeners.append(callback)

    def as_of(self, view: str, when: str, /) -> View:
        """Return nothing: nobody asks."""
        return View(view)

    def raw(self, name: str, /) -> Raw | None:
        """Return nothing: nobody asks."""

    def freshness(self) -> Mapping[str, int]:
        """Return nothing."""
        return {}

    def tell(self, cut: Cut) -> None:
        """Apply a cut and tell whoever listens."""
        changed = self.views.apply(cut)
        for listener in self._listeners:
            listener(cut, changed)


class Standings(Listeners):
    """One view of 100 rows."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self._rows = rows  # that an event changes
        self._count = 0
        self._change([self._row(place, 0) for place in range(100)], 0)

    def take(self, line: bytes) -> None:
        """Make a cut of an event."""
        self._count += 1
        first = self._count % 100
        self._change([self._row((first + k) % 100, self._count) for k in range(self._rows)], event_of(line))

    def _row(self, place: int, n: int) -> Change:
        shift = n if self._rows > 1 else 0  # one mark alone, or ranks, marks and gaps of all
        row = ResultRow(
            participant=f"1{place:06}",
            order=place,
            rank=1 + (place + shift) % 100,
            sort=1 + (place + shift) % 100,
            mark=f"9.{n % 1000:03}",
            gap=f"+0.{shift % 997:03}",
        )
        return Change(VIEW, row.participant, row, 1 + n)

    def _change(self, changes: list[Change], at: int) -> None:
        number = self.views.cut + 1
        self.tell(Cut(number, number, (f"STA.timing/1/{number}",), 1_900_000_000_000_000 + number, at, changes))


async def serve(interval: float, rows: int) -> None:
    """Serve until the standard input is closed."""
    source = Standings(rows)
    edge = build(source, interval=interval)
    async with running(edge) as port:
        publish = await listen(source.take)
        gc.collect()
        gc.freeze()
        announce(feed=port, publish=publish)
        await until_closed()


if __name__ == "__main__":
    uvloop.run(serve(float(sys.argv[1]), int(sys.argv[2])))
