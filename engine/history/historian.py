"""The historian: copies the raw messages of a log, and the cuts that a host makes of them, into a history.

It pulls from the log and keeps at most one batch, so whoever appends never waits for it, and what it missed while the
history was down it reads later. Raw messages go in by position and cuts by number, both under a single writer. Before
each insert the watermark is read back from the table and what is there already left out: so nothing is in a table
twice, and nothing is missing, wherever it was killed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from engine.errors import LogError, LogFailed, LogUnreachable
from engine.history import statements as sql
from engine.history.errors import HistoryDiverged, HistoryError, HistoryFailed, HistoryMissing
from engine.history.place import Place
from engine.history.questions import Progress
from engine.history.rows import columns_of_changes, columns_of_cuts, columns_of_raw, count_rows
from engine.history.store import Store
from engine.history.tables import CHANGES, CUTS, EPOCHS, RAW, Table
from engine.host import Host
from engine.raw import RAW as RAW_TOPIC
from engine.raw import Raw, raw_of
from schemas.cut import Cut
from schemas.games import DEFAULT_GAMES, Games

__all__ = ["Historian"]

RAW_BATCH = 20_000  # raw messages of one insert, at most
ROW_BATCH = 50_000  # rows of cuts and changes of one insert, about
RAW_BYTES = 64_000_000  # bytes of raw messages of one insert, about
SETTLE = 0.1  # seconds between two looks whether an insert is still under way


class Historian:
    """Writes the history of one log. All but ``progress`` blocks, and is to be called from one thread at a time."""

    def __init__(
        self,
        make_host: Callable[[], Host],
        place: Place,
        now: Callable[[], int],
        *,
        games: Games = DEFAULT_GAMES,
        wait: Callable[[float], object] = time.sleep,
        open_store: Callable[..., Store] = Store.open,
        claim: Callable[[], object] = lambda: None,
    ) -> None:
        """Make a historian of the log that the hosts of ``make_host`` fold; ``now`` is the wall clock, microseconds.

        ``claim`` is called before it writes; it raises where another writer of this history has taken over.
        """
        host = make_host()
        self.epoch = host.epoch
        self._mode = host.mode
        self._log = host.log
        self._topic = host.topic  # what the hosts fold: the raw messages, or what workers have made of them
        self._make_host = make_host
        self._host: Host | None = None  # stands at the newest cut that was written, or is pending
        self._place = place
        self._games = games
        self._now = now
        self._wait = wait
        self._open_store = open_store
        self._claim = claim
        self._store: Store | None = None
        self._pending: list[Cut] = []  # made and not yet written
        self._positions: dict[int, int] = {}  # partition -> position up to which raw messages are written
        self._cut = 0  # up to which cuts are written
        self._anew = 0  # how often the end of a table was lost: what is written again is no copy
        self._cut_time = 0
        self._failures = 0
        self._error = ""
        self._since = 0
        self._stopping = False

    # -- working -------------------------------------------------------------------------------------------------

    def work(self) -> bool:
        """Write all that the log holds beyond the history; say whether that went through.

        Where it did not, ``progress`` says why, and the next call goes on from what the history then holds. Raises
        ``HistoryDiverged`` and ``HistoryMissing``, which no other call would mend, and ``Fenced`` where another writer
        has taken over.
        """
        try:
            if self._store is None or self._behind():
                self._claim()
            store = self._opened()
            self._copy_raw(store)
            self._copy_cuts(store)
        except HistoryError as error:
            self._failed(error)
            return False
        except (LogUnreachable, LogFailed) as error:  # the brokers are away; the history stands as it did
            self._note(error)
            return False
        self._error, self._since = "", 0
        return True

    def _note(self, error: Exception) -> None:
        self._failures += 1
        self._since = self._since or self._now()
        self._error = str(error)

    def _failed(self, error: HistoryError) -> None:
        self._note(error)
        self.close()
        if isinstance(error, HistoryDiverged | HistoryMissing):
            raise error

    def stop(self) -> None:
        """Have ``work`` end after the insert under way, from any thread."""
        self._stopping = True

    def close(self) -> None:
        """Let go of the history."""
        store, self._store = self._store, None
        if store is not None:
            with suppress(HistoryError):
                store.close()

    # -- opening -------------------------------------------------------------------------------------------------

    def _opened(self) -> Store:
        if self._store is None:
            store = self._open_store(self._place, writer=self._log.id)
            try:
                self._take_up(store)
            except BaseException:
                store.close()
                raise
            self._store = store
        return self._store

    def _take_up(self, store: Store) -> None:
        """Make the tables, wait for what an earlier writer sent, and find out how far the history is."""
        store.make_tables()
        while store.inserting():  # its sender is gone, or did not get the answer: the watermark is not yet true
            self._wait(SETTLE)
        self._positions.clear()
        self._check(store)
        self._announce(store)
        written = min(store.watermark(table, (self.epoch,)) for table in (CHANGES, CUTS))
        if self._host is None or written < self._cut:  # a history that was emptied meanwhile is filled anew
            self._start(written)
        self._pending = [cut for cut in self._pending if cut.number > written]
        self._cut = written
        rows = store.rows(sql.NEWEST_CUT, {"epoch": self.epoch})
        self._cut_time = int(rows[0][1]) if rows else 0

    def _check(self, store: Store) -> None:
        """Raise ``HistoryDiverged`` where the history goes on from another copy of this log."""
        for partition in range(self._log.partitions(RAW_TOPIC)):
            position = store.watermark(RAW, (self._log.id, partition))
            if not position:
                continue
            found = self._log.read(RAW_TOPIC, position - 1, limit=1, partition=partition)
            asked = {"log": self._log.id, "partition": partition, "position": position}
            ((chain,),) = store.rows(sql.RAW_CHAIN, asked)
            if not found or found[0].position != position or raw_of(found[0]).chain.hex() != chain:
                where = f" of partition {partition}" if partition else ""
                raise HistoryDiverged(self._place.name, self._log.id, f"raw position {position}{where}")

    def _announce(self, store: Store) -> None:
        """Put the epoch down as the newest one of this log."""
        newest = [epoch for epoch, log in store.rows(sql.EPOCHS, {"epoch": ""}) if log == self._log.id]
        if newest[:1] != [self.epoch]:
            about = (self.epoch, self._log.id, self._mode, self._games.code, self._games.name, self._now())
            store.insert(EPOCHS, [[value] for value in about], f"{self.epoch}/{about[-1]}")

    def _start(self, cut: int) -> None:
        """Stand at a cut: its followers are what is to be written."""
        host = self._make_host()
        if cut:
            host.load()
            if host.views.cut < cut:
                host.catch_up()
            if host.views.cut < cut:
                raise HistoryDiverged(self._place.name, self._log.id, f"cut {cut}")
            host = host.state_at(f"{self.epoch}.{cut}")
        self._host = host
        self._host.listen(lambda made, _: self._pending.append(made))
        self._pending = []

    # -- raw messages --------------------------------------------------------------------------------------------

    def _copy_raw(self, store: Store) -> None:
        for partition in range(self._log.partitions(RAW_TOPIC)):
            self._copy_partition(store, partition)

    def _copy_partition(self, store: Store, partition: int) -> None:
        scope = (self._log.id, partition)
        after = self._positions.get(partition)
        if after is None:
            after = self._positions[partition] = store.watermark(RAW, scope)
        while not self._stopping and (batch := self._read(after, partition)):
            mark = self._mark(store, RAW, scope, after)
            left = [raw for raw in batch if raw.position > mark]
            if left:
                token = self._token(f"{self._log.id}/{partition}", left[0].position)
                store.insert(RAW, columns_of_raw(self._log.id, partition, left), token)
            after = self._positions[partition] = batch[-1].position

    def _read(self, after: int, partition: int) -> list[Raw]:
        """Return the next raw messages of a partition, as many as one insert may have."""
        raws: list[Raw] = []
        size = 0
        for stored in self._log.read(RAW_TOPIC, after, limit=RAW_BATCH, partition=partition):
            size += len(stored.value)
            if raws and size > RAW_BYTES:
                break
            raws.append(raw_of(stored))
        return raws

    # -- cuts ----------------------------------------------------------------------------------------------------

    def _copy_cuts(self, store: Store) -> None:
        host = self._host
        assert host is not None
        while not self._stopping and (batch := self._log.read(host.topic, host.position)):
            rows = sum(map(count_rows, self._pending))
            for stored in batch:
                made = len(self._pending)
                for raw in host.causes(stored):
                    host.step(raw)
                rows += sum(map(count_rows, self._pending[made:]))
                if rows >= ROW_BATCH:
                    break
            if rows >= ROW_BATCH:
                self._write_cuts(store)
        self._write_cuts(store)

    def _write_cuts(self, store: Store) -> None:
        """Write what is pending: changes before cuts, so that a cut which is there is there whole."""
        if not self._pending:
            return
        epoch, cuts = self.epoch, self._pending
        if changed := self._left(store, CHANGES, cuts):
            store.insert(CHANGES, columns_of_changes(epoch, changed), self._token(epoch, changed[0].number))
        if made := self._left(store, CUTS, cuts):
            store.insert(CUTS, columns_of_cuts(epoch, self._games, made), self._token(epoch, made[0].number))
        self._cut, self._cut_time = cuts[-1].number, cuts[-1].time
        self._pending = []

    def _left(self, store: Store, table: Table, cuts: Sequence[Cut]) -> list[Cut]:
        """Return the cuts that a table does not hold yet."""
        mark = self._mark(store, table, (self.epoch,), cuts[0].number - 1)
        return [cut for cut in cuts if cut.number > mark]

    def _mark(self, store: Store, table: Table, scope: Sequence[object], at_least: int) -> int:
        """Return the watermark of a table; raises ``HistoryFailed`` where what was written is not there any more."""
        mark = store.watermark(table, scope, at_least)
        if mark < at_least:
            self._anew += 1
            raise HistoryFailed(self._place.name, f"{table.name} has lost its end, up to {table.mark} {at_least}")
        return mark

    def _token(self, scope: str, first: int) -> str:
        """Return what marks an insert as the one that begins there.

        A table takes one of each. So a writer that was paused before an insert, and wakes when another one has taken
        over and gone on from the same watermark, writes nothing twice, however far either of them has read.
        """
        return f"{scope}/{first}" + (f"/{self._anew}" if self._anew else "")

    # -- telling -------------------------------------------------------------------------------------------------

    @property
    def reads(self) -> list[tuple[str, int]]:
        """The partitions of the log that it reads, by topic and number."""
        raw = [(RAW_TOPIC, number) for number in range(self._log.partitions(RAW_TOPIC))]
        return raw if self._topic == RAW_TOPIC else [*raw, (self._topic, 0)]

    @property
    def position(self) -> int:
        """The position up to which raw messages are written; of several partitions the sum."""
        return sum(self._positions.values())

    def _behind(self) -> int:
        """Return how many positions of the log are not in the history."""
        folded = self._host.position if self._host else 0
        raw = sum(self._log.head(RAW_TOPIC, partition=n) for n in range(self._log.partitions(RAW_TOPIC)))
        if self._topic == RAW_TOPIC:
            return max(raw - min(self.position, folded), 0)
        return max(raw - self.position, 0) + max(self._log.head(self._topic) - folded, 0)

    def progress(self) -> Progress:
        """Say how far the history is; may be called from any thread."""
        error, since = self._error, self._since
        try:
            behind: int | None = self._behind()
        except LogError as failure:
            behind, error = None, error or str(failure)
        return Progress(
            history=self._place.name,
            state="down" if error else "behind" if behind or self._pending else "current",
            log=self._log.id,
            epoch=self.epoch,
            position=self.position,
            cut=self._cut,
            cut_time=self._cut_time,
            behind=behind,
            failures=self._failures,
            error=error,
            since=since,
        )
