"""A volunteer from the application to the end: each step, guard and code."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, get_args

import pytest

from management import volunteer
from management.command import Actor, Grant, Tick
from management.headcount import (
    AddReserve,
    HoldPlace,
    MarkOffered,
    PlaceReleased,
    ReleasePlace,
    ReserveCalled,
    SetHeadcount,
)
from management.volunteer_commands import (
    AcceptOffer,
    Activate,
    AmendApplication,
    Command,
    Complete,
    Dismiss,
    DropHold,
    Engagement,
    Hold,
    Match,
    OpenApplication,
    PutInReserve,
    RecordAccreditation,
    RecordInterview,
    RecordTraining,
    RecordUniform,
    RejectOffer,
    Screen,
    Submit,
    TurnDown,
    Withdraw,
)
from management.volunteer_events import (
    AccreditationRecorded,
    Activated,
    ApplicationAmended,
    ApplicationOpened,
    Completed,
    Dismissed,
    HoldDropped,
    Interviewed,
    Matched,
    OfferAccepted,
    OfferLapsed,
    OfferMade,
    OfferRejected,
    Onboarded,
    Reserved,
    Screened,
    Submitted,
    TrainingRecorded,
    TurnedDown,
    UniformRecorded,
    Withdrawn,
)
from tests.management.volunteer_hands import (
    ADULT,
    DAYS,
    HOUR,
    NOW,
    PLANNER,
    POLICY,
    RESPOND_BY,
    SECOND,
    SYSTEM,
    Aggregate,
    matched,
    new_headcount,
    new_volunteer,
    offer,
    offered,
    person,
    submitted,
)

ANN = person("ANN")


def accepted() -> Aggregate:
    """A person who has accepted."""
    one = offered()
    one.ok(AcceptOffer(), actor=ANN)
    return one


def active() -> Aggregate:
    """A person who has come to work."""
    one = accepted()
    one.ok(RecordTraining("GENERAL"), RecordAccreditation(True), RecordUniform(True), Activate(), actor=SYSTEM)
    return one


def test_from_the_application_to_the_end() -> None:
    one = new_volunteer()
    assert one.do(OpenApplication(b"sealed"), ANN) == [ApplicationOpened("ANN", "MAIN", b"sealed")]
    assert one.do(AmendApplication(("STEWARD",), (*DAYS[::-1], DAYS[0]), b"more"), ANN) == [
        ApplicationAmended(("STEWARD",), DAYS, b"more")
    ]
    assert one.do(Submit(ADULT), ANN) == [Submitted()]
    assert one.do(Screen()) == [Screened()]
    assert one.do(RecordInterview(80)) == [Interviewed(80)]
    assert one.do(Match("STEWARD", "STA")) == [Matched("STEWARD", "STA")]
    assert one.do(offer()) == [OfferMade("STEWARD", "STA", DAYS[0], DAYS[-1], RESPOND_BY, "h1", minor=False)]
    assert one.do(AcceptOffer(), ANN) == [OfferAccepted("h1")]
    assert one.do(RecordTraining("GENERAL")) == [TrainingRecorded("GENERAL")]
    assert one.do(RecordAccreditation(True), SYSTEM) == [AccreditationRecorded(True)]
    assert one.do(RecordUniform(True), SYSTEM) == [UniformRecorded(True), Onboarded()]
    assert one.do(Activate(), SYSTEM) == [Activated()]
    assert one.do(Complete()) == [Completed()]
    assert one.state.stage == "COMPLETED"


def test_the_birth_date_is_in_no_event() -> None:
    one = active()
    assert [str(event) for event in one.log if "1990" in str(event)] == []


# -- the application --------------------------------------------------------------------------------------------------


def draft(days: tuple[date, ...] = DAYS) -> Aggregate:
    """An application that is not handed in."""
    one = new_volunteer()
    one.ok(OpenApplication(), AmendApplication(("STEWARD",), days), actor=ANN)
    return one


@pytest.mark.parametrize(
    ("submit", "code"),
    [
        (Submit(POLICY.ends.replace(year=POLICY.ends.year - 16), consent=True), "accepted: [Submitted()]"),
        (Submit(POLICY.ends.replace(year=POLICY.ends.year - 16) + timedelta(1), consent=True), "AGE"),
        (Submit(POLICY.starts.replace(year=POLICY.starts.year - 18)), "accepted: [Submitted()]"),
        (Submit(POLICY.starts.replace(year=POLICY.starts.year - 18) + timedelta(1)), "NO_CONSENT"),
        (Submit(ADULT, (Engagement("CITY", DAYS[-1], DAYS[-1] + timedelta(5)),)), "OTHER_PROGRAMME"),
        (Submit(ADULT, (Engagement("CITY", DAYS[-1] + timedelta(1), POLICY.ends),)), "accepted: [Submitted()]"),
        (Submit(ADULT, (Engagement("CHOIR", DAYS[0], DAYS[-1]),)), "accepted: [Submitted()]"),
    ],
)
def test_who_may_submit(submit: Submit, code: str) -> None:
    assert draft().code(submit, ANN) == code


def test_a_volunteer_is_available_on_ten_days() -> None:
    assert draft(DAYS[:9]).code(Submit(ADULT), ANN) == "DAYS"
    enough = draft(DAYS[:10])
    assert enough.do(Submit(ADULT), ANN) == [Submitted()]
    assert enough.do(Submit(ADULT), ANN) == []


def test_a_draft_names_roles_and_days_of_the_programme() -> None:
    one = draft()
    assert one.code(AmendApplication(("JUGGLER",), DAYS), ANN) == "UNKNOWN"
    assert one.code(AmendApplication((), (POLICY.ends + timedelta(1),)), ANN) == "DAYS"
    assert one.code(AmendApplication((), (POLICY.starts - timedelta(1),)), ANN) == "DAYS"
    one.ok(Submit(ADULT), actor=ANN)
    assert one.code(AmendApplication((), ()), ANN) == "STATE"


def test_one_live_application() -> None:
    assert draft().code(OpenApplication(), ANN) == "LIVE"
    assert active().code(OpenApplication(), ANN) == "IRREVOCABLE"
    one = submitted()
    one.ok(Withdraw("CHANGED"), actor=ANN)
    assert one.do(OpenApplication(), ANN) == [ApplicationOpened("ANN", "MAIN")]
    assert (one.state.days, one.state.wishes) == ((), ())


def test_who_has_answered_does_not_begin_anew() -> None:
    for answer in (AcceptOffer(), RejectOffer()):
        one = offered()
        one.ok(answer, actor=ANN)
        one.do(Withdraw(), ANN)
        assert one.code(OpenApplication(), ANN) == "IRREVOCABLE"


def test_a_score_is_0_to_100() -> None:
    one = submitted()
    one.ok(Screen())
    assert [one.code(RecordInterview(score)) for score in (-1, 101)] == ["SCORE", "SCORE"]
    one.ok(RecordInterview(0))
    assert one.do(RecordInterview(0)) == []
    assert one.code(RecordInterview(1)) == "STATE"


def test_matches_may_change_until_the_offer() -> None:
    one = matched()
    assert one.do(Match("STEWARD", "STA")) == []
    assert one.do(Match("DRIVER", "STA")) == [Matched("DRIVER", "STA")]
    assert one.do(PutInReserve("STEWARD", "STA")) == [Reserved("STEWARD", "STA")]
    assert one.do(PutInReserve("STEWARD", "STA")) == []
    assert one.do(Match("STEWARD", "STA")) == [Matched("STEWARD", "STA")]
    assert one.code(Match("JUGGLER", "STA")) == "UNKNOWN"
    assert one.do(TurnDown("TOO_MANY")) == [TurnedDown("TOO_MANY")]
    assert one.do(TurnDown("TOO_MANY")) == []


# -- the offer --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"role": "DRIVER"}, "STATE"),
        ({"venue": "AQU"}, "STATE"),
        ({"hold": Hold("h", "BOB", "STEWARD", "STA")}, "NO_HEADCOUNT"),
        ({"hold": Hold("h", "ANN", "DRIVER", "STA")}, "NO_HEADCOUNT"),
        ({"hold": Hold("h", "ANN", "STEWARD", "AQU")}, "NO_HEADCOUNT"),
        ({"starts": POLICY.starts - timedelta(1)}, "DAYS"),
        ({"ends": POLICY.ends + timedelta(1)}, "DAYS"),
        ({"starts": DAYS[3], "ends": DAYS[2]}, "DAYS"),
        ({"born": DAYS[0].replace(year=2014) + timedelta(1)}, "AGE"),
        ({"respond_by": NOW + 24 * HOUR - 1}, "RESPOND_BY"),
    ],
)
def test_what_cannot_be_offered(changed: dict[str, Any], code: str) -> None:
    assert matched().code(offer(**changed)) == code


def test_who_is_a_minor_on_the_first_day() -> None:
    for born, minor in ((DAYS[0].replace(year=2012), False), (DAYS[0].replace(year=2012) + timedelta(1), True)):
        one = matched()
        one.ok(offer(born=born))
        assert one.state.minor == minor


def test_who_was_born_on_29_february_is_older_on_1_march() -> None:
    assert [volunteer._age(date(2012, 2, 29), date(2030, *day)) for day in ((2, 28), (3, 1))] == [17, 18]


def test_an_offer_is_made_once_and_is_not_taken_back() -> None:
    one = offered()
    assert one.do(offer()) == []
    assert one.code(offer(hold="h2")) == "STATE"
    for command in (Match("DRIVER", "STA"), PutInReserve("STEWARD", "STA"), TurnDown("X"), Dismiss("X")):
        assert one.code(command) == "STATE"


def test_only_the_person_answers() -> None:
    one = offered()
    everything = Actor("boss", (Grant("VOLUNTEER"), Grant("WF_PLANNER"), Grant("SYSTEM")))
    for actor in (person("BOB"), PLANNER, everything, SYSTEM, Actor("ANN")):
        assert one.code(AcceptOffer(), actor) == "NOT_AUTHORISED"
        assert one.code(RejectOffer(), actor) == "NOT_AUTHORISED"


def test_an_answer_is_irrevocable() -> None:
    for first, second, event in (
        (AcceptOffer(), RejectOffer(), OfferAccepted("h1")),
        (RejectOffer(), AcceptOffer(), OfferRejected("h1")),
    ):
        one = offered()
        assert one.do(first, ANN) == [event]
        assert one.do(first, ANN) == []
        assert one.code(second, ANN) == "IRREVOCABLE"
        assert one.tick(RESPOND_BY + SECOND) == []


def test_there_is_nothing_to_answer_without_an_offer() -> None:
    assert matched().code(AcceptOffer(), ANN) == "STATE"


def test_scenario_11_the_deadline_of_an_offer() -> None:
    """Accepted in the second of respond_by, also after a Tick for it; lapsed a second later; then the first reserve."""
    one = offered()
    assert one.tick(RESPOND_BY) == []
    assert one.tick(RESPOND_BY + SECOND - 1) == []
    assert one.do(AcceptOffer(), ANN, RESPOND_BY + SECOND - 1) == [OfferAccepted("h1")]
    assert one.code(RejectOffer(), ANN, RESPOND_BY) == "IRREVOCABLE"

    late = offered()
    assert late.code(AcceptOffer(), ANN, RESPOND_BY + SECOND) == "OFFER_LAPSED"
    assert late.code(RejectOffer(), ANN, RESPOND_BY + SECOND) == "OFFER_LAPSED"
    assert volunteer.due(late.state) == RESPOND_BY + SECOND
    assert late.tick(RESPOND_BY + SECOND) == [OfferLapsed("h1")]
    assert late.tick(RESPOND_BY + SECOND) == []
    assert late.code(AcceptOffer(), ANN, RESPOND_BY) == "OFFER_LAPSED"  # the reserve has been called

    places = new_headcount()
    places.ok(SetHeadcount(1), HoldPlace("h1", "ANN"), MarkOffered("h1"), AddReserve("CIA", 2), AddReserve("BOB", 1))
    assert places.do(ReleasePlace("h1", "LAPSED"), SYSTEM) == [
        PlaceReleased("h1", "LAPSED"),
        ReserveCalled("c6:BOB", "BOB", NOW + 120 * 60 * SECOND),
    ]
    assert places.do(ReleasePlace("h1", "LAPSED"), SYSTEM) == []  # once
    assert [place.person for place in places.state.places.values()] == ["BOB"]

    reserve = submitted("BOB")
    reserve.ok(Screen(), RecordInterview(70), PutInReserve("STEWARD", "STA"))
    reserve.ok(offer("BOB", "c6:BOB"), actor=SYSTEM)
    assert reserve.do(AcceptOffer(), person("BOB")) == [OfferAccepted("c6:BOB")]


def test_respond_by_counts_to_its_second_whatever_its_milliseconds() -> None:
    one = matched()
    one.ok(offer(respond_by=RESPOND_BY + 999))
    assert volunteer.due(one.state) == RESPOND_BY + SECOND
    assert one.do(AcceptOffer(), ANN, RESPOND_BY + 999) == [OfferAccepted("h1")]


def test_who_let_an_offer_lapse_may_wait_for_another() -> None:
    one = offered()
    one.tick(RESPOND_BY + SECOND)
    assert one.code(Match("STEWARD", "STA")) == "STATE"
    one.ok(PutInReserve("STEWARD", "STA"))
    one.ok(offer(hold="h2"))
    assert one.do(AcceptOffer(), ANN) == [OfferAccepted("h2")]


def test_a_hold_is_dropped_for_ever_or_used() -> None:
    one = matched()
    assert one.do(DropHold("h1"), SYSTEM) == [HoldDropped("h1")]
    assert one.do(DropHold("h1"), SYSTEM) == []
    assert one.code(offer()) == "NO_HEADCOUNT"
    one.ok(offer(hold="h2"))
    assert one.do(DropHold("h2"), SYSTEM) == []
    one.ok(AcceptOffer(), actor=ANN)
    assert one.do(DropHold("h2"), SYSTEM) == []


# -- onboarding and after ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_onboarded_is_who_has_training_accreditation_and_uniform(order: tuple[int, ...]) -> None:
    facts = [RecordTraining("GENERAL"), RecordAccreditation(True), RecordUniform(True)]
    one = accepted()
    assert one.code(Activate(), SYSTEM) == "STATE"
    for index in order:
        assert one.state.stage == "ACCEPTED"
        one.ok(facts[index], actor=SYSTEM)
        assert one.do(facts[index], SYSTEM) == []
    assert one.log[-1] == Onboarded()


def test_every_training_of_the_role_is_asked_for() -> None:
    one = submitted()
    one.ok(Screen(), RecordInterview(80), Match("DRIVER", "STA"))
    one.ok(offer(role="DRIVER", hold=Hold("h1", "ANN", "DRIVER", "STA")))
    one.ok(AcceptOffer(), actor=ANN)
    one.ok(RecordAccreditation(True), RecordUniform(True), RecordTraining("GENERAL"), actor=SYSTEM)
    assert one.state.stage == "ACCEPTED"
    assert one.do(RecordTraining("DRIVING")) == [TrainingRecorded("DRIVING"), Onboarded()]


def test_who_loses_the_accreditation_before_the_first_shift_does_not_begin() -> None:
    one = accepted()
    one.ok(RecordTraining("GENERAL"), RecordAccreditation(True), RecordUniform(True), actor=SYSTEM)
    one.ok(RecordAccreditation(False), actor=SYSTEM)
    assert one.code(Activate(), SYSTEM) == "NOT_READY"
    one.ok(RecordAccreditation(True), Activate(), actor=SYSTEM)
    assert one.do(Activate(), SYSTEM) == []


def test_who_leaves_gives_the_place_back() -> None:
    for begin in (accepted, active, offered):
        one = begin()
        assert one.do(Withdraw("FOOD"), ANN) == [Withdrawn("FOOD", hold="h1")]
        assert one.do(Withdraw("FOOD"), ANN) == []
    one = active()
    assert one.do(Dismiss("CONDUCT")) == [Dismissed("CONDUCT", hold="h1")]
    assert one.do(Dismiss("CONDUCT")) == []
    assert one.code(OpenApplication(), ANN) == "IRREVOCABLE"
    assert submitted().do(Withdraw(), ANN) == [Withdrawn("", hold="")]


# -- who may what -----------------------------------------------------------------------------------------------------

ALL: list[Any] = [
    OpenApplication(),
    AmendApplication((), ()),
    Submit(ADULT),
    AcceptOffer(),
    RejectOffer(),
    Withdraw(),
    Screen(),
    RecordInterview(1),
    Match("STEWARD", "STA"),
    PutInReserve("STEWARD", "STA"),
    offer(),
    TurnDown("X"),
    Complete(),
    Dismiss("X"),
    DropHold("h9"),
    RecordTraining("GENERAL"),
    RecordAccreditation(True),
    RecordUniform(True),
    Activate(),
]


def test_every_command_has_its_parties() -> None:
    assert set(volunteer.RIGHTS) == set(get_args(Command)) == {*map(type, ALL), Tick}


@pytest.mark.parametrize("command", ALL, ids=lambda command: type(command).__name__)
def test_each_party_may_do_its_part_only(command: Any) -> None:
    parties = {"PERSON": ANN, "PLANNER": PLANNER, "SYSTEM": SYSTEM}
    allowed = {name for name, actor in parties.items() if offered().code(command, actor) != "NOT_AUTHORISED"}
    assert allowed == set(volunteer.RIGHTS[type(command)])
    strangers = (
        person("BOB"),
        Actor("far", (Grant("WF_PLANNER", "programme:PARA"),)),
        Actor("x", (Grant("SYSADMIN"),)),
    )
    assert {offered().code(command, actor) for actor in strangers} == {"NOT_AUTHORISED"}


def test_nobody_decides_on_his_own_application() -> None:
    both = Actor("ANN", (Grant("VOLUNTEER", "person:ANN"), Grant("WF_PLANNER")))
    for command in (Screen(), TurnDown("X")):
        assert submitted().code(command, both) == "SAME_PERSON"
    assert submitted().do(Withdraw(), both) == [Withdrawn("", "")]


@pytest.mark.parametrize("stage", volunteer.TRANSITIONS)
def test_what_the_table_does_not_know_is_refused(stage: volunteer.Stage) -> None:
    steps: dict[type, tuple[Any, Actor]] = {
        Screened: (Screen(), PLANNER),
        Interviewed: (RecordInterview(1), PLANNER),
        TurnedDown: (TurnDown("X"), PLANNER),
        Withdrawn: (Withdraw("X"), ANN),
        Dismissed: (Dismiss("X"), PLANNER),
        Completed: (Complete(), PLANNER),
        Activated: (Activate(), SYSTEM),
        Reserved: (PutInReserve("DRIVER", "AQU"), PLANNER),
    }
    allowed = set()
    for command, actor in steps.values():
        one = active()
        one.state.stage = stage
        outcome = one.do(command, actor)
        if isinstance(outcome, list):
            allowed |= {type(each) for each in outcome}
    assert allowed == {event for event in volunteer.TRANSITIONS[stage] if event in steps}


def test_a_key_without_a_person_is_nobodys_application() -> None:
    for key in ("vol:MAIN", "vol:MAIN:"):
        assert Aggregate(volunteer, key).code(OpenApplication(), person("P1")) == "UNKNOWN"
