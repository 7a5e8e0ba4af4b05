"""How much is measured: a smoke test of seconds, a figure of a minute or two, or the whole with the long runs."""

from __future__ import annotations

import os
from typing import Literal, TypeVar, cast

__all__ = ["Scale", "chosen", "pick"]

Choice = TypeVar("Choice")
Scale = Literal["quick", "normal", "full"]


def chosen() -> Scale:
    """Return what PODIUM_BENCH says: ``quick``, ``normal`` (where it says nothing) or ``full``."""
    said = os.environ.get("PODIUM_BENCH", "normal")
    if said not in ("quick", "normal", "full"):
        raise ValueError(f"PODIUM_BENCH is quick, normal or full, not {said!r}")
    return cast("Scale", said)


def pick(quick: Choice, normal: Choice, full: Choice) -> Choice:
    """Return the one of three values that belongs to the scale chosen."""
    return {"quick": quick, "normal": normal, "full": full}[chosen()]
