"""The digest over the content of all views, kept so that asking for it again costs what has changed since.

It is the hash over a line for each view, in the order of their names. The lines are joined in blocks of neighbours: the
names that begin alike up to some letters behind the first slash. A change makes its own block anew and no other.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

__all__ = ["Digest"]

BEHIND = 9  # characters that decide about the block, from the slash on: for most views discipline and event


class Digest:
    """The lines of all views that have content."""

    def __init__(self) -> None:
        self._blocks: dict[str, dict[str, str]] = {}  # block -> name -> hash
        self._joined: dict[str, bytes] = {}  # block -> its lines, where they are up to date
        self._order: list[str] = []  # the blocks, sorted

    def set(self, hashes: Iterable[tuple[str, str]]) -> None:
        """Take the hashes of views that changed, "" of one that has no content any more."""
        blocks = len(self._blocks)
        for name, value in hashes:
            block = block_of(name)
            lines = self._blocks.setdefault(block, {})
            if value:
                lines[name] = value
            else:
                lines.pop(name, None)
            self._joined.pop(block, None)
        if len(self._blocks) != blocks:
            self._order = sorted(self._blocks)

    def value(self) -> str:
        """Return the digest, 32 hex digits."""
        whole = blake2b(digest_size=16)
        for block in self._order:
            if (joined := self._joined.get(block)) is None:
                lines = sorted(self._blocks[block].items())
                joined = self._joined[block] = "".join(f"{name} {value}\n" for name, value in lines).encode()
            whole.update(joined)
        return whole.hexdigest()


def block_of(name: str) -> str:
    """Return the block of a view; blocks in their order hold the views in theirs."""
    return name[: name.find("/") + BEHIND]
