"""The venue gateway: raw bytes into the log, and an answer once they are durable.

Every message is judged against the last one accepted of its session, durable or in flight, so senders may pipeline.
Answers leave in the order of the offers, each after its message and all before it are durable. Where the log refuses,
everything in flight is forgotten and its senders hear ``unavailable``: nobody has been told that it was there.

Log time is the injected clock; where that steps back log time stands still, so it never decreases within a log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping

import msgspec
import structlog

from engine.archive_intake import RawMessage, Replayed, take_in
from engine.batch import Answer, Code, Notify
from engine.latency import Latency
from engine.limits import DEFAULT_LIMITS, Limits
from engine.log import DirectLog, Fence, Log, Record
from engine.pipeline import Pipeline
from engine.raw import GENESIS, REFUSED, Raw
from engine.refusals import Refusals
from engine.session import (
    FRESH,
    LONGEST_NAME,
    Backfill,
    Conflict,
    Duplicate,
    Stream,
    Verdict,
    explain,
    name_flaw,
    place_flaw,
)
from engine.streams import restore
from engine.versions import stamp
from schemas.games import DEFAULT_GAMES, Games
from schemas.messages import (
    Message,
    SerialsHealed,
    SerialsLost,
    SourceConnected,
    SourceDisconnected,
    SourceReturned,
    SourceSilent,
)

__all__ = ["Gateway", "promise"]

TICK = 1.0  # seconds between two looks for silent sources
MOST_REFUSALS = 1000  # sources whose last refusal is remembered

_log = structlog.get_logger()


class Gateway:
    """Takes messages of any number of sources into one log, whose only writer of raw messages it is."""

    def __init__(
        self,
        log: Log,
        clock: Callable[[], int],
        *,
        games: Games = DEFAULT_GAMES,
        limits: Limits = DEFAULT_LIMITS,
        fence: Fence | None = None,
    ) -> None:
        self.log = log
        self.limits = limits
        self.latency = Latency()
        self.refusals = Refusals("venue")
        self._clock = clock  # microseconds since 1970-01-01T00:00Z
        self._games = games
        self._fence = fence
        self._streams, self._time = restore(log)
        self._links: dict[str, tuple[str, str]] = {}  # source -> session and peer of its connection
        self._refusals: dict[str, tuple[object, ...]] = {}  # source -> what was refused of it last
        self._pipeline = Pipeline(log, fence, self.latency)

    # -- messages

    def offer(self, source: str, session: str, serial: int, data: bytes, peer: str = "") -> asyncio.Future[Answer]:
        """Take a message; the answer comes when it, and all before it, is durable."""
        future, notify = promise()
        self.submit(source, session, serial, data, peer, notify=notify)
        return future

    def submit(self, source: str, session: str, serial: int, data: bytes, peer: str, *, notify: Notify) -> None:
        """Take a message as ``offer`` does; ``notify`` is called with the answers, in the order of the calls.

        It may be called before this returns, where there is nothing to wait for.
        """
        if self._pipeline.closed:
            return notify(self._unavailable(serial))
        stream = self._streams.get(source) or Stream(source)
        if (session not in stream.sessions or serial < 1) and (flaw := place_flaw(source, session, serial)):
            return self.refuse(source, session, serial, data, peer=peer, reason=flaw, notify=notify)
        verdict = stream.judge(session, serial, data)
        if verdict is FRESH or isinstance(verdict, Backfill):
            return self._accept(stream, session, serial, data, verdict=verdict, notify=notify)
        text = explain(verdict, f"{source}/{session}", serial)
        if isinstance(verdict, Conflict):
            return self.refuse(source, session, serial, data, peer=peer, reason=text, notify=notify, code="conflict")
        return self._pipeline.answer(notify, self._turn_away(verdict, stream, session, serial, text=text, peer=peer))

    def _accept(
        self, stream: Stream, session: str, serial: int, data: bytes, *, verdict: Verdict, notify: Notify
    ) -> None:
        time = self._now()
        if stream.silent:
            self._note(stream, session, SourceReturned(source=stream.source, at=time // 1000), time)
        raw = stream.chained(session, serial, _venue_time(data), time, data)
        self._take(stream, raw)
        if verdict is FRESH:
            return self._pipeline.answer(notify, Answer("stored", serial, serial, raw.chain))
        if isinstance(verdict, Backfill) and (lost := verdict.heals):
            healed = SerialsHealed(session=session, first=lost.first, last=lost.last, at=time // 1000)
            self._note(stream, session, healed, time)
        return self._pipeline.answer(notify, Answer("healed", serial, stream.last(session), raw.chain))

    def declare_lost(self, source: str, session: str, first: int, last: int, by: str) -> asyncio.Future[Answer]:
        """Take it from a sender or an operator that serials will never come.

        ``first`` is the next serial; from now on the one after ``last`` is. One of them that comes after all is stored
        as a backfill.
        """
        future, notify = promise()
        self.submit_loss(source, session, first, last, by, notify=notify)
        return future

    def submit_loss(self, source: str, session: str, first: int, last: int, by: str, *, notify: Notify) -> None:
        """Take a declaration as ``declare_lost`` does; ``notify`` hears its answer in line with those of ``submit``."""
        if self._pipeline.closed:
            return notify(self._unavailable(last))
        stream = self._streams.get(source) or Stream(source)
        flaw = place_flaw(source, session, first) or place_flaw(source, session, last)
        if flaw or last < first:
            flaw = flaw or f"serials {first} to {last} are no range"
            answer = Answer("malformed", last, stream.last(session), stream.chain, flaw)
        elif (verdict := stream.judge_loss(session, first, last)) is FRESH:
            time = self._now()
            lost = SerialsLost(session=session, first=first, last=last, by=by, at=time // 1000)
            answer = Answer("lost", last, last, self._note(stream, session, lost, time).chain)
        else:
            text = explain(verdict, f"{source}/{session}", first)
            answer = self._turn_away(verdict, stream, session, last, text=text, peer=by)
        return self._pipeline.answer(notify, answer)

    def refuse(
        self,
        source: str,
        session: str,
        serial: int,
        data: bytes,
        *,
        peer: str,
        reason: str,
        notify: Notify,
        code: Code = "malformed",
        size: int = 0,
    ) -> None:
        """Keep bytes that are no message in ``venue.refused``; ``size`` says how many there were, where that is more.

        The same bytes refused again for the same reason are not kept twice in a row, so that a sender that repeats
        itself does not fill the log.
        """
        if self._pipeline.closed:
            return notify(self._unavailable(serial))
        kept = data[: self.limits.refused]
        if self._is_new_refusal(source, (session, serial, reason, kept)):
            named = {"reason": reason, "peer": peer, "source": source[:LONGEST_NAME], "session": session[:LONGEST_NAME]}
            headers = {name: text.encode(errors="replace") for name, text in named.items()}
            headers |= {"serial": b"%d" % serial, "size": b"%d" % max(size, len(data)), **stamp(REFUSED)}
            key = "" if name_flaw(source) else source
            self._pipeline.refuse(Record(REFUSED, key, kept, self._now(), headers))
        self.note_refusal(code, source, f"{source}/{session}/{serial}", peer, reason)
        known = self._streams.get(source) or Stream(source)
        return self._pipeline.answer(notify, Answer(code, serial, known.last(session), known.chain, reason))

    def _turn_away(
        self, verdict: Verdict, stream: Stream, session: str, serial: int, *, text: str, peer: str
    ) -> Answer:
        """Return the answer that stores nothing; what it says is durable by the time it leaves."""
        last = stream.last(session)
        if isinstance(verdict, Duplicate):
            self.refusals.counts["duplicate", stream.source] += 1  # an acknowledgement, so no line is written of it
            return Answer("duplicate", serial, last, stream.chain)
        self.note_refusal(
            "gap", stream.source, f"{stream.source}/{session}/{serial}", peer, text, same=f"{session} {last}"
        )
        return Answer("gap", serial, last, stream.chain, text, retry=True)

    def note_refusal(self, code: str, source: str, place: str, party: str, reason: str, *, same: str = "") -> None:
        """Count that a door of this gateway turned something away, and write a line of it."""
        known = source in self._streams  # another name is anybody's invention, and no label of a metric
        self.refusals.note(code, place=place, party=party, reason=reason, source=source, known=known, same=same)

    def _is_new_refusal(self, source: str, refusal: tuple[object, ...]) -> bool:
        if self._refusals.get(source) == refusal and not self._pipeline.failures:
            return False
        if len(self._refusals) >= MOST_REFUSALS:
            self._refusals.clear()
        self._refusals[source] = refusal
        return True

    def _unavailable(self, serial: int) -> Answer:
        return Answer("unavailable", serial, 0, b"", self._pipeline.closed, retry=True)

    def _now(self) -> int:
        self._time = max(self._time, self._clock())
        return self._time

    def _take(self, stream: Stream, raw: Raw) -> None:
        self._streams[stream.source] = stream
        self._pipeline.take(stream, raw)

    def _note(self, stream: Stream, session: str, message: Message, time: int) -> Raw:
        raw = stream.note(session, message, time)
        self._take(stream, raw)
        kind = str(message.__struct_config__.tag)
        level = _log.warning if isinstance(message, SourceSilent | SerialsLost) else _log.info
        level(kind, source=stream.source, session=session, serial=raw.serial)
        return raw

    # -- links: time passes only as records

    def connected(self, source: str, session: str, peer: str) -> None:
        """Note that a source has a connection, in place of any earlier one."""
        self._links[source] = (session, peer)
        self._settle_link(self._streams.get(source) or Stream(source), f"replaced by {peer}")

    def disconnected(self, source: str, reason: str) -> None:
        """Note that a source has no connection any more."""
        self._links.pop(source, None)
        if stream := self._streams.get(source):
            self._settle_link(stream, reason)

    def tick(self) -> None:
        """Note who has fallen silent, and connections whose note is still owed."""
        if self._pipeline.closed:
            return
        now = self._now()
        for stream in list(self._streams.values()):
            self._settle_link(stream, "the gateway stopped")
            waited = now - stream.seen
            allowed = self.limits.silence * 1_000_000
            if not allowed or not stream.seen or stream.silent or stream.gone or waited < allowed:
                continue
            if not self.admits(stream.source):
                continue  # somebody else writes that stream, and has its chain
            silent = SourceSilent(source=stream.source, since=stream.seen // 1000, at=now // 1000)
            self._note(stream, stream.current, silent, now)

    def _settle_link(self, stream: Stream, reason: str) -> None:
        """Write what is missing for the notes to say what the connections are: after a restart, or a refused note."""
        noted, link = stream.link, self._links.get(stream.source)
        if noted == link or self._pipeline.closed:
            return
        time = self._now()
        if noted:
            gone = SourceDisconnected(source=stream.source, session=noted[0], reason=reason, at=time // 1000)
            self._note(stream, noted[0], gone, time)
        if link:
            here = SourceConnected(source=stream.source, session=link[0], peer=link[1], at=time // 1000)
            self._note(stream, link[0], here, time)

    async def run(self) -> None:
        """Look after the links until cancelled: what a live gateway needs and an archive's does not."""
        while True:
            self.tick()
            await asyncio.sleep(TICK)

    async def close(self) -> None:
        """Take nothing more, and return when all that was taken is durable and answered; the log stays open."""
        for source in list(self._links):
            self.disconnected(source, "the gateway stopped")
        self._pipeline.closed = self._pipeline.closed or "the gateway is closing"
        await self._pipeline.drain()

    # -- what is known

    def admits(self, source: str) -> bool:
        """Say whether a venue may speak as a source: not as the gateway itself, nor as the people side."""
        return self._games.role_of(source) not in ("gateway", "management")

    def status(self, source: str, session: str) -> tuple[int, bytes]:
        """Return the last durable serial of a session, and the durable chain value of its source."""
        stream = self._streams.get(source)
        return (stream.last_durable(session), stream.head) if stream else (0, GENESIS)

    @property
    def streams(self) -> Mapping[str, Stream]:
        """The streams of all sources, by name."""
        return self._streams

    @property
    def trouble(self) -> str:
        """Why nothing is taken any more, "" while something is."""
        return self._pipeline.closed

    @property
    def failures(self) -> int:
        """How many batches the log has refused."""
        return self._pipeline.failures

    @property
    def in_flight(self) -> int:
        """Bytes that were taken and are not yet durable."""
        return self._pipeline.in_flight

    # -- archives

    def store(self, messages: Iterable[RawMessage]) -> Replayed:
        """Store a part of an archive in one commit, each message with its own times, and return what was new.

        It is durable on return. What the log holds already is passed over, so a replay that was interrupted is simply
        begun again. A serial that the archive leaves out is declared lost; one that it brings late heals it.
        Connections are the archive's own notes: this adds none.

        Raises what the log raises; nothing of the part is stored then.
        """
        if not isinstance(self.log, DirectLog):
            raise TypeError(f"{type(self.log).__name__} cannot be written to without a loop")
        if not self._pipeline.idle:
            raise RuntimeError("a gateway with messages in flight cannot store an archive beside them")
        received = self.latency.steady()
        replayed = take_in(messages, self._streams, self.log, self._fence)
        if replayed.raws:
            self.latency.store(replayed.raws[-1].position, received, len(replayed.raws))
            self._time = max(self._time, *(raw.time for raw in replayed.raws))
        return replayed


def promise() -> tuple[asyncio.Future[Answer], Notify]:
    """Return a future, and what to call to keep it; whoever waits may have gone by then."""
    future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

    def notify(answer: Answer) -> None:
        if not future.done():
            future.set_result(answer)

    return future, notify


class _Timed(msgspec.Struct):
    at: int = 0


_peek = msgspec.json.Decoder(_Timed).decode


def _venue_time(data: bytes) -> int:
    """Return the venue time of a message, ms, 0 where none can be read: the bytes are stored all the same."""
    try:
        return _peek(data).at
    except msgspec.DecodeError:
        return 0
