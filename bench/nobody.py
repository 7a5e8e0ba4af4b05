"""A subscriber that takes everything and keeps nothing."""

from __future__ import annotations

__all__ = ["Nobody"]


class Nobody:
    """Counts what it is given."""

    def __init__(self) -> None:
        self.size = 0  # bytes

    def offer(self, data: bytes) -> bool:
        """Take frames."""
        self.size += len(data)
        return True

    def send(self, data: bytes) -> None:
        """Take frames."""
        self.size += len(data)

    def drop(self) -> None:
        """Stay all the same."""
