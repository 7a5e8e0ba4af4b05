"""What was said: which of several assertions counts, whatever the order in which they came."""

from itertools import permutations

import pytest

from projections.entries import Entry, Said, Void, find, message_of, say, settle, write_name
from schemas.messages import Finish
from tests.projections.hand import rsc

UNIT = rsc("ATHM100M", "FNL-", "000100--")


def entry(source: str, serial: int, mark: str, *, authority: int = 1, at: int = 0) -> Entry:
    message = Finish(unit=UNIT, subject="A", mark=mark, at=at)
    return Entry((authority, source, 0, serial), (source, "s", serial), message)


def mark(said: Said) -> str:
    message = message_of(said, "finish")
    assert isinstance(message, Finish)
    return message.mark


def test_a_source_corrects_itself_by_saying_another_value() -> None:
    said: Said = {}
    assert say(said, "finish", entry("t", 1, "9.80"))
    assert say(said, "finish", entry("t", 2, "9.79"))
    assert mark(said) == "9.79"
    assert [one.name[2] for one in said["finish"].others] == [1]


def test_between_sources_the_authority_decides_never_arrival() -> None:
    said_by = [entry("desk", 1, "1", authority=7), entry("timing", 9, "2", authority=50), entry("backup", 5, "3")]
    for order in permutations(said_by):
        said: Said = {}
        for one in order:
            say(said, "finish", Entry(one.key, one.name, one.message))
        assert mark(said) == "2"
        assert {one.name[0] for one in said["finish"].others} == {"desk", "backup"}


def test_the_same_again_is_a_copy() -> None:
    said: Said = {}
    say(said, "finish", entry("t", 1, "9.80", at=5))
    assert not say(said, "finish", entry("t", 2, "9.80", at=5))
    assert not say(said, "finish", entry("t", 2, "9.80", at=5))
    assert said["finish"].also == [("t", "s", 2)]
    assert said["finish"].others == []


def test_an_old_value_sent_again_with_its_venue_time_stays_old() -> None:
    said: Said = {}
    say(said, "finish", entry("t", 1, "9.80", at=5))
    say(said, "finish", entry("t", 2, "9.79", at=6))
    assert not say(said, "finish", entry("t", 3, "9.80", at=5))
    assert mark(said) == "9.79"


def test_without_a_venue_time_an_old_value_may_be_meant_anew() -> None:
    said: Said = {}
    for serial, text in enumerate(("9.80", "9.79", "9.80"), start=1):
        say(said, "finish", entry("t", serial, text))
    assert mark(said) == "9.80"
    assert said["finish"].name == ("t", "s", 3)


def test_a_copy_is_a_copy_whatever_others_said_before_it() -> None:
    """Else a retraction of the first would leave the second standing where another source came in between."""
    for others_first in (True, False):
        said: Said = {}
        say(said, "finish", entry("t", 1, "9.80"))
        if others_first:
            say(said, "finish", entry("desk", 1, "9.81", authority=99))
        say(said, "finish", entry("t", 2, "9.80"))
        if not others_first:
            say(said, "finish", entry("desk", 1, "9.81", authority=99))
        assert find(said, ("t", "s", 2)) == find(said, ("t", "s", 1)), others_first


def test_two_sources_that_say_the_same_are_two() -> None:
    said: Said = {}
    say(said, "finish", entry("t", 1, "9.80", authority=2))
    assert not say(said, "finish", entry("b", 1, "9.80", authority=1))
    assert len(said["finish"].others) == 1


def test_what_is_void_counts_only_where_nothing_else_does() -> None:
    said: Said = {}
    first, second = entry("t", 1, "9.80"), entry("t", 2, "9.79")
    say(said, "finish", first)
    say(said, "finish", second)
    second.void = Void(("desk", "s", 1), "", 0)
    settle(said, "finish", [second, *second.others])
    assert mark(said) == "9.80"
    first.void = Void(("desk", "s", 2), "", 0)
    settle(said, "finish", [first, *first.others])
    assert message_of(said, "finish") is None
    assert say(said, "finish", entry("b", 1, "9.90", authority=0))
    assert mark(said) == "9.90"


def test_an_entry_is_found_by_its_name_and_by_those_of_its_copies() -> None:
    said: Said = {}
    say(said, "finish", entry("t", 1, "9.80", at=5))
    say(said, "finish", entry("t", 2, "9.80", at=5))
    say(said, "finish", entry("b", 1, "9.90"))
    for name in (("t", "s", 1), ("t", "s", 2)):
        found = find(said, name)
        assert found is not None
        assert found[1].name == ("t", "s", 1)
    assert find(said, ("t", "s", 3)) is None


def test_nothing_was_said() -> None:
    assert message_of({}, "finish") is None


@pytest.mark.parametrize("name", [("a.b", "s", 1), ("x", "long session", -3)])
def test_names_are_written(name: tuple[str, str, int]) -> None:
    assert write_name(name) == f"{name[0]}/{name[1]}/{name[2]}"
