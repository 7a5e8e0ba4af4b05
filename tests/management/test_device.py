"""A scanner: it enrols with a code, counts, and counts no more."""

from __future__ import annotations

import pytest

from management.command import Actor, Grant, Received, Refusal, Tick
from management.device import (
    Command,
    DeviceEnrolled,
    DeviceInvitationLapsed,
    DeviceInvited,
    DeviceRevoked,
    EnrolDevice,
    Event,
    InviteDevice,
    RevokeDevice,
    State,
    decide,
    due,
    evolve,
    grants_of,
)
from tests.management.account_hands import AT, CODE, T20, actor, digest

LEADER = actor("P-LEA", "VENUE_ACR", scope="venue:STA")
SOC = actor("P-OTTO", "SOC")
SCANNER = Actor("SCAN-1")
KEY = "0a" * 32
QUARTER = 900_000


class Hand:
    def __init__(self, *events: Event) -> None:
        self.state = State()
        self.at = AT
        for event in events:
            evolve(self.state, event)

    def send(self, command: Command, by: Actor) -> list[Event] | str:
        decided = decide(self.state, Received("c1", "dev:SCAN-1", command, by, self.at), T20)
        if isinstance(decided, Refusal):
            return decided.code
        for event in decided:
            evolve(self.state, event)
        return decided


INVITED = DeviceInvited("STA", digest(), AT + QUARTER, "P-LEA")
ENROLLED = DeviceEnrolled("STA", KEY, "P-LEA")


def test_a_scanner_enrols_with_the_code_that_it_read() -> None:
    hand = Hand()
    assert grants_of(hand.state) == ()
    assert hand.send(InviteDevice("STA", digest()), LEADER) == [INVITED]
    assert (grants_of(hand.state), due(hand.state)) == ((), AT + QUARTER)
    assert hand.send(EnrolDevice(KEY, CODE), SCANNER) == [ENROLLED]
    assert (grants_of(hand.state), due(hand.state)) == ((Grant("GATE_DEVICE", "venue:STA"),), None)
    assert hand.send(EnrolDevice(KEY, CODE), SCANNER) == "INVITATION"  # for once


def test_it_is_enrolled_where_its_leader_has_a_say() -> None:
    hand = Hand()
    assert hand.send(InviteDevice("SWC", digest()), LEADER) == "NOT_AUTHORISED"
    assert hand.send(InviteDevice("", digest()), LEADER) == "NOT_AUTHORISED"
    assert hand.send(InviteDevice("STA", "short"), LEADER) == "INVITATION"


@pytest.mark.parametrize(("key", "code", "later", "refusal"), [
    (KEY, "another", 0, "INVITATION"),
    (KEY, CODE, QUARTER, "INVITATION"),
    ("0a", CODE, 0, "KEY"),
    ("0A" * 32, CODE, 0, "KEY"),
])  # fmt: skip
def test_what_does_not_enrol(key: str, code: str, later: int, refusal: str) -> None:
    hand = Hand(INVITED)
    hand.at += later
    assert hand.send(EnrolDevice(key, code), SCANNER) == refusal


def test_a_code_lapses_and_another_takes_its_place() -> None:
    hand = Hand(INVITED)
    assert hand.send(Tick(AT + QUARTER - 1), SCANNER) == []
    assert hand.send(Tick(AT + QUARTER), SCANNER) == [DeviceInvitationLapsed()]
    hand = Hand(INVITED)
    hand.send(InviteDevice("STA", digest("second")), LEADER)
    assert hand.send(EnrolDevice(KEY, CODE), SCANNER) == "INVITATION"
    assert hand.send(EnrolDevice(KEY, "second"), SCANNER) == [ENROLLED]


@pytest.mark.parametrize("by", [LEADER, SOC])
def test_who_is_revoked_never_comes_back(by: Actor) -> None:
    hand = Hand(INVITED, ENROLLED)
    assert hand.send(RevokeDevice("LOST"), actor("P-EVE", "VENUE_ACR", scope="venue:SWC")) == "NOT_AUTHORISED"
    assert hand.send(RevokeDevice("LOST"), by) == [DeviceRevoked("LOST", by.id)]
    assert grants_of(hand.state) == ()
    assert hand.send(RevokeDevice("LOST"), by) == []
    assert hand.send(InviteDevice("STA", digest()), LEADER) == "STATE"
    assert hand.send(EnrolDevice(KEY, CODE), SCANNER) == "INVITATION"


def test_what_was_never_there_is_not_revoked() -> None:
    assert Hand().send(RevokeDevice("LOST"), SOC) == "STATE"
