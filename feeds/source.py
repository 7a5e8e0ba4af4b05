"""Where a feed gets what it serves: the one thing that this room asks of the host of the folds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from engine.raw import Raw
from engine.views import View, Views
from schemas.cut import Cut

__all__ = ["Listener", "Source"]

Listener = Callable[[Cut, Sequence[str]], object]  # a cut, and the names of the views that it changed


class Source(Protocol):
    """The views of a Games, as somebody keeps them up to date on this loop."""

    @property
    def views(self) -> Views:
        """The views after the newest cut."""

    @property
    def epoch(self) -> str:
        """What the numbers of cuts and sequences belong to; never contains a dot."""

    @property
    def mode(self) -> str:
        """What kind of Games this is: ``live``, ``replay``, ``rehearsal``."""

    def listen(self, callback: Listener, /) -> object:
        """Have a function called on the loop after each cut has been applied to ``views``."""

    def as_of(self, view: str, when: str, /) -> View:
        """Return a view as it stood: ``when`` is ``{epoch}.{cut}``, or an RFC 3339 instant on the log-time axis.

        A view that did not exist then has sequence 0. May be called in a thread. Raises ``NotKnown``.
        """

    def raw(self, name: str, /) -> Raw | None:
        """Return the raw message called ``source/session/serial``; None where there is none. May block for a read."""

    def freshness(self) -> Mapping[str, int]:
        """Return by venue the log time, in ms, of the newest message that its sources sent."""
