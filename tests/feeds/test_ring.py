"""The ring of recent cuts: without holes, and bounded."""

from __future__ import annotations

from feeds.delta import NOBODY, Step
from feeds.ring import Entry, Ring


def entry(cut: int, *views: str, rows: int = 1) -> Entry:
    changes = {str(key): (NOBODY, NOBODY) for key in range(rows)}
    return Entry(cut, 0, 0, 0, (), {view: Step(view, cut, cut, changes) for view in views})


def test_an_empty_ring_reaches_its_head_only() -> None:
    ring = Ring()
    ring.clear(7)
    assert [cut for cut in range(10) if ring.reaches(cut)] == [7]


def test_it_is_bounded_in_cuts() -> None:
    ring = Ring(cuts=3)
    for cut in range(1, 8):
        ring.append(entry(cut, "venues"))
    assert (ring.first, ring.last) == (5, 7)
    assert [cut for cut in range(10) if ring.reaches(cut)] == [4, 5, 6, 7]


def test_it_is_bounded_in_rows_but_keeps_the_newest() -> None:
    ring = Ring(rows=10)
    for cut in range(1, 5):
        ring.append(entry(cut, "venues", rows=4))
    assert (ring.first, ring.last) == (3, 4)
    ring.append(entry(5, "venues", rows=100))
    assert (ring.first, ring.last) == (5, 5)


def test_a_hole_forgets_what_was_before_it() -> None:
    ring = Ring()
    ring.append(entry(1, "venues"))
    ring.append(entry(5, "venues"))
    assert [cut for cut in range(8) if ring.reaches(cut)] == [4, 5]


def test_steps_of_what_is_watched_in_order() -> None:
    ring = Ring()
    for cut, views in enumerate((("a",), ("a", "b"), ("b",), ("a",)), 1):
        ring.append(entry(cut, *views))
    assert [step.last for step in ring.steps(1, {"a"}.__contains__)] == [2, 4]
