"""How often Python's cyclic collector looks.

Folds keep nearly all that they make and make no cycles, so every full collection walks the whole Games for nothing: a
quarter of a re-fold's time with Python's own thresholds, and pauses of 70 ms while serving.
"""

from __future__ import annotations

import gc

__all__ = ["relax"]


def relax() -> None:
    """Have it look rarely; a host calls this once, and ``gc.freeze`` after loading."""
    gc.set_threshold(100_000, 50, 1000)
