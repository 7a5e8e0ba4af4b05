"""Aggregates in memory: what is not in use is bytes, and the deadlines of all are at hand."""

from __future__ import annotations

from typing import Any

from desks.codec import Codec
from desks.states import Slot, States
from management.command import Recorded
from tests.desks.tally import TALLY, Added, Rang, State


def states() -> States:
    return States(Codec(b"pepper", {"ct": TALLY}))


def happen(to: States, key: str, *events: Any) -> None:
    """Let events happen to an aggregate."""
    version = to.version(key)
    to.evolve(key, [Recorded("e", key, version + n, event, "c", "ann", 7) for n, event in enumerate(events, 1)])


def test_what_nothing_has_happened_to_is_new_and_not_kept() -> None:
    held = states()
    assert (held.version("ct:A"), held.state("ct:A"), len(held)) == (0, State(), 0)


def test_events_make_versions() -> None:
    held = states()
    happen(held, "ct:A", Added(1), Added(2))
    happen(held, "ct:B", Added(5))
    assert [(held.version(key), held.state(key)) for key in ("ct:A", "ct:B")] == [(2, State(3)), (1, State(5))]
    assert held.changed == {"ct:A", "ct:B"}


def test_a_slot_holds_version_deadline_and_state() -> None:
    held = states()
    happen(held, "ct:A", Added(1), Rang(50))
    other = states()
    other.load("ct:A", held.slot("ct:A"))
    assert (other.version("ct:A"), other.state("ct:A"), other.due(50, 9)) == (2, State(1, [50]), [(50, "ct:A")])
    assert other.changed == set()
    assert list(other.digests()) == list(held.digests())


def test_a_later_slot_replaces_an_earlier_one() -> None:
    held, other = states(), states()
    happen(held, "ct:A", Rang(50))
    other.load("ct:A", held.slot("ct:A"))
    happen(held, "ct:A", Rang(50, done=True), Rang(70))
    other.load("ct:A", held.slot("ct:A"))
    assert (other.version("ct:A"), other.due(99, 9)) == (3, [(70, "ct:A")])


def test_what_is_not_used_goes_back_to_bytes_and_comes_again() -> None:
    held = states()
    for key in ("ct:A", "ct:B"):
        happen(held, key, Added(1))
        held.slot(key)
    held.cool()
    happen(held, "ct:A", Added(1))
    held.slot("ct:A")
    held.cool()
    assert [held._held[key].state for key in ("ct:A", "ct:B")] == [State(2), None]
    assert held._warm == {"ct:A"}  # so that the next time costs what was in use, not what there is
    assert held.state("ct:B") == State(1)
    happen(held, "ct:B", Added(3))
    assert held.slot("ct:B") == Slot(2, None, b"\x82\xa5total\x04\xa5rings\x90")


def test_deadlines_come_earliest_first_each_aggregate_once_until_it_says_otherwise() -> None:
    held = states()
    happen(held, "ct:A", Rang(30))
    happen(held, "ct:A", Rang(20))
    happen(held, "ct:B", Rang(25))
    happen(held, "ct:A", Rang(20, done=True))
    happen(held, "ct:A", Rang(20))
    for _ in range(2):
        assert held.due(24, 9) == [(20, "ct:A")]
        assert held.due(30, 9) == [(20, "ct:A"), (25, "ct:B")]
        assert held.due(30, 1) == [(20, "ct:A")]
    happen(held, "ct:A", Rang(20, done=True))
    assert held.due(99, 9) == [(25, "ct:B"), (30, "ct:A")]
    happen(held, "ct:B", Rang(25, done=True))
    assert held.due(99, 9) == [(30, "ct:A")]
