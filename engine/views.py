"""The views as they stand after a cut: rows by key, sequence, content hash.

Content is a view's keys and rows. A view's hash is the sum of its rows' hashes modulo 2^128, so that it is kept
incrementally; a row is hashed only when a hash is asked for. ``status/*`` are operational views, outside content.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import msgspec

from engine.digest import Digest
from engine.rows import with_own_defaults
from schemas.cut import Change, Cut
from schemas.views import Row

__all__ = ["View", "Views", "encode_row"]

_MODULUS = 1 << 128
_encoder = msgspec.json.Encoder(order="sorted")


def encode_row(row: Row) -> bytes:
    """Return a row's canonical JSON, all fields sorted by name: equal rows have equal bytes."""
    return _encoder.encode(row)


class View:
    """One view: its rows and where it stands."""

    __slots__ = ("_hash", "_hashed", "_stale", "cut", "name", "revisions", "rows", "sequence", "time")

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows: dict[str, Row] = {}
        self.revisions: dict[str, int] = {}
        self.sequence = 0  # grows by one with each cut that changes the view
        self.cut = 0  # the newest cut that changed it
        self.time = 0  # log time of that cut, microseconds
        self._hash = 0
        self._hashed: dict[str, int] = {}
        self._stale: set[str] = set()

    def put(self, key: str, row: Row | None, revision: int) -> bool:
        """Set or remove a row; say whether that changed the content."""
        if row is None:
            if self.rows.pop(key, None) is None:
                return False
            self.revisions.pop(key, None)
        else:
            if self.rows.get(key) == row:
                return False  # nor is the revision another one: nobody is told of it
            self.rows[key] = row
            self.revisions[key] = revision
        self._stale.add(key)
        return True

    @property
    def hash(self) -> str:
        """The content hash, 32 hex digits."""
        for key in self._stale:
            self._hash -= self._hashed.pop(key, 0)
            row = self.rows.get(key)
            if row is not None:
                data = key.encode() + b"\0" + _encoder.encode(row)
                number = int.from_bytes(blake2b(data, digest_size=16).digest())
                self._hashed[key] = number
                self._hash += number
        self._stale.clear()
        self._hash %= _MODULUS
        return f"{self._hash:032x}"


class Views:
    """All views of a Games after the newest cut."""

    def __init__(self) -> None:
        self.cut = 0
        self.time = 0  # log time of the newest cut, microseconds
        self._views: dict[str, View] = {}
        self._digest = Digest()
        self._stale: set[str] = set()  # views that changed since it was asked for

    def __getitem__(self, name: str) -> View:
        return self._views[name]

    def get(self, name: str) -> View | None:
        """Return a view, or None where it has never had a row."""
        return self._views.get(name)

    def names(self) -> list[str]:
        """Return the names of all views, sorted."""
        return sorted(self._views)

    def adopt(self, view: View) -> None:
        """Take a view as somebody saved it."""
        self._views[view.name] = view
        self._stale.add(view.name)

    def put(self, changes: Iterable[Change]) -> list[Change]:
        """Set the rows; return the changes that changed something. They belong to the next cut: see ``close``."""
        views = self._views
        kept = []
        for change in changes:
            name, key, row, revision = change
            view = views.get(name)
            if row is None:
                if view is None:
                    continue
            elif (plain := with_own_defaults(row)) is not row:
                row, change = plain, Change(name, key, plain, revision)  # noqa: PLW2901 - it says the same
            if view is None:
                view = views[name] = View(name)
            if view.put(key, row, revision):
                kept.append(change)
        return kept

    def close(self, cut: Cut) -> list[str]:
        """End a cut whose changes have been put; return the names of the views that it changed, in its order."""
        number, time = cut.number, cut.time
        changed = dict.fromkeys([change[0] for change in cut.changes])
        for name in changed:
            view = self._views[name]
            view.sequence += 1
            view.cut = number
            view.time = time
        self._stale.update(changed)
        self.cut = number
        self.time = time
        return list(changed)

    def apply(self, cut: Cut) -> list[str]:
        """Take a cut; return the names of the views that it changed, in its order."""
        return self.close(msgspec.structs.replace(cut, changes=self.put(cut.changes)))

    def hash(self, names: Iterable[str]) -> None:
        """Hash what changed in some of the views now, so that the next digest need not."""
        stale = [name for name in names if name in self._stale]
        self._stale.difference_update(stale)
        views = [self._views[name] for name in stale if not name.startswith("status/")]
        self._digest.set((view.name, view.hash if view.rows else "") for view in views)

    def digest(self) -> str:
        """Return the hash over the content of all views, 32 hex digits; it costs what changed since the last time."""
        self.hash(list(self._stale))
        return self._digest.value()
