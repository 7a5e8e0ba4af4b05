"""What an import works with: it looks at aggregates and hands in commands; here in earnest, or as a rehearsal.

A rehearsal decides the same commands by the same code on copies of what is there, and stores nothing. So a dry run says
what an import would say, as long as nobody else comes in between.
"""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from typing import Any, Protocol

import msgspec

from desks.codec import encode_state
from desks.office import Office
from desks.outcome import Outcome, Position
from desks.writer import Writer
from management.aggregates import AGGREGATES, Aggregate, aggregate_of
from management.command import Received, Refusal

__all__ = ["Books", "Rehearsal", "WriterBooks"]

PLACE = "import"  # where its commands come from
REHEARSED = ("rehearsed",)  # in place of the ids of events


class Books(Protocol):
    """The aggregates of the people side."""

    def submit(self, received: Received[Any]) -> Coroutine[Any, Any, Outcome]:
        """Return what became of a command."""

    def state(self, key: str) -> Coroutine[Any, Any, Any]:
        """Return an aggregate as it stands, a new one where nothing has happened to it.

        It is not to be changed, and to be looked at before anything else is awaited.
        """


class WriterBooks:
    """The aggregates of a writer, or of an office: what is handed in is done."""

    def __init__(self, writer: Writer | Office) -> None:
        self._writer = writer

    async def submit(self, received: Received[Any]) -> Outcome:
        """Return what became of a command."""
        return await self._writer.submit(received, PLACE)

    async def state(self, key: str) -> Any:
        """Return an aggregate as it stands."""
        kept = await self._writer.read(key)
        return kept[2] if kept else None


class Rehearsal:
    """Books of which nothing is ever stored."""

    def __init__(
        self, books: Books, policies: Mapping[str, Any], aggregates: Mapping[str, Aggregate] = AGGREGATES
    ) -> None:
        self._books = books
        self._policies = policies
        self._aggregates = aggregates
        self._copies: dict[str, Any] = {}

    async def state(self, key: str) -> Any:
        """Return an aggregate as it would stand by now."""
        return self._copies[key] if key in self._copies else await self._books.state(key)

    async def submit(self, received: Received[Any]) -> Outcome:
        """Return what would become of a command."""
        aggregate = aggregate_of(received.key, self._aggregates)
        if aggregate is None:
            raise ValueError(f"no aggregate has the key {received.key!r}")
        decided = aggregate.decide(await self.state(received.key), received, self._policies[aggregate.prefix])
        if isinstance(decided, Refusal):
            return Outcome(received.id, received.key, Position(0, 0), 0, refusal=decided)
        if decided:
            copy = await self._copy(received.key, aggregate)
            for event in decided:
                aggregate.evolve(copy, event)
        return Outcome(received.id, received.key, Position(0, 0), 0, REHEARSED * len(decided))

    async def _copy(self, key: str, aggregate: Aggregate) -> Any:
        if key not in self._copies:
            state = encode_state(await self._books.state(key))
            self._copies[key] = msgspec.msgpack.decode(state, type=aggregate.state)
        return self._copies[key]
