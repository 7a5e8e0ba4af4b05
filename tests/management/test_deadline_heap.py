"""The heap of deadlines: the earliest that is live, and all that have passed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from management.deadline_heap import Deadline, arm, drop_stale, passed

deadlines = st.lists(st.tuples(st.integers(0, 20), st.sampled_from("ab"), st.sampled_from("xyz")))


@given(deadlines, st.sets(st.sampled_from("xyz")), st.integers(0, 20))
def test_it_agrees_with_a_plain_list(armed: list[Deadline], live: set[str], until: int) -> None:
    heap: list[Deadline] = []
    for deadline in armed:
        arm(heap, deadline)
    expected = sorted({deadline for deadline in armed if deadline[2] in live})
    assert passed(heap, until, lambda d: d[2] in live) == [d for d in expected if d[0] <= until]
    drop_stale(heap, lambda d: d[2] in live)
    assert heap[:1] == expected[:1]


def test_what_has_not_passed_is_not_looked_at() -> None:
    heap: list[Deadline] = []
    for at in range(1000):
        arm(heap, (at, "a", "x"))
    asked: list[Deadline] = []

    def ask(deadline: Deadline) -> bool:
        asked.append(deadline)
        return True

    assert passed(heap, 2, ask) == sorted(asked) == [*heap[:1], (1, "a", "x"), (2, "a", "x")]
