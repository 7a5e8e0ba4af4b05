"""What one process makes of messages: the digest that all else is held against."""

from __future__ import annotations

from collections.abc import Iterable

from engine.sports import load_sports
from engine.views import Views
from projections.fold import Fold
from replay.archive import Message
from schemas.cut import Cut
from schemas.games import Games

__all__ = ["digest"]

SPORTS = load_sports()


def digest(messages: Iterable[Message], games: Games) -> str:
    """Fold messages as they come, and return the digest of what stands at the end."""
    fold, views, number = Fold(SPORTS, games), Views(), 0
    for message in messages:
        fold.apply(message.source, message.session, message.serial, message.data)
        changes = fold.changes()
        if changes:
            number += 1
            views.apply(Cut(number, number, (), message.time, message.at, changes))
    return views.digest()
