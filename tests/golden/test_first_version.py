"""What the first version stored is read for ever, and comes to the same, unless the changelog says which rule changed.

``first_version.podium`` is a synthetic Games as an archive. ``first_version_log.zst`` is a log from before records
carried versions, with the checkpoint that was saved in it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import zstandard

from engine import chain
from engine.gateway import Gateway
from engine.host import Host
from engine.raw import RAW
from engine.sqlite_log import SqliteLog
from podium.commands.games import replay_into
from podium.wiring import host_over, opened_host
from replay.archive import Archive
from replay.player import Pace, Part

HERE = Path(__file__).parent
CHANGELOG = HERE.parents[1] / "CHANGELOG.md"


def told() -> list[tuple[str, str, str]]:
    """Return the lines of the digests: of the archive, of the log, and what the changelog says of it."""
    lines = (HERE / "first_version.txt").read_text().splitlines()
    rows = [line.split(maxsplit=2) for line in lines if not line.startswith("#")]
    return [(of_archive, of_log, why) for of_archive, of_log, why in rows]


@pytest.fixture
def old_log(tmp_path: Path) -> Path:
    path = tmp_path / "old.db"
    path.write_bytes(zstandard.ZstdDecompressor().decompress((HERE / "first_version_log.zst").read_bytes()))
    return path


def test_the_first_archive_comes_to_what_it_came_to(tmp_path: Path) -> None:
    replay_into(tmp_path / "new.db", Archive(HERE / "first_version.podium"), Part(None, None, ""), Pace(0.0, None))
    with opened_host(tmp_path / "new.db") as host:
        assert (host.position, host.views.digest()) == (9550, told()[-1][0])


def test_a_log_from_before_versions_comes_to_what_it_came_to(old_log: Path) -> None:
    with opened_host(old_log) as host:
        assert (host.position, host.views.digest()) == (1108, told()[-1][1])


def test_a_log_from_before_versions_is_folded_anew_to_the_same(old_log: Path) -> None:
    with SqliteLog.open(old_log, readonly=True) as log:
        assert chain.verify(log).flaw is None
        host: Host = host_over(log)
        host.catch_up()
        assert (host.position, host.views.digest()) == (1108, told()[-1][1])


def test_a_log_from_before_versions_is_written_on(old_log: Path) -> None:
    replay_into(old_log, Archive(HERE / "first_version.podium"), Part(None, None, "HIB"), Pace(0.0, None))
    with SqliteLog.open(old_log) as log:
        assert log.head(RAW) == 1108  # all of it was there already
        Gateway(log, lambda: 0).store([("HIB.SWM.timing", "new", 1, 0, 0, b"{}")])
        newest, oldest = log.read(RAW, 1108)[0], log.read(RAW, limit=1)[0]
        assert (newest.headers.get("v"), oldest.headers.get("v")) == (b"1", None)
        assert chain.verify(log).flaw is None


def test_a_result_that_changed_is_in_the_changelog() -> None:
    said = re.sub(r"\s+", " ", CHANGELOG.read_text())
    assert [why for *_, why in told()[1:] if why not in said] == []
