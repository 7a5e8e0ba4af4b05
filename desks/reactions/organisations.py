"""Who answers for a participation: its later events do not repeat it, so managers that need it remember."""

from __future__ import annotations

from typing import Any

import msgspec

from management.command import Recorded
from management.participation_events import ApplicationOpened
from management.person_record import ParticipationAdopted

__all__ = ["State", "learn"]


class State(msgspec.Struct):
    """Which organisation a participation is of."""

    organisations: dict[tuple[str, str], str] = {}  # key of the person, participation


def learn(state: State, recorded: Recorded[Any]) -> None:
    """Remember who answers for a participation."""
    match recorded.event:
        case ApplicationOpened(participation=participation, ro=ro):
            state.organisations[recorded.key, participation] = ro
        case ParticipationAdopted(participation=participation, record=record):
            state.organisations[recorded.key, participation] = record.ro
