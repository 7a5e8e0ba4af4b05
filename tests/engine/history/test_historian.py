"""The historian: exactly what the log and its host give is in the tables, once, wherever it went on from."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from engine import about
from engine.about import About
from engine.history.errors import HistoryDiverged
from engine.history.historian import Historian
from engine.history.place import Place
from engine.history.store import Store
from engine.log import Log
from engine.raw import RAW
from engine.sqlite_log import SqliteLog
from engine.streams import read_raw
from engine.views import encode_row
from podium.wiring import host_over
from schemas.cut import Cut
from tests.engine.history.conftest import START, Half, counts

MakeHistorian = Callable[[Log, Place], Historian]
OpenStore = Callable[[], Store]


def cuts_of(log: Log) -> list[Cut]:
    """Return all cuts of a log, folded from its beginning."""
    cuts: list[Cut] = []
    host = host_over(log)
    host.listen(lambda cut, _: cuts.append(cut))
    host.catch_up()
    return cuts


def assert_whole(store: Store, log: Log, epochs: int = 1) -> None:
    """The tables hold the log and its cuts, each row once."""
    raws, cuts = list(read_raw(log)), cuts_of(log)
    changes = {(cut.number, change.view, change.key): (cut, change) for cut in cuts for change in cut.changes}
    assert counts(store) == [len(raws), len(cuts), len(changes), epochs]
    sql = "SELECT position, source, session, serial, at, time, hex(data), lower(hex(chain)) FROM raw"
    assert store.rows(f"{sql} ORDER BY `partition`, position", {}) == [
        (r.position, r.source, r.session, r.serial, r.at, r.time, r.data.hex().upper(), r.chain.hex()) for r in raws
    ]
    sql = "SELECT number, position, time, at, because, changes FROM cuts ORDER BY number"
    assert store.rows(sql, {}) == [
        (cut.number, cut.position, cut.time, cut.at, list(cut.because), len(cut.changes)) for cut in cuts
    ]
    columns = "cut, view, key, position, time, at, revision, gone, row, reason, because"
    found = store.rows(f"SELECT {columns} FROM changes ORDER BY cut, view, key", {})
    assert found == [
        (
            *place,
            cut.position,
            cut.time,
            cut.at,
            change.revision,
            int(change.row is None),
            "" if change.row is None else encode_row(change.row).decode(),
            "" if change.row is None else change.row.reason,
            list(cut.because),
        )
        for place, (cut, change) in sorted(changes.items())
    ]


def test_all_is_there_once(log: SqliteLog, place: Place, make_historian: MakeHistorian, open_store: OpenStore) -> None:
    historian = make_historian(log, place)
    assert historian.work()
    assert_whole(open_store(), log)
    progress = historian.progress()
    assert (progress.state, progress.position, progress.behind) == ("current", log.head(RAW), 0)
    assert (progress.cut, progress.failures, progress.error) == (cuts_of(log)[-1].number, 0, "")


def test_it_goes_on_as_the_log_grows_and_after_a_restart(
    log: SqliteLog, half: Half, place: Place, make_historian: MakeHistorian, open_store: OpenStore
) -> None:
    first = make_historian(log, place)
    assert first.work()
    half.rest(log, 500)
    assert first.progress().behind == log.head(RAW) - first.position > 0
    assert first.work()
    first.close()
    second = make_historian(log, place)
    assert second.work()
    assert second.work()
    half.rest(log)
    assert second.work()
    assert_whole(open_store(), log)


def test_what_somebody_else_wrote_meanwhile_is_left_out(
    log: SqliteLog, half: Half, place: Place, make_historian: MakeHistorian, open_store: OpenStore
) -> None:
    first, second = make_historian(log, place), make_historian(log, place)
    assert first.work()
    assert second.work()
    half.rest(log, 300)
    assert second.work()
    half.rest(log)
    assert first.work()
    assert second.work()
    assert_whole(open_store(), log)


def test_it_starts_from_before_the_checkpoint(
    log: SqliteLog, half: Half, place: Place, make_historian: MakeHistorian, open_store: OpenStore
) -> None:
    assert make_historian(log, place).work()
    half.rest(log)
    host = host_over(log)
    host.load()
    host.catch_up()
    host.save(whole=True)  # the newest checkpoint is now beyond what the history holds
    assert make_historian(log, place).work()
    assert_whole(open_store(), log)


@pytest.mark.parametrize("lost", [["raw"], ["changes"], ["cuts"], ["raw", "changes", "cuts"]])
def test_what_the_history_has_lost_at_its_end_is_written_again(
    log: SqliteLog, half: Half, place: Place, make_historian: MakeHistorian, open_store: OpenStore, lost: list[str]
) -> None:
    historian = make_historian(log, place)
    assert historian.work()
    store = open_store()
    for table in lost:
        mark = {"raw": "position", "changes": "cut", "cuts": "number"}[table]
        store._client.command(f"DELETE FROM {table} WHERE {mark} > 700")
    half.rest(log, 500)
    assert not historian.work()
    assert f"the history refused: {lost[0]} has lost its end" in historian.progress().error
    assert historian.work()
    assert_whole(store, log)


def test_a_history_that_was_emptied_is_filled_again(
    log: SqliteLog, place: Place, make_historian: MakeHistorian, open_store: OpenStore
) -> None:
    assert make_historian(log, place).work()
    store = open_store()
    for table in ("raw", "cuts", "changes", "epochs"):
        store.rows(f"SELECT 1 FROM {table} LIMIT 0", {})
        store._client.command(f"TRUNCATE TABLE {table}")
    assert make_historian(log, place).work()
    assert_whole(store, log)


def test_another_epoch_lies_beside_the_first(
    log: SqliteLog, half: Half, place: Place, make_historian: MakeHistorian, open_store: OpenStore
) -> None:
    first = make_historian(log, place)
    assert first.work()
    before = counts(store := open_store())
    about.write(log, About(msgspec.structs.replace(half.games, name="Games of another name"), "replay"), START)
    second = make_historian(log, place)
    assert second.work()
    assert first.epoch != second.epoch
    assert counts(store) == [before[0], 2 * before[1], 2 * before[2], 2]
    assert first.work()
    assert make_historian(log, place).work()
    assert counts(store) == [before[0], 2 * before[1], 2 * before[2], 2]


def test_another_copy_of_the_log_is_refused(
    log: SqliteLog, half: Half, place: Place, make_historian: MakeHistorian, tmp_path: Path
) -> None:
    shutil.copy(half.path, tmp_path / "copy.db")
    half.rest(log)
    assert make_historian(log, place).work()
    with SqliteLog.open(tmp_path / "copy.db") as copy:
        with pytest.raises(HistoryDiverged, match="at raw position"):
            make_historian(copy, place).work()
        games = half.messages[::-1]  # as many messages, and others
        half.messages, messages = games, half.messages
        try:
            half.append(copy, 0, len(messages))
        finally:
            half.messages = messages
        with pytest.raises(HistoryDiverged, match="belongs to another copy of it"):
            make_historian(copy, place).work()
