"""Giving places anew: down the chain, one event a step, nobody asked twice."""

from __future__ import annotations

from msgspec.structs import replace

from management.command import Tick
from management.entry import WithdrawEntry
from management.entry_book import RankRow
from management.place import AllocatePlace, ConfirmPlace, DeclinePlace, PlaceReturned
from management.reallocation import (
    PlacePassed,
    PlaceReallocated,
    PlaceVacated,
    RankingRecorded,
    ReallocatePlace,
    RecordRanking,
)
from management.sanction import AthleteSanctioned, SanctionAthlete
from schemas.policy.entries import Step
from tests.management.entry_hands import DAY, FEDERATION, HOUR, LATE, M58, SPRING, SURF, SYSTEM, T20, Book, noc

BY = SPRING + DAY
ANSWER = 72 * HOUR  # what the routes of T20 give

TOUR = (
    RankRow(1, "AAA", "A1"),
    RankRow(2, "AAA", "A2"),
    RankRow(3, "BBB", "B1"),
    RankRow(4, "CCC", "C1"),
)


def surf(place: str, athlete: str, of: str, by: int = BY, route: str = "TOUR", continent: str = "") -> AllocatePlace:
    return AllocatePlace(place, SURF, route, of, by, athlete, continent)


def surfing(*rows: RankRow, ranking: str = "TOUR") -> Book:
    book = Book("SRF")
    book.does(RecordRanking(ranking, rows), FEDERATION)
    return book


def test_a_ranking_is_recorded_once_by_the_federation() -> None:
    book = Book("SRF")
    wish = RecordRanking("TOUR", TOUR)
    assert book.refuses(wish, noc("AAA")) == "NOT_AUTHORISED"
    assert book.does(wish, FEDERATION) == [RankingRecorded("TOUR", TOUR)]
    assert book.does(wish, FEDERATION) == []
    assert book.refuses(RecordRanking("TOUR", TOUR[:2]), FEDERATION) == "STATE"


def test_a_declined_place_goes_to_the_next_at_once_and_its_deadline_begins_anew() -> None:
    book = surfing(*TOUR)
    book.does(surf("P1", "A1", "AAA"), FEDERATION)
    at = SPRING + 7
    assert book.does(DeclinePlace("P1"), noc("AAA"), at) == [
        PlaceReturned("P1", "DECLINED", "AAA", "A1"),
        PlacePassed("P1", "HAD_IT", "AAA", "A1", 0, 0),
        PlaceReallocated("P1", "NEXT_OF_TOUR", "AAA", "A2", 0, 1, at + ANSWER),
    ]
    assert book.state.holder == {f"A2/{SURF}": "P1"}
    assert book.state.deadlines == [(at + ANSWER, "P1")]


def test_a_tick_fires_the_deadlines_up_to_and_including_its_instant() -> None:
    book = surfing(*TOUR)
    book.does(surf("P1", "C1", "CCC"), FEDERATION)
    assert book.refuses(Tick(BY), noc("AAA"), BY) == "NOT_AUTHORISED"
    assert book.does(Tick(BY - 1), SYSTEM, BY + 5) == []
    assert book.does(Tick(BY), SYSTEM, BY + 5) == [
        PlaceReturned("P1", "EXPIRED", "CCC", "C1"),
        PlaceReallocated("P1", "NEXT_OF_TOUR", "AAA", "A1", 0, 0, BY + 5 + ANSWER),
    ]
    assert book.does(Tick(BY), SYSTEM, BY + 6) == []


def test_places_that_expire_together_go_to_different_athletes() -> None:
    book = surfing(*TOUR)
    book.does(surf("P2", "X1", "XXX", BY), FEDERATION)
    book.does(surf("P1", "Y1", "YYY", BY - 1), FEDERATION)
    assert book.does(Tick(BY), SYSTEM, BY) == [
        PlaceReturned("P1", "EXPIRED", "YYY", "Y1"),
        PlaceReturned("P2", "EXPIRED", "XXX", "X1"),
        PlaceReallocated("P1", "NEXT_OF_TOUR", "AAA", "A1", 0, 0, BY + ANSWER),
        PlacePassed("P2", "ALREADY_QUALIFIED", "AAA", "A1", 0, 0),
        PlaceReallocated("P2", "NEXT_OF_TOUR", "AAA", "A2", 0, 1, BY + ANSWER),
    ]


def test_what_is_decided_before_it_counts() -> None:
    book = surfing(RankRow(1, "AAA", "A3"), RankRow(2, "BBB", "B1"), ranking="CHAMPIONSHIP")
    book.does(surf("P1", "A1", "AAA", route="TOUR"), FEDERATION)
    book.does(surf("P2", "A2", "AAA", route="CHAMPIONSHIP"), FEDERATION)
    answer = book.does(surf("P3", "A2", "AAA", route="TOUR"), FEDERATION)  # supersedes P2, and AAA stays full
    assert answer[0] == PlaceReturned("P2", "SUPERSEDED", "AAA", "A2")
    assert answer[2:] == [
        PlacePassed("P2", "NOC_EVENT_MAX", "AAA", "A3", 0, 0),
        PlaceReallocated("P2", "NEXT_OF_CHAMPIONSHIP", "BBB", "B1", 0, 1, SPRING + ANSWER),
    ]


def test_continental_places_have_their_own_chain_first() -> None:
    book = surfing(
        RankRow(1, "BBB", "B1", "AFR"),
        RankRow(2, "CCC", "C1", "ASI"),
        RankRow(3, "AAA", "A1", "ASI"),
        ranking="CONTINENTAL",
    )
    book.does(RecordRanking("CHAMPIONSHIP", (RankRow(1, "BBB", "B1"),)), FEDERATION)
    book.does(surf("P1", "A1", "AAA", route="CONTINENTAL", continent="ASI"), FEDERATION)
    book.does(DeclinePlace("P1"), noc("AAA"))
    assert (book.state.places["P1"].athlete, book.log[-1].rule) == ("C1", "NEXT_OF_CONTINENT")  # type: ignore[union-attr]
    assert book.does(DeclinePlace("P1"), noc("CCC"))[1:] == [
        PlacePassed("P1", "HAD_IT", "AAA", "A1", 0, 2),
        PlaceReallocated("P1", "NEXT_OF_CHAMPIONSHIP", "BBB", "B1", 1, 0, SPRING + ANSWER),
    ]


def test_a_place_may_stay_with_its_organisation_first() -> None:
    book = surfing(RankRow(1, "BBB", "B1"), RankRow(2, "AAA", "A2"), RankRow(3, "CCC", "C1"))
    rules = T20.disciplines["SRF"]
    chain = (Step("ITS_OWN", "TOUR", same_organisation=True), Step("NEXT_OF_TOUR", "TOUR"))
    routes = {**rules.routes, "TOUR": replace(rules.routes["TOUR"], chain=chain)}
    book.policy = replace(T20, disciplines={"SRF": replace(rules, routes=routes)})
    book.does(surf("P1", "A1", "AAA"), FEDERATION)
    assert book.does(DeclinePlace("P1"), noc("AAA"))[1:] == [
        PlaceReallocated("P1", "ITS_OWN", "AAA", "A2", 0, 1, SPRING + ANSWER)
    ]
    assert book.does(DeclinePlace("P1"), noc("AAA"))[1:] == [
        PlaceReallocated("P1", "NEXT_OF_TOUR", "BBB", "B1", 1, 0, SPRING + ANSWER)
    ]


def test_who_is_sanctioned_or_has_too_many_of_the_gender_is_passed_over() -> None:
    book = surfing(RankRow(1, "BBB", "B1"), RankRow(2, "AAA", "A2"), RankRow(3, "CCC", "C1"))
    book.policy = replace(T20, disciplines={"SRF": replace(T20.disciplines["SRF"], noc_gender_places={"M": 1})})
    book.does(SanctionAthlete("B1", "Panel"), FEDERATION)
    book.does(surf("P1", "A1", "AAA"), FEDERATION)
    book.does(surf("P2", "X1", "XXX"), FEDERATION)
    assert book.does(DeclinePlace("P2"), noc("XXX"))[1:] == [
        PlacePassed("P2", "SANCTIONED", "BBB", "B1", 0, 0),
        PlacePassed("P2", "NOC_GENDER_MAX", "AAA", "A2", 0, 1),
        PlaceReallocated("P2", "NEXT_OF_TOUR", "CCC", "C1", 0, 2, SPRING + ANSWER),
    ]


def test_a_sanction_passes_its_athlete_over_in_the_same_decision() -> None:
    book = Book("TKW")
    book.lists("A1")
    book.does(RecordRanking("QUALIFIER", ()), FEDERATION)
    book.does(RecordRanking("OLYMPIC_RANKING", (RankRow(1, "BBB", "A1"), RankRow(2, "CCC", "C1"))), FEDERATION)
    book.place("P1", M58, "QUALIFIER")
    book.enters("A1", M58, place="P1")
    answer = book.does(SanctionAthlete("A1", "Panel"), FEDERATION, LATE)
    assert [answer[0], *answer[2:]] == [
        AthleteSanctioned("A1", "Panel", None, bars_the_games=True),
        PlaceReturned("P1", "INELIGIBLE", "AAA", ""),
        PlacePassed("P1", "SANCTIONED", "BBB", "A1", 1, 0),
        PlaceReallocated("P1", "NEXT_IN_RANKING", "CCC", "C1", 1, 1, LATE + ANSWER),
    ]


def test_without_its_ranking_a_place_stays_returned_until_the_federation_gives_it_anew() -> None:
    book = Book("SRF")
    book.does(surf("P1", "A1", "AAA"), FEDERATION)
    assert book.refuses(ReallocatePlace("P1"), FEDERATION) == "STATE"
    assert book.does(DeclinePlace("P1"), noc("AAA")) == [PlaceReturned("P1", "DECLINED", "AAA", "A1")]
    assert book.refuses(ReallocatePlace("P1"), FEDERATION) == "NO_RANKING"
    book.does(RecordRanking("TOUR", TOUR), FEDERATION)
    assert book.refuses(ReallocatePlace("P1"), noc("AAA")) == "NOT_AUTHORISED"
    assert book.refuses(ReallocatePlace("P9"), FEDERATION) == "UNKNOWN"
    assert book.does(ReallocatePlace("P1"), FEDERATION)[-1] == PlaceReallocated(
        "P1", "NEXT_OF_TOUR", "AAA", "A2", 0, 1, SPRING + ANSWER
    )


def test_a_route_that_waits_for_the_federation_does_nothing_at_once() -> None:
    book = Book("TKW")
    book.does(RecordRanking("OLYMPIC_RANKING", (RankRow(1, "AAA", "A1"), RankRow(2, "BBB", "B1"))), FEDERATION)
    book.does(AllocatePlace("P1", M58, "RANKING", "AAA", BY), FEDERATION)
    assert book.does(DeclinePlace("P1"), noc("AAA")) == [PlaceReturned("P1", "DECLINED", "AAA", "")]
    assert book.does(ReallocatePlace("P1"), FEDERATION) == [
        PlacePassed("P1", "HAD_IT", "AAA", "A1", 0, 0),  # a slot was the organisation's, whoever would have filled it
        PlaceReallocated("P1", "NEXT_IN_RANKING", "BBB", "B1", 0, 1, SPRING + ANSWER),
    ]
    assert book.does(ConfirmPlace("P1"), noc("BBB"))[0].place == "P1"  # type: ignore[union-attr]


def test_a_line_without_an_athlete_owns_no_nominal_place_and_a_vacant_place_stays_vacant() -> None:
    book = surfing(RankRow(1, "BBB"))
    book.does(surf("P1", "A1", "AAA"), FEDERATION)
    book.does(DeclinePlace("P1"), noc("AAA"))
    assert (book.log[-1], book.state.places["P1"].status) == (PlaceVacated("P1"), "VACANT")
    assert book.refuses(ReallocatePlace("P1"), FEDERATION) == "STATE"


def test_a_confirmed_place_that_nobody_is_entered_for_expires_too() -> None:
    book = surfing(*TOUR)
    book.lists("A1")
    book.place("P1", SURF, "TOUR", athlete="A1")
    book.place("P2", SURF, "TOUR", of="BBB", athlete="B1")
    book.enters("A1", SURF, place="P1")
    until = T20.places_until
    assert until is not None
    assert book.does(Tick(until), SYSTEM, until)[0] == PlaceReturned("P2", "EXPIRED", "BBB", "B1")
    assert book.state.places["P1"].status == "USED"
    assert book.does(WithdrawEntry("AAA", "A1", SURF), noc("AAA"), LATE)[1] == PlaceReturned(
        "P1", "WITHDRAWN", "AAA", "A1"
    )
