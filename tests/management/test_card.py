"""Cards: printed once, validated by the right bearer, blocked before they are replaced, never revived."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from management.card import LIVE, TRANSITIONS, list_status
from management.card_desk import (
    ConfirmReceipt,
    Dispatch,
    Produce,
    Reissue,
    ReportDamaged,
    ReportFound,
    ReportLost,
    ReportStolen,
    ReturnCard,
    Validate,
)
from management.card_events import (
    CardDamaged,
    CardDispatched,
    CardEvent,
    CardExpired,
    CardFound,
    CardLost,
    CardProduced,
    CardReceived,
    CardReturned,
    CardStolen,
    CardSuperseded,
    CardSuspended,
    CardValidated,
)
from management.command import Actor, Grant
from management.function_change import ChangeFunction
from management.person import due
from management.status_list import NOT_VALIDATED, REVOKED, SUSPENDED, VALID, decode, encode
from management.suspension import Reinstate, Suspend
from tests.management.accredited import (
    AUTHORITY,
    CHECKED,
    CLEAR_UNTIL,
    DPO,
    JULY,
    NOBODY,
    OPERATOR,
    OTHER_RO,
    PRINT,
    RO,
    SECURITY,
    SOC,
    SPRING,
    SUPERVISOR,
    SYSTEM,
    T20,
    VENUE,
    Desk,
    active,
    approved,
    pending,
    pre_valid,
    suspended,
)

LOST = ReportLost(1, identity_checked=True, point="OLV")
STOLEN = ReportStolen(1, identity_checked=True, point="OLV")
DAMAGED = ReportDamaged(1, identity_checked=True, old_card_back=True, point="OLV")
SECOND = Reissue(1, new_serial=2, new_index=20, photo=True, point="OLV")
RETURN = ReturnCard(1, point="OLV")
FOUND = ReportFound(1, point="OLV")
FROM, TO = T20.validity.first, T20.validity.end


def printed(serial: int = 1, index: int = 10, by: str = "op", replaces: int | None = None) -> CardProduced:
    return CardProduced(serial, index, "A1", FROM, TO, by, replaces)


def check(**changes: Any) -> Validate:
    """Return a validation with some parts changed."""
    return msgspec.structs.replace(CHECKED, **changes)


# -- printing -------------------------------------------------------------------------------------------------------


def test_an_approved_participation_has_a_card_printed_that_opens_nothing() -> None:
    desk = approved()
    assert desk.ask(PRINT, OPERATOR) == [printed()]
    assert desk.cards == {1: "PRE_VALID"}
    assert list_status(desk.state.cards["1"]) == NOT_VALIDATED


def test_no_card_without_a_verdict_of_the_security_check() -> None:
    assert pending().code(PRINT, OPERATOR) == "NOT_APPROVED"
    no_card = approved().after([(Suspend("A1", "X"), SUPERVISOR)])
    assert no_card.code(PRINT, OPERATOR) == "NOT_APPROVED"


def test_no_card_without_a_photo_beside_another_or_after_all_are_over() -> None:
    assert approved().code(msgspec.structs.replace(PRINT, photo=False), OPERATOR) == "NO_PHOTO"
    assert approved().code(PRINT, OPERATOR, TO) == "VALIDITY"
    assert approved().ask(PRINT, OPERATOR, TO - 1) == [printed()]
    for desk in (pre_valid(), active()):
        assert desk.code(Produce("A1", 2, 20, photo=True), OPERATOR) == "LIVE_CARD"
        assert desk.code(Produce("A1", 2, 20, photo=False), OPERATOR) == "NO_PHOTO"
    assert suspended().code(Produce("A1", 2, 20, photo=False), OPERATOR) == "NOT_APPROVED"


def test_a_serial_and_an_index_are_one_card_for_ever() -> None:
    desk = pre_valid().after([(ReturnCard(1), OPERATOR)])
    assert desk.code(Produce("A1", 1, 20, photo=True), OPERATOR) == "SERIAL_USED"
    assert desk.code(Produce("A1", 2, 10, photo=True), OPERATOR) == "INDEX_USED"
    assert desk.ask(Produce("A1", 2, 20, photo=True), OPERATOR) == [printed(2, 20)]


def test_a_card_that_is_gone_is_replaced_by_a_reissue_only() -> None:
    for report in (LOST, STOLEN, DAMAGED):
        assert active().after([(report, VENUE)]).code(Produce("A1", 2, 20, photo=True), OPERATOR) == "REISSUE"


def test_after_another_function_a_new_card_is_printed() -> None:
    desk = active().after([(ChangeFunction("A1", "Aa", "ATHLETE", "ATH"), OPERATOR)])
    assert desk.ask(Produce("A1", 2, 20, photo=True), OPERATOR) == [printed(2, 20)]
    assert desk.cards == {1: "SUPERSEDED", 2: "PRE_VALID"}


# -- sending --------------------------------------------------------------------------------------------------------


def test_a_card_is_sent_and_arrives() -> None:
    desk = pre_valid()
    assert desk.code(ConfirmReceipt(1, "B7"), RO) == "STATE"
    assert desk.ask(Dispatch(1, "B7"), OPERATOR) == [CardDispatched(1, batch="B7")]
    assert desk.code(Dispatch(1, "B7"), OPERATOR) == "STATE"
    assert desk.ask(ConfirmReceipt(1, "B7"), RO) == [CardReceived(1, batch="B7")]
    assert desk.ask(ConfirmReceipt(1, "B7"), RO) == []
    assert (desk.cards, desk.state.cards["1"].delivery) == ({1: "PRE_VALID"}, "RECEIVED")
    assert active().code(ConfirmReceipt(1, "B7"), RO, JULY) == "STATE"


def test_only_its_organisation_receives_a_card() -> None:
    desk = pre_valid().after([(Dispatch(1, "B7"), OPERATOR)])
    assert [desk.code(ConfirmReceipt(1, "B7"), by) for by in (OTHER_RO, OPERATOR)] == ["NOT_AUTHORISED"] * 2


# -- validating -----------------------------------------------------------------------------------------------------


def test_the_right_bearer_has_the_card_validated() -> None:
    desk = pre_valid()
    assert desk.ask(CHECKED, VENUE, JULY) == [CardValidated(1, point="OLV", by="desk-olv")]
    assert desk.cards == {1: "ACTIVE"}
    assert list_status(desk.state.cards["1"]) == VALID
    assert desk.code(CHECKED, VENUE, JULY) == "STATE"


@pytest.mark.parametrize(
    ("changes", "at", "code"),
    [
        ({"bearer_present": False, "document_matches": False}, JULY, "BEARER_ABSENT"),
        ({"document_matches": False, "point": "SWC"}, CLEAR_UNTIL, "DOCUMENT_MISMATCH"),
        ({"point": "SWC"}, CLEAR_UNTIL, "CLEARANCE"),
        ({"point": "SWC"}, FROM - 1, "POINT"),
        ({"point": "XXX"}, JULY, "POINT"),
        ({}, FROM - 1, "VALIDITY"),
        ({}, TO, "VALIDITY"),
    ],
    ids=str,
)
def test_a_card_is_not_validated_for_the_first_thing_that_is_wrong(changes: dict[str, Any], at: int, code: str) -> None:
    desk = pre_valid()
    assert desk.code(check(**changes), OPERATOR, at) == code
    assert desk.cards == {1: "PRE_VALID"}


def test_the_first_and_the_last_instant_of_validity() -> None:
    for at in (FROM, TO - 1):
        assert pre_valid().after([(CHECKED, OPERATOR)], at).cards == {1: "ACTIVE"}


def test_the_card_of_a_suspended_person_is_not_validated() -> None:
    desk = pre_valid()
    suspension = desk.ask(Suspend("A1", "X"), SUPERVISOR, JULY)
    assert isinstance(suspension, list)
    assert len(suspension) == 1  # a card that opens nothing has nothing to suspend
    assert desk.code(CHECKED, VENUE, JULY) == "NOT_APPROVED"


def test_the_desk_of_a_venue_acts_at_its_venue() -> None:
    assert pre_valid().code(check(point="MPC"), VENUE, JULY) == "NOT_AUTHORISED"
    elsewhere = Actor("desk-mpc", (Grant("VENUE_ACR", "venue:MPC"),))
    assert pre_valid().code(CHECKED, elsewhere, JULY) == "NOT_AUTHORISED"
    assert active().code(msgspec.structs.replace(LOST, point=""), VENUE, JULY) == "NOT_AUTHORISED"


@pytest.mark.parametrize("by", [RO, SECURITY, SOC, DPO, AUTHORITY, NOBODY], ids=lambda by: by.id)
def test_only_desks_print_validate_and_take_back(by: Actor) -> None:
    asks = (Produce("A1", 2, 20, photo=True), CHECKED, DAMAGED, SECOND, RETURN)
    assert [pre_valid().code(ask, by, JULY) for ask in asks] == ["NOT_AUTHORISED"] * len(asks)


# -- gone, and replaced ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("report", "event", "status"),
    [
        (LOST, CardLost(1, by="desk-olv"), "LOST"),
        (STOLEN, CardStolen(1, by="desk-olv"), "STOLEN"),
        (DAMAGED, CardDamaged(1, by="desk-olv"), "DAMAGED"),
    ],
    ids=["lost", "stolen", "damaged"],
)
def test_a_card_that_is_gone_is_revoked_in_the_status_list_at_once(report: Any, event: CardEvent, status: str) -> None:
    for desk in (pre_valid(), active(), suspended()):
        assert desk.ask(report, VENUE, JULY) == [event]
        assert desk.cards == {1: status}
        assert list_status(desk.state.cards["1"]) == REVOKED
        assert desk.code(report, VENUE, JULY) == "STATE"


def test_who_reports_is_checked_and_a_damaged_card_is_handed_in() -> None:
    unchecked = [msgspec.structs.replace(report, identity_checked=False) for report in (LOST, STOLEN, DAMAGED)]
    assert [active().code(report, VENUE, JULY) for report in unchecked] == ["IDENTITY"] * 3
    assert active().code(msgspec.structs.replace(DAMAGED, old_card_back=False), VENUE, JULY) == "OLD_CARD"


def test_scenario_2_lost_card_reissue_old_card_found() -> None:
    desk = active()
    assert desk.code(SECOND, VENUE, JULY) == "NOT_BLOCKED"  # not before it is blocked
    assert desk.ask(LOST, VENUE, JULY) == [CardLost(1, by="desk-olv")]
    assert desk.ask(SECOND, VENUE, JULY) == [
        printed(2, 20, "desk-olv", replaces=1),
        CardSuperseded(1, reason="REISSUE"),
    ]
    newer = {card.index: list_status(card) for card in desk.state.cards.values()}
    assert decode(encode(newer, 21)).status(10) == REVOKED
    assert desk.ask(FOUND, VENUE, JULY) == [CardFound(1, by="desk-olv")]
    assert {card.index: list_status(card) for card in desk.state.cards.values()} == newer
    assert desk.cards == {1: "SUPERSEDED", 2: "PRE_VALID"}
    assert desk.ask(FOUND, VENUE, JULY) == []


def test_a_card_that_turns_up_before_it_is_replaced_stays_lost() -> None:
    for report, status in ((LOST, "LOST"), (STOLEN, "STOLEN")):
        desk = active().after([(report, VENUE), (FOUND, VENUE)], JULY)
        assert desk.cards == {1: status}
        assert desk.code(check(), VENUE, JULY) == "STATE"


def test_only_what_was_lost_is_found() -> None:
    assert active().code(FOUND, VENUE, JULY) == "STATE"
    superseded = active().after([(ChangeFunction("A1", "Aa", "ATHLETE", "ATH"), OPERATOR)])
    assert superseded.code(FOUND, VENUE, JULY) == "STATE"


def test_a_card_replaces_another_once_and_only_where_somebody_may_have_one() -> None:
    desk = active().after([(LOST, VENUE)], JULY)
    assert desk.code(msgspec.structs.replace(SECOND, photo=False), VENUE, JULY) == "NO_PHOTO"
    assert desk.code(msgspec.structs.replace(SECOND, new_serial=1), VENUE, JULY) == "SERIAL_USED"
    assert desk.code(msgspec.structs.replace(SECOND, new_index=10), VENUE, JULY) == "INDEX_USED"
    assert desk.after([(SECOND, VENUE)], JULY).code(Reissue(1, 3, 30, photo=True, point="OLV"), VENUE, JULY) == "STATE"
    barred = active().after([(LOST, VENUE), (Suspend("A1", "X"), SUPERVISOR)], JULY)
    assert barred.code(SECOND, VENUE, JULY) == "NOT_APPROVED"


def test_beyond_the_limit_a_supervisor_replaces() -> None:
    desk = active()
    for serial in (1, 2):
        desk.after(
            [
                (ReportLost(serial, identity_checked=True), OPERATOR),
                (Reissue(serial, serial + 1, 10 * serial + 10, photo=True), OPERATOR),
            ],
            JULY,
        )
    desk.after([(ReportLost(3, identity_checked=True), OPERATOR)], JULY)
    third = Reissue(3, 4, 40, photo=True)
    assert desk.code(third, OPERATOR, JULY) == "REISSUE_LIMIT"
    assert desk.ask(third, SUPERVISOR, JULY) == [
        printed(4, 40, "sup-a", replaces=3),
        CardSuperseded(3, reason="REISSUE"),
    ]


def test_a_card_that_was_lost_while_suspended_is_not_unblocked() -> None:
    desk = suspended().after([(LOST, VENUE)], JULY)
    desk.after([(Reinstate("A1"), SUPERVISOR)], JULY)
    assert desk.cards == {1: "LOST"}


def test_a_card_is_handed_back() -> None:
    for desk in (pre_valid(), active(), suspended()):
        assert desk.ask(RETURN, VENUE, JULY) == [CardReturned(1, by="desk-olv")]
        assert list_status(desk.state.cards["1"]) == REVOKED


# -- time -----------------------------------------------------------------------------------------------------------


def test_a_card_expires_at_its_end_and_not_before() -> None:
    for desk in (pre_valid(), active()):
        assert due(desk.state) == TO
        assert desk.tick(TO - 1) == []
        assert desk.tick(TO) == [CardExpired(1)]
        assert desk.tick(TO) == []
        assert (desk.cards, due(desk.state)) == ({1: "EXPIRED"}, None)


def test_a_card_is_suspended_in_the_list_with_its_participation() -> None:
    desk = active()
    assert list_status(desk.state.cards["1"]) == VALID
    decided = desk.ask(Suspend("A1", "X"), SUPERVISOR, JULY)
    assert isinstance(decided, list)
    assert decided[1:] == [CardSuspended(1)]
    assert list_status(desk.state.cards["1"]) == SUSPENDED


def test_what_is_about_no_card_is_refused() -> None:
    assert approved().code(CHECKED, VENUE, JULY) == "UNKNOWN"


# -- the table: what is not in it is refused --------------------------------------------------------------------------

COMMANDS: dict[type[CardEvent], tuple[Any, Actor]] = {
    CardDispatched: (Dispatch(1, "B7"), OPERATOR),
    CardValidated: (CHECKED, OPERATOR),
    CardLost: (LOST, RO),
    CardStolen: (STOLEN, SOC),
    CardDamaged: (DAMAGED, OPERATOR),
    CardReturned: (RETURN, SYSTEM),
    CardSuperseded: (SECOND, OPERATOR),
}


def desk_with(status: str) -> Desk:
    """Return a record whose card 1 has a status."""
    ways: dict[str, list[tuple[Any, Actor]]] = {
        "LOST": [COMMANDS[CardLost]],
        "STOLEN": [COMMANDS[CardStolen]],
        "DAMAGED": [COMMANDS[CardDamaged]],
        "RETURNED": [COMMANDS[CardReturned]],
        "SUPERSEDED": [COMMANDS[CardLost], COMMANDS[CardSuperseded]],
        "SUSPENDED": [(Suspend("A1", "X"), SUPERVISOR)],
        "ACTIVE": [],
    }
    if status == "PRE_VALID":
        return pre_valid()
    desk = active().after(ways.get(status, []), JULY)
    if status == "EXPIRED":
        desk.tick(TO)
    return desk


@pytest.mark.parametrize(
    "status", ["PRE_VALID", "ACTIVE", "SUSPENDED", "LOST", "STOLEN", "DAMAGED", "RETURNED", "SUPERSEDED", "EXPIRED"]
)
@pytest.mark.parametrize("event", COMMANDS, ids=lambda event: event.__name__)
def test_a_command_is_legal_exactly_where_the_table_has_a_way(event: type[CardEvent], status: str) -> None:
    desk = desk_with(status)
    assert desk.cards[1] == status
    decided = desk.ask(*COMMANDS[event], JULY)
    ways: dict[Any, Any] = TRANSITIONS[event]
    if status in ways and not (event is CardSuperseded and status in LIVE):
        assert isinstance(decided, list)
        assert desk.cards[1] == ways[status]
    else:
        blocked = event is CardSuperseded and status in LIVE
        assert getattr(decided, "code", None) == ("NOT_BLOCKED" if blocked else "STATE")
        assert desk.cards[1] == status


def test_a_card_in_spring_is_not_yet_validated_by_anybody() -> None:
    assert pre_valid().code(CHECKED, OPERATOR, SPRING) == "VALIDITY"
