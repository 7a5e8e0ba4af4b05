"""The replies that are kept: by id, for so many days of log time."""

from __future__ import annotations

from desks.outcomes import Kept, Outcomes

DAY = 86_400_000_000


def kept(time: int, position: int = 0, data: bytes = b"") -> Kept:
    return Kept(b"digest", data, time, position)


def test_a_reply_is_found_by_its_command() -> None:
    outcomes = Outcomes()
    outcomes.add("a", one := kept(1))
    assert outcomes.find("a") is one
    assert outcomes.find("b") is None


def test_what_is_older_than_seven_days_is_forgotten() -> None:
    outcomes = Outcomes()
    for number, time in enumerate((0, 1, DAY)):
        outcomes.add(f"c{number}", kept(time, number + 1))
    outcomes.add("new", kept(7 * DAY + 1, 9))
    assert [outcomes.find(f"c{number}") is not None for number in range(3)] == [False, True, True]
    assert len(outcomes) == 3


def test_all_that_is_kept_lies_above_the_oldest() -> None:
    outcomes = Outcomes()
    assert outcomes.before_oldest(5) == 5
    outcomes.add("a", kept(1, 3))
    outcomes.add("b", kept(2, 7))
    assert outcomes.before_oldest(9) == 2
    outcomes.add("c", kept(7 * DAY + 2, 9))
    assert outcomes.before_oldest(9) == 6


def test_a_command_that_was_forgotten_and_came_again_is_the_newest() -> None:
    outcomes = Outcomes()
    outcomes.add("a", kept(1, 1))
    outcomes.add("b", kept(2, 2))
    outcomes.add("a", kept(3, 3))
    assert outcomes.before_oldest(9) == 1
