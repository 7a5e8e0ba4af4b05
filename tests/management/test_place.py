"""Places: how they are given, accepted, declined, and which one stands above another."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from management.entry import WithdrawEntry
from management.place import (
    AllocatePlace,
    ConfirmPlace,
    DeclinePlace,
    PlaceAllocated,
    PlaceConfirmed,
    PlaceReopened,
    PlaceReturned,
)
from management.reallocation import PlaceVacated
from management.sanction import SanctionAthlete
from tests.management.entry_hands import (
    AUTHORITY,
    DAY,
    FEDERATION,
    LATE,
    M58,
    M100,
    NEVER,
    OQT,
    SPRING,
    SURF,
    SURF_W,
    T20,
    TEAM,
    Book,
    noc,
    person,
)

AAA = noc("AAA")
BY = SPRING + DAY


def tkw(place: str = "P1", route: str = "RANKING", of: str = "AAA") -> AllocatePlace:
    return AllocatePlace(place, M58, route, of, BY)


def srf(place: str, route: str, athlete: str, of: str = "AAA", event: str = SURF) -> AllocatePlace:
    return AllocatePlace(place, event, route, of, BY, athlete)


# -- giving -----------------------------------------------------------------------------------------------------------


def test_the_federation_gives_a_place_of_its_route_with_a_deadline() -> None:
    book = Book("TKW")
    given = PlaceAllocated("P1", M58, "RANKING", "qualification", "slot", "AAA", "", "", BY)
    assert book.does(tkw(), FEDERATION) == [given]
    assert (book.state.places["P1"].status, book.state.deadlines) == ("ALLOCATED", [(BY, "P1")])


def test_places_of_the_host_and_of_invitations_are_given_by_whom_the_policy_names() -> None:
    book = Book("TKW")
    assert book.refuses(tkw(route="HOST"), FEDERATION) == "NOT_AUTHORISED"
    assert book.refuses(tkw(), AUTHORITY) == "NOT_AUTHORISED"
    assert book.refuses(tkw(), person("other", "IF_DELEGATE", scope="discipline:JUD")) == "NOT_AUTHORISED"
    host = PlaceAllocated("P1", M58, "HOST", "host", "slot", "AAA", "", "", BY)
    assert book.does(tkw(route="HOST"), AUTHORITY) == [host]
    invited = AllocatePlace("P2", M58, "TRIPARTITE", "BBB", BY, "B1")
    assert book.does(invited, AUTHORITY) == [
        PlaceAllocated("P2", M58, "TRIPARTITE", "tripartite", "nominal", "BBB", "B1", "", BY)
    ]


@pytest.mark.parametrize(
    "wish",
    [
        AllocatePlace("P1", M58, "LOTTERY", "AAA", BY),  # no such route
        AllocatePlace("P1", M100, "RANKING", "AAA", BY),  # no such event in the book
        AllocatePlace("P1", M58, "RANKING", "AAA", BY, athlete="A1"),  # a slot has no athlete
        AllocatePlace("P1", M58, "TRIPARTITE", "AAA", BY),  # a nominal place has one
    ],
)
def test_a_place_is_of_a_route_of_its_event_and_owned_as_the_route_says(wish: AllocatePlace) -> None:
    both = person("both", "IF_DELEGATE", "GAMES_AUTHORITY")
    assert Book("TKW").refuses(wish, both) == "ROUTE"


def test_a_route_gives_no_more_places_than_it_has() -> None:
    book = Book("TKW")
    for number in range(6):
        book.does(tkw(f"P{number}", of=f"N{number}"), FEDERATION)
    assert book.refuses(tkw("P6", of="N6"), FEDERATION) == "ROUTE_TOTAL"


def test_who_is_sanctioned_gets_no_place() -> None:
    book = Book("SRF")
    book.does(SanctionAthlete("A1", "Panel"), FEDERATION)
    assert book.refuses(srf("P1", "TOUR", "A1"), FEDERATION) == "SANCTIONED"


def test_a_place_is_given_once_and_not_after_its_own_deadline() -> None:
    book = Book("TKW")
    book.does(tkw(), FEDERATION)
    assert book.refuses(tkw(of="BBB"), FEDERATION) == "STATE"
    assert book.refuses(tkw("P2", of="BBB"), FEDERATION, BY + 1) == "DEADLINE"


def test_an_organisation_holds_no_more_places_than_it_may_fill() -> None:
    book = Book("TKW")
    book.does(tkw(), FEDERATION)
    assert book.refuses(tkw("P2"), FEDERATION) == "NOC_EVENT_MAX"


def test_places_of_a_gender_are_counted_over_events() -> None:
    book = Book("SRF")
    book.does(srf("P1", "TOUR", "A1"), FEDERATION)
    book.does(srf("P2", "TOUR", "A2"), FEDERATION)
    assert book.state.held_gender == {"AAA/M": 2}
    surfing = replace(T20.disciplines["SRF"], noc_gender_places={"M": 1})
    narrow = Book("SRF", replace(T20, disciplines={"SRF": surfing}))
    narrow.does(srf("P1", "TOUR", "A1"), FEDERATION)
    assert narrow.refuses(srf("P2", "TOUR", "A2"), FEDERATION) == "NOC_GENDER_MAX"
    assert narrow.does(srf("P3", "TOUR", "A3", event=SURF_W), FEDERATION)[0].place == "P3"  # type: ignore[union-attr]


def test_a_universality_place_is_for_who_has_no_other_of_that_gender() -> None:
    book = Book()
    book.lists("A1")
    book.enters("A1", M100, OQT)
    assert book.refuses(AllocatePlace("P1", M100, "UNIVERSALITY", "AAA", BY), AUTHORITY) == "ROUTE"
    wish = AllocatePlace("P1", M100, "UNIVERSALITY", "BBB", BY)
    given = PlaceAllocated("P1", M100, "UNIVERSALITY", "universality", "slot", "BBB", "", "", BY)
    assert book.does(wish, AUTHORITY) == [given]
    assert book.refuses(AllocatePlace("P2", M100, "UNIVERSALITY", "BBB", BY), AUTHORITY) == "ROUTE"


# -- the hierarchy of qualification events ----------------------------------------------------------------------------


def test_a_higher_qualification_event_supersedes_a_lower_one_whichever_came_first() -> None:
    book = Book("SRF")
    book.does(srf("P1", "CHAMPIONSHIP", "A1"), FEDERATION)
    allocated = PlaceAllocated("P2", SURF, "TOUR", "qualification", "nominal", "AAA", "A1", "", BY)
    assert book.does(srf("P2", "TOUR", "A1"), FEDERATION) == [PlaceReturned("P1", "SUPERSEDED", "AAA", "A1"), allocated]
    assert (book.state.holder, book.state.held) == ({f"A1/{SURF}": "P2"}, {f"AAA/{SURF}": 1})
    assert book.refuses(srf("P3", "CHAMPIONSHIP", "A1"), FEDERATION) == "HIERARCHY"


def test_a_full_organisation_gives_back_its_lowest_place_for_a_higher_one() -> None:
    book = Book("TKW")
    book.does(tkw("P1", "QUALIFIER"), FEDERATION)
    answer = book.does(tkw("P2", "RANKING"), FEDERATION)
    assert answer[0] == PlaceReturned("P1", "SUPERSEDED", "AAA", "")
    assert book.state.holdings == {f"AAA/{M58}": ["P2"]}


def test_a_place_in_use_is_not_superseded() -> None:
    book = Book("TKW")
    book.lists("A1")
    book.place("P1", M58, "QUALIFIER")
    book.enters("A1", M58, place="P1")
    assert book.refuses(tkw("P2", "RANKING"), FEDERATION) == "STATE"


# -- the answer -------------------------------------------------------------------------------------------------------


def test_a_place_is_accepted_up_to_the_last_instant_of_its_deadline() -> None:
    book = Book("TKW")
    book.does(tkw(), FEDERATION)
    assert book.refuses(ConfirmPlace("P1"), noc("BBB")) == "NOT_AUTHORISED"
    assert book.refuses(ConfirmPlace("P9"), AAA) == "UNKNOWN"
    assert book.refuses(ConfirmPlace("P1"), AAA, BY + 1) == "DEADLINE"
    assert book.does(ConfirmPlace("P1"), AAA, BY) == [PlaceConfirmed("P1", T20.places_until)]
    assert book.does(ConfirmPlace("P1"), AAA, BY + 1) == []
    assert book.state.deadlines == [(T20.places_until, "P1")]


def test_a_place_that_is_accepted_after_all_places_should_be_used_has_no_deadline() -> None:
    book = Book("TKW")
    book.does(AllocatePlace("P1", M58, "RANKING", "AAA", NEVER), FEDERATION)
    assert T20.places_until is not None
    assert book.does(ConfirmPlace("P1"), AAA, T20.places_until + 1) == [PlaceConfirmed("P1", None)]
    assert book.state.deadlines == []


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_place_that_is_not_in_use_may_be_declined(confirmed: bool) -> None:
    book = Book("TKW")
    book.does(tkw(), FEDERATION)
    if confirmed:
        book.does(ConfirmPlace("P1"), AAA)
    assert book.refuses(DeclinePlace("P1"), noc("BBB")) == "NOT_AUTHORISED"
    assert book.does(DeclinePlace("P1"), AAA) == [PlaceReturned("P1", "DECLINED", "AAA", "")]
    assert (book.state.places["P1"].status, book.state.deadlines, book.state.held) == ("RETURNED", [], {})
    assert book.refuses(DeclinePlace("P1"), AAA) == "STATE"
    assert book.refuses(ConfirmPlace("P1"), AAA) == "STATE"


def test_a_place_in_use_is_given_back_by_withdrawing_its_entry() -> None:
    book = Book("TKW")
    book.lists("A1")
    book.place("P1", M58, "QUALIFIER")
    book.enters("A1", M58, place="P1")
    assert book.refuses(DeclinePlace("P1"), AAA) == "STATE"


# -- when an entry leaves ---------------------------------------------------------------------------------------------


def test_while_entries_are_open_a_slot_is_free_for_another_athlete() -> None:
    book = Book("TKW")
    book.lists("A1", "A2")
    book.place("P1", M58, "QUALIFIER")
    book.enters("A1", M58, place="P1")
    assert book.does(WithdrawEntry("AAA", "A1", M58), AAA)[1:] == [PlaceReopened("P1", T20.places_until)]
    assert [type(event).__name__ for event in book.enters("A2", M58, place="P1")] == ["AthleteEntered"]


def test_after_the_deadline_a_slot_is_returned() -> None:
    book = Book("TKW")
    book.lists("A1")
    book.place("P1", M58, "RANKING")
    book.enters("A1", M58, place="P1", rank=20)
    assert book.does(WithdrawEntry("AAA", "A1", M58), AAA, LATE)[1:] == [PlaceReturned("P1", "WITHDRAWN", "AAA", "")]


def test_a_place_of_an_athlete_is_returned_when_the_athlete_withdraws() -> None:
    book = Book("TKW")
    book.lists("A1")
    book.place("P1", M58, "TRIPARTITE", athlete="A1")
    book.enters("A1", M58, place="P1")
    assert book.does(WithdrawEntry("AAA", "A1", M58), AAA)[1:] == [
        PlaceReturned("P1", "WITHDRAWN", "AAA", "A1"),
        PlaceVacated("P1"),
    ]


def test_a_place_of_a_team_stays_while_anybody_is_on_it() -> None:
    book = Book("VVO")
    book.lists("A1", "A2")
    book.place("P1", TEAM, "QUALIFIER")
    for athlete in ("A1", "A2"):
        book.enters(athlete, TEAM, place="P1", team=1)
    assert book.does(WithdrawEntry("AAA", "A1", TEAM), AAA)[1:] == []
    assert book.state.places["P1"].status == "USED"
    assert book.does(WithdrawEntry("AAA", "A2", TEAM), AAA)[1:] == [PlaceReopened("P1", T20.places_until)]
    assert (book.state.places["P1"].status, book.state.places["P1"].team) == ("CONFIRMED", 0)
