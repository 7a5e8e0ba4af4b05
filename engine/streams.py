"""The streams of all sources, as the log holds them.

``restore`` reads the whole raw topic: some seconds for a whole Games. It is the one place that a checkpoint would have
to fill, from the positions that it includes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import count

from engine.errors import BadRecord, NoPartition
from engine.log import Log, Stored
from engine.raw import RAW, Raw, raw_of
from engine.session import Session, Stream

__all__ = ["read_raw", "restore"]

BATCH = 10_000  # records read at once


def read_raw(log: Log, *, limit: int = BATCH, lenient: bool = False) -> Iterator[Raw]:
    """Yield every raw message of a log, partition by partition, each in the order in which it was appended.

    Raises ``BadRecord`` for a record that holds none, unless ``lenient``: then it is passed over.
    """
    for partition in count():
        position = 0
        try:
            while records := log.read(RAW, position, limit=limit, partition=partition):
                position = records[-1].position
                yield from _readable(records) if lenient else map(raw_of, records)
        except NoPartition:
            return


def _readable(records: Iterable[Stored]) -> Iterator[Raw]:
    for stored in records:
        with suppress(BadRecord):
            yield raw_of(stored)


def restore(log: Log) -> tuple[dict[str, Stream], int]:
    """Return the streams of a log by source, all of it durable, and the newest log time in microseconds."""
    streams: dict[str, Stream] = {}
    sessions: dict[Session, None] = {}
    time = 0
    for raw in read_raw(log, lenient=True):
        stream = streams.get(raw.source)
        if stream is None:
            stream = streams[raw.source] = Stream(raw.source)
        sessions[stream.apply(raw)] = None
        time = max(time, raw.time)
    for stream in streams.values():
        stream.durable = stream.mark()
    for session in sessions:
        session.durable = session.mark()
    return streams, time
