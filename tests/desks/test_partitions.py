"""Partitions: where a key is, and reading several of them in one go."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from desks.errors import OtherPartitions
from desks.partitions import Partitions, filing_key, scan
from desks.topics import EVENTS, headers
from engine.log import Record
from engine.sqlite_log import SqliteLog
from schemas.layout import Spread
from tests.desks.troubled_log import TroubledLog


def test_a_key_is_where_a_log_of_as_many_partitions_has_it() -> None:
    keys = [f"per:P{n}" for n in range(1000)]
    assert [Partitions(12).of(key) for key in keys] == [Spread(12).of(key) for key in keys]
    assert [Partitions().of(key) for key in ("per:P1", "ro:FRA", "ebk:SWM", "sch:T20")] == [0, 6, 7, 4]


def test_a_key_that_has_a_place_of_its_own_is_there() -> None:
    keys = {"sch:T20": 11}
    assert [Partitions(12, keys).of(key) for key in ("sch:T20", "ro:FRA")] == [11, 6]
    assert Spread(12, keys).of("sch:T20") == 11


def test_keys_are_spread_over_all_of_them() -> None:
    shares = Counter(Partitions(12).of(f"per:P{n}") for n in range(12_000))
    assert sorted(shares) == list(range(12))
    assert max(shares.values()) < 1500


def test_what_is_no_key_is_filed_under_none() -> None:
    long = "per:" + "é" * 98
    assert [filing_key(key) for key in ("per:P1", "per:\ud800", long, long + "e")] == ["per:P1", "", long, ""]
    assert Partitions(12).of("") == 0


class Spreading(TroubledLog):
    """A log with so many partitions; nothing is read from it."""

    many = 12

    def partitions(self, topic: str) -> int:
        return self.many


def test_the_log_has_as_many_or_one(tmp_path: Path) -> None:
    with SqliteLog.open(tmp_path / "games.podium") as file:
        assert Partitions(12).place(file, EVENTS, 7) == 0
        assert Partitions(12).place(Spreading(file), EVENTS, 7) == 7
        with pytest.raises(OtherPartitions, match=r"management\.events: the log keeps it in 12 partitions, but"):
            Partitions(5).place(Spreading(file), EVENTS, 3)


async def test_a_scan_yields_each_partition_above_its_own_position(tmp_path: Path) -> None:
    partitions = Partitions(3)
    with SqliteLog.open(tmp_path / "games.podium") as log:
        log.append_now([Record(EVENTS, "k", b"%d" % n, 0, headers(EVENTS, partitions.mark(n % 3))) for n in range(9)])
        found = [(number, stored.value) async for number, stored in scan(log, EVENTS, partitions, {0: 1, 2: 6})]
    assert found == [(0, b"3"), (0, b"6"), (2, b"8")]


@pytest.mark.parametrize("mark", [b"1/4", b"x/3", b"1", b"", b"\xff/3"])
async def test_a_record_of_other_partitions_is_named(tmp_path: Path, mark: bytes) -> None:
    with SqliteLog.open(tmp_path / "games.podium") as log:
        log.append_now([Record(EVENTS, "k", b"", 0, headers(EVENTS, mark))])
        with pytest.raises(OtherPartitions, match=r"management\.events, position 1: it was written in partition"):
            assert [one async for one in scan(log, EVENTS, Partitions(3), {1: 0})]
