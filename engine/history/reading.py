"""Reading a history: one connection, opened when it is first asked and anew after it failed, one question at a time."""

from __future__ import annotations

import asyncio

import msgspec

from engine.history.answering import Answer, answer
from engine.history.errors import HistoryDown, HistoryFailed
from engine.history.place import Place
from engine.history.questions import Question
from engine.history.store import Store

__all__ = ["Reading"]


class Reading:
    """Answers questions from a history, in threads, so that a loop goes on meanwhile."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._store: Store | None = None
        self._turn = asyncio.Lock()

    async def ask(self, question: Question, epoch: str = "") -> bytes:
        """Return the JSON of an answer; ``epoch`` is meant where the question names none.

        Raises ``HistoryError`` and ``NotKnown``.
        """
        return msgspec.json.encode(await self.answer(question, epoch))

    async def answer(self, question: Question, epoch: str = "") -> Answer:
        """Return an answer; raises as ``ask`` does."""
        async with self._turn:
            return await asyncio.to_thread(self._answer, question, epoch)

    def _answer(self, question: Question, epoch: str) -> Answer:
        try:
            if self._store is None:
                self._store = Store.open(self.place)
                self._store.bring_up()
            return answer(self._store, question, epoch)
        except (HistoryDown, HistoryFailed):
            self._let_go()
            raise

    def _let_go(self) -> None:
        store, self._store = self._store, None
        if store is not None:
            store.close()

    async def close(self) -> None:
        """Let go of it."""
        async with self._turn:
            await asyncio.to_thread(self._let_go)
