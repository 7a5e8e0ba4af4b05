"""The feed of Podium over cuts that were made before: what is left of the way when gateway, log and folds are gone."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import uvloop

from bench.event import BASE, event_of
from bench.mix import read_cuts
from bench.servers.feed import Listeners
from bench.servers.process import announce, until_closed
from bench.servers.published import listen
from feeds.server import build, running
from schemas.cut import Cut

__all__ = ["Replayed", "serve"]


class Replayed(Listeners):
    """A source of cuts from a file."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        earlier, self._cuts = read_cuts(path)
        for cut in earlier:
            self.views.apply(cut)

    def take(self, line: bytes) -> None:
        """Apply the cut of an event."""
        cut: Cut | None = self._cuts[event_of(line) - BASE]
        if cut is not None:
            self.tell(cut)


async def serve(path: Path) -> None:
    """Serve until the standard input is closed."""
    source = Replayed(path)
    async with running(build(source)) as port:
        publish = await listen(source.take)
        gc.collect()
        gc.freeze()
        announce(feed=port, publish=publish)
        await until_closed()


if __name__ == "__main__":
    uvloop.run(serve(Path(sys.argv[1])))
