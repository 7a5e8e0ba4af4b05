"""A participation from the application to its end: every way of the table, every guard, every code."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from management.application import HoldGrant, OpenApplication, RecordClearance, Return, Submit, Verify
from management.card_events import CardRevoked, CardSuperseded, CardSuspended, CardUnblocked
from management.command import Actor, Grant, Tick
from management.entitlement import Override
from management.function_change import ChangeEntitlement, ChangeFunction, Withdraw
from management.participation import TRANSITIONS
from management.participation_events import (
    ApplicationOpened,
    ClearanceReferred,
    ClearanceRefused,
    Cleared,
    Closed,
    EntitlementChanged,
    FunctionChanged,
    ParticipationEvent,
    QuotaReleased,
    Reinstated,
    Returned,
    RevocationRequested,
    Revoked,
    Submitted,
    Suspended,
    SuspensionConfirmed,
    SuspensionLapsed,
    UndertakingRequired,
    Verified,
    Warned,
    Withdrawn,
)
from management.person import CloseGames, due
from management.suspension import (
    ApproveRevocation,
    ConfirmSuspension,
    Reinstate,
    RequestRevocation,
    RequireUndertaking,
    Suspend,
    Warn,
)
from tests.management.accredited import (
    AUTHORITY,
    CLEAR_UNTIL,
    DAY,
    FORM,
    HOUR,
    JULY,
    NOBODY,
    OPEN,
    OPERATOR,
    OTHER_RO,
    PRESS,
    RO,
    SECURITY,
    SOC,
    SPRING,
    SUPERVISOR,
    SUPERVISOR_C,
    SYSTEM,
    T20,
    Desk,
    active,
    approved,
    draft,
    ms,
    pending,
    pre_valid,
    submitted,
    suspended,
)

CLEAR = RecordClearance("CLEAR", "POLICE", CLEAR_UNTIL)
REFUSE = RecordClearance("REFUSE", "POLICE")
REFER = RecordClearance("REFER", "POLICE")
REVOKE = RequestRevocation("A1", "FRAUD")
CLOSING = ms("2021-09-09T00:00:00Z")


def form(**changes: Any) -> Submit:
    """Return the form with some parts changed."""
    return msgspec.structs.replace(FORM, **changes)


# -- the application ------------------------------------------------------------------------------------------------


def test_an_organisation_opens_an_application() -> None:
    desk = Desk()
    sealed = msgspec.structs.replace(OPEN, sealed=b"x")
    opened = ApplicationOpened("A1", "AAA", "Aa", "ATHLETE", "SWM", by="ro-a", sealed=b"x")
    assert desk.ask(sealed, RO) == [opened]
    assert desk.status == "DRAFT"


@pytest.mark.parametrize("by", [OTHER_RO, OPERATOR, SUPERVISOR, SYSTEM, NOBODY], ids=lambda by: by.id)
def test_nobody_else_opens_its_applications(by: Actor) -> None:
    assert Desk().code(OPEN, by) == "NOT_AUTHORISED"


@pytest.mark.parametrize(
    ("category", "function"), [("HB", "TECHNICIAN"), ("Aa", "COACH"), ("ZZ", "ATHLETE")], ids=["owner", "fn", "cat"]
)
def test_an_organisation_applies_for_its_own_categories_and_their_functions_only(category: str, function: str) -> None:
    assert Desk().code(OpenApplication("A1", "AAA", category, function), RO) == "NOT_OWNER"


def test_an_organisation_that_nobody_knows_owns_nothing() -> None:
    stranger = Actor("x", (Grant("RO_ACR", "ro:XXX"),))
    assert Desk().code(OpenApplication("A1", "XXX", "Aa", "ATHLETE"), stranger) == "NOT_OWNER"


def test_who_is_on_a_list_or_has_a_barred_occupation_is_ineligible() -> None:
    journalist = OpenApplication("A1", "NWS", "E", "JOURNALIST", occupation="WRITER")
    listed = msgspec.structs.replace(journalist, listed=True)
    manager = msgspec.structs.replace(journalist, occupation="MANAGER")
    assert [Desk().code(ask, PRESS) for ask in (listed, manager)] == ["INELIGIBLE", "INELIGIBLE"]
    assert Desk().after([(journalist, PRESS)]).status == "DRAFT"


def test_an_identifier_is_one_application_and_a_function_is_held_once() -> None:
    again = msgspec.structs.replace(OPEN, participation="A2")
    assert draft().code(OPEN, RO) == "EXISTS"
    assert draft().code(again, RO) == "DUPLICATE"
    coach = OpenApplication("A2", "AAA", "Ao", "COACH")
    assert draft().after([(coach, RO)]).state.participations["A2"].status == "DRAFT"
    ended = draft().after([(Withdraw("A1"), RO), (again, RO)])
    assert ended.state.participations["A2"].status == "DRAFT"


def test_a_complete_form_is_submitted() -> None:
    desk = draft()
    assert desk.ask(FORM, RO) == [Submitted("A1", by="ro-a", hold="H1", late=False, sealed=b"sealed")]
    found = desk.state.participations["A1"]
    assert (found.status, found.hold, found.submitted_by, found.late) == ("SUBMITTED", "H1", "ro-a", False)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"complete": ("NAME", "BIRTH", "DOCUMENT", "NATIONALITY")}, "INCOMPLETE"),
        ({"photo": "FAILED"}, "PHOTO"),
        ({"photo": "MISSING"}, "PHOTO"),
        ({"consents": ()}, "CONSENT"),
        ({"consents": ("GUARDIAN",)}, "CONSENT"),
        ({"born": date(2003, 7, 24)}, "CONSENT"),  # 18 on the second day of the Games
        ({"document_until": date(2022, 2, 8)}, "DOCUMENT"),
        ({"hold": None}, "QUOTA"),
        ({"hold": HoldGrant("H1", "BBB", "Aa", SPRING + HOUR)}, "QUOTA"),
        ({"hold": HoldGrant("H1", "AAA", "Ao", SPRING + HOUR)}, "QUOTA"),
        ({"hold": HoldGrant("H1", "AAA", "Aa", SPRING)}, "QUOTA"),  # it lapses at this instant
    ],
    ids=str,
)
def test_a_form_is_refused_with_the_first_thing_that_is_wrong(changes: dict[str, Any], code: str) -> None:
    desk = draft()
    assert desk.code(form(**changes), RO) == code
    assert desk.status == "DRAFT"


@pytest.mark.parametrize(
    "changes",
    [
        {"born": date(2003, 7, 23)},  # 18 on the first day
        {"born": date(2003, 7, 24), "consents": ("GUARDIAN",)},
        {"document_until": date(2022, 2, 9)},
        {"hold": HoldGrant("H1", "AAA", "Aa", SPRING + 1)},
    ],
    ids=str,
)
def test_what_just_holds_is_taken(changes: dict[str, Any]) -> None:
    assert Desk().after([(OPEN, RO), (form(**changes), RO)]).status == "SUBMITTED"


def test_a_leap_day_is_a_birthday_on_the_first_of_march_and_months_end_where_they_do() -> None:
    period = msgspec.structs.replace(
        T20.period,
        opens=T20.period.opens.replace(year=2022, month=2, day=28),
        closes=T20.period.closes.replace(year=2022, month=8, day=31),
    )
    policy = msgspec.structs.replace(T20, period=period)
    leap = form(born=date(2004, 2, 29), document_until=date(2023, 2, 28))
    adult = form(born=date(2004, 2, 28), document_until=date(2023, 2, 28))
    assert Desk(policy=policy).after([(OPEN, RO)]).code(leap, RO) == "CONSENT"
    assert Desk(policy=policy).after([(OPEN, RO), (adult, RO)]).status == "SUBMITTED"
    short = form(born=date(2004, 2, 28), document_until=date(2023, 2, 27))
    assert Desk(policy=policy).after([(OPEN, RO)]).code(short, RO) == "DOCUMENT"


def test_a_late_form_is_taken_and_flagged_when_it_says_so() -> None:
    late = T20.categories["Aa"].applications.end
    hold = HoldGrant("H1", "AAA", "Aa", late + HOUR)
    desk = draft()
    assert desk.code(form(hold=hold), RO, late) == "WINDOW"
    assert desk.code(form(hold=None), RO, late) == "QUOTA"
    assert desk.ask(form(hold=hold, late=True), RO, late) == [
        Submitted("A1", by="ro-a", hold="H1", late=True, sealed=b"sealed")
    ]
    assert desk.state.participations["A1"].late


def test_a_form_in_time_is_not_flagged_whatever_it_says_and_one_too_early_is_refused() -> None:
    window = T20.categories["Aa"].applications
    hold = HoldGrant("H1", "AAA", "Aa", window.end + HOUR)
    in_time = draft()
    in_time.ask(form(hold=hold, late=True), RO, window.end - 1)
    assert not in_time.state.participations["A1"].late
    assert draft().code(form(hold=hold, late=True), RO, window.first - 1) == "WINDOW"


def test_an_operator_returns_an_application_and_it_comes_again_with_the_place_that_it_has() -> None:
    desk = submitted()
    notes = Return("A1", ("PHOTO_DARK",), b"note")
    assert desk.ask(notes, OPERATOR) == [Returned("A1", by="op", notes=("PHOTO_DARK",), sealed=b"note")]
    assert desk.status == "RETURNED"
    assert desk.ask(form(hold=None), RO) == [Submitted("A1", by="ro-a", hold="H1", late=False, sealed=b"sealed")]


def test_an_operator_verifies_an_application() -> None:
    desk = submitted()
    assert desk.ask(Verify("A1"), OPERATOR) == [Verified("A1", by="op")]
    assert desk.status == "CLEARANCE_PENDING"


def test_who_submitted_does_not_check() -> None:
    both = Actor("both", (Grant("RO_ACR", "ro:AAA"), Grant("OC_ACR_OPERATOR")))
    desk = Desk().after([(OPEN, RO), (FORM, both)])
    assert [desk.code(ask, both) for ask in (Verify("A1"), Return("A1", ()))] == ["SAME_PERSON", "SAME_PERSON"]


@pytest.mark.parametrize("by", [RO, SUPERVISOR, AUTHORITY, SECURITY, NOBODY], ids=lambda by: by.id)
def test_only_operators_check(by: Actor) -> None:
    desk = submitted()
    assert [desk.code(ask, by) for ask in (Verify("A1"), Return("A1", ()))] == ["NOT_AUTHORISED", "NOT_AUTHORISED"]


def test_an_operator_for_one_organisation_checks_no_other() -> None:
    narrow = Actor("op-b", (Grant("OC_ACR_OPERATOR", "ro:BBB"),))
    mine = Actor("op-a", (Grant("OC_ACR_OPERATOR", "ro:AAA"),))
    assert submitted().code(Verify("A1"), narrow) == "NOT_AUTHORISED"
    assert submitted().ask(Verify("A1"), mine) == [Verified("A1", by="op-a")]


# -- the security check ---------------------------------------------------------------------------------------------


def test_the_security_check_clears() -> None:
    desk = pending()
    assert desk.ask(CLEAR, SECURITY) == [Cleared("A1", authority="POLICE", expires=CLEAR_UNTIL)]
    assert desk.status == "APPROVED"


def test_the_security_check_refuses_and_the_quota_is_released() -> None:
    desk = pending()
    assert desk.ask(REFUSE, SECURITY) == [
        ClearanceRefused("A1", authority="POLICE"),
        QuotaReleased("A1", hold="H1", ro="AAA", category="Aa"),
    ]
    assert (desk.status, desk.state.participations["A1"].hold) == ("REFUSED", "")


def test_a_referral_leaves_it_pending() -> None:
    desk = pending()
    assert desk.ask(REFER, SECURITY) == [ClearanceReferred("A1", authority="POLICE")]
    assert desk.status == "CLEARANCE_PENDING"
    assert desk.after([(CLEAR, SECURITY)]).status == "APPROVED"


@pytest.mark.parametrize("by", [RO, OPERATOR, SUPERVISOR, AUTHORITY, NOBODY], ids=lambda by: by.id)
def test_only_the_security_check_gives_verdicts(by: Actor) -> None:
    assert pending().code(CLEAR, by) == "NOT_AUTHORISED"


def test_a_verdict_may_be_given_about_one_person_only() -> None:
    mine = Actor("sec-1", (Grant("SECURITY_CHECK", "person:P1"),))
    other = Actor("sec-2", (Grant("SECURITY_CHECK", "person:P2"),))
    assert pending().code(CLEAR, other) == "NOT_AUTHORISED"
    assert pending().ask(CLEAR, mine) == [Cleared("A1", authority="POLICE", expires=CLEAR_UNTIL)]


def test_a_verdict_that_has_expired_clears_nobody() -> None:
    assert pending().code(RecordClearance("CLEAR", "POLICE", SPRING), SECURITY) == "EXPIRY"


def test_a_verdict_needs_a_participation_that_waits_for_it() -> None:
    assert [submitted().code(ask, SECURITY) for ask in (CLEAR, REFUSE, REFER)] == ["STATE"] * 3
    assert approved().code(REFER, SECURITY) == "STATE"


def test_a_later_refusal_suspends_at_once_and_never_lapses() -> None:
    desk = active()
    assert desk.ask(REFUSE, SECURITY, JULY) == [
        ClearanceRefused("A1", authority="POLICE"),
        Suspended("A1", reason="CLEARANCE", by="sec", until=None, confirm_by=None),
        CardSuspended(1),
    ]
    assert desk.tick(JULY + 30 * DAY) == []
    assert desk.code(Reinstate("A1"), SUPERVISOR, JULY) == "CLEARANCE"
    assert desk.ask(CLEAR, SECURITY, JULY) == [Cleared("A1", authority="POLICE", expires=CLEAR_UNTIL)]
    assert desk.status == "SUSPENDED"
    assert desk.ask(Reinstate("A1"), SUPERVISOR, JULY) == [Reinstated("A1", by="sup-a"), CardUnblocked(1)]


def test_a_refusal_takes_the_place_of_a_suspension_that_would_have_lapsed() -> None:
    desk = suspended()
    desk.ask(REFUSE, SECURITY, JULY)
    assert desk.tick(JULY + 2 * DAY) == []
    assert desk.status == "SUSPENDED"


def test_a_verdict_is_about_the_person_in_all_functions() -> None:
    coach = [
        (OpenApplication("A2", "AAA", "Ao", "COACH"), RO),
        (
            form(
                participation="A2",
                complete=("NAME", "BIRTH", "DOCUMENT"),
                hold=HoldGrant("H2", "AAA", "Ao", SPRING + 1),
            ),
            RO,
        ),
        (Verify("A2"), OPERATOR),
    ]
    desk = approved().after(coach)
    assert desk.ask(REFUSE, SECURITY) == [
        ClearanceRefused("A1", authority="POLICE"),
        Suspended("A1", reason="CLEARANCE", by="sec", until=None, confirm_by=None),
        ClearanceRefused("A2", authority="POLICE"),
        QuotaReleased("A2", hold="H2", ro="AAA", category="Ao"),
    ]


# -- warnings to revocation -----------------------------------------------------------------------------------------


def test_a_warning_and_an_undertaking_change_no_status() -> None:
    desk = approved()
    assert desk.ask(Warn("A1", "BIB"), SUPERVISOR) == [Warned("A1", reason="BIB", by="sup-a")]
    assert desk.ask(RequireUndertaking("A1", "RULES"), SUPERVISOR) == [
        UndertakingRequired("A1", reason="RULES", by="sup-a")
    ]
    found = desk.state.participations["A1"]
    assert (found.status, found.warnings, found.undertakings) == ("APPROVED", 1, 1)


def test_one_person_suspends_at_once() -> None:
    for by in (SUPERVISOR, SOC):
        desk = active()
        assert desk.ask(Suspend("A1", "CONDUCT", JULY + 5 * DAY), by, JULY) == [
            Suspended("A1", reason="CONDUCT", by=by.id, until=JULY + 5 * DAY, confirm_by=JULY + DAY),
            CardSuspended(1),
        ]
        assert (desk.status, desk.cards) == ("SUSPENDED", {1: "SUSPENDED"})


def test_who_is_suspended_is_not_suspended_again() -> None:
    assert suspended().code(Suspend("A1", "CONDUCT"), SOC, JULY) == "STATE"


def test_a_suspension_does_not_end_before_it_begins() -> None:
    assert approved().code(Suspend("A1", "CONDUCT", SPRING), SUPERVISOR) == "EXPIRY"


def test_an_unconfirmed_suspension_lapses_at_its_deadline_and_not_before() -> None:
    desk = suspended()
    assert due(desk.state) == JULY + DAY
    assert desk.tick(JULY + DAY - 1) == []
    assert desk.tick(JULY + DAY) == [SuspensionLapsed("A1", cause="UNCONFIRMED"), CardUnblocked(1)]
    assert (desk.status, desk.cards) == ("APPROVED", {1: "ACTIVE"})


def test_another_person_confirms_a_suspension() -> None:
    desk = suspended()
    assert desk.code(ConfirmSuspension("A1"), SUPERVISOR, JULY) == "SAME_PERSON"
    assert desk.ask(ConfirmSuspension("A1"), SOC, JULY) == [SuspensionConfirmed("A1", by="soc")]
    assert desk.ask(ConfirmSuspension("A1"), AUTHORITY, JULY) == []
    assert desk.tick(JULY + 20 * DAY) == []
    assert approved().code(ConfirmSuspension("A1"), SOC) == "STATE"


def test_a_confirmed_suspension_ends_when_it_was_to_end() -> None:
    desk = active().after([(Suspend("A1", "CONDUCT", JULY + 3 * DAY), SUPERVISOR)], JULY)
    desk.ask(ConfirmSuspension("A1"), SOC, JULY)
    assert due(desk.state) == JULY + 3 * DAY
    assert desk.tick(JULY + 3 * DAY) == [SuspensionLapsed("A1", cause="ENDED"), CardUnblocked(1)]


def test_only_the_system_lets_time_pass() -> None:
    assert suspended().code(Tick(JULY + DAY), SUPERVISOR, JULY) == "NOT_AUTHORISED"


def test_a_suspension_is_taken_back() -> None:
    for by in (SUPERVISOR_C, AUTHORITY):
        desk = suspended()
        assert desk.ask(Reinstate("A1"), by, JULY) == [Reinstated("A1", by=by.id), CardUnblocked(1)]
        assert desk.status == "APPROVED"


def test_nobody_is_reinstated_once_the_verdict_has_expired() -> None:
    assert suspended().code(Reinstate("A1"), SUPERVISOR, CLEAR_UNTIL) == "CLEARANCE"


def test_scenario_6_revoke_needs_two() -> None:
    desk = suspended()
    assert desk.ask(REVOKE, SUPERVISOR, JULY) == [
        RevocationRequested("A1", reason="FRAUD", by="sup-a", authority=False)
    ]
    assert desk.code(ApproveRevocation("A1"), SUPERVISOR, JULY) == "SAME_PERSON"
    assert desk.code(ApproveRevocation("A1"), RO, JULY) == "NOT_AUTHORISED"
    assert desk.status == "SUSPENDED"
    assert desk.ask(ApproveRevocation("A1"), AUTHORITY, JULY) == [
        Revoked("A1", requested_by="sup-a", approved_by="auth-b"),
        CardRevoked(1, reason="REVOKED"),
    ]
    assert (desk.status, desk.cards, due(desk.state)) == ("REVOKED", {1: "REVOKED"}, None)
    assert [desk.code(ask, SUPERVISOR, JULY) for ask in (Reinstate("A1"), Suspend("A1", "X"))] == ["STATE", "STATE"]


def test_two_supervisors_do_not_revoke_and_the_authority_may_ask_first() -> None:
    desk = suspended().after([(REVOKE, SUPERVISOR)], JULY)
    assert desk.code(ApproveRevocation("A1"), SUPERVISOR_C, JULY) == "NOT_AUTHORISED"
    asked = suspended().after([(REVOKE, AUTHORITY)], JULY)
    assert asked.code(ApproveRevocation("A1"), AUTHORITY, JULY) == "SAME_PERSON"
    assert asked.ask(ApproveRevocation("A1"), SUPERVISOR_C, JULY) == [
        Revoked("A1", requested_by="auth-b", approved_by="sup-c"),
        CardRevoked(1, reason="REVOKED"),
    ]


def test_revocation_is_asked_for_once_before_it_is_approved_and_only_while_suspended() -> None:
    assert suspended().code(ApproveRevocation("A1"), AUTHORITY, JULY) == "STATE"
    assert suspended().after([(REVOKE, SUPERVISOR)], JULY).code(REVOKE, AUTHORITY, JULY) == "STATE"
    assert approved().code(REVOKE, SUPERVISOR) == "STATE"
    assert approved().code(ApproveRevocation("A1"), AUTHORITY) == "STATE"
    lapsed = suspended().after([(REVOKE, SUPERVISOR)], JULY)
    lapsed.tick(JULY + DAY)
    lapsed.after([(Suspend("A1", "CONDUCT"), SUPERVISOR)], JULY + DAY)
    assert lapsed.code(ApproveRevocation("A1"), AUTHORITY, JULY + DAY) == "STATE"


@pytest.mark.parametrize("by", [RO, OPERATOR, SECURITY, NOBODY], ids=lambda by: by.id)
def test_an_organisation_or_an_operator_sanctions_nobody(by: Actor) -> None:
    asks = [Warn("A1", ""), RequireUndertaking("A1", ""), Suspend("A1", ""), ConfirmSuspension("A1"), Reinstate("A1")]
    codes = {desk.code(ask, by) for desk in (approved(), suspended()) for ask in [*asks, REVOKE]}
    assert codes == {"NOT_AUTHORISED"}


# -- changes and ends -----------------------------------------------------------------------------------------------


def test_another_function_takes_its_place_first_and_the_card_is_superseded() -> None:
    desk = active()
    change = ChangeFunction("A1", "Ao", "COACH", "SWM", HoldGrant("H2", "AAA", "Ao", JULY + 1))
    assert desk.ask(change, OPERATOR, JULY) == [
        FunctionChanged("A1", category="Ao", function="COACH", discipline="SWM", hold="H2", version=2, by="op"),
        CardSuperseded(1, reason="FUNCTION"),
        QuotaReleased("A1", hold="H1", ro="AAA", category="Aa"),
    ]
    found = desk.state.participations["A1"]
    assert (found.category, found.function, found.hold, found.version) == ("Ao", "COACH", "H2", 2)
    assert (desk.status, desk.cards) == ("APPROVED", {1: "SUPERSEDED"})


def test_the_same_category_keeps_its_place() -> None:
    desk = approved().after([(ChangeFunction("A1", "Ao", "COACH", "SWM", HoldGrant("H2", "AAA", "Ao", JULY)), SYSTEM)])
    doctor = ChangeFunction("A1", "Ao", "DOCTOR", "SWM")
    assert desk.ask(doctor, SYSTEM) == [
        FunctionChanged("A1", category="Ao", function="DOCTOR", discipline="SWM", hold="H2", version=3, by="system")
    ]
    assert desk.ask(doctor, SYSTEM) == []


def test_another_function_needs_the_owner_the_quota_and_an_approved_participation() -> None:
    desk, change = approved(), ChangeFunction("A1", "Ao", "COACH")
    assert desk.code(change, OPERATOR) == "QUOTA"
    assert desk.code(ChangeFunction("A1", "HB", "TECHNICIAN"), OPERATOR) == "NOT_OWNER"
    assert desk.code(ChangeFunction("A1", "Ao", "ATHLETE"), OPERATOR) == "NOT_OWNER"
    assert desk.code(change, RO) == "NOT_AUTHORISED"
    assert pending().code(change, OPERATOR) == "STATE"
    assert suspended().code(change, OPERATOR, JULY) == "STATE"


OVERRIDE = Override("GRANT", "sup-a", JULY + DAY, "SWC", "6")


def test_a_supervisor_approves_what_another_asks_for_and_the_card_is_superseded() -> None:
    desk = pre_valid()
    ask = ChangeEntitlement("A1", (OVERRIDE,), requested_by="op")
    assert desk.ask(ask, SUPERVISOR) == [
        EntitlementChanged("A1", overrides=(OVERRIDE,), version=2, by="sup-a"),
        CardSuperseded(1, reason="ENTITLEMENT"),
    ]
    assert (desk.state.participations["A1"].overrides, desk.cards) == ((OVERRIDE,), {1: "SUPERSEDED"})
    assert desk.ask(ask, SUPERVISOR) == []


def test_a_games_may_let_the_card_stand_where_gates_get_the_newer_entitlement() -> None:
    desk = pre_valid(msgspec.structs.replace(T20, supersede_on_entitlement=False))
    assert desk.ask(ChangeEntitlement("A1", (OVERRIDE,), requested_by="op"), SUPERVISOR) == [
        EntitlementChanged("A1", overrides=(OVERRIDE,), version=2, by="sup-a")
    ]
    assert desk.cards == {1: "PRE_VALID"}


def test_an_override_names_its_approver_and_ends_in_the_future() -> None:
    desk = approved()
    assert desk.code(ChangeEntitlement("A1", (OVERRIDE,), requested_by="sup-a"), SUPERVISOR) == "SAME_PERSON"
    assert desk.code(ChangeEntitlement("A1", (OVERRIDE,), requested_by="op"), SUPERVISOR_C) == "NOT_AUTHORISED"
    assert desk.code(ChangeEntitlement("A1", (OVERRIDE,), requested_by="x"), OPERATOR) == "NOT_AUTHORISED"
    assert desk.code(ChangeEntitlement("A1", (OVERRIDE,), requested_by="op"), SUPERVISOR, JULY + DAY) == "EXPIRY"
    assert submitted().code(ChangeEntitlement("A1", (OVERRIDE,), requested_by="op"), SUPERVISOR) == "STATE"


def test_what_stands_already_keeps_its_approver_whoever_adds_to_it() -> None:
    desk = approved().after([(ChangeEntitlement("A1", (OVERRIDE,), requested_by="op"), SUPERVISOR)])
    other = Override("DENY", "sup-c", JULY, "OLP")
    ask = ChangeEntitlement("A1", (OVERRIDE, other), requested_by="op")
    later = JULY - 1  # the first one is in force still
    assert desk.ask(ask, SUPERVISOR_C, later) == [
        EntitlementChanged("A1", overrides=(OVERRIDE, other), version=3, by="sup-c")
    ]


def test_an_organisation_withdraws_before_the_games_and_the_quota_follows_the_card() -> None:
    desk = pre_valid()
    assert desk.ask(Withdraw("A1"), RO, T20.period.first - 1) == [
        Withdrawn("A1", by="ro-a"),
        CardRevoked(1, reason="WITHDRAWN"),
        QuotaReleased("A1", hold="H1", ro="AAA", category="Aa"),
    ]
    assert (desk.status, desk.cards, desk.state.participations["A1"].hold) == ("WITHDRAWN", {1: "REVOKED"}, "")


def test_who_has_no_place_yet_releases_none() -> None:
    assert draft().ask(Withdraw("A1"), RO) == [Withdrawn("A1", by="ro-a")]


def test_nobody_is_withdrawn_once_the_games_have_begun_or_by_another() -> None:
    assert pre_valid().code(Withdraw("A1"), RO, T20.period.first) == "GAMES_BEGUN"
    assert pre_valid().code(Withdraw("A1"), OTHER_RO) == "NOT_AUTHORISED"
    assert pre_valid().code(Withdraw("A1"), OPERATOR) == "NOT_AUTHORISED"


def test_the_close_of_the_games_ends_everything_and_remembers_what_it_was() -> None:
    desk = suspended().after([(OpenApplication("A2", "AAA", "Ao", "COACH"), RO)])
    assert desk.code(CloseGames(), SYSTEM, CLOSING - 1) == "TOO_EARLY"
    assert desk.code(CloseGames(), SUPERVISOR, CLOSING) == "NOT_AUTHORISED"
    assert desk.ask(CloseGames(), SYSTEM, CLOSING) == [Closed("A1"), CardRevoked(1, reason="CLOSED"), Closed("A2")]
    ended = {found.id: (found.status, found.was) for found in desk.state.participations.values()}
    assert ended == {"A1": ("CLOSED", "SUSPENDED"), "A2": ("CLOSED", "DRAFT")}
    assert desk.ask(CloseGames(), SYSTEM, CLOSING) == []
    assert due(desk.state) is None


def test_what_is_about_nothing_that_exists_is_refused() -> None:
    assert draft().code(Verify("A9"), OPERATOR) == "UNKNOWN"


# -- the table: what is not in it is refused --------------------------------------------------------------------------

COMMANDS: dict[type[ParticipationEvent], tuple[Any, Actor]] = {
    Submitted: (form(hold=HoldGrant("H9", "AAA", "Aa", JULY)), RO),
    Returned: (Return("A1", ()), OPERATOR),
    Verified: (Verify("A1"), OPERATOR),
    Cleared: (CLEAR, SECURITY),
    ClearanceRefused: (REFUSE, SECURITY),
    ClearanceReferred: (REFER, SECURITY),
    FunctionChanged: (ChangeFunction("A1", "Ao", "COACH", hold=HoldGrant("H9", "AAA", "Ao", JULY)), OPERATOR),
    EntitlementChanged: (ChangeEntitlement("A1", (OVERRIDE,), requested_by="op"), SUPERVISOR),
    Warned: (Warn("A1", ""), SUPERVISOR),
    UndertakingRequired: (RequireUndertaking("A1", ""), SUPERVISOR),
    SuspensionConfirmed: (ConfirmSuspension("A1"), SOC),
    Reinstated: (Reinstate("A1"), SUPERVISOR),
    RevocationRequested: (REVOKE, SUPERVISOR),
    Withdrawn: (Withdraw("A1"), RO),
}

WAYS: dict[str, list[tuple[Any, Actor]]] = {
    "DRAFT": [],
    "SUBMITTED": [COMMANDS[Submitted]],
    "RETURNED": [COMMANDS[Submitted], COMMANDS[Returned]],
    "CLEARANCE_PENDING": [COMMANDS[Submitted], COMMANDS[Verified]],
    "REFUSED": [COMMANDS[Submitted], COMMANDS[Verified], COMMANDS[ClearanceRefused]],
    "APPROVED": [COMMANDS[Submitted], COMMANDS[Verified], COMMANDS[Cleared]],
    "SUSPENDED": [COMMANDS[Submitted], COMMANDS[Verified], COMMANDS[Cleared], (Suspend("A1", "X"), SUPERVISOR)],
    "WITHDRAWN": [COMMANDS[Withdrawn]],
    "REVOKED": [
        *(COMMANDS[Submitted], COMMANDS[Verified], COMMANDS[Cleared], (Suspend("A1", "X"), SUPERVISOR)),
        *((REVOKE, SUPERVISOR), (ApproveRevocation("A1"), AUTHORITY)),
    ],
}


@pytest.mark.parametrize("status", WAYS)
@pytest.mark.parametrize("event", COMMANDS, ids=lambda event: event.__name__)
def test_a_command_is_legal_exactly_where_the_table_has_a_way(event: type[ParticipationEvent], status: str) -> None:
    desk = draft().after(WAYS[status])
    assert desk.status == status
    decided = desk.ask(*COMMANDS[event])
    if status in TRANSITIONS[event]:
        assert isinstance(decided, list)
        expected = {**TRANSITIONS[event], "APPROVED": "SUSPENDED"} if event is ClearanceRefused else TRANSITIONS[event]
        assert desk.status == expected[status]
    else:
        assert (getattr(decided, "code", None), desk.status) == ("STATE", status)
