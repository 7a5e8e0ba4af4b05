"""The aggregate as a whole: every command has its decision, every event its change, and the policy is strict."""

from __future__ import annotations

from typing import get_args

import pytest

from management import workforce
from management.workforce_commands import Command
from management.workforce_events import Event
from management.workforce_state import SWAPS, TRANSITIONS, Status, SwapStatus


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
