"""What the tests of the history share: a log worth remembering, and both kinds of histories to remember it in."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import msgspec
import pytest

from engine import about
from engine.about import About
from engine.gateway import Gateway
from engine.history.historian import Historian
from engine.history.place import Place, parse
from engine.history.store import Store
from engine.host import Host
from engine.log import Log
from engine.sqlite_log import SqliteLog
from podium.wiring import host_over, said
from replay.synth import synthesise
from tests.engine.history.clickhouse_server import ClickHouseServer

START = 1_950_000_000_000_000  # what the wall clock of the tests says
MESSAGES = 3600  # of the synthetic Games: some medals are won by then


class Half:
    """The messages of a Games, of which a log gets some now and some later."""

    def __init__(self, folder: Path) -> None:
        header, messages = synthesise(7, "small")
        self.messages = list(islice(messages, MESSAGES))
        noon = self.messages[MESSAGES // 2].time // 60_000_000 % 1440  # minutes of the day
        self.games = msgspec.structs.replace(header.games, day_ends=3, offset=3 * 60 - noon)  # it has two sport days
        self.path = folder / "games.db"
        with SqliteLog.open(self.path) as log:
            about.write(log, About(self.games, "replay"), 0)
            self.append(log, 0, len(self.messages) // 2)
            host = host_over(log)
            host.catch_up()
            host.save(whole=True)

    def append(self, log: SqliteLog, first: int, last: int) -> None:
        """Append some messages to a log, as a replay does."""
        Gateway(log, lambda: START, games=self.games).store(self.messages[first:last])

    def rest(self, log: SqliteLog, count: int | None = None) -> None:
        """Append the second half, or so many messages of it."""
        half = len(self.messages) // 2
        self.append(log, half, len(self.messages) if count is None else half + count)


@pytest.fixture(scope="session")
def half(tmp_path_factory: pytest.TempPathFactory) -> Half:
    """A synthetic Games, of which a log holds the first half, with a checkpoint at its end."""
    return Half(tmp_path_factory.mktemp("half"))


@pytest.fixture
def log(half: Half, tmp_path: Path) -> Iterator[SqliteLog]:
    """A log that holds the first half of a Games."""
    shutil.copy(half.path, tmp_path / "games.db")
    with SqliteLog.open(tmp_path / "games.db") as log:
        yield log


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ClickHouseServer]:
    """A ClickHouse server's dialogue over the engine."""
    server = ClickHouseServer(tmp_path / "server")
    yield server
    server.close()


@pytest.fixture(params=["folder", "server"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty history: in a folder, and on a server."""
    if request.param == "folder":
        return parse(str(tmp_path / "history"))
    server: ClickHouseServer = request.getfixturevalue("server")
    return parse(server.url)


@pytest.fixture
def open_store(place: Place) -> Iterator[Callable[[], Store]]:
    """Open the history, and let go of it after the test."""
    opened: list[Store] = []

    def opens() -> Store:
        opened.append(Store.open(place))
        return opened[-1]

    yield opens
    for store in opened:
        store.close()


@pytest.fixture
def make_historian() -> Iterator[Callable[[Log, Place], Historian]]:
    """Make a historian, and have it let go after the test."""
    made: list[Historian] = []

    def makes(log: Log, place: Place) -> Historian:
        made.append(Historian(lambda: host_over(log), place, lambda: START, games=said(log).games, wait=lambda _: None))
        return made[-1]

    yield makes
    for historian in made:
        historian.close()


@pytest.fixture
def host(log: SqliteLog) -> Host:
    """A host that has folded the log."""
    host = host_over(log)
    host.load()
    host.catch_up()
    return host


def counts(store: Store) -> Sequence[int]:
    """Return how many rows the tables hold: raw messages, cuts, changes, epochs."""
    sql = "SELECT (SELECT count() FROM {0}) AS n"
    return [int(store.rows(sql.format(table), {})[0][0]) for table in ("raw", "cuts", "changes", "epochs")]
