"""A person: several functions in one record, and that the record is data without a name."""

from __future__ import annotations

import msgspec

from management.card_desk import Produce
from management.command import Actor, Grant, Tick
from management.participation import Participation
from management.person import (
    AdoptParticipation,
    Command,
    Event,
    State,
    evolve,
)
from management.suspension import Suspend
from tests.management.accredited import (
    FORM,
    JULY,
    OPEN,
    OPERATOR,
    SPRING,
    SUPERVISOR,
    SYSTEM,
    active,
    approved,
    suspended,
)


def test_two_functions_have_a_card_each_and_share_no_fate_but_the_security_check() -> None:
    coach = Participation("A2", "AAA", "Ao", "COACH", status="APPROVED", clearance="CLEAR", clearance_expires=JULY * 2)
    desk = active().after([(AdoptParticipation(("P0",), coach), SYSTEM), (Produce("A2", 2, 20, photo=True), OPERATOR)])
    assert desk.cards == {1: "ACTIVE", 2: "PRE_VALID"}
    desk.after([(Suspend("A1", "X"), SUPERVISOR)], JULY)
    assert desk.cards == {1: "SUSPENDED", 2: "PRE_VALID"}


def test_a_desk_of_one_organisation_sees_no_other() -> None:
    mine = Actor("op", (Grant("OC_ACR_OPERATOR", "ro:AAA"),))
    other = Actor("op", (Grant("OC_ACR_OPERATOR", "ro:BBB"),))
    ask = Produce("A1", 1, 10, photo=True)
    assert approved().code(ask, other) == "NOT_AUTHORISED"
    assert approved().after([(ask, mine)]).cards == {1: "PRE_VALID"}


def test_commands_and_events_are_told_apart_by_their_tags() -> None:
    for kind, union in ((Command, "Command"), (Event, "Event")):
        tags = [member.__struct_config__.tag for member in kind.__args__]
        assert (union, len(set(tags))) == (union, len(tags))


def test_events_and_commands_come_back_from_bytes() -> None:
    desk = suspended()
    events = msgspec.json.decode(msgspec.json.encode(desk.events), type=list[Event])
    assert events == desk.events
    again = State()
    for event in events:
        evolve(again, event)
    assert again == desk.state
    data = msgspec.msgpack.encode(again, order="deterministic")  # as a writer does to compare states
    assert msgspec.msgpack.decode(data, type=State) == again
    asks: list[Command] = [OPEN, FORM, Tick(SPRING)]
    assert msgspec.json.decode(msgspec.json.encode(asks), type=list[Command]) == asks


def test_what_is_personal_is_in_no_event() -> None:
    text = msgspec.json.encode(suspended().events).decode()
    assert [secret for secret in ("1999", "2025", "born", "document_until", "photo") if secret in text] == []
