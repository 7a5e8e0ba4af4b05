"""Which groups watch a view: found without asking every group."""

from __future__ import annotations

from feeds.group import Group

__all__ = ["Index"]


class Index:
    """Groups by the views that their patterns name."""

    def __init__(self) -> None:
        self._literal: dict[str, dict[Group, None]] = {}  # by view
        self._globs: dict[str, dict[Group, None]] = {}  # by kind; "*" where the kind is a wildcard itself

    def add(self, group: Group) -> None:
        """Take a group up."""
        for name in group.patterns.literals:
            self._literal.setdefault(name, {})[group] = None
        for pattern in group.patterns.globs:
            self._globs.setdefault(_kind(pattern.kind), {})[group] = None

    def remove(self, group: Group) -> None:
        """Let a group go."""
        for name in group.patterns.literals:
            _take(self._literal, name, group)
        for pattern in group.patterns.globs:
            _take(self._globs, _kind(pattern.kind), group)

    def watching(self, view: str) -> list[Group]:
        """Return the groups that watch a view, each once."""
        found = dict(self._literal.get(view, ()))
        for kind in (view.partition("/")[0], "*"):
            for group in self._globs.get(kind, ()):
                if group not in found and group.patterns.matches(view):
                    found[group] = None
        return list(found)


def _kind(kind: str) -> str:
    return "*" if "*" in kind else kind


def _take(index: dict[str, dict[Group, None]], name: str, group: Group) -> None:
    groups = index.get(name)
    if groups is not None:
        groups.pop(group, None)
        if not groups:
            del index[name]
