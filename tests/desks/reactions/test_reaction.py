"""What follows from an event becomes commands that are the same ones whenever they are made."""

from __future__ import annotations

from desks.reactions.reaction import REACTOR, Order, received
from management.quota import ConfirmHold, ReleaseHold
from tests.desks.people import MANAGERS
from tests.desks.reactions.told import recorded

EVENT = recorded("per:P1", None)
HERE, THERE = Order("ro:AAA", ConfirmHold("H1")), Order("ro:BBB", ReleaseHold("H2"))


def test_a_command_is_of_the_system_and_names_its_event() -> None:
    (command,) = received("m", EVENT, [HERE], 7)
    assert (command.key, command.command, command.actor, command.at) == ("ro:AAA", ConfirmHold("H1"), REACTOR, 7)
    assert (command.correlation, command.actor.may("SYSTEM", "ro:AAA")) == (EVENT.id, True)


def test_what_came_in_time_counts_as_received_with_its_event() -> None:
    late = Order("ro:AAA", ConfirmHold("H1"), in_time=True)
    assert [one.at for one in received("m", EVENT, [HERE, late], 7)] == [7, EVENT.at]


def test_who_else_is_told_does_not_change_the_id_of_a_command() -> None:
    first, second = received("m", EVENT, [HERE, THERE], 7)
    assert [one.id for one in received("m", EVENT, [THERE, HERE], 8)] == [second.id, first.id]


def test_every_command_has_an_id_of_its_own() -> None:
    made = received("m", EVENT, [HERE, HERE, THERE], 7)
    made += received("n", EVENT, [HERE], 7) + received("m", recorded("per:P1", None, 2), [HERE], 7)
    assert len({one.id for one in made}) == 5


def test_each_manager_has_a_name_of_its_own() -> None:
    assert len({manager.name for manager in MANAGERS}) == len(MANAGERS)
