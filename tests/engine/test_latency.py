"""Latency: each stage counts from the bytes on, once a message, whoever is slow."""

from __future__ import annotations

import pytest

from engine.histogram import Histogram
from engine.latency import MOST, Latency


class HandClock:
    """A steady clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def latency(clock: HandClock) -> Latency:
    return Latency(clock)


def counted(filled: Histogram) -> tuple[int, float]:
    return sum(filled.counts), round(filled.total, 6)


def test_every_stage_counts_from_the_bytes_on(latency: Latency, clock: HandClock) -> None:
    clock.now = 100.5
    latency.store(3, 100.0, 3)
    clock.now = 101.0
    latency.fold(3)
    clock.now = 102.0
    latency.send([1, 3])
    assert [counted(filled) for filled in (latency.durable, latency.folded, latency.sent)] == [
        (3, 1.5),
        (3, 3.0),
        (2, 4.0),
    ]


def test_a_batch_is_folded_when_the_last_of_it_is(latency: Latency) -> None:
    latency.store(3, 99.0, 3)
    latency.store(5, 99.5, 2)
    for position, folded in ((2, 0), (3, 3), (4, 3), (5, 5)):
        latency.fold(position)
        assert counted(latency.folded)[0] == folded


def test_what_waits_is_as_old_as_the_oldest(latency: Latency) -> None:
    assert latency.waiting == 0.0
    latency.store(3, 98.0, 3)
    latency.store(5, 99.0, 2)
    assert latency.waiting == 2.0
    latency.fold(3)
    assert latency.waiting == 1.0
    latency.fold(5)
    assert latency.waiting == 0.0


def test_a_cut_sent_before_its_batch_is_folded_whole_counts_as_its_batch(latency: Latency) -> None:
    latency.store(10, 97.0, 10)
    latency.send([4])
    assert counted(latency.sent) == (1, 3.0)


def test_what_was_there_before_the_process_is_not_counted(latency: Latency) -> None:
    latency.fold(7)
    latency.send([7])
    latency.store(9, 99.0, 1)
    latency.fold(9)
    latency.send([9, 12])
    assert counted(latency.folded) == counted(latency.sent) == (1, 1.0)


def test_where_nobody_folds_nothing_grows(latency: Latency) -> None:
    for position in range(1, 2 * MOST + 1):
        latency.store(position, 99.0, 1)
    latency.fold(2 * MOST)
    assert counted(latency.folded)[0] == MOST
