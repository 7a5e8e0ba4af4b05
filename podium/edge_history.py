"""The history as an edge answers for it: through its owner where it is a folder, and of a server by asking that."""

from __future__ import annotations

import asyncio

import msgspec

from engine.history.door import ask_owner
from engine.history.place import Place
from engine.history.questions import Progress, Question, Standing
from engine.history.reading import Reading
from engine.log import Log
from engine.raw import RAW
from feeds.source import Source

__all__ = ["EdgeHistory"]


class EdgeHistory:
    """Answers from a history that a historian elsewhere writes. Live views never wait for it."""

    def __init__(self, source: Source, log: Log, place: Place) -> None:
        self._source = source
        self._log = log
        self._place = place
        self._reading = Reading(place)

    async def ask(self, question: Question) -> bytes:
        """Return the JSON of an answer; raises ``HistoryError`` and ``NotKnown``."""
        if not (question.epoch or isinstance(question, Standing)):
            question = msgspec.structs.replace(question, epoch=self._source.epoch)  # whichever the historian is at
        if self._place.folder is not None:
            return await ask_owner(self._place.seat(None), self._place.name, question)
        answer = await self._reading.answer(question, self._source.epoch)
        if isinstance(answer, Progress) and isinstance(question, Standing):
            answer = await asyncio.to_thread(self._compared, answer)
        return msgspec.json.encode(answer)

    def _compared(self, progress: Progress) -> Progress:
        """Say how far a history is behind the log, which a server does not know."""
        log = self._log
        head = sum(log.head(RAW, partition=number) for number in range(log.partitions(RAW)))
        behind = max(head - progress.position, 0)
        late = behind or progress.cut < self._source.views.cut
        return msgspec.structs.replace(progress, behind=behind, state="behind" if late else "current")

    async def close(self) -> None:
        """Let go of it."""
        await self._reading.close()
