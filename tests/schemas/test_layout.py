"""Where a key lies: the same number for every client, for ever."""

from __future__ import annotations

import msgspec
import pytest

from schemas import games
from schemas.layout import Layout, Spread

TWELVE = Spread(12)


@pytest.mark.parametrize(  # as gzip writes them behind its data
    ("key", "crc"),
    [("", 0), ("123456789", 0xCBF43926), ("GAMES", 0x0877E981), ("Zürich", 0xD30BA93E)],
)
def test_a_key_lies_where_its_crc_32_says(key: str, crc: int) -> None:
    assert TWELVE.of(key) == crc % 12
    assert Spread(5).of(key) == crc % 5


def test_a_key_of_the_table_lies_where_the_table_says() -> None:
    spread = Spread(12, {"ATH": 11, "GAMES": 0})
    assert (spread.of("ATH"), spread.of("GAMES"), spread.of("SWM")) == (11, 0, TWELVE.of("SWM"))


def test_a_topic_that_is_not_mentioned_has_one_partition() -> None:
    layout = Layout({"games.events": TWELVE})
    assert (layout.spread("games.events"), layout.spread("games.feed")) == (TWELVE, Spread(1))


@pytest.mark.parametrize(
    ("toml", "sentence"),
    [
        ("partitions = 0", "a topic has at least 1 partition, not 0"),
        ("partitions = 4\nkeys = {ATH = 4}", "'ATH' is in partition 4 of 4; they count from 0"),
        ("keys = {ATH = -1}", "'ATH' is in partition -1 of 1; they count from 0"),
    ],
)
def test_a_layout_that_cannot_be_is_refused(toml: str, sentence: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=sentence):
        games.decode(f'[layout.topics."games.events"]\n{toml}\n'.encode())


def test_the_layout_is_part_of_the_games() -> None:
    found = games.decode(b'code = "T20"\n[layout.topics."games.events"]\npartitions = 3\nkeys = {ATH = 0, SWM = 1}\n')
    assert found.layout == Layout({"games.events": Spread(3, {"ATH": 0, "SWM": 1})})
