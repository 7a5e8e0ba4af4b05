"""Asking a history from wherever one stands: through its owner where it has one, or by opening it."""

from __future__ import annotations

import asyncio

import msgspec

from engine.history.answering import answer
from engine.history.door import ask_owner
from engine.history.errors import HistoryNotFound, HistoryTaken
from engine.history.place import Place
from engine.history.questions import Question
from engine.history.store import Store

__all__ = ["ask"]


def ask(place: Place, question: Question) -> bytes:
    """Return the JSON of an answer; blocks. Raises ``HistoryError`` and ``NotKnown``.

    A folder is open in one process at a time: where that is another one, it is asked at its door. A server is asked
    itself.
    """
    if place.folder is None:
        return _open_and_ask(place, question)
    if not (place.folder / "chdb").is_dir():
        raise HistoryNotFound(place.name, "there is no history here")
    seat = place.seat(None)
    try:
        lock = seat.take(place.name)
    except HistoryTaken:
        return asyncio.run(ask_owner(seat, place.name, question))
    try:
        return _open_and_ask(place, question)
    finally:
        lock.release()


def _open_and_ask(place: Place, question: Question) -> bytes:
    store = Store.open(place)
    try:
        return msgspec.json.encode(answer(store, question))
    finally:
        store.close()
