"""What an operator did that cannot be done, in one sentence."""

from __future__ import annotations

__all__ = ["OperatorError"]


class OperatorError(Exception):
    """A command that cannot be carried out; the sentence says why and what would help."""
