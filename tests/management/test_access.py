"""The access decision: each check by itself, their order, and the scenarios of a real gate."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest

from management.access import Access, Reason
from management.card import list_status
from management.card_desk import Reissue, ReportFound, ReportLost
from management.entitlement import Entitlement, Override, entitle
from management.gate import DeviceScan, Direction, Gate, HostScan, Passage, Shift, Span, Token, TokenFailure
from management.status_list import StatusList, decode, encode
from tests.management.accredited import (
    CHECKED,
    DAY,
    HOUR,
    JULY,
    MINUTE,
    SPRING,
    T20,
    VENUE,
    Desk,
    active,
    ms,
    pre_valid,
)
from tests.management.at_the_gate import EXP, GATE, POOL, SWIMMER, TOKEN, at, card, gate, reason

SECOND = 1_000
ALLOWED = Access("ALLOW", "OK", show_photo=True)


def statuses(desk: Desk) -> StatusList:
    """Return the status list as a gate gets it."""
    return decode(encode({one.index: list_status(one) for one in desk.state.cards.values()}, 32))


def entitled(category: str, function: str, *overrides: Override, discipline: str = "") -> Token:
    """Return the card of another function, as printed."""
    found = entitle(T20.function(category, function), discipline, overrides, version=3)
    return card(category=category, entitlement=found)


def test_a_card_in_order_goes_in_and_somebody_looks_at_the_photo() -> None:
    assert at() == ALLOWED


# -- 1: a token of these Games --------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["MALFORMED", "BAD_SIGNATURE", "UNKNOWN_KEY", "WRONG_GAMES"])
def test_what_is_no_token_goes_nowhere(code: Any) -> None:
    for direction in get_args(Direction):
        assert at(TokenFailure(code), direction=direction) == Access("DENY", code)


def test_a_good_card_of_another_games_is_none_of_these() -> None:
    assert reason(card(games="T24")) == "WRONG_GAMES"


# -- 2: time --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("error", "expected"), [(120_000, "OK"), (-120_000, "OK"), (120_001, "?"), (None, "?")])
def test_a_gate_whose_clock_is_off_or_was_never_set_asks_a_person(error: int | None, expected: str) -> None:
    decided = at(clock_error=error)
    assert (decided.verdict, decided.reason) == (("ALLOW", "OK") if expected == "OK" else ("REFER", "CLOCK_UNTRUSTED"))


def test_scenario_3_boundaries_of_time() -> None:
    assert ms("2021-08-09T00:00:00Z") == EXP
    assert reason(t=ms("2021-08-08T23:59:59.999Z"), list_at=EXP) == "OK"
    assert at(t=ms("2021-08-09T00:00:00.000Z"), list_at=EXP) == Access("DENY", "EXPIRED")
    # The same instants as a clock nine hours to the east shows them.
    assert reason(t=ms("2021-08-09T08:59:59.999+09:00"), list_at=EXP) == "OK"
    assert reason(t=ms("2021-08-09T09:00:00.000+09:00"), list_at=EXP) == "EXPIRED"


def test_a_card_holds_from_its_first_instant() -> None:
    assert reason(card(nbf=JULY)) == "OK"
    assert at(card(nbf=JULY + 1)) == Access("DENY", "NOT_YET_VALID")


# -- 3: the status list and the newest entitlement --------------------------------------------------------------------


@pytest.mark.parametrize(("index", "code"), [(11, "REVOKED"), (12, "SUSPENDED"), (13, "NOT_VALIDATED")])
def test_the_status_list_denies_however_old_it_is(index: int, code: Reason) -> None:
    assert at(card(index=index)) == Access("DENY", code)
    assert at(card(index=index), list_at=SPRING) == Access("DENY", code)


def test_scenario_1_pre_valid_card_at_a_gate() -> None:
    desk = pre_valid()
    printed = card(serial=1, index=desk.state.cards["1"].index)
    assert at(printed, statuses=statuses(desk)) == Access("DENY", "NOT_VALIDATED")
    desk.after([(CHECKED, VENUE)], JULY)
    assert at(printed, statuses=statuses(desk)) == ALLOWED


def test_scenario_2_lost_card_reissue_old_card_found() -> None:
    desk = active()
    first, second = card(index=10), card(serial=2, index=20)
    assert at(first, statuses=statuses(desk)) == ALLOWED
    desk.after([(ReportLost(1, identity_checked=True, point="OLV"), VENUE)], JULY)
    desk.after([(Reissue(1, 2, 20, photo=True, point="OLV"), VENUE)], JULY)
    newer = statuses(desk)
    assert at(first, statuses=newer) == Access("DENY", "REVOKED")
    assert at(second, statuses=newer) == Access("DENY", "NOT_VALIDATED")
    desk.after([(ReportFound(1, point="OLV"), VENUE)], JULY)
    assert statuses(desk) == newer


def test_an_old_list_closes_zones_of_class_high_and_flags_those_of_class_low() -> None:
    high, low = gate(), gate(zone="WHITE")
    assert reason(gate=high, list_at=JULY - 30 * MINUTE) == "OK"
    assert at(gate=high, list_at=JULY - 30 * MINUTE - 1) == Access("DENY", "STATUS_STALE")
    assert at(gate=low, list_at=JULY - DAY) == ALLOWED
    assert at(gate=low, list_at=JULY - DAY - 1) == Access("ALLOW", "OK", ("STATUS_STALE",), show_photo=True)


def test_a_list_that_ends_before_the_card_is_too_old_for_it() -> None:
    newer = card(index=16)
    assert at(newer) == Access("DENY", "STATUS_STALE")
    assert at(newer, gate(zone="WHITE")) == Access("ALLOW", "OK", ("STATUS_STALE",), show_photo=True)
    assert at(statuses=None) == Access("DENY", "STATUS_STALE")


def test_the_newest_entitlement_counts() -> None:
    nothing = msgspec.structs.replace(SWIMMER, venues=(), discipline="")
    assert reason(entitlements={1: nothing}) == "VENUE"  # the snapshot's, of the same version
    older = msgspec.structs.replace(nothing, version=2)
    assert at(entitlements={1: older}) == ALLOWED  # the card's
    wider = msgspec.structs.replace(SWIMMER, version=4, zones={"COMPETITION": ("6",)})
    assert reason(gate=gate(zone="6"), entitlements={1: wider}) == "OK"


def test_a_card_that_the_snapshot_does_not_know_is_decided_from_itself_and_flagged() -> None:
    assert at(entitlements={}) == Access("ALLOW", "OK", ("UNKNOWN_SERIAL",), show_photo=True)
    assert reason(gate=gate(venue="STA"), entitlements={}) == "VENUE"


# -- 4 and 5: venue and zone ----------------------------------------------------------------------------------------


def test_a_venue_is_open_by_the_card_or_by_the_released_schedule() -> None:
    assert reason(gate=gate(venue="STA")) == "VENUE"
    assert reason(released={}) == "VENUE"
    assert reason(released={"SWM": ("VEL",)}) == "VENUE"
    assert reason(gate=Gate("OLV-1", "OLV", "R", "OLV")) == "OK"


def test_all_venues_leave_out_what_they_leave_out() -> None:
    press = entitled("E", "JOURNALIST")
    assert reason(press, Gate("OLV-9", "OLV", "V", "OLV"), entitlements={}) == "OK"
    assert reason(press, Gate("OLV-1", "OLV", "R", "OLV"), entitlements={}) == "VENUE"
    assert reason(press, Gate("OFH-1", "OFH", "WHITE", "OFH"), entitlements={}) == "VENUE"


def test_a_zone_is_open_by_the_function() -> None:
    assert reason(gate=gate(zone="4")) == "ZONE"
    operations = entitled("OCOG", "OPERATIONS")
    assert reason(operations, gate(zone="4"), entitlements={}) == "OK"
    village = Gate("OLV-8", "OLV", "RED", "OLV")
    assert reason(operations, village, entitlements={}) == "OK"
    granted = Override("GRANT", "sup-a", JULY + 1, "OLV")
    residential = Gate("OLV-1", "OLV", "R", "OLV")
    assert reason(entitled("OCOG", "OPERATIONS", granted), residential, entitlements={}) == "ZONE"


def test_a_denial_of_one_person_wins_until_it_expires() -> None:
    denied = msgspec.structs.replace(SWIMMER, overrides=(Override("DENY", "sup-a", JULY + 1, "SWC", "2"),))
    assert reason(entitlements={1: denied}) == "ZONE"
    assert reason(t=JULY + 1, entitlements={1: denied}) == "OK"
    no_venue = msgspec.structs.replace(SWIMMER, overrides=(Override("DENY", "sup-a", JULY + 1, "SWC"),))
    assert reason(entitlements={1: no_venue}) == "VENUE"


# -- 6: time of the Games, the venue, the category, the shift ---------------------------------------------------------


def always(venue: str) -> dict[str, tuple[Span, ...]]:
    return {venue: (Span(0, EXP * 2),)}


def test_a_category_goes_in_during_its_phases() -> None:
    games = T20.phases["GAMES"]
    late: dict[str, Any] = {"list_at": games.end, "operating": always("SWC")}
    assert reason(card(exp=EXP * 2), t=games.end - 1, **late) == "OK"
    assert reason(card(exp=EXP * 2), t=games.end, **late) == "TIME"
    test_event = T20.phases["TEST"]
    early: dict[str, Any] = {"list_at": test_event.first, "operating": always("SWC")}
    assert reason(t=test_event.first, **early) == "OK"
    assert reason(t=test_event.first - 1, **early) == "TIME"


def test_a_category_or_a_venue_that_nobody_knows_has_no_time() -> None:
    assert reason(card(category="ZZ")) == "TIME"
    granted = tuple(Override("GRANT", "sup-a", JULY + 1, "XXX", zone) for zone in ("", "2"))
    known = msgspec.structs.replace(SWIMMER, overrides=granted)
    assert reason(gate=gate(venue="XXX"), entitlements={1: known}, operating=always("XXX")) == "TIME"


def test_a_venue_is_open_in_its_hours_or_always() -> None:
    hours = {"SWC": (Span(JULY - HOUR, JULY), Span(JULY + HOUR, JULY + 2 * HOUR))}
    instants = (JULY - HOUR - 1, JULY - HOUR, JULY - 1, JULY, JULY + HOUR - 1, JULY + HOUR, JULY + 2 * HOUR)
    found = [reason(t=t, list_at=JULY + DAY, operating=hours) for t in instants]
    assert found == ["TIME", "OK", "OK", "TIME", "TIME", "OK", "TIME"]
    assert reason(operating={}) == "TIME"
    assert reason(gate=Gate("OLV-1", "OLV", "R", "OLV"), operating={}) == "OK"


def test_a_category_goes_in_during_its_own_time() -> None:
    access = T20.categories["OCOG"].access
    assert access is not None
    team = msgspec.structs.replace(entitled("OCOG", "VENUE_TEAM"), exp=EXP * 2)
    known: dict[str, Any] = {"list_at": access.end, "operating": always("SWC"), "entitlements": {}}
    assert reason(team, t=access.end - 1, **known) == "OK"
    assert reason(team, t=access.end, **known) == "TIME"


def test_workforce_goes_in_for_a_shift_where_the_venue_says_so() -> None:
    team = entitled("OCOG", "VENUE_TEAM")
    shift = Span(JULY, JULY + 8 * HOUR)

    def in_stadium(t: int, *shifts: Shift, token: Token = team, venue: str = "STA") -> str:
        known: dict[str, Any] = {"list_at": t, "operating": always(venue), "entitlements": {}, "shifts": {1: shifts}}
        return reason(token, gate(venue=venue), t=t, released={"SWM": ("STA",)}, **known)

    mine = Shift("STA", shift)
    instants = (JULY - 90 * MINUTE - 1, JULY - 90 * MINUTE, shift.end + 60 * MINUTE - 1, shift.end + 60 * MINUTE)
    assert [in_stadium(t, mine) for t in instants] == ["TIME", "OK", "OK", "TIME"]
    assert in_stadium(JULY) == "TIME"
    assert in_stadium(JULY, Shift("SWC", shift)) == "TIME"
    assert in_stadium(JULY, Shift("SWC", shift), mine) == "OK"
    assert in_stadium(JULY, venue="SWC") == "OK"  # a venue that asks for no shift
    assert in_stadium(JULY, token=TOKEN) == "OK"  # an athlete


# -- 7 to 10 --------------------------------------------------------------------------------------------------------

TICKET = DeviceScan("TICKET", "SWC-1", JULY, serial=1)


@pytest.mark.parametrize(
    ("scan", "expected"),
    [
        (TICKET, "OK"),
        (msgspec.structs.replace(TICKET, at=JULY - 60 * SECOND), "OK"),
        (msgspec.structs.replace(TICKET, at=JULY - 60 * SECOND - 1), "NEEDS_DEVICE"),
        (msgspec.structs.replace(TICKET, at=JULY + 1), "NEEDS_DEVICE"),
        (msgspec.structs.replace(TICKET, kind="BIB"), "NEEDS_DEVICE"),
        (msgspec.structs.replace(TICKET, gate="SWC-2"), "NEEDS_DEVICE"),
        (msgspec.structs.replace(TICKET, serial=2, ro="AAA"), "NEEDS_DEVICE"),
        (msgspec.structs.replace(TICKET, serial=None, ro="AAA"), "OK"),
        (msgspec.structs.replace(TICKET, serial=None, ro="BBB"), "NEEDS_DEVICE"),
    ],
    ids=str,
)
def test_a_second_device_is_scanned_just_before_and_belongs_to_the_card_or_its_organisation(
    scan: DeviceScan, expected: str
) -> None:
    prime = gate(device="TICKET")
    assert reason(gate=prime) == "NEEDS_DEVICE"
    assert reason(gate=prime, devices=(scan,)) == expected


HOST = HostScan("SWC-1", JULY, serial=5, ro="AAA")


@pytest.mark.parametrize(
    ("token", "scan", "expected"),
    [
        (card(escorted=True), HOST, "OK"),
        (card(escorted=True), msgspec.structs.replace(HOST, at=JULY - 60 * SECOND), "OK"),
        (card(escorted=True), msgspec.structs.replace(HOST, at=JULY - 60 * SECOND - 1), "ESCORT"),
        (card(escorted=True), msgspec.structs.replace(HOST, at=JULY + 1), "ESCORT"),
        (card(escorted=True), msgspec.structs.replace(HOST, gate="SWC-2"), "ESCORT"),
        (card(escorted=True), msgspec.structs.replace(HOST, ro="BBB"), "ESCORT"),
        (card(escorted=True), msgspec.structs.replace(HOST, serial=1), "ESCORT"),  # nobody is a host of himself
        (card(escorted=True, host=5), HOST, "OK"),
        (card(escorted=True, host=6), HOST, "ESCORT"),
        (card(escorted=True, host=5), msgspec.structs.replace(HOST, ro="BBB"), "OK"),
        (card(), HOST, "OK"),
    ],
    ids=str,
)
def test_the_holder_of_a_pass_comes_with_the_host(token: Token, scan: HostScan, expected: str) -> None:
    assert reason(token, hosts=(scan,)) == expected
    assert reason(token) == ("ESCORT" if token.escorted else "OK")


INSIDE = Passage("SWC", "SWC", "IN", JULY - HOUR)


def test_who_is_inside_already_is_denied_or_flagged_as_the_gate_is_set() -> None:
    known: dict[str, Any] = {"passages": {1: (INSIDE,)}}
    assert at(gate=gate(passback="DENY"), **known) == Access("DENY", "PASSBACK")
    assert at(gate=gate(passback="WARN"), **known) == Access("ALLOW", "OK", ("PASSBACK",), show_photo=True)
    assert at(gate=gate(passback="OFF"), **known) == ALLOWED
    assert at(gate=gate(passback="DENY"), direction="OUT", **known) == ALLOWED
    assert at(gate=gate(passback="WARN"), direction="OUT", **known) == ALLOWED


def test_who_went_out_or_is_inside_elsewhere_or_is_another_goes_in() -> None:
    strict = gate(passback="DENY")
    out = msgspec.structs.replace(INSIDE, direction="OUT")
    elsewhere = msgspec.structs.replace(INSIDE, perimeter="SWC-HALL")
    for passages in ({1: (out,)}, {1: (elsewhere,)}, {2: (INSIDE,)}):
        assert at(gate=strict, passages=passages) == ALLOWED
    assert at(gate=strict, passages={1: (elsewhere, INSIDE)}) == Access("DENY", "PASSBACK")


def test_two_venues_faster_than_anybody_travels_are_a_finding_whatever_the_verdict() -> None:
    def passed(venue: str, ago: int) -> dict[str, Any]:
        return {"passages": {1: (Passage(venue, venue, "OUT", JULY - ago),)}}

    copied = Access("ALLOW", "OK", findings=("IMPOSSIBLE_TRAVEL",), show_photo=True)
    assert at(**passed("STA", 25 * MINUTE - 1)) == copied
    assert at(**passed("STA", 25 * MINUTE)) == ALLOWED
    assert at(**passed("VEL", 40 * MINUTE - 1)) == copied
    assert at(**passed("OLV", 15 * MINUTE - 1)) == copied  # not in the table
    assert at(**passed("OLV", 15 * MINUTE)) == ALLOWED
    assert at(**passed("SWC", 0)) == ALLOWED
    assert at(card(index=11), **passed("STA", 0)) == Access("DENY", "REVOKED", findings=("IMPOSSIBLE_TRAVEL",))
    back = Gate("STA-1", "STA", "WHITE", "STA")
    assert at(gate=back, passages={1: (Passage("SWC", "SWC", "OUT", JULY - 25 * MINUTE + 1),)}).findings == (
        "IMPOSSIBLE_TRAVEL",
    )


def test_a_full_zone_takes_nobody_in() -> None:
    small = gate(capacity=2)
    assert reason(gate=small, occupancy={POOL: 1}) == "OK"
    assert at(gate=small, occupancy={POOL: 2}) == Access("DENY", "FULL")
    assert reason(gate=small) == "OK"
    assert reason(gate=gate(capacity=0)) == "FULL"
    assert reason(occupancy={POOL: 10**6}) == "OK"


# -- who goes out, and the order ------------------------------------------------------------------------------------


def test_nothing_but_who_he_is_and_where_he_belongs_keeps_anybody_in() -> None:
    strict = gate(device="TICKET", passback="DENY", capacity=0)
    known: dict[str, Any] = {"operating": {}, "passages": {1: (INSIDE,)}}
    assert at(card(escorted=True), strict, direction="OUT", **known) == ALLOWED
    assert at(card(index=11), strict, direction="OUT", **known) == Access("DENY", "REVOKED")
    assert at(gate=gate(zone="6"), direction="OUT") == Access("DENY", "ZONE")


def test_the_first_check_that_fails_gives_the_reason() -> None:
    bad = Entitlement(9)
    token = card(games="T24", nbf=JULY + 1, index=11, escorted=True, entitlement=bad)
    closed = gate(venue="XXX", zone="X", device="TICKET", passback="DENY", capacity=0)
    known: dict[str, Any] = {
        "clock_error": None,
        "list_at": 0,
        "operating": {},
        "passages": {1: (msgspec.structs.replace(INSIDE, venue="XXX"),)},
    }
    mended: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
        ({}, {}, {}),
        ({"games": "T20"}, {}, {}),
        ({}, {}, {"clock_error": 0}),
        ({"nbf": 0}, {}, {}),
        ({"index": 10}, {}, {}),
        ({}, {}, {"list_at": JULY}),
        ({"entitlement": msgspec.structs.replace(bad, venues=("SWC",))}, {"venue": "SWC"}, {}),
        ({"entitlement": msgspec.structs.replace(SWIMMER, version=9)}, {"zone": "2"}, {}),
        ({}, {}, {"operating": always("SWC")}),
        ({}, {}, {"devices": (TICKET,)}),
        ({}, {}, {"hosts": (HOST,)}),
        ({}, {}, {"passages": {}}),
        ({}, {"capacity": 1}, {}),
    ]
    found = []
    for of_token, of_gate, of_snapshot in mended:
        token = msgspec.structs.replace(token, **of_token)
        closed = msgspec.structs.replace(closed, **of_gate)
        known |= of_snapshot
        found.append(reason(token, closed, **known))
    assert found == [
        *("WRONG_GAMES", "CLOCK_UNTRUSTED", "NOT_YET_VALID", "REVOKED", "STATUS_STALE", "VENUE", "ZONE", "TIME"),
        *("NEEDS_DEVICE", "ESCORT", "PASSBACK", "FULL", "OK"),
    ]


def test_a_zone_that_nobody_knows_is_of_class_high() -> None:
    unknown = gate(zone="X")
    granted = msgspec.structs.replace(SWIMMER, overrides=(Override("GRANT", "sup-a", JULY + 1, "SWC", "X"),))
    assert reason(gate=unknown, entitlements={1: granted}) == "OK"
    assert reason(gate=unknown, entitlements={1: granted}, list_at=JULY - HOUR) == "STATUS_STALE"
    assert gate() == GATE
