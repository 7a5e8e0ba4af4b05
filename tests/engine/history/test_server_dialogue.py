"""What goes over HTTP to a ClickHouse server, and what becomes of it where the server or the network fails."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from engine.history.errors import HistoryDown, HistoryFailed, HistoryNotFound
from engine.history.historian import Historian
from engine.history.place import Place, parse
from engine.history.store import WRITER, Store
from engine.history.tables import RAW, TABLES
from engine.history.versions import COLUMN
from engine.log import Log
from engine.sqlite_log import SqliteLog
from tests.engine.history.clickhouse_server import ClickHouseServer, Trouble
from tests.engine.history.conftest import Half, counts
from tests.engine.history.test_historian import assert_whole

MakeHistorian = Callable[[Log, Place], Historian]


@pytest.fixture
def place(server: ClickHouseServer) -> Place:
    """An empty history on a server."""
    return parse(server.url)


def test_what_is_sent_for_a_log(
    server: ClickHouseServer, place: Place, log: SqliteLog, half: Half, make_historian: MakeHistorian
) -> None:
    historian = make_historian(log, place)
    assert historian.work()
    assert [one.split(" (")[0] for one in server.statements("^CREATE")] == [
        "CREATE DATABASE IF NOT EXISTS games",
        *(f"CREATE TABLE IF NOT EXISTS {table.name}" for table in TABLES),
    ]
    inserts = [asked for asked in server.asked if asked.statement.startswith("INSERT")]
    assert [asked.statement.split()[2] for asked in inserts] == ["`epochs`", "`raw`", "`changes`", "`cuts`"]
    names = ", ".join(f"`{name}`" for name in (*RAW.columns, COLUMN))
    assert inserts[1].statement == f"INSERT INTO `raw` ({names}) FORMAT Native"
    for asked in inserts:
        sent = {name: asked.parameters[name] for name in ("database", "async_insert", "min_insert_block_size_rows")}
        assert sent == {"database": "games", "async_insert": "0", "min_insert_block_size_rows": "1048576"}
        assert asked.parameters["query_id"].startswith(f"{WRITER}{log.id}-")
        assert asked.headers["Authorization"] == "Basic " + base64.b64encode(b"games:pa55").decode()
    tokens = [asked.parameters["insert_deduplication_token"] for asked in inserts]
    assert tokens[1:] == [f"{log.id}/0/1", f"{historian.epoch}/1", f"{historian.epoch}/1"]
    assert "session_id" not in {name for asked in server.asked for name in asked.parameters}


def test_the_watermark_is_read_before_each_insert(
    server: ClickHouseServer, place: Place, log: SqliteLog, make_historian: MakeHistorian
) -> None:
    assert make_historian(log, place).work()
    marks = {"raw": "position", "changes": "cut", "cuts": "number"}
    order = [asked.statement for asked in server.asked]
    for table, mark in marks.items():
        (insert,) = (n for n, text in enumerate(order) if text.startswith(f"INSERT INTO `{table}`"))
        assert order[insert - 1].startswith(f"SELECT max({mark}) FROM {table} WHERE ")


@pytest.mark.parametrize("table", ["epochs", "raw", "changes", "cuts"])
@pytest.mark.parametrize("kind", ["refuse", "lose"])
def test_nothing_is_lost_or_doubled_where_an_insert_fails(
    server: ClickHouseServer,
    place: Place,
    log: SqliteLog,
    half: Half,
    make_historian: MakeHistorian,
    table: str,
    kind: str,
) -> None:
    server.troubles.append(Trouble(f"INSERT INTO `{table}`", kind))
    historian = make_historian(log, place)
    if kind == "refuse":
        assert not historian.work()
        said = historian.progress()
        assert (said.state, said.failures, said.since) == ("down", 1, 1_950_000_000_000_000)
        reason = "Code: 241. DB::Exception: Memory limit exceeded. (MEMORY_LIMIT_EXCEEDED)"
        assert said.error == f"{place.name}: the history refused: {reason}"
    half.rest(log)
    assert historian.work()  # where the answer was lost the client has sent it again by itself
    assert (historian.progress().state, historian.progress().error) == ("current", "")
    store = Store.open(place)
    assert_whole(store, log)
    store.close()
    assert len(server.statements(f"INSERT INTO `{table}`")) == 2


def test_what_an_earlier_writer_sent_is_waited_for(
    server: ClickHouseServer, place: Place, log: SqliteLog, make_historian: MakeHistorian
) -> None:
    server.running = [2, 1, 0]
    assert make_historian(log, place).work()
    order = [asked.statement for asked in server.asked]
    waits = [n for n, text in enumerate(order) if "system.processes" in text]
    marks = [n for n, text in enumerate(order) if text.startswith("SELECT max(")]
    assert len(waits) == 3
    assert waits[-1] < marks[0]
    prefix = {asked.parameters["param_prefix"] for asked in server.asked if "system.processes" in asked.statement}
    assert prefix == {f"{WRITER}{log.id}-"}


def test_it_catches_up_when_the_server_is_back(
    server: ClickHouseServer, place: Place, log: SqliteLog, half: Half, make_historian: MakeHistorian
) -> None:
    historian = make_historian(log, place)
    assert historian.work()
    before = historian.progress()
    server.stop()
    half.rest(log)
    assert [historian.work(), historian.work()] == [False, False]
    down = historian.progress()
    assert (down.state, down.failures, down.position, down.cut) == ("down", 2, before.position, before.cut)
    assert down.behind == len(half.messages) - before.position
    assert down.error == f"{place.name}: the history does not answer: [Errno 111] Connection refused"
    server.start()
    assert historian.work()
    assert historian.progress().state == "current"
    store = Store.open(place)
    assert_whole(store, log)
    store.close()


def test_no_password_is_said(server: ClickHouseServer, place: Place) -> None:
    assert place.name == f"http://127.0.0.1:{server.port}/games"
    server.stop()
    with pytest.raises(HistoryDown) as caught:
        Store.open(place)
    assert "pa55" not in str(caught.value)


def test_a_server_without_a_history_says_so(place: Place) -> None:
    store = Store.open(place)
    with pytest.raises(HistoryNotFound, match="there is no history here"):
        counts(store)
    store.close()


def test_what_the_database_does_not_understand_is_refused(place: Place) -> None:
    store = Store.open(place)
    store.make_tables()
    with pytest.raises(
        HistoryFailed, match=r"refused: Code: 47\. DB::Exception: Unknown expression identifier `nothing`"
    ):
        store.rows("SELECT nothing FROM raw", {})
    store.close()


def test_a_user_who_may_not_make_a_database_can_be_given_one(server: ClickHouseServer, place: Place) -> None:
    first = Store.open(place)
    first.make_tables()
    first.close()
    server.troubles.append(Trouble("CREATE DATABASE", "refuse"))
    second = Store.open(place)
    second.make_tables()
    assert counts(second) == [0, 0, 0, 0]
    second.close()
    assert len(server.statements("CREATE DATABASE")) == 1
