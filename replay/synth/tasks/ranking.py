"""Ranks of a unit, worked out here and not by the projections, so that tests may compare the two."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from replay.synth.plan import Outcome

__all__ = ["rank_by", "rank_in_order"]


K = TypeVar("K")


def rank_by(keys: Mapping[str, K], end: int, irms: Mapping[str, str] | None = None) -> Outcome:
    """Rank participants by key, the lowest first; equal keys share a rank, and the next one skips."""
    order = sorted(keys, key=lambda code: (keys[code], code))
    ranks: dict[str, int] = {}
    for index, code in enumerate(order):
        equal = index > 0 and keys[order[index - 1]] == keys[code]
        ranks[code] = ranks[order[index - 1]] if equal else index + 1
    return Outcome(order, ranks, end, {}, dict(irms or {}))


def rank_in_order(order: list[str], end: int) -> Outcome:
    """Rank participants as they stand."""
    return Outcome(list(order), {code: place for place, code in enumerate(order, start=1)}, end)
