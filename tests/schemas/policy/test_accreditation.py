"""The accreditation policy: what a file may say, and that T20's says it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import msgspec
import pytest

from schemas.policy.accreditation import Window, decode

ROOT = Path(__file__).resolve().parents[3]
FILE = (ROOT / "schemas" / "policy" / "t20" / "accreditation.toml").read_text()
T20 = decode(FILE.encode())
MINUTE = 60_000


def edited(old: str, new: str) -> bytes:
    """Return the file with one place changed."""
    assert old in FILE
    return FILE.replace(old, new, 1).encode()


def test_a_window_has_its_first_instant_and_not_its_last() -> None:
    window = Window(datetime(2021, 7, 23, tzinfo=UTC), datetime(2021, 7, 24, tzinfo=UTC))
    assert (window.first, window.end) == (1626998400000, 1627084800000)
    assert [window.holds(at) for at in (window.first - 1, window.first, window.end - 1, window.end)] == [
        *(False, True, True, False)
    ]


def test_a_window_is_the_same_by_every_clock() -> None:
    east = timezone(timedelta(hours=9))
    here = Window(datetime(2021, 7, 23, tzinfo=UTC), datetime(2021, 7, 24, tzinfo=UTC))
    there = Window(datetime(2021, 7, 23, 9, tzinfo=east), datetime(2021, 7, 24, 9, tzinfo=east))
    assert (here.first, here.end) == (there.first, there.end)


def test_a_day_begins_in_the_time_of_the_games() -> None:
    assert T20.day_first(date(2021, 7, 23)) == 1626998400000
    east = msgspec.structs.replace(T20, offset_min=540)
    assert east.day_first(date(2021, 7, 23)) == 1626998400000 - 540 * MINUTE


def test_travel_takes_as_long_either_way_and_a_default_elsewhere() -> None:
    assert [T20.travel("SWC", "STA"), T20.travel("STA", "SWC"), T20.travel("OLV", "SWC")] == [
        *(25 * MINUTE, 25 * MINUTE, 15 * MINUTE)
    ]


def test_an_organisation_may_apply_for_what_its_kind_owns() -> None:
    assert [T20.may_apply("AAA", code) for code in ("Aa", "HB", "ZZ")] == [True, False, False]
    assert not T20.may_apply("XXX", "Aa")
    assert T20.function("ZZ", "ATHLETE") is None
    assert T20.function("Aa", "COACH") is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('games = "T20"', 'games = "T20"\nunknown = 1', "unknown field `unknown`"),
        ('zones = ["4", "5", "WHITE", "RED"]', 'zones = ["4", "9"]', "no such zone: 9"),
        ('infinity_excludes = ["R"]', 'infinity_excludes = ["Q"]', "no such zone: Q"),
        ('TRP = { type = "TRAINING" }', 'TRP = { type = "FIELD" }', "no such type of venue: FIELD"),
        ('"OLV:R", "OFH"', '"OLW:R", "OFH"', "no such venue: OLW"),
        ('"OLV:R", "OFH"', '"OLV:Q", "OFH"', "no such zone: Q"),
        ("STA = 25, VEL = 40", "STA = 25, VEM = 40", "no such venue: VEM"),
        ('category = "GT"', 'category = "GX"', "no such category: GX"),
        ('phases = ["TEST", "GAMES"]', 'phases = ["TEST", "GAME"]', "no such phase: GAME"),
        ('owners = ["BROADCASTER"]', 'owners = ["RADIO"]', "no such kind of organisation: RADIO"),
        ('COMPETITION = ["BLUE", "2", "WHITE"]', 'COMPETITION = ["GREEN"]', "no such zone on a card: GREEN"),
        ('venues = ["OLV", "OLP"]', 'venues = ["OLV", "OLQ"]', "no such venue on a card: OLQ"),
        (
            'zones = { COMPETITION = ["INF"], DOMAIN',
            'zones = { ARENA = ["INF"], DOMAIN',
            "no such type of venue: ARENA",
        ),
        ('"OLP", "OFH"]\nzones = ["INF"', '"OLP", "OFH", "X"]\nzones = ["INF"', "no such venue or ALL: X"),
        ('"RED", "R", "V"]\nvenue_types', '"RED", "R", "V", "X"]\nvenue_types', "no such zone or INF: X"),
        ("close_from = 2021-09-09T00:00:00Z", "close_from = 2021-09-08T23:59:59Z", "when no card is valid any more"),
        ("close_from = 2021-09-09T00:00:00Z", "close_from = 2021-09-09T00:00:00", "a time with an offset"),
        ("opens = 2021-07-23T00:00:00Z", "opens = 2021-07-23T00:00:00", "need an offset"),
        ("opens = 2021-07-23T00:00:00Z", "opens = 2021-08-09T00:00:00Z", "a window closes after it opens"),
    ],
)
def test_a_file_that_does_not_fit_together_is_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=message):
        decode(edited(old, new))
