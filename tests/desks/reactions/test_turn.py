"""How far the reactor has come, as it lies on a log."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from desks.partitions import Partitions
from desks.reactions.turn import REACTIONS, Declined, Turn, read_turns, record_of
from engine.errors import NewerRecord
from engine.sqlite_log import SqliteLog

TWO = Partitions(2)
DECLINED = Declined("e", "c", "merged_people", "per:P2", "EXISTS", "The identifier is taken.")
RECORD = record_of(Turn(3, (DECLINED,)), "per:P1", TWO.mark(1), 7)


async def test_turns_are_read_as_they_were_noted(tmp_path: Path) -> None:
    log = SqliteLog.open(tmp_path / "games.podium")
    await log.append([record_of(Turn(2), "ro:AAA", TWO.mark(0), 5), RECORD])
    assert [found async for found in read_turns(log, TWO)] == [(0, Turn(2)), (1, Turn(3, (DECLINED,)))]
    await log.close()


async def test_what_a_later_version_noted_is_not_guessed_at(tmp_path: Path) -> None:
    log = SqliteLog.open(tmp_path / "games.podium")
    await log.append([msgspec.structs.replace(RECORD, headers={**RECORD.headers, "v": b"2"})])
    with pytest.raises(NewerRecord):
        [found async for found in read_turns(log, TWO)]
    await log.close()


def test_its_shape_on_the_log() -> None:
    assert (RECORD.topic, RECORD.headers) == (REACTIONS, {"v": b"1", "partition": b"1/2"})
    assert record_of(Turn(3), "per:P1", TWO.mark(1), 7).value == b'{"serial":3}'
