"""The aggregate as a whole: every command has its decision, every event its change, and the policy is strict."""

from __future__ import annotations

import gc
import sys
from functools import partial
from types import FrameType
from typing import get_args

import pytest

from management import workforce
from management.command import Actor, Received, Tick
from management.workforce_commands import (
    AcceptSwap,
    CheckIn,
    Command,
    ProposeAssignment,
    ProposeSwap,
    PublishAssignments,
    ReportAbsent,
)
from management.workforce_events import Event
from management.workforce_state import SWAPS, TRANSITIONS, Status, SwapStatus
from tests.management.venue_hands import GATE, LEAD, PLANNER, SYSTEM, at, person, venue_of


def test_every_command_has_a_decision() -> None:
    assert set(workforce.DECISIONS) == set(get_args(Command))


@pytest.mark.parametrize("union", [Command, Event])
def test_commands_and_events_are_told_apart_by_their_tags(union: object) -> None:
    members = get_args(union)
    tags = [member.__struct_config__.tag for member in members]
    assert len(set(tags)) == len(members)
    assert all(member.__struct_config__.frozen for member in members)


def test_the_tables_name_every_status() -> None:
    assert set(TRANSITIONS) == set(get_args(Status))
    assert set(SWAPS) == set(get_args(SwapStatus))
    reached = {status for steps in TRANSITIONS.values() for status in steps.values()}
    assert reached == set(get_args(Status))


def test_nothing_is_due_where_nothing_is_planned() -> None:
    assert workforce.due(workforce.State()) is None


def note(calls: list[str], frame: FrameType, what: str, _: object) -> None:
    """Keep what is called."""
    if what in ("call", "c_call"):
        calls.append(frame.f_code.co_name)


def work_of(people: int) -> dict[str, int]:
    """Return how many calls some commands take at a venue with so many people, each with a shift."""
    venue = venue_of("ANN", "BOB")
    venue.assign("b", "early2", "BOB")
    for number in range(people):
        venue.enrol(f"P{number}")
        venue.plan(f"S{number}", at(3, 6), at(3, 14))
        venue.assign(f"A{number}", f"S{number}", f"P{number}")
    story: list[tuple[Command, Actor, int]] = [
        (ProposeAssignment("a", "early1", "ANN"), PLANNER, at(0, 0)),
        (PublishAssignments(("a",)), PLANNER, at(0, 0)),
        (ProposeSwap("w", "a", "b"), person("ANN"), at(0, 0)),
        (AcceptSwap("w"), person("BOB"), at(0, 0)),
        (ReportAbsent("b", "SICK"), LEAD, at(0, 0)),
        (CheckIn("a", "STA", at(1, 6), "scan"), GATE, at(1, 6)),
        (Tick(at(1, 16)), SYSTEM, at(1, 16)),
    ]
    counts = {}
    for command, actor, now in story:
        calls: list[str] = []
        received = Received("c", "wf:STA", command, actor, now)
        workforce.decide(venue.state, received, venue.policy)  # what is made once is made before
        gc.disable()  # what it clears away may have something to call
        sys.setprofile(partial(note, calls))
        outcome = workforce.decide(venue.state, received, venue.policy)
        sys.setprofile(None)
        gc.enable()
        assert isinstance(outcome, list)
        for event in outcome:
            workforce.evolve(venue.state, event)
        counts[type(command).__name__] = len(calls)
    return counts


def test_a_decision_costs_what_it_touches_and_not_what_the_venue_has() -> None:
    assert work_of(5) == work_of(100)
