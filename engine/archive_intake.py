"""Taking an archive into a log: the same judging as for live messages, with the times and notes that it brings.

What the log holds already is a duplicate and passed over. An archive cannot be asked to send again, so a serial that it
leaves out is declared lost on the spot, and healed where it comes later.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from engine.batch import Batch, roll_back
from engine.log import DirectLog, Fence, Record
from engine.raw import REFUSED, Raw
from engine.session import FRESH, Backfill, Conflict, Duplicate, Gap, Stream, explain, name_flaw, place_flaw
from engine.versions import stamp
from schemas.messages import SerialsHealed, SerialsLost

__all__ = ["ARCHIVE", "RawMessage", "Replayed", "take_in"]

ARCHIVE = "archive"  # who declares the serials lost that an archive leaves out

RawMessage = tuple[str, str, int, int, int, bytes]  # source, session, serial, at (ms), log time (us), data


class Replayed(msgspec.Struct, frozen=True):
    """What came of storing a part of an archive."""

    raws: list[Raw]  # what was stored, in the order of the log, with positions
    duplicates: int  # messages that the log held already
    refused: int  # messages whose name the log holds with other bytes, or that have no proper name
    lost: int  # serials that the archive leaves out


class _Part:
    """A part of an archive on its way to the log."""

    def __init__(self, streams: dict[str, Stream]) -> None:
        self.streams = streams
        self.batch = Batch()
        self.duplicates = 0
        self.lost = 0

    def take(self, message: RawMessage) -> None:
        """Judge one message, and put in line what it makes to be stored."""
        source, session, serial, at, time, data = message
        stream = self.streams.get(source)
        if stream is None or session not in stream.sessions or serial == 0:
            if flaw := place_flaw(source, session, abs(serial)):
                return self.refuse(message, flaw)
            stream = self.streams.setdefault(source, Stream(source))
        verdict = stream.judge(session, serial, data)
        if verdict is FRESH:
            return self.batch.take(stream, stream.chained(session, serial, at, time, data))
        if isinstance(verdict, Duplicate):
            self.duplicates += 1
            return None
        if isinstance(verdict, Conflict):
            return self.refuse(message, explain(verdict, f"{source}/{session}", serial))
        if isinstance(verdict, Gap):
            first, last = verdict.last + 1, serial - 1
            self.lost += serial - first
            lost = SerialsLost(session=session, first=first, last=last, by=ARCHIVE, at=time // 1000)
            self.batch.take(stream, stream.note(session, lost, time))
        self.batch.take(stream, stream.chained(session, serial, at, time, data))
        # The archive has its own notes of what was healed, save for the serials that only it leaves out.
        if isinstance(verdict, Backfill) and (whole := verdict.heals) and whole.by == ARCHIVE:
            healed = SerialsHealed(session=session, first=whole.first, last=whole.last, at=time // 1000)
            self.batch.take(stream, stream.note(session, healed, time))
        return None

    def refuse(self, message: RawMessage, reason: str) -> None:
        """Put a message in line for ``venue.refused``."""
        source, session, serial, _, time, data = message
        named = {"reason": reason, "peer": ARCHIVE, "source": source, "session": session, "serial": str(serial)}
        headers = {name: text.encode(errors="replace") for name, text in named.items()} | dict(stamp(REFUSED))
        self.batch.refuse(Record(REFUSED, "" if name_flaw(source) else source, data, time, headers))


def take_in(
    messages: Iterable[RawMessage], streams: dict[str, Stream], log: DirectLog, fence: Fence | None
) -> Replayed:
    """Store messages of an archive in one commit; the streams are those of the log, and follow it.

    Raises what the log raises; nothing of the part is stored then.
    """
    part = _Part(streams)
    batch = part.batch
    try:
        for message in messages:
            part.take(message)
        settle = batch.seal()
        positions = log.append_now(batch.records + batch.refused, fence) if batch else []
    except BaseException:
        roll_back(batch)
        raise
    settle()
    raws = [Raw(*raw[:-1], position) for raw, position in zip(batch.raws, positions, strict=False)]
    return Replayed(raws, part.duplicates, len(batch.refused), part.lost)
