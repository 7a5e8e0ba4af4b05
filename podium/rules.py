"""The folds of an epoch, as workers are handed them."""

from __future__ import annotations

from engine.epochs import Epoch
from engine.worker import Rules
from projections.stages import DecodeStage, ResultsStage

__all__ = ["rules_of"]


def rules_of(epoch: Epoch) -> Rules:
    """Return what all workers in an epoch agree on."""
    return Rules(epoch.name, lambda: DecodeStage(epoch.games), lambda: ResultsStage(epoch.sports, epoch.games))
