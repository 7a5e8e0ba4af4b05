"""The registration meeting of a delegation: figures, signatures, the fixed size, the task when athletes drop out."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from management.command import Actor, Received, Refusal, Tick
from management.delegation import (
    ITEMS,
    AthletesReported,
    DelegationFixed,
    DelegationPresented,
    Event,
    Figures,
    Item,
    ItemSigned,
    MeetingReopened,
    OfficialsReported,
    OfficialsTaskClosed,
    OfficialsTaskOpened,
    PresentDelegation,
    ReopenMeeting,
    ReportAthletes,
    ReportOfficials,
    SignItem,
    State,
    decide,
    due,
    evolve,
)
from schemas.policy.entries import Policy
from tests.management.entry_hands import AUTHORITY, LATE, OFFICE, SYSTEM, T20, noc, person

AAA = noc("AAA")
CLERK = person("clerk", "SPORT_ENTRIES")
TEN = Figures(athletes=10, forms=10, officials=6, cards=16)  # in T20 ten athletes bring six officials


class Meeting:
    """The meeting of AAA by hand."""

    def __init__(self, policy: Policy = T20) -> None:
        self.state, self.policy = State(), policy

    def ask(self, command: Any, by: Actor) -> list[Event] | Refusal:
        before = msgspec.msgpack.encode(self.state)
        answer = decide(self.state, Received("C", "del:AAA", command, by, LATE), self.policy)
        assert msgspec.msgpack.encode(self.state) == before
        for event in [] if isinstance(answer, Refusal) else answer:
            evolve(self.state, event)
        return answer

    def refuses(self, command: Any, by: Actor) -> str:
        answer = self.ask(command, by)
        assert isinstance(answer, Refusal), answer
        return answer.code

    def fixed(self, figures: Figures = TEN) -> Meeting:
        """Go through the whole of it."""
        self.ask(PresentDelegation(figures), CLERK)
        for item in ITEMS:
            self.ask(SignItem(item, "organisation"), AAA)
            self.ask(SignItem(item, "office"), OFFICE)
        assert self.state.status == "FIXED"
        return self


def presented(figures: Figures = TEN, policy: Policy = T20) -> Meeting:
    meeting = Meeting(policy)
    meeting.ask(PresentDelegation(figures), CLERK)
    return meeting


def test_the_office_presents_the_figures_and_the_quota_that_follows() -> None:
    meeting = Meeting()
    wish = PresentDelegation(TEN)
    assert meeting.refuses(wish, AAA) == "NOT_AUTHORISED"
    assert meeting.refuses(PresentDelegation(replace(TEN, cards=-1)), CLERK) == "FIGURES"
    assert meeting.ask(wish, CLERK) == [DelegationPresented(TEN, 6, "clerk")]
    assert meeting.ask(wish, CLERK) == []


def test_with_the_last_of_eight_signatures_the_size_is_fixed() -> None:
    meeting = presented()
    assert meeting.ask(SignItem("ATHLETES", "organisation"), AAA) == [
        ItemSigned("ATHLETES", "organisation", "office-AAA")
    ]
    assert meeting.ask(SignItem("ATHLETES", "organisation"), AAA) == []
    for item in ITEMS[1:]:
        meeting.ask(SignItem(item, "organisation"), AAA)
    for item in ITEMS[:3]:
        meeting.ask(SignItem(item, "office"), OFFICE)
    assert meeting.state.status == "PRESENTED"
    assert meeting.ask(SignItem("CARDS", "office"), OFFICE) == [
        ItemSigned("CARDS", "office", "office"),
        DelegationFixed(10, 6, 6),
    ]
    assert meeting.refuses(SignItem("CARDS", "office"), OFFICE) == "STATE"
    assert meeting.refuses(PresentDelegation(TEN), CLERK) == "STATE"


def test_nothing_is_signed_before_the_figures() -> None:
    assert Meeting().refuses(SignItem("CARDS", "office"), OFFICE) == "STATE"


def test_each_side_signs_for_itself() -> None:
    meeting = presented()
    assert meeting.refuses(SignItem("ATHLETES", "organisation"), noc("BBB")) == "NOT_AUTHORISED"
    assert meeting.refuses(SignItem("ATHLETES", "organisation"), OFFICE) == "NOT_AUTHORISED"
    assert meeting.refuses(SignItem("ATHLETES", "office"), AAA) == "NOT_AUTHORISED"


def test_the_two_sides_are_two_persons_and_who_presented_does_not_sign_for_the_office() -> None:
    meeting = presented()
    both = person("both", "RO_ENTRIES", "SPORT_ENTRIES")
    meeting.ask(SignItem("ATHLETES", "organisation"), both)
    assert meeting.refuses(SignItem("ATHLETES", "office"), both) == "SAME_PERSON"
    meeting.ask(SignItem("FORMS", "office"), both)
    assert meeting.refuses(SignItem("FORMS", "organisation"), both) == "SAME_PERSON"
    assert meeting.refuses(SignItem("CARDS", "office"), CLERK) == "SAME_PERSON"


@pytest.mark.parametrize(
    ("figures", "item", "code"),
    [
        (replace(TEN, forms=9), "FORMS", "FORMS"),
        (replace(TEN, officials=7, cards=17), "OFFICIALS", "OFFICIALS_QUOTA"),
        (replace(TEN, cards=15), "CARDS", "CARDS"),
    ],
)
def test_what_falls_short_is_not_signed(figures: Figures, item: Item, code: str) -> None:
    meeting = presented(figures)
    assert meeting.refuses(SignItem(item, "office"), OFFICE) == code
    assert [other for other in ITEMS if isinstance(meeting.ask(SignItem(other, "office"), OFFICE), Refusal)] == [item]


def test_where_cards_need_not_be_validated_yet_they_are_signed_as_they_are() -> None:
    meeting = presented(replace(TEN, cards=0), replace(T20, delegation=replace(T20.delegation, cards_required=False)))
    assert meeting.ask(SignItem("CARDS", "office"), OFFICE) == [ItemSigned("CARDS", "office", "office")]


def test_other_figures_make_all_signatures_void() -> None:
    meeting = presented()
    meeting.ask(SignItem("ATHLETES", "office"), OFFICE)
    nine = Figures(9, 9, 2, 11)
    assert meeting.ask(PresentDelegation(nine), CLERK) == [DelegationPresented(nine, 2, "clerk")]
    assert (meeting.state.signed, meeting.state.quota) == ({}, 2)


def test_the_authority_reopens_a_meeting_and_everything_is_signed_anew() -> None:
    meeting = Meeting().fixed()
    wish = ReopenMeeting("EB 14", "one athlete was overlooked")
    assert meeting.refuses(wish, OFFICE) == "NOT_AUTHORISED"
    assert meeting.ask(wish, AUTHORITY) == [MeetingReopened("EB 14", "one athlete was overlooked")]
    assert meeting.refuses(wish, AUTHORITY) == "STATE"
    assert meeting.ask(PresentDelegation(TEN), CLERK) == [DelegationPresented(TEN, 6, "clerk")]
    assert meeting.fixed().state.status == "FIXED"


def test_a_drop_in_athletes_opens_a_task_and_cancels_nothing() -> None:
    meeting = Meeting().fixed()
    assert meeting.refuses(ReportAthletes(9), OFFICE) == "NOT_AUTHORISED"
    assert meeting.refuses(ReportAthletes(-1), SYSTEM) == "FIGURES"
    assert meeting.ask(ReportAthletes(9), SYSTEM) == [AthletesReported(9, 2), OfficialsTaskOpened(4)]
    assert meeting.ask(ReportAthletes(9), SYSTEM) == []
    assert meeting.ask(ReportAthletes(8), SYSTEM) == [AthletesReported(8, 2)]
    assert meeting.ask(ReportOfficials(3), SYSTEM) == [OfficialsReported(3), OfficialsTaskOpened(1)]
    assert meeting.ask(ReportOfficials(3), SYSTEM) == []
    assert meeting.ask(ReportOfficials(2), SYSTEM) == [OfficialsReported(2), OfficialsTaskClosed()]
    assert meeting.ask(ReportOfficials(1), SYSTEM) == [OfficialsReported(1)]
    assert (meeting.state.figures, meeting.state.task) == (Figures(8, 10, 1, 16), 0)


def test_more_athletes_close_the_task() -> None:
    meeting = Meeting().fixed()
    meeting.ask(ReportAthletes(9), SYSTEM)
    assert meeting.ask(ReportAthletes(11), SYSTEM) == [AthletesReported(11, 6), OfficialsTaskClosed()]


def test_numbers_are_reported_once_the_size_is_fixed() -> None:
    assert presented().refuses(ReportAthletes(9), SYSTEM) == "STATE"
    assert presented().refuses(ReportOfficials(9), SYSTEM) == "STATE"


def test_a_meeting_has_no_deadline() -> None:
    meeting = presented()
    assert (due(meeting.state), meeting.ask(Tick(LATE), SYSTEM)) == (None, [])


def test_a_meeting_that_was_saved_and_loaded_goes_on() -> None:
    whole, halves = Meeting(), Meeting()
    steps: list[tuple[Any, Actor]] = [(PresentDelegation(TEN), CLERK)]
    steps += [(SignItem(item, "organisation"), AAA) for item in ITEMS]
    steps += [(SignItem(item, "office"), OFFICE) for item in ITEMS]
    steps += [(ReportAthletes(3), SYSTEM), (ReportOfficials(2), SYSTEM)]
    for command, by in steps:
        assert whole.ask(command, by) == halves.ask(command, by)
        halves.state = msgspec.msgpack.decode(msgspec.msgpack.encode(halves.state), type=State)
        assert whole.state == halves.state
