"""The clock of a gate: signed times come late and never early, and a start of the machine forgets."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desks.gate_clock import Anchor, SystemClock, anchored, clock_error, true_time
from desks.gate_publication import Beacon
from tests.desks.gate_hands import SetClock
from tests.management.accredited import HOUR, JULY, MINUTE

NOW = Beacon("T20", JULY)


def test_without_a_signed_time_nothing_is_known() -> None:
    assert clock_error(None, SetClock()) is None
    assert true_time(None, 0, "boot-1") is None


def test_hours_without_a_network_change_nothing_and_a_clock_that_is_set_shows() -> None:
    clock = SetClock()
    anchor = anchored(None, NOW, clock.up(), clock.boot)
    clock.passes(9 * HOUR)
    assert clock_error(anchor, clock) == 0
    clock.jumps(-HOUR)
    assert clock_error(anchor, clock) == -HOUR
    clock.jumps(2 * HOUR)
    assert clock_error(anchor, clock) == HOUR


def test_a_signed_time_that_comes_late_moves_nothing_back() -> None:
    first = anchored(None, NOW, 0, "boot-1")
    late = anchored(first, Beacon("T20", JULY + MINUTE), 2 * MINUTE, "boot-1")
    assert late == first
    earlier = anchored(first, Beacon("T20", JULY + 3 * MINUTE), 2 * MINUTE, "boot-1")
    assert earlier == Anchor(JULY + 3 * MINUTE, 2 * MINUTE, "boot-1", 1)


def test_after_a_start_of_the_machine_the_old_time_counts_no_more() -> None:
    anchor = anchored(None, NOW, 5 * HOUR, "boot-1")
    again = anchored(anchor, NOW, 0, "boot-2")  # the same file still lies there
    assert again == anchor
    assert clock_error(again, SetClock(JULY, 0, "boot-2")) is None
    newer = anchored(anchor, Beacon("T20", JULY + 1), 0, "boot-2")
    assert clock_error(newer, SetClock(JULY + 1, 0, "boot-2")) == 0


def test_a_new_series_takes_a_wrong_time_back() -> None:
    wrong = anchored(None, Beacon("T20", JULY + HOUR), 0, "boot-1")
    right = anchored(wrong, Beacon("T20", JULY, series=2), 10, "boot-1")
    assert right == Anchor(JULY, 10, "boot-1", 2)
    assert anchored(right, Beacon("T20", JULY + 9 * HOUR), 20, "boot-1") == right


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**6)), min_size=1))
def test_however_late_times_come_the_one_of_least_delay_counts(sent: list[tuple[int, int]]) -> None:
    anchor: Anchor | None = None
    came = sorted((at + delay, at) for at, delay in sent)
    for up, at in came:
        anchor = anchored(anchor, Beacon("T20", at), up, "boot-1")
    end = came[-1][0]
    assert true_time(anchor, end, "boot-1") == end - min(delay for _, delay in sent)


def test_this_machine_has_a_clock_that_goes_on() -> None:
    clock = SystemClock()
    first = (clock.wall(), clock.up())
    assert (clock.boot, clock.wall() >= first[0], clock.up() >= first[1]) == (SystemClock().boot, True, True)
