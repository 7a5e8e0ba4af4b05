"""The stream: from the lines of a day to raw messages with sessions, serials and log times.

Each source numbers what it says from 1 in a session of its own each day, in the order of the venue's time; what reaches
the log is ordered by log time. Notes of the gateway stand among them with serials below 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush
from typing import NamedTuple

import msgspec

from replay.archive import Message
from replay.synth.dice import Dice
from replay.synth.incidents import Incidents, Loss
from replay.synth.manifest import Manifest
from replay.synth.sheet import Late, Line, stamp
from schemas import messages as m

__all__ = ["Stream"]

_RUBBISH = (b"\x02\x00PWR FAIL\xff\xfe", b'{"kind":"jury_signal","lamp":"red"}')
_JITTER = {"timing": (8_000, 45_000), "backup": (40_000, 180_000)}  # microseconds from the venue to the log


class _Due(NamedTuple):
    """A line on its way: when it reaches the log, and what it says."""

    time: int  # log time, microseconds
    number: int  # its place in the day
    at: int  # venue time, ms
    source: _Source
    data: bytes | Late
    tag: str


class _Source:
    """One source on one day."""

    __slots__ = (
        "backlog",
        "count",
        "loss",
        "name",
        "restart",
        "rubbish",
        "sent",
        "serial",
        "session",
        "silent",
        "time",
        "total",
    )

    def __init__(self, name: str, session: str, day: Incidents) -> None:
        self.name = name
        self.session = session
        self.serial = 0
        self.count = 0  # lines of the day so far
        self.total = 0  # lines of the day
        self.time = 0  # log time of the last one, microseconds
        self.loss: Loss | None = day.losses.get(name)
        self.restart = day.restarts.get(name, 0)
        self.rubbish = day.rubbish.get(name, [])
        self.silent = False
        self.backlog: list[Message] = []  # lost
        self.sent: list[Message] = []  # kept where they will be sent again


class Stream:
    """Makes messages of lines, day by day."""

    def __init__(self, seed: int, manifest: Manifest) -> None:
        self.seed = seed
        self.manifest = manifest
        self._names: dict[str, str] = {}  # tag -> name of the message, of today
        self._later: list[tuple[int, int, Message]] = []  # log time, number, message
        self._number = 0
        self._notes: dict[tuple[str, str], int] = {}  # source, session -> serial of its last note

    def day(self, date: str, lines: list[Line], incidents: Incidents) -> Iterator[Message]:
        """Send the lines of a sport day; ``lines`` is emptied."""
        self._names.clear()
        self._notes.clear()
        dice = Dice(f"{self.seed}/stream/{date}")
        sources: dict[str, _Source] = {}
        due = self._put_in_order(date, lines, incidents, sources, dice)
        skewed = incidents.skewed
        for name, when in incidents.silences.items():
            sources[name].silent = False
            self._plan_silence(sources[name], when)
        later = self._later
        kinds = self.manifest.kinds
        for time, _, at, source, data, tag in due:
            while later and later[0][0] <= time:
                yield self._counted(heappop(later)[2])
            told = at  # by the venue's clock
            if skewed:
                window = skewed.get(source.name.partition(".")[0])
                if window is not None and window[0] <= at < window[1]:
                    told += window[2]
            if source.count == 0:
                connected = m.SourceConnected(
                    source=source.name, session=source.session, peer="10.0.0.7", at=time // 1000
                )
                yield self._note(source, connected, time)
            elif source.silent:
                source.silent = False
                yield self._note(source, m.SourceReturned(source=source.name, at=time // 1000), time)
            raw = stamp(data, told) if type(data) is bytes else self._amend(data, told)  # type: ignore[arg-type]
            source.count += 1
            source.serial += 1
            message = Message(source.name, source.session, source.serial, told, time, raw)
            if tag:
                self._names[tag] = f"{source.name}/{source.session}/{source.serial}"
            if source.loss is not None or source.restart or source.rubbish or source.time > time:
                yield from self._befall(source, message)
                if source.count == source.total:
                    self._end(source)
                continue
            source.time = time
            kind = raw[9 : raw.find(b'"', 9)].decode()
            kinds[kind] = kinds.get(kind, 0) + 1
            self.manifest.messages += 1
            yield message
            if source.count == source.total:
                self._end(source)
        while later:
            yield self._counted(heappop(later)[2])
        for name in incidents.skewed:
            if name:
                self._count("clock_skew")

    def _put_in_order(
        self, date: str, lines: list[Line], incidents: Incidents, sources: dict[str, _Source], dice: Dice
    ) -> list[_Due]:
        """Return the lines in the order in which they reach the log, each source's in that of venue time."""
        lines.sort(key=lambda line: (line[0], line[1]))
        due = []
        last: dict[str, int] = {}
        roll = dice.roll
        for number, (at, _, name, data, tag) in enumerate(lines):
            source = sources.get(name)
            if source is None:
                source = sources[name] = _Source(name, f"{date}.1", incidents)
            low, high = _JITTER.get(name.rpartition(".")[2], (20_000, 140_000))
            time = at * 1000 + low + int(roll() * (high - low))
            before = last.get(name, 0)
            if time <= before:
                time = before + 30
            last[name] = time
            source.total += 1
            due.append(_Due(time, number, at, source, data, tag))
        lines.clear()
        due.sort(key=lambda one: (one.time, one.number))
        return due

    # -- what befalls a source ----------------------------------------------------------------------------------

    def _befall(self, source: _Source, message: Message) -> Iterator[Message]:
        loss = source.loss
        if loss is not None and loss.first <= source.count <= loss.last:
            source.backlog.append(message)
            if source.count == loss.last:
                yield from self._declare_lost(source, message.time, loss)
            return
        if source.restart:
            source.sent.append(message)
        yield from self._emit(source, message)
        if source.restart and source.count >= source.restart:
            yield from self._begin_again(source, message.time)
        if source.count in source.rubbish:
            source.rubbish = []
            source.serial += 1
            data = _RUBBISH[source.name.endswith(".desk")]
            bad = Message(source.name, source.session, source.serial, message.at, source.time + 200, data)
            self.manifest.undecodable.append(f"{bad.source}/{bad.session}/{bad.serial}")
            self._count("unknown_kind" if data[:1] == b"{" else "poison")
            self._push(bad.time, bad)
            source.time = bad.time

    def _emit(self, source: _Source, message: Message) -> Iterator[Message]:
        """Send a message at once, or behind what the source is still sending."""
        if source.time < message.time:
            source.time = message.time
            yield self._counted(message)
        else:
            source.time += 30
            self._push(source.time, message._replace(time=source.time))

    def _declare_lost(self, source: _Source, time: int, loss: Loss) -> Iterator[Message]:
        first, last = source.backlog[0].serial, source.backlog[-1].serial
        lost = m.SerialsLost(session=source.session, first=first, last=last, by="operator", at=time // 1000)
        yield self._note(source, lost, time)
        source.time = time
        name = f"{source.name}/{source.session}/{first}-{last}"
        self.manifest.lost.append(name)
        self._count("serials_lost", last - first + 1)
        if loss.after:
            back = time + loss.after * 1000
            for message in source.backlog:
                back += 400
                self._push(back, message._replace(time=back))
            healed = m.SerialsHealed(session=source.session, first=first, last=last, at=back // 1000)
            self._push(back + 1, self._note_of(source, healed, back + 1))
            self._count("serials_healed", last - first + 1)
        else:
            self.manifest.never_healed.append(name)
        source.backlog = []
        source.loss = None

    def _begin_again(self, source: _Source, time: int) -> Iterator[Message]:
        """Restart a source: a new session, in which it first sends all of its day again."""
        old = source.session
        gone = m.SourceDisconnected(source=source.name, session=old, reason="restarted", at=time // 1000)
        yield self._note(source, gone, time)
        source.session = old.rpartition(".")[0] + ".2"
        source.restart = 0
        back = time + 40_000_000
        here = m.SourceConnected(source=source.name, session=source.session, peer="10.0.0.8", at=back // 1000)
        self._push(back, self._note_of(source, here, back))
        for serial, message in enumerate(source.sent, start=1):
            back += 700
            self._push(back, message._replace(session=source.session, serial=serial, time=back))
        self._count("restart")
        self._count("sent_again", len(source.sent))
        source.serial = len(source.sent)
        source.sent = []
        source.time = back

    def _end(self, source: _Source) -> None:
        """Close the connection some time after the last word."""
        end = source.time + 30 * 60_000_000
        gone = m.SourceDisconnected(source=source.name, session=source.session, reason="closed", at=end // 1000)
        self._push(end, self._note_of(source, gone, end))

    def _plan_silence(self, source: _Source, when: int) -> None:
        silent = m.SourceSilent(source=source.name, since=when - 60_000, at=when)
        self._push(when * 1000, self._note_of(source, silent, when * 1000))
        source.silent = True
        self._count("silence")

    # -- notes and names ----------------------------------------------------------------------------------------

    def _note_of(self, source: _Source, note: m.Message, time: int) -> Message:
        """Return a note that gets its serial when its turn has come."""
        return Message(source.name, source.session, 0, 0, time, m.encode(note))

    def _note(self, source: _Source, note: m.Message, time: int) -> Message:
        return self._counted(self._note_of(source, note, time))

    def _amend(self, late: Late, at: int) -> bytes:
        """Return a correction or retraction, now that its target has a name."""
        target = self._names[late.target]
        if late.message:
            inner = msgspec.Raw(late.message)
            return m.encode(m.Correction(target=target, unit=late.unit, message=inner, reason=late.reason, at=at))
        return m.encode(m.Retraction(target=target, unit=late.unit, reason=late.reason, at=at))

    def _push(self, time: int, message: Message) -> None:
        self._number += 1
        heappush(self._later, (time, self._number, message))

    def _count(self, peculiarity: str, by: int = 1) -> None:
        counts = self.manifest.peculiarities
        counts[peculiarity] = counts.get(peculiarity, 0) + by

    def _counted(self, message: Message) -> Message:
        if message.serial == 0:
            stream = (message.source, message.session)
            self._notes[stream] = self._notes.get(stream, 0) - 1
            message = message._replace(serial=self._notes[stream])
        data = message.data
        if data.startswith(b'{"kind":"'):
            kind = data[9 : data.find(b'"', 9)].decode()
            self.manifest.kinds[kind] = self.manifest.kinds.get(kind, 0) + 1
        self.manifest.messages += 1
        return message
