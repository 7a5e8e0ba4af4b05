"""The digest: that of all views in the order of their names, for the price of what has changed."""

from __future__ import annotations

import random
import sys
from hashlib import blake2b
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from engine.digest import Digest

names = st.text("ab/~ 0", max_size=14) | st.from_regex(r"\A(result|rank|r)/[AB]{0,12}\Z")


def plain(held: dict[str, str]) -> str:
    whole = blake2b(digest_size=16)
    for name in sorted(held):
        whole.update(f"{name} {held[name]}\n".encode())
    return whole.hexdigest()


@given(st.lists(st.lists(st.tuples(names, st.sampled_from(["", "1f", "2e"])), max_size=8), max_size=6))
@example([[("a", "1f"), ("a/", "1f"), ("a/bbbbbbbb0", "1f"), ("a/bbbbbbbb", "1f"), ("a b", "1f")]])
@example([[("a/b", "1f")], [("a/b", "")], [("a/b", "2e")]])
def test_it_is_the_hash_over_all_views_by_name_whatever_changed_when(steps: list[list[tuple[str, str]]]) -> None:
    digest, held = Digest(), dict[str, str]()
    for step in steps:
        digest.set(step)
        for name, value in step:
            held[name] = value
        held = {name: value for name, value in held.items() if value}
        assert digest.value() == plain(held)


def lines_made(digest: Digest) -> int:
    """Return how many times lines were sorted while it was asked for."""
    count = 0

    def see(_frame: Any, event: str, what: Any) -> None:
        nonlocal count
        count += event == "c_call" and what is sorted

    before = sys.getprofile()
    sys.setprofile(see)
    try:
        digest.value()
    finally:
        sys.setprofile(before)
    return count


def test_asking_again_costs_what_has_changed() -> None:
    digest = Digest()
    views = [
        f"{kind}/{d}M{e:04}{unit:020}" for kind in "pq" for d in ("ATH", "SWM") for e in range(20) for unit in (1, 2)
    ]
    random.Random(1).shuffle(views)
    digest.set((name, "1f") for name in views)
    assert lines_made(digest) == 80  # a kind, an event
    assert lines_made(digest) == 0
    digest.set([(views[0], "2e"), (views[1], "")])
    assert lines_made(digest) <= 2
    assert digest.value() == plain(dict.fromkeys(views[2:], "1f") | {views[0]: "2e"})
