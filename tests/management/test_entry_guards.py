"""The guards of an entry by name: each with its code, the order among them, and what lifts them."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest
from msgspec.structs import replace

from management.entry import AthleteEntered, EnterAthlete
from management.entry_book import Code
from management.entry_exception import GrantException
from management.entry_guards import GUARDS, Facts, Performance, Represented, best_standard
from management.long_list import StrikeOff
from management.place import AllocatePlace
from management.sanction import SanctionAthlete
from schemas.policy.entries import Discipline, Event
from tests.management.entry_hands import (
    AUTHORITY,
    FEDERATION,
    LATE,
    M58,
    M100,
    M200,
    NEVER,
    OCT,
    OQT,
    SURF,
    T20,
    TEAM,
    W49,
    W100,
    Book,
    facts,
    noc,
)

AAA = noc("AAA")


def tkw() -> Book:
    """A book with an athlete on the list and a confirmed place for somebody of the first twenty."""
    book = Book("TKW")
    book.lists("A1")
    book.place("P1", M58, "RANKING")
    return book


def limited(discipline: str, event: str | None = None, **limits: object) -> Book:
    """A book of T20 in which a discipline, or one of its events, has other limits."""
    rules: Discipline = T20.disciplines[discipline]
    if event is None:
        rules = replace(rules, **limits)
    else:
        changed: Event = replace(rules.events[event], **limits)
        rules = replace(rules, events={**rules.events, event: changed})
    return Book(discipline, replace(T20, disciplines={discipline: rules}))


# -- the time and the person ------------------------------------------------------------------------------------------


def test_deadline() -> None:
    book = Book()
    book.lists("A1", "A2")
    wish = book.entry("A1", M100, OQT)
    assert book.refuses(wish, AAA, T20.entries_until + 1) == "DEADLINE"
    assert book.does(wish, AAA, T20.entries_until) == [AthleteEntered("AAA", "A1", M100, None, 0, "OQT")]


def test_not_long_listed() -> None:
    book = Book()
    assert book.refuses(book.entry("A1", M100, OQT), AAA) == "NOT_LONG_LISTED"
    book.lists("A1", of="BBB")
    assert book.refuses(book.entry("A1", M100, OQT), AAA) == "NOT_LONG_LISTED"
    book.does(StrikeOff("BBB", "A1"), noc("BBB"))
    assert book.refuses(book.entry("A1", M100, OQT, of="BBB"), noc("BBB")) == "NOT_LONG_LISTED"


@pytest.mark.parametrize(
    ("until", "code"), [(None, "SANCTIONED"), (T20.opens_at, "SANCTIONED"), (T20.opens_at - 1, "")]
)
def test_sanctioned(until: int | None, code: str) -> None:
    book = Book()
    book.lists("A1")
    book.does(SanctionAthlete("A1", "Panel 7", until), FEDERATION)
    wish = book.entry("A1", M100, OQT)
    if code:
        assert book.refuses(wish, AAA) == code
    else:
        assert book.does(wish, AAA) == [AthleteEntered("AAA", "A1", M100, None, 0, "OQT")]


def test_no_eligibility_form() -> None:
    book = Book()
    book.lists("A1", form=False)
    assert book.refuses(book.entry("A1", M100, OQT), AAA) == "NO_ELIGIBILITY_FORM"


@pytest.mark.parametrize(
    ("first", "last", "born", "code"),
    [
        (None, date(1999, 12, 31), date(1999, 12, 31), ""),
        (None, date(1999, 12, 31), date(2000, 1, 1), "AGE"),
        (date(1990, 1, 1), None, date(1990, 1, 1), ""),
        (date(1990, 1, 1), None, date(1989, 12, 31), "AGE"),
    ],
)
def test_age(first: date | None, last: date | None, born: date, code: str) -> None:
    book = limited("SWM", M200, born_from=first, born_until=last)
    book.lists("A1")
    wish = EnterAthlete("AAA", "A1", M200, facts(born=born))
    if code:
        assert book.refuses(wish, AAA) == code
    else:
        assert book.does(wish, AAA) == [AthleteEntered("AAA", "A1", M200, None, 0, None)]


def test_gender_category() -> None:
    book = Book()
    book.lists("A1")
    assert book.refuses(book.entry("A1", W100, OQT), AAA) == "GENDER_CATEGORY"
    mixed = "SWMX4X100MMD----------------------"
    swimming = T20.disciplines["SWM"]
    open_to_all = replace(swimming, events={mixed: replace(swimming.events[M200], total=8)})
    book.policy = replace(T20, disciplines={"SWM": open_to_all})
    assert book.does(book.entry("A1", mixed), AAA) == [AthleteEntered("AAA", "A1", mixed, None, 0, None)]


@pytest.mark.parametrize(
    ("nationalities", "represented", "code"),
    [
        (("BBB",), None, "NATIONALITY"),
        (("AAA", "BBB"), Represented("BBB", date(2018, 7, 25)), "NATIONALITY"),  # 1,094 days
        (("AAA", "BBB"), Represented("BBB", date(2018, 7, 24)), ""),
        (("AAA",), Represented("AAA", date(2021, 7, 1)), ""),
    ],
)
def test_nationality(nationalities: tuple[str, ...], represented: Represented | None, code: str) -> None:
    book = Book()
    book.lists("A1")
    wish = EnterAthlete("AAA", "A1", M200, Facts(date(1998, 5, 5), nationalities, represented))
    if code:
        assert book.refuses(wish, AAA) == code
        book.does(GrantException("X1", "NATIONALITY", "AAA", "EB 4", "both organisations agree", "A1"), AUTHORITY)
        assert book.does(wish, AAA) == [AthleteEntered("AAA", "A1", M200, None, 0, None, ("X1",))]
    else:
        assert book.does(wish, AAA) == [AthleteEntered("AAA", "A1", M200, None, 0, None)]


# -- the start --------------------------------------------------------------------------------------------------------


def test_duplicate_entry() -> None:
    book = Book()
    book.lists("A1")
    book.enters("A1", M100, OQT)
    assert book.refuses(book.entry("A1", M100, OQT), AAA) == "DUPLICATE_ENTRY"
    assert book.enters("A1", M200)[0] == AthleteEntered("AAA", "A1", M200, None, 0, None)


def test_no_place() -> None:
    book = tkw()
    book.lists("A2", "A3")
    book.lists("B1", of="BBB")
    book.place("P2", M58, "RANKING", of="BBB")
    refused = [
        book.refuses(book.entry("A1", M58, rank=1), AAA),  # none is named
        book.refuses(book.entry("A1", M58, rank=1, place="P9"), AAA),  # there is none
        book.refuses(book.entry("A1", M58, rank=1, place="P2"), AAA),  # another organisation's
    ]
    assert refused == ["NO_PLACE"] * 3
    book.does(book.entry("A1", M58, rank=1, place="P1"), AAA)
    book.policy = limited("TKW", M58, noc_max=2).policy
    assert book.refuses(book.entry("A2", M58, rank=1, place="P1"), AAA) == "NO_PLACE"  # in use


def test_a_place_of_another_event_is_no_place() -> None:
    book = tkw()
    book.lists("W1", gender="W")
    assert book.refuses(book.entry("W1", W49, rank=1, place="P1"), AAA) == "NO_PLACE"


def test_a_place_that_is_not_confirmed_is_no_place() -> None:
    book = Book("TKW")
    book.lists("A1")
    book.does(AllocatePlace("P1", M58, "RANKING", "AAA", NEVER), FEDERATION)
    assert book.refuses(book.entry("A1", M58, rank=1, place="P1"), AAA) == "NO_PLACE"


def test_wrong_place_owner() -> None:
    book = Book("SRF")
    book.lists("A1", "A2")
    book.place("P1", SURF, "TOUR", athlete="A1")
    assert book.refuses(book.entry("A2", SURF, place="P1"), AAA) == "WRONG_PLACE_OWNER"
    assert book.does(book.entry("A1", SURF, place="P1"), AAA) == [AthleteEntered("AAA", "A1", SURF, "P1", 0, None)]


@pytest.mark.parametrize(
    "result",
    [
        Performance(5004, date(2021, 4, 1), "NCH"),  # too slow
        Performance(4990, date(2019, 2, 28), "NCH"),  # before the window
        Performance(4990, date(2021, 6, 28), "NCH"),  # after it
        Performance(4990, date(2021, 4, 1), "CLUB"),  # no listed competition
    ],
)
def test_standard(result: Performance) -> None:
    book = Book()
    book.lists("A1")
    assert book.refuses(book.entry("A1", M100, result), AAA) == "STANDARD"
    assert book.refuses(book.entry("A1", M100), AAA) == "STANDARD"
    assert book.enters("A1", M100, result, OCT)[0] == AthleteEntered("AAA", "A1", M100, None, 0, "OCT")


def test_an_invitation_needs_no_standard() -> None:
    book = Book()
    book.lists("B1", of="BBB")
    book.place("P1", M100, "UNIVERSALITY", of="BBB")
    assert book.enters("B1", M100, of="BBB", place="P1") == [AthleteEntered("BBB", "B1", M100, "P1", 0, None)]


def test_who_reached_a_lesser_standard_may_need_an_invitation() -> None:
    oqt, oct_ = T20.disciplines["SWM"].events[M100].standards
    book = limited("SWM", M100, standards=(oqt, replace(oct_, needs_place=True)))
    book.lists("A1")
    book.lists("B1", of="BBB")
    assert book.refuses(book.entry("A1", M100, OCT), AAA) == "NO_PLACE"
    assert book.enters("A1", M100, OQT)[0] == AthleteEntered("AAA", "A1", M100, None, 0, "OQT")
    book.place("P1", M100, "UNIVERSALITY", of="BBB")
    entered = book.enters("B1", M100, OCT, of="BBB", place="P1")
    assert entered == [AthleteEntered("BBB", "B1", M100, "P1", 0, "OCT")]


def test_the_best_standard_counts_whatever_the_order_of_the_results() -> None:
    standards = T20.disciplines["SWM"].events[M100].standards
    assert [getattr(best_standard(standards, results), "name", None) for results in ((OCT, OQT), (OCT,), ())] == [
        "OQT",
        "OCT",
        None,
    ]
    longest = replace(standards[0], mark=800, lower_is_better=False)
    assert [longest.met_by(mark, date(2021, 4, 1), "WCH") for mark in (799, 800, 801)] == [False, True, True]


def test_rank_band() -> None:
    book = tkw()
    assert book.refuses(book.entry("A1", M58, place="P1", rank=21), AAA) == "RANK_BAND"
    assert book.refuses(book.entry("A1", M58, place="P1"), AAA) == "RANK_BAND"
    assert book.enters("A1", M58, place="P1", rank=20)[0] == AthleteEntered("AAA", "A1", M58, "P1", 0, None)


# -- the limits -------------------------------------------------------------------------------------------------------


def test_team_size_and_one_start_for_a_team() -> None:
    book = Book("VVO")
    names = [f"A{number}" for number in range(13)]
    book.lists(*names)
    book.place("P1", TEAM, "QUALIFIER")
    for name in names[:12]:
        book.enters(name, TEAM, place="P1")
    assert (book.state.starts, book.state.athletes_in) == ({TEAM: 1}, 12)
    assert book.refuses(book.entry(names[12], TEAM, place="P1"), AAA) == "TEAM_SIZE"


def test_a_second_team_is_one_too_many_for_its_organisation() -> None:
    book = Book("VVO")
    book.lists("A1", "A2")
    book.place("P1", TEAM, "QUALIFIER")
    book.enters("A1", TEAM, place="P1", team=1)
    assert book.refuses(book.entry("A2", TEAM, place="P1", team=2), AAA) == "NO_PLACE"  # it is the first team's
    book.policy = limited("VVO", TEAM, needs_place=False).policy
    assert book.refuses(book.entry("A2", TEAM, team=2), AAA) == "NOC_EVENT_MAX"


def test_all_of_a_team_have_the_same_place() -> None:
    book = limited("VVO", TEAM, noc_max=2)
    book.lists("A1", "A2")
    book.place("P1", TEAM, "QUALIFIER")
    book.place("P2", TEAM, "QUALIFIER")
    book.enters("A1", TEAM, place="P1", team=1)
    assert book.refuses(book.entry("A2", TEAM, place="P2", team=1), AAA) == "NO_PLACE"
    assert book.enters("A2", TEAM, place="P2", team=2)[0] == AthleteEntered("AAA", "A2", TEAM, "P2", 2, None)


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [(OQT, OQT, ""), (OQT, OCT, "NOC_TWO_NEED_BOTH_OQT"), (OCT, OQT, "NOC_TWO_NEED_BOTH_OQT")],
)
def test_noc_two_need_both_oqt(first: Performance, second: Performance, code: str) -> None:
    book = Book()
    book.lists("A1", "A2")
    book.lists("B1", of="BBB")
    book.enters("A1", M100, first)
    book.enters("B1", M100, OCT, of="BBB")  # of another organisation: nobody's second
    wish = book.entry("A2", M100, second)
    if code:
        assert book.refuses(wish, AAA) == code
    else:
        assert book.does(wish, AAA) == [AthleteEntered("AAA", "A2", M100, None, 0, "OQT")]


def test_noc_event_max() -> None:
    book = Book()
    book.lists("A1", "A2", "A3")
    for athlete in ("A1", "A2"):
        book.enters(athlete, M100, OQT)
    assert book.refuses(book.entry("A3", M100, OQT), AAA) == "NOC_EVENT_MAX"


def test_noc_gender_max_counts_athletes_and_not_entries() -> None:
    book = limited("SWM", noc_gender_max={"M": 1, "W": 1})
    book.lists("A1", "A2")
    book.lists("W1", gender="W")
    book.enters("A1", M100, OQT)
    book.enters("A1", M200)
    assert book.refuses(book.entry("A2", M200), AAA) == "NOC_GENDER_MAX"
    assert book.enters("W1", W100, Performance(5400, date(2021, 4, 1), "WCH"))[0].athlete == "W1"  # type: ignore[union-attr]
    assert book.state.gender == {"AAA/M": 1, "AAA/W": 1}


def test_event_total() -> None:
    book = limited("SWM", M200, total=1)
    book.lists("A1", "A2")
    book.enters("A1", M200)
    assert book.refuses(book.entry("A2", M200), AAA) == "EVENT_TOTAL"


def test_discipline_total_counts_athletes_and_not_entries() -> None:
    book = limited("SWM", total=1)
    book.lists("A1", "A2")
    book.enters("A1", M100, OQT)
    book.enters("A1", M200)
    assert book.refuses(book.entry("A2", M200), AAA) == "DISCIPLINE_TOTAL"


# -- the order, and exceptions ----------------------------------------------------------------------------------------


def test_every_guard_has_a_code_of_its_own_and_all_of_the_facts_are_there() -> None:
    codes = [guard.code for guard in GUARDS]
    assert codes == [
        *("DEADLINE", "NOT_LONG_LISTED", "SANCTIONED", "NO_ELIGIBILITY_FORM", "AGE", "GENDER_CATEGORY", "NATIONALITY"),
        *("DUPLICATE_ENTRY", "NO_PLACE", "WRONG_PLACE_OWNER", "STANDARD", "RANK_BAND"),
        *("TEAM_SIZE", "NOC_TWO_NEED_BOTH_OQT", "NOC_EVENT_MAX", "NOC_GENDER_MAX", "EVENT_TOTAL", "DISCIPLINE_TOTAL"),
    ]
    assert set(codes) == set(get_args(Code)[:18])


def test_the_first_guard_that_fails_names_the_refusal_until_it_is_lifted() -> None:
    book = Book("TKW")
    book.lists("A1", form=False)
    wish = EnterAthlete("AAA", "A1", M58, facts(born=date(2005, 1, 1), of="BBB"))
    refused = [book.refuses(wish, AAA, LATE)]
    for number, code in enumerate(("DEADLINE", "NO_ELIGIBILITY_FORM", "AGE", "NATIONALITY")):
        book.does(GrantException(f"X{number}", code, "AAA", "EB 1", "why", "A1"), AUTHORITY)  # type: ignore[arg-type]
        refused.append(book.refuses(wish, AAA, LATE))
    assert refused == ["DEADLINE", "NO_ELIGIBILITY_FORM", "AGE", "NATIONALITY", "NO_PLACE"]


def test_one_decision_of_an_authority_may_lift_several_guards() -> None:
    book = Book()
    book.lists("A1", form=False)
    for code in ("DEADLINE", "NO_ELIGIBILITY_FORM"):
        book.does(GrantException("X1", code, "AAA", "EB 1", "why"), AUTHORITY)
    assert book.does(book.entry("A1", M200), AAA, LATE) == [AthleteEntered("AAA", "A1", M200, None, 0, None, ("X1",))]


def test_an_exception_for_a_whole_organisation_is_named_once_in_each_entry_that_needs_it() -> None:
    book = Book()
    book.lists("A1", "A2")
    book.lists("B1", of="BBB")
    book.does(GrantException("X1", "DEADLINE", "AAA", "EB 3", "48 entries came too late"), AUTHORITY, LATE)
    entered = [book.does(book.entry(athlete, M200), AAA, LATE) for athlete in ("A1", "A2")]
    assert entered == [[AthleteEntered("AAA", name, M200, None, 0, None, ("X1",))] for name in ("A1", "A2")]
    assert book.refuses(book.entry("B1", M200, of="BBB"), noc("BBB"), LATE) == "DEADLINE"
