"""Histograms: a value counts under the first bound that it does not exceed."""

from __future__ import annotations

from engine.histogram import Histogram


def test_a_value_counts_up_to_its_bound() -> None:
    filled = Histogram((0.1, 0.3, 2.0))
    for seconds in (0.05, 0.1, 0.3, 0.300001, 9.0):
        filled.observe(seconds)
    assert filled.buckets() == [("0.1", 2.0), ("0.3", 3.0), ("2", 4.0), ("+Inf", 5.0)]
    assert round(filled.total, 6) == 9.750001


def test_a_batch_counts_as_many_values() -> None:
    filled = Histogram((1.0,))
    filled.observe(0.5, 4)
    filled.observe(2.0, 2)
    assert (filled.buckets(), filled.total) == ([("1", 4.0), ("+Inf", 6.0)], 6.0)
