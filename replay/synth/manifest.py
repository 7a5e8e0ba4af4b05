"""The manifest: what the generator of a synthetic Games knows to be true, for tests to compare with the folds."""

from __future__ import annotations

import msgspec

__all__ = ["EventTruth", "Manifest", "UnitTruth"]


class UnitTruth(msgspec.Struct):
    """How a unit went."""

    model: str
    ranks: dict[str, int]  # participant -> rank; in a match 1 the winner, 2 the loser, both 1 a draw
    irms: dict[str, str] = {}


class EventTruth(msgspec.Struct):
    """How an event ended."""

    medals: dict[str, str]  # participant -> ME_GOLD, ME_SILVER, ME_BRONZE
    day: int = 0  # of the Games, from 1


class Manifest(msgspec.Struct):
    """What is true at the end of the archive; complete when all messages have been read."""

    seed: int
    scale: str
    messages: int = 0
    units: dict[str, UnitTruth] = {}  # those held, totals included
    events: dict[str, EventTruth] = {}  # those whose medals the archive decides
    kinds: dict[str, int] = {}  # messages by kind
    peculiarities: dict[str, int] = {}  # by name, as they happened
    undecodable: list[str] = []  # names of the messages that are not in the vocabulary
    undecided: list[str] = []  # units that are meant to stay undecided
    lost: list[str] = []  # source/session/first-last, declared lost; all but those of ``never_healed`` come later
    never_healed: list[str] = []
    venues: int = 0
    organisations: int = 0
    participants: int = 0
