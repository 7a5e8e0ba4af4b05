"""The people side of one log, running: the writer, the ticks, the reactor and whoever else works there, in one loop.

What a door needs is here and nowhere else: take a command, read a record, wait until a position is seen, let something
run beside. Where several processes share a log, each decides for the partitions that it was given (``acquire``), and
what is for another goes there (``Elsewhere``); what may run only once, such as the reactor, runs beside partition 0.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, NamedTuple, Protocol

import msgspec
import structlog

from desks.codec import Codec, encode
from desks.dossiers import Dossiers, Sealed, open_facts
from desks.errors import DesksError, NotServed, Unavailable
from desks.facts import Facts
from desks.onward import Follower
from desks.outcome import Outcome, Position
from desks.owners import record_of
from desks.partitions import Partitions, filing_key
from desks.peers import Found
from desks.reacted import Reacted
from desks.reactions.managers import managers_of
from desks.reactor import Reactor, Taker
from desks.readers import Reader, Readers
from desks.ticks import run_ticks
from desks.vault import Erased, Vault
from desks.writer import Writer
from engine.errors import EngineError
from engine.histogram import Histogram
from engine.latency import BOUNDS
from engine.log import Log
from management.aggregates import aggregate_of
from management.command import Actor, Received, Tick

__all__ = ["SEEN_WITHIN", "Elsewhere", "Kept", "Office"]

SEEN_WITHIN = 1.0  # seconds that a reader waits for what he wrote
PAUSE = 0.5  # seconds until something is tried again that another process stands in the way of
SOLE = 0  # what runs once in all processes runs where this partition is

NEVER: Mapping[int, int] = {-1: 1}  # a partition that there is not

Work = Callable[[], Coroutine[Any, Any, None]]

_log = structlog.get_logger()


class Kept(NamedTuple):
    """A record as it stands: what is durable, and nothing that is only decided."""

    position: Position  # of its partition
    version: int  # 0: nothing has happened to it
    state: Any  # not to be changed, and to be looked at before anything else is awaited


class Elsewhere(Protocol):
    """The other processes that decide for partitions of the same log. All raise ``NotServed`` and ``Unavailable``."""

    async def submit_bytes(self, number: int, wish: bytes, actor: Actor, at: int, place: str) -> Outcome:
        """Return what became of a command, where its partition is decided for."""

    async def read(self, number: int, key: str) -> Found:
        """Return a record, from where its partition is decided for."""


class _Key(msgspec.Struct):
    key: str = ""


_key = msgspec.json.Decoder(_Key).decode


class Office:
    """The people side of one log. Belongs to one loop; the log is not its own."""

    def __init__(
        self,
        log: Log,
        policies: Mapping[str, Any],
        clock: Callable[[], int],
        pepper: bytes,
        *,
        partitions: Partitions | None = None,
        readers: Iterable[Reader] = (),
        elsewhere: Elsewhere | None = None,
    ) -> None:
        """Prepare one that has not begun: whoever is to ``follow`` the log is added first.

        ``clock`` gives log time, microseconds; ``pepper`` is what tells commands apart, and stays with the Games.
        ``readers`` take in every event, and others ``elsewhere`` decide for partitions that are not decided for here.
        """
        partitions = partitions or Partitions()
        self.log = log
        self.clock = clock
        self.policies = policies
        self.writer = Writer(log, policies, clock, pepper, partitions=partitions)
        self._dossiers = Dossiers()
        self._readers = Readers(log, partitions, readers, self._dossiers.take)
        self._elsewhere = elsewhere
        self._codec = Codec(b"")  # it reads states, and those have no secret
        self._reacted = Reacted(log, partitions)
        self.answered: Counter[str] = Counter()  # commands, by the code of their refusal, or "accepted"
        self.took = Histogram(BOUNDS)  # from a command to its outcome
        self._waiting: dict[int, Mapping[int, int]] = {}  # partition -> what is to be seen to before time passes there
        self._works: dict[str, Work] = {
            "the reading": self._readers.run,
            "the look at the reactor": self._reacted.run,
            "the ticks": lambda: run_ticks(self, clock),
        }
        self.follow("the reactor", self._reactor)

    async def begin(self) -> None:
        """Take over all partitions of the log, or none yet where there are others elsewhere, and read all there is.

        Raises what ``Writer.acquire`` raises.
        """
        if self._elsewhere is None:
            await self.writer.acquire(range(self.writer.partitions.count))
        await self._readers.catch_up()
        if self._elsewhere is None:
            self._hold(self.writer.serves, self._serials())

    # -- partitions

    async def acquire(self, numbers: Iterable[int], address: str = "") -> None:
        """Take partitions over from whoever has them, and say at which address they are decided for from now on.

        Time does not pass there before the reactor has seen to what there was: what follows from it was in time.
        """
        numbers = tuple(numbers)
        self._hold(numbers, NEVER)
        await self.writer.acquire(numbers)
        await self._readers.catch_up()
        self._hold(numbers, self._serials())
        if address:
            for number in numbers:
                word = record_of(number, address, self.writer.partitions, self.clock())
                await self.writer.note(number, [word])

    def _hold(self, numbers: Iterable[int], until: Mapping[int, int]) -> None:
        self._waiting |= dict.fromkeys(numbers, until)

    async def release(self, numbers: Iterable[int]) -> None:
        """Let partitions go, once all that waits for them is answered."""
        await self.writer.release(numbers)

    def _serials(self) -> dict[int, int]:
        """Return the newest serial of each partition that was read."""
        return {number: self._readers.progress.serial(number) for number in range(self.writer.partitions.count)}

    def _away(self, key: str) -> tuple[Elsewhere, int] | None:
        """Return where to ask for a key that is not decided for here, and its partition."""
        number = self.writer.partitions.of(filing_key(key))
        return None if self._elsewhere is None or number in self.writer.serves else (self._elsewhere, number)

    # -- doors

    @property
    def now(self) -> int:
        """Log time, ms."""
        return self.clock() // 1000

    async def submit(self, received: Received[Any], place: str = "") -> Outcome:
        """Do as ``Writer.submit`` does, wherever the command is decided."""
        return await self._counted(self._submit(received, place))

    async def _submit(self, received: Received[Any], place: str) -> Outcome:
        if (away := self._away(received.key)) is None:
            try:
                return await self.writer.submit(received, place)
            except NotServed:
                if (away := self._away(received.key)) is None:
                    raise
        elsewhere, number = away  # also where it was lost just now: the same again does no harm
        wish = {"id": received.id, "key": received.key, "command": received.command}
        wish |= {"expected": received.expected, "correlation": received.correlation}
        return await elsewhere.submit_bytes(number, encode(wish), received.actor, received.at, place)

    async def submit_bytes(self, data: bytes, actor: Actor, place: str) -> Outcome:
        """Do as ``Writer.submit_bytes`` does, for a command that came just now, wherever it is decided."""
        return await self._counted(self._submit_bytes(data, actor, place))

    async def _submit_bytes(self, data: bytes, actor: Actor, place: str) -> Outcome:
        try:
            key = _key(data).key
        except (msgspec.DecodeError, UnicodeDecodeError):
            key = ""  # it is put aside, and that is done in one place
        at = self.now
        if (away := self._away(key)) is None:
            try:
                return await self.writer.submit_bytes(data, actor, at, place)
            except NotServed:
                if (away := self._away(key)) is None:
                    raise
        elsewhere, number = away
        return await elsewhere.submit_bytes(number, data, actor, at, place)

    async def _counted(self, deciding: Coroutine[Any, Any, Outcome]) -> Outcome:
        began = asyncio.get_running_loop().time()
        try:
            outcome = await deciding
        except (NotServed, Unavailable):
            self.answered["UNAVAILABLE"] += 1
            raise
        self.took.observe(asyncio.get_running_loop().time() - began)
        self.answered[outcome.refusal.code if outcome.refusal else "accepted"] += 1
        return outcome

    async def read(self, key: str) -> Kept | None:
        """Return a record as it stands, None where no aggregate has such a key; raises as ``submit`` does."""
        if aggregate_of(key) is None or not filing_key(key):
            return None
        if (away := self._away(key)) is None:
            try:
                return Kept(*await self.writer.read(key))
            except NotServed:
                if (away := self._away(key)) is None:
                    raise
        elsewhere, number = away
        found = await elsewhere.read(number, key)
        return Kept(found.position, found.version, self._codec.decode_state(key, found.state))

    async def facts(
        self, vault: Vault, person: str, fields: Callable[[Sealed], frozenset[str]]
    ) -> Facts | Erased | None:
        """Return the newest word on each fact about a person, as far as ``fields`` lets see; None for nothing."""
        return await open_facts(self.log, vault, self._dossiers.of(person), fields)

    async def seen(self, position: Position, within: float = SEEN_WITHIN) -> bool:
        """Return whether every reader has come as far as a position within so many seconds."""
        return await self._readers.progress.wait(position, within)

    @property
    def unread(self) -> int:
        """How many events this process has made durable that its readers have not taken in."""
        decided, read = self.writer.progress, self._readers.progress
        return sum(max(0, decided.serial(number) - read.serial(number)) for number in self.writer.serves)

    @property
    def unreacted(self) -> int:
        """How many events are read here that the reactor, wherever it runs, has not seen to."""
        return self._reacted.behind(self._serials())

    # -- working

    def add(self, name: str, work: Work, *, sole: bool = False) -> None:
        """Have something run beside the rest, from ``run`` on; it ends by being cancelled, and everything with it.

        ``sole`` is what may run only once in all processes of a log: it runs as long as this one has partition 0, and
        is begun again where another one came between.
        """
        self._works[name] = (lambda: self._solely(name, work)) if sole else work

    def follow(self, name: str, make: Callable[[], Follower]) -> None:
        """Have somebody follow the log, once in all processes; ``make`` makes one that knows nothing yet.

        The first one learns what there was while the office begins, which so reads the log once for all.
        """
        first = [make()]
        self._readers.teach(first[0].onward)

        async def work() -> None:
            follower = first.pop() if first else make()
            await follower.begin()
            await follower.run()

        self.add(name, work, sole=True)

    async def run(self) -> None:
        """Work until cancelled; raises what one of the works raises, such as ``Fenced``: another has taken over."""
        async with asyncio.TaskGroup() as group:
            for name, work in self._works.items():
                group.create_task(work(), name=name)

    async def _solely(self, name: str, work: Work) -> None:
        while True:
            while SOLE not in self.writer.serves:  # noqa: ASYNC110 - it is looked at, twice a second
                await asyncio.sleep(PAUSE)
            running = asyncio.ensure_future(work())
            try:
                while SOLE in self.writer.serves and not running.done():
                    await asyncio.wait([running], timeout=PAUSE)
            finally:
                running.cancel()
                await asyncio.wait([running])
            error = None if running.cancelled() else running.exception()
            if error is not None and (self._elsewhere is None or not isinstance(error, (DesksError, EngineError))):
                raise error
            _log.warning("people_work_interrupted", work=name, why=str(error or "its partition is another's"))
            await asyncio.sleep(PAUSE)

    def _reactor(self) -> Reactor:
        return Reactor(self.log, self.taker, self.clock, managers_of(self.policies), partitions=self.writer.partitions)

    @property
    def taker(self) -> Taker:
        """What takes commands of what runs beside: it waits for moments in which nobody decides for a partition."""
        return self if self._elsewhere is None else _Patient(self)

    @property
    def sole(self) -> bool:
        """Whether what runs once in all processes runs here."""
        return SOLE in self.writer.serves

    def ticks(self, now: int) -> list[Received[Tick]]:
        """Return the commands by which time passes, where it may; ``now`` is ms since 1970 UTC."""
        self._waiting = {number: serials for number, serials in self._waiting.items() if not self._reacted.to(serials)}
        return [tick for tick in self.writer.ticks(now) if self.writer.partitions.of(tick.key) not in self._waiting]

    async def close(self) -> None:
        """Take nothing more, and return when all that waited has been answered; the log stays open."""
        await self.writer.close()


class _Patient:
    """An office that waits until somebody decides for a partition: there are moments in which nobody does."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def submit(self, received: Received[Any], place: str = "") -> Outcome:
        while True:
            try:
                return await self._office.submit(received, place)
            except NotServed:
                if SOLE not in self._office.writer.serves:
                    raise
                await asyncio.sleep(PAUSE)
