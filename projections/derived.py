"""Derived rows: views that are worked out whole and shown as differences."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.cut import Change
from schemas.views import Row

__all__ = ["Derived"]


class Derived:
    """Keeps what was last shown of views, and gives what has changed."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, tuple[Row, int]]] = {}  # view -> key -> row, revision
        self._changed: dict[tuple[str, str], None] = {}

    def put(self, view: str, key: str, row: Row | None) -> bool:
        """Show one row as this, or no longer; say whether that is a change."""
        rows = self.rows.setdefault(view, {})
        held = rows.get(key)
        if row is None:
            if held is None:
                return False
            del rows[key]
        elif held is None or held[0] != row:
            rows[key] = (row, held[1] + 1 if held else 1)
        else:
            return False
        self._changed[view, key] = None
        return True

    def replace(self, view: str, rows: Mapping[str, Row]) -> bool:
        """Show exactly these rows; say whether that is a change."""
        changed = False
        for key in sorted(self.rows.get(view, {}).keys() - rows.keys()):
            changed |= self.put(view, key, None)
        for key, row in rows.items():
            changed |= self.put(view, key, row)
        return changed

    def forget(self) -> None:
        """Drop the notes of what has changed."""
        self._changed.clear()

    def drain(self) -> list[Change]:
        """Return what has changed since the last call."""
        if not self._changed:
            return []
        changes = []
        for view, key in self._changed:
            held = self.rows[view].get(key)
            changes.append(Change(view, key, held[0], held[1]) if held else Change(view, key, None))
        self._changed.clear()
        return changes
