"""What the status list says, from the events of all people and all passes: a fold over the log.

It is folded in the order of the log, so a list that knows a reissued card has revoked the one before. An index is one
card for ever: where two claim it, by a fault of whoever hands them out, neither opens a gate, and the index is shown.
"""

from __future__ import annotations

from typing import Any

import msgspec

from management.card_events import (
    CardDamaged,
    CardEvent,
    CardExpired,
    CardLost,
    CardProduced,
    CardReturned,
    CardRevoked,
    CardStolen,
    CardSuperseded,
    CardSuspended,
    CardUnblocked,
    CardValidated,
)
from management.day_pass import PassCancelled, PassIssued, PassOverdue, PassReturned
from management.status_list import NOT_VALIDATED, REVOKED, SUSPENDED, VALID, Status, encode

__all__ = ["CardList"]

# -- what each event makes of a card; any other leaves it as it is ----------------------------------------------------

SAYS: dict[type[Any], Status] = {
    CardProduced: NOT_VALIDATED,
    CardValidated: VALID,
    CardSuspended: SUSPENDED,
    CardUnblocked: VALID,
    **dict.fromkeys((CardLost, CardStolen, CardDamaged, CardSuperseded), REVOKED),
    **dict.fromkeys((CardReturned, CardRevoked, CardExpired), REVOKED),
    PassIssued: VALID,
    **dict.fromkeys((PassReturned, PassOverdue, PassCancelled), REVOKED),
}


class CardList(msgspec.Struct):
    """The statuses of all cards and passes by index, and who has which index."""

    statuses: dict[int, Status] = {}
    index_of: dict[str, int] = {}  # card or pass -> its index
    disputed: set[int] = set()  # indexes that more than one claimed

    def take(self, key: str, event: Any) -> None:
        """Take in an event of an aggregate of people or passes; any other event is none of its business."""
        status = SAYS.get(type(event))
        if status is None:
            return
        if isinstance(event, CardProduced | PassIssued):
            self._claim(_name(key, event), event.index)
        index = self.index_of.get(_name(key, event))
        if index is not None:  # a pass that was cancelled before it was given out has none
            self.statuses[index] = REVOKED if index in self.disputed else status

    def _claim(self, name: str, index: int) -> None:
        if index in self.statuses:
            self.disputed.add(index)
        self.index_of[name] = index

    def encode(self) -> bytes:
        """Return the compressed list of all that it knows."""
        return encode(self.statuses, max(self.statuses, default=-1) + 1)


def _name(key: str, event: Any) -> str:
    """Return what names a card in the whole Games, its serial, or a pass within its organisation."""
    return f"card:{event.serial}" if isinstance(event, CardEvent) else f"{key}:{event.pass_id}"
