"""How far a reader is behind, on a clock of the test's own."""

from __future__ import annotations

from engine.lag import MOST, Lag


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_who_has_read_everything_is_not_behind() -> None:
    lag = Lag(Clock())
    assert (lag.records(0), lag.seconds(0)) == (0, 0.0)
    lag.see(7, 7)
    assert (lag.records(7), lag.seconds(7)) == (0, 0.0)


def test_what_is_not_read_waits_since_it_was_first_seen() -> None:
    clock = Clock()
    lag = Lag(clock)
    lag.see(10, 4)
    clock.now += 2
    lag.see(15, 4)
    clock.now += 1
    assert (lag.records(4), lag.seconds(4)) == (11, 3.0)
    assert (lag.records(10), lag.seconds(10)) == (5, 1.0)  # what was there at the first look is read
    assert (lag.records(15), lag.seconds(15)) == (0, 0.0)


def test_who_is_always_a_little_behind_is_never_long_behind() -> None:
    clock = Clock()
    lag = Lag(clock)
    for head in range(100, 10_000, 100):
        lag.see(head, head - 5)
        clock.now += 0.5
        assert lag.seconds(head - 5) == 0.5
        assert lag.seconds(head + 95) == 0.0


def test_it_remembers_since_when_however_long_that_is() -> None:
    clock = Clock()
    lag = Lag(clock)
    for head in range(1, 3 * MOST):
        lag.see(head, 0)
        clock.now += 1
    assert lag.seconds(0) == 3 * MOST - 1
    assert lag.records(0) == 3 * MOST - 1
    assert lag.seconds(3 * MOST - 1) == 0.0


def test_what_was_taken_for_a_record_and_is_none_is_not_waited_for() -> None:
    clock = Clock()
    lag = Lag(clock)
    lag.see(21, 0)  # behind the newest record lies a mark
    assert (lag.records(20), lag.seconds(20)) == (1, 0.0)
    clock.now += 1
    lag.see(20, 15)
    clock.now += 1
    assert (lag.records(15), lag.seconds(15)) == (5, 2.0)  # and what is one has waited since then
    assert (lag.records(20), lag.seconds(20)) == (0, 0.0)
    lag.see(20, 20)
    assert (lag.records(20), lag.seconds(20)) == (0, 0.0)
    lag.see(30, 20)
    clock.now += 1
    assert (lag.records(20), lag.seconds(20)) == (10, 1.0)
