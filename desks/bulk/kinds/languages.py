"""The languages that a team needs, in one cell: ``fr:2 ar:1``."""

from __future__ import annotations

import re

from desks.bulk.cells import SEVERAL, CellFlaw

__all__ = ["languages"]

NEED = re.compile(r"([a-z]{2,3})(?::(\d{1,3}))?", re.ASCII)


def languages(cell: str) -> dict[str, int]:
    """Return how many have to speak each language; one where no number is there."""
    found = {}
    for part in SEVERAL.split(cell):
        if part:
            need = NEED.fullmatch(part)
            if need is None:
                raise CellFlaw("LANGUAGE", "languages are written fr:2 ar:1")
            found[need[1]] = int(need[2] or 1)
    return found
