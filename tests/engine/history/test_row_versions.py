"""Versions of what lies in a history: every row says its own, old tables are brought up, old rows read as new ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.history import questions as q
from engine.history import versions
from engine.history.answering import answer
from engine.history.errors import HistoryNewer
from engine.history.historian import Historian
from engine.history.place import Place
from engine.history.reading import Reading
from engine.history.store import Store
from engine.history.tables import TABLES
from engine.history.versions import VERSION, current
from engine.log import Log
from engine.sqlite_log import SqliteLog
from tests.engine.history.conftest import Half
from tests.engine.history.test_historian import assert_whole

MakeHistorian = Callable[[Log, Place], Historian]
OpenStore = Callable[[], Store]
MEDALS = q.ViewAsOf(view="medals/table")
SINCE = q.Between(since="0", match="medals/table")


def versions_in(store: Store) -> dict[str, set[int]]:
    return {one.name: {v for (v,) in store.rows(f"SELECT DISTINCT v FROM {one.name}", {})} for one in TABLES}


def forget_versions(store: Store) -> None:
    """Have the tables be as those were that had no versions."""
    for table in TABLES:
        store._client.command(f"ALTER TABLE {table.name} DROP COLUMN v SETTINGS mutations_sync = 2")


def write(historian: Historian) -> None:
    assert historian.work()
    historian.close()


async def test_a_history_that_had_no_versions_is_read_and_gone_on_with(
    log: SqliteLog, half: Half, place: Place, make_historian: MakeHistorian, open_store: OpenStore
) -> None:
    write(make_historian(log, place))
    store = open_store()
    assert versions_in(store) == {table.name: {VERSION} for table in TABLES}
    before = [answer(store, question) for question in (MEDALS, SINCE)]
    forget_versions(store)
    store.close()
    reading = Reading(place)  # whoever asks first, though nobody writes
    assert [await reading.answer(question) for question in (MEDALS, SINCE)] == before
    await reading.close()
    store = open_store()
    assert versions_in(store) == {table.name: {0} for table in TABLES}
    forget_versions(store)
    store.close()
    half.rest(log)
    write(make_historian(log, place))
    store = open_store()
    assert_whole(store, log)
    assert versions_in(store) == {"raw": {0, VERSION}, "cuts": {0, VERSION}, "changes": {0, VERSION}, "epochs": {0}}


def test_old_rows_are_read_as_new_ones_and_newer_ones_refused(
    log: SqliteLog,
    place: Place,
    make_historian: MakeHistorian,
    open_store: OpenStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write(make_historian(log, place))
    store = open_store()
    old = rows(store)
    key = next(key for key in old if key != "@")

    def renamed(view: str, row: str) -> str:
        return row.replace('"organisation":"', '"organisation":"X') if view == "medals/table" else row

    monkeypatch.setattr(versions, "UPCASTS", (*versions.UPCASTS, renamed))
    new = rows(store)
    assert new == {key: renamed("medals/table", row) for key, row in old.items()} != old
    days = answer(store, q.MedalDays()).days  # type: ignore[union-attr]
    assert {line.organisation[0] for day in days for line in day.medals} == {"X"}
    revisions = answer(store, q.Revisions(view="medals/table", key=key)).revisions  # type: ignore[union-attr]
    assert bytes(revisions[-1].row).decode() == new[key]
    changed = answer(store, SINCE).changes  # type: ignore[union-attr]
    assert {one.key: bytes(one.now).decode() for one in changed} == new
    monkeypatch.setattr(versions, "UPCASTS", ())
    for question in (MEDALS, SINCE, q.MedalDays(), q.Revisions(view="medals/table", key=key)):
        with pytest.raises(HistoryNewer, match="holds rows of version 1; the newest known here is 0"):
            answer(store, question)


def rows(store: Store) -> dict[str, str]:
    """Return the rows of the medal table as they are answered."""
    held = answer(store, MEDALS).rows  # type: ignore[union-attr]
    return {key: bytes(one.row).decode() for key, one in held.items()}


def test_a_row_that_is_gone_has_no_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "UPCASTS", (lambda view, row: f"{view} {row}",) * 3)
    assert [current("h", version, "v", "x") for version in range(4)] == ["v v v x", "v v x", "v x", "x"]
    assert current("h", 0, "v", "") == ""
