"""A source for tests: cuts are put in by hand, and every state that ever was is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy

from engine.errors import NotKnown
from engine.raw import Raw
from engine.views import View, Views
from feeds.source import Listener
from schemas.cut import Change, Cut
from schemas.views import Row

Loose = tuple[str, str, Row | None] | tuple[str, str, Row | None, int]  # a change without its name
START = 1_900_000_000_000_000  # microseconds: 2030-03-17T17:46:40Z


class FakeSource:
    """Applies cuts to views and tells its listeners; remembers every view after every cut."""

    def __init__(self, epoch: str = "e1", mode: str = "live") -> None:
        self.views = Views()
        self.epoch = epoch
        self.mode = mode
        self.raws: dict[str, Raw] = {}
        self.fresh: dict[str, int] = {}
        self.history: list[dict[str, View]] = [{}]  # by cut
        self._listeners: list[Listener] = []

    def listen(self, callback: Listener, /) -> None:
        self._listeners.append(callback)

    def put(
        self,
        *changes: Change | tuple[str, str, Row | None] | tuple[str, str, Row | None, int],
        because: Sequence[str] | None = None,
    ) -> Cut:
        """Apply the next cut."""
        number = self.views.cut + 1
        names = (f"hall/1/{number}",) if because is None else tuple(because)
        cut = Cut(number, number, names, START + number * 1000, 1000 + number, [Change(*change) for change in changes])
        changed = self.views.apply(cut)
        state = dict(self.history[-1])
        for name in changed:
            state[name] = snapshot(self.views[name])
        self.history.append(state)
        for listener in self._listeners:
            listener(cut, changed)
        return cut

    def as_of(self, view: str, when: str, /) -> View:
        if when.startswith(self.epoch + "."):
            cut = int(when.removeprefix(self.epoch + "."))
        else:
            raise NotKnown(when, f"the epoch is {self.epoch}")
        if cut >= len(self.history):
            raise NotKnown(when, f"the newest cut is {self.views.cut}")
        return self.history[cut].get(view) or View(view)

    def raw(self, name: str, /) -> Raw | None:
        return self.raws.get(name)

    def freshness(self) -> Mapping[str, int]:
        return self.fresh


def snapshot(view: View) -> View:
    """Return a view that stays as it is."""
    assert view.hash  # what is to be hashed is hashed before the copy
    still = copy(view)
    still.rows = dict(view.rows)
    still.revisions = dict(view.revisions)
    still._hashed = dict(view._hashed)
    still._stale = set()
    return still


def rows(view: str, row: Iterable[tuple[str, Row | None]]) -> list[Change]:
    """Return changes of one view."""
    return [Change(view, key, value) for key, value in row]
