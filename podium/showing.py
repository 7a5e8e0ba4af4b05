"""What an edge shows: one host, and another one in its place when the epoch changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.checkpoints import Manifest
from engine.host import Host, Listener
from engine.raw import Raw
from engine.views import View, Views
from schemas.cut import Cut

__all__ = ["Showing"]


class Showing:
    """The source of a feed, whatever host stands behind it. Belongs to one loop."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self._listeners: list[Listener] = []
        host.listen(self._tell)

    def change(self, host: Host) -> None:
        """Show what another host holds from now on; who listens hears of it at once, by a cut that changes nothing."""
        before, self.host = self.host, host
        before.forget()
        host.listen(self._tell)
        views = host.views
        turn = Cut(views.cut, host.position, (), views.time, 0, [])
        self._tell(turn, ())

    def _tell(self, cut: Cut, changed: Sequence[str]) -> None:
        for listener in self._listeners:
            listener(cut, changed)

    @property
    def views(self) -> Views:
        """The views after the newest cut."""
        return self.host.views

    @property
    def position(self) -> int:
        """The position of the newest record folded."""
        return self.host.position

    @property
    def saved(self) -> Sequence[Manifest]:
        """The checkpoints of this epoch, oldest first."""
        return self.host.saved

    @property
    def epoch(self) -> str:
        """What the numbers of cuts and sequences belong to."""
        return self.host.epoch

    @property
    def mode(self) -> str:
        """What kind of Games this is."""
        return self.host.mode

    def listen(self, callback: Listener) -> None:
        """Have a function called after each cut has been applied to the views, and when the epoch has changed."""
        self._listeners.append(callback)

    def as_of(self, view: str, when: str) -> View:
        """Return a view as it stood; may run in a thread. Raises ``NotKnown``."""
        return self.host.as_of(view, when)

    def raw(self, name: str) -> Raw | None:
        """Return the raw message of a name."""
        return self.host.raw(name)

    @property
    def last_seen(self) -> Mapping[str, int]:
        """Source -> log time of its newest message, microseconds."""
        return self.host.last_seen

    def freshness(self) -> Mapping[str, int]:
        """Return by venue the log time (ms) of the newest message of its sources."""
        return self.host.freshness()
