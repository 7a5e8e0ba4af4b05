"""The entries as one aggregate: the acceptance scenarios, the words on the log, and its deadlines."""

from __future__ import annotations

from datetime import date
from typing import get_args

import msgspec

from management.command import Refusal, Role, Tick
from management.entries import Command, Event, State, due
from management.entry import AthleteEntered, EnterAthlete
from management.entry_book import RankRow
from management.entry_exception import ExceptionGranted, GrantException
from management.entry_guards import Performance
from management.place import AllocatePlace, ConfirmPlace, DeclinePlace, PlaceConfirmed, PlaceReturned
from management.reallocation import PlacePassed, PlaceReallocated, PlaceVacated, RecordRanking
from tests.management.entry_hands import (
    AUTHORITY,
    DAY,
    FEDERATION,
    HOUR,
    M100,
    M200,
    OCT,
    OQT,
    SPRING,
    SURF,
    SYSTEM,
    T20,
    Book,
    facts,
    ms,
    noc,
)

AAA = noc("AAA")


# -- acceptance scenarios ---------------------------------------------------------------------------------------------


def test_scenario_7_long_list_and_deadline() -> None:
    book = Book()
    wish = book.entry("A1", M100, OQT)
    deadline = ms("2021-07-05T14:59:59+00:00")
    assert book.refuses(wish, AAA, deadline) == "NOT_LONG_LISTED"
    book.lists("A1")
    assert book.refuses(wish, AAA, deadline + 1000) == "DEADLINE"
    grant = GrantException("X1", "DEADLINE", "AAA", "EB 2021-07-05/9", "the line was down", "A1", M100)
    granted = ExceptionGranted("X1", "DEADLINE", "AAA", "EB 2021-07-05/9", "the line was down", "A1", M100)
    assert book.does(grant, AUTHORITY, deadline + 1000) == [granted]
    assert book.does(wish, AAA, deadline + 1000) == [AthleteEntered("AAA", "A1", M100, None, 0, "OQT", ("X1",))]


def test_scenario_8_two_swimmers_one_oqt() -> None:
    book = Book()
    men = [f"A{number:02}" for number in range(27)]
    book.lists(*men)
    book.lists("B1", "B2", of="BBB")
    book.enters("A00", M100, OQT)
    assert book.refuses(book.entry("A01", M100, OCT), AAA) == "NOC_TWO_NEED_BOTH_OQT"
    assert book.enters("B1", M100, OCT, of="BBB") == [AthleteEntered("BBB", "B1", M100, None, 0, "OCT")]
    for athlete in men[1:26]:
        book.enters(athlete, M200)
    assert book.refuses(book.entry(men[26], M200), AAA) == "NOC_GENDER_MAX"


def test_scenario_9_reallocation_chain() -> None:
    book = Book("SRF")
    rows = tuple(
        RankRow(rank, of, athlete)
        for rank, (of, athlete) in enumerate((("AAA", "A1"), ("BBB", "B3"), ("CCC", "C1"), ("DDD", "D1")), 1)
    )
    book.does(RecordRanking("TOUR", rows), FEDERATION)
    by = SPRING + DAY
    for place, of, athlete in (("P1", "BBB", "B1"), ("P2", "BBB", "B2")):
        book.place(place, SURF, "TOUR", of, athlete)
    book.does(AllocatePlace("P3", SURF, "TOUR", "AAA", by, "A1"), FEDERATION)
    until = by + 72 * HOUR
    assert book.does(Tick(by), SYSTEM, by) == [
        PlaceReturned("P3", "EXPIRED", "AAA", "A1"),
        PlacePassed("P3", "HAD_IT", "AAA", "A1", 0, 0),
        PlacePassed("P3", "NOC_EVENT_MAX", "BBB", "B3", 0, 1),  # BBB has its two
        PlaceReallocated("P3", "NEXT_OF_TOUR", "CCC", "C1", 0, 2, until),
    ]
    assert due(book.state) == until
    assert book.does(DeclinePlace("P3"), noc("CCC"), by) == [
        PlaceReturned("P3", "DECLINED", "CCC", "C1"),
        PlaceReallocated("P3", "NEXT_OF_TOUR", "DDD", "D1", 0, 3, until),
    ]
    assert book.does(DeclinePlace("P3"), noc("DDD"), by) == [
        PlaceReturned("P3", "DECLINED", "DDD", "D1"),
        PlaceVacated("P3", "CHAIN_END"),
    ]
    assert book.state.places["P3"].status == "VACANT"


# -- the words on the log ---------------------------------------------------------------------------------------------


def test_commands_and_events_are_told_apart_on_the_log() -> None:
    command = EnterAthlete("AAA", "A1", M100, facts(Performance(4800, date(2021, 4, 1), "WCH")), "P1", 2)
    event = PlaceConfirmed("P1", 7)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(command), type=Command) == command
    assert msgspec.json.decode(msgspec.json.encode(event), type=Event) == event
    assert len({kind.__struct_config__.tag for kind in get_args(Command)}) == len(get_args(Command)) == 24
    assert len({kind.__struct_config__.tag for kind in get_args(Event)}) == len(get_args(Event)) == 29


def test_no_event_holds_what_only_the_command_knows() -> None:
    fields = {field for kind in get_args(Event) for field in kind.__struct_fields__}
    assert fields & {"facts", "born", "nationalities", "results", "name", "document"} == set()


def test_every_role_that_the_policy_names_is_one() -> None:
    routes = {route.allocated_by for discipline in T20.disciplines.values() for route in discipline.routes.values()}
    approvers = {role for rules in T20.replacements.values() for roles in rules.reasons.values() for role in roles}
    assert (routes | approvers) - set(get_args(Role)) == set()


# -- deadlines --------------------------------------------------------------------------------------------------------


def test_the_earliest_deadline_is_due_and_a_tick_that_fires_nothing_says_nothing() -> None:
    book = Book("SRF")
    assert (due(State()), book.does(Tick(SPRING), SYSTEM)) == (None, [])
    for place, of, by in (("P1", "AAA", SPRING + 2), ("P2", "BBB", SPRING + 1)):
        book.does(AllocatePlace(place, SURF, "TOUR", of, by, f"{of}1"), FEDERATION)
    assert due(book.state) == SPRING + 1
    book.does(ConfirmPlace("P2"), noc("BBB"))
    assert due(book.state) == SPRING + 2
    book.does(ConfirmPlace("P1"), AAA)
    assert due(book.state) == T20.places_until


def test_a_refusal_names_the_facts() -> None:
    answer = Book().ask(EnterAthlete("AAA", "A1", M100, facts()), AAA)
    assert isinstance(answer, Refusal)
    assert (answer.text, answer.about) == (
        "A1 is not on the long list of AAA",
        {"athlete": "A1", "event": M100, "noc": "AAA"},
    )
