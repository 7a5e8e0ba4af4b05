"""Late replacements: when, why, by whom, how often, and what they bring about."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from management.command import Actor, Role
from management.entry import ConfirmEntries, WithdrawEntry
from management.entry_exception import GrantException
from management.entry_facts import ReportCard, SetFirstUnit
from management.replacement import (
    ApproveReplacement,
    AthleteReplaced,
    DropReplacement,
    FunctionChangeAsked,
    ReplaceAthlete,
    ReplacementApproved,
    ReplacementDropped,
    ReplacementProposed,
)
from management.sanction import SanctionAthlete
from tests.management.entry_hands import (
    AUTHORITY,
    DAY,
    DOCTOR,
    FEDERATION,
    LATE,
    M58,
    M100,
    MINUTE,
    OCT,
    OFFICE,
    OQT,
    SYSTEM,
    T20,
    TEAM,
    Book,
    facts,
    noc,
    person,
)

AAA = noc("AAA")
FIRST = LATE + 3 * DAY  # the first unit of every event here
CUT_OFF = FIRST - DAY  # of individuals in T20


def swim(reason: str = "MEDICAL", **change: str) -> ReplaceAthlete:
    wish = {"replacement": "R1", "noc": "AAA", "event": M100, "leaving": "A1", "coming": "A2"} | change
    return ReplaceAthlete(**wish, reason=reason, facts=facts(OQT))


def approve(role: Role, replacement: str = "R1") -> ApproveReplacement:
    return ApproveReplacement(replacement, role)


def swimming() -> Book:
    """Two entered athletes and one more on the list, after the deadline."""
    book = Book()
    book.lists("A1", "A2", "A3")
    book.enters("A1", M100, OQT)
    book.does(SetFirstUnit(M100, FIRST), SYSTEM)
    book.at = LATE
    return book


def volleyball(*athletes: str) -> Book:
    book = Book("VVO")
    book.lists(*athletes, "Z1", "Z2")
    book.place("P1", TEAM, "QUALIFIER")
    for athlete in athletes:
        book.enters(athlete, TEAM, place="P1")
    book.does(SetFirstUnit(TEAM, FIRST), SYSTEM)
    book.at = LATE
    return book


def replaces(book: Book, number: str, leaving: str, coming: str, event: str = TEAM) -> None:
    """Have a replacement happen."""
    book.does(ReplaceAthlete(number, "AAA", event, leaving, coming, "MEDICAL", facts(OQT)), AAA)
    book.does(ReportCard(leaving, "exchanged"), SYSTEM)
    book.does(approve("IF_MEDICAL", number), DOCTOR)
    book.does(approve("GAMES_AUTHORITY", number), AUTHORITY)


# -- it happens -------------------------------------------------------------------------------------------------------


def test_two_persons_approve_and_the_one_takes_the_start_of_the_other() -> None:
    book = swimming()
    book.does(ConfirmEntries("AAA"), OFFICE)
    assert book.does(swim(), AAA) == [
        ReplacementProposed(
            *("R1", "AAA", M100, "A1", "A2", "MEDICAL", "office-AAA"), ("GAMES_AUTHORITY", "IF_MEDICAL"), "OQT", ()
        )
    ]
    assert book.does(approve("IF_MEDICAL"), DOCTOR) == [ReplacementApproved("R1", "IF_MEDICAL", "doctor")]
    assert book.refuses(approve("GAMES_AUTHORITY"), AUTHORITY) == "CARD"
    book.does(ReportCard("A1", "blocked"), SYSTEM)
    assert book.does(approve("GAMES_AUTHORITY"), AUTHORITY) == [
        ReplacementApproved("R1", "GAMES_AUTHORITY", "authority"),
        AthleteReplaced("R1", "AAA", M100, "A1", "A2", "MEDICAL", reversible=False, exceptions=()),
        FunctionChangeAsked("A2", "Ap", "Aa", "R1"),
    ]
    entries = {key[:2]: (entry.status, entry.standard) for key, entry in book.state.entries.items()}
    assert entries == {"A1": ("REPLACED", "OQT"), "A2": ("CONFIRMED", "OQT")}
    assert (book.state.proposals, book.state.proposed, book.state.starts) == ({}, {}, {M100: 1})


def test_before_the_meeting_who_comes_is_entered_and_not_yet_confirmed() -> None:
    book = swimming()
    replaces(book, "R1", "A1", "A2", M100)
    assert book.state.entries[f"A2/{M100}"].status == "ENTERED"


def test_a_place_goes_with_the_start() -> None:
    book = Book("TKW")
    book.lists("A1", "A2")
    book.place("P1", M58, "QUALIFIER")
    book.enters("A1", M58, place="P1")
    book.does(SetFirstUnit(M58, FIRST), SYSTEM)
    book.at = LATE
    replaces(book, "R1", "A1", "A2", M58)
    assert (book.state.entries[f"A2/{M58}"].place, book.state.places["P1"].used) == ("P1", 1)
    assert book.state.places["P1"].status == "USED"


def test_in_a_team_it_is_reversible_and_repeatable_and_both_cards_change() -> None:
    book = volleyball("A1", "A2")
    replaces(book, "R1", "A1", "Z1")
    assert book.log[-3:] == [
        AthleteReplaced("R1", "AAA", TEAM, "A1", "Z1", "MEDICAL", reversible=True, exceptions=()),
        FunctionChangeAsked("A1", "Aa", "Ap", "R1"),
        FunctionChangeAsked("Z1", "Ap", "Aa", "R1"),
    ]
    replaces(book, "R2", "Z1", "A1")
    replaces(book, "R3", "A1", "Z1")
    entries = {key[:2]: entry.status for key, entry in book.state.entries.items()}
    assert entries == {"A1": "REPLACED", "A2": "ENTERED", "Z1": "ENTERED"}
    assert (book.state.replaced, book.state.starts, book.state.places["P1"].used) == (
        {f"AAA/{TEAM}/1": 3},
        {TEAM: 1},
        2,
    )


def test_a_full_team_may_replace_and_never_has_more_at_once() -> None:
    book = volleyball(*(f"A{number}" for number in range(12)))
    replaces(book, "R1", "A0", "Z1")
    assert len(book.state.field[f"AAA/{TEAM}"]) == 12
    book.at = T20.entries_until
    assert book.refuses(book.entry("Z2", TEAM, place="P1"), AAA) == "TEAM_SIZE"


def test_the_only_one_of_a_team_may_be_replaced_when_the_event_is_full() -> None:
    book = volleyball("A1")
    assert book.state.starts == {TEAM: 1}
    replaces(book, "R1", "A1", "Z1")
    assert book.state.starts == {TEAM: 1}


# -- when it may be proposed ------------------------------------------------------------------------------------------


def test_it_is_for_the_time_between_the_deadline_and_the_cut_off() -> None:
    book = swimming()
    assert book.refuses(swim(), AAA, T20.entries_until) == "TOO_EARLY"
    assert book.refuses(swim(), AAA, CUT_OFF) == "CUT_OFF"
    assert book.does(swim(), AAA, CUT_OFF - 1)[0].replacement == "R1"  # type: ignore[union-attr]


def test_the_cut_off_of_a_team_event_is_the_policy_s() -> None:
    book = volleyball("A1")
    wish = ReplaceAthlete("R1", "AAA", TEAM, "A1", "Z1", "MEDICAL", facts())
    assert book.refuses(wish, AAA, FIRST - 120 * MINUTE) == "CUT_OFF"
    assert book.does(wish, AAA, FIRST - 120 * MINUTE - 1)[0].replacement == "R1"  # type: ignore[union-attr]


def test_without_a_first_unit_nothing_is_proposed() -> None:
    book = Book()
    book.lists("A1", "A2")
    book.enters("A1", M100, OQT)
    assert book.refuses(swim(), AAA, LATE) == "CUT_OFF"


def test_an_exception_from_the_cut_off_is_named() -> None:
    book = swimming()
    book.does(GrantException("X1", "CUT_OFF", "AAA", "EB 5", "the doctor's plane was late", "A2", M100), AUTHORITY)
    book.at = CUT_OFF
    replaces(book, "R1", "A1", "A2", M100)
    replaced = AthleteReplaced("R1", "AAA", M100, "A1", "A2", "MEDICAL", reversible=False, exceptions=("X1",))
    assert book.log[-2] == replaced


@pytest.mark.parametrize(
    ("wish", "by", "code"),
    [
        (swim(), noc("BBB"), "NOT_AUTHORISED"),
        (swim(noc="BBB"), noc("BBB"), "UNKNOWN"),
        (swim(leaving="A3"), AAA, "UNKNOWN"),
        (swim("HOLIDAY"), AAA, "REASON"),
        (swim(coming="A9"), AAA, "NOT_LONG_LISTED"),
        (swim(coming="A1"), AAA, "STATE"),
    ],
)
def test_what_cannot_be_proposed(wish: ReplaceAthlete, by: Actor, code: str) -> None:
    book = swimming()
    if code == "STATE":
        book.does(WithdrawEntry("AAA", "A1", M100), AAA)
    assert book.refuses(wish, by) == code


def test_who_comes_passes_every_guard_but_the_deadline() -> None:
    book = swimming()
    book.lists("A4", form=False)
    book.lists("W1", gender="W")
    wish = ReplaceAthlete("R1", "AAA", M100, "A1", "A2", "MEDICAL", facts())
    assert book.refuses(wish, AAA) == "STANDARD"
    assert book.refuses(swim(coming="A4"), AAA) == "NO_ELIGIBILITY_FORM"
    assert book.refuses(swim(coming="W1"), AAA) == "GENDER_CATEGORY"
    book.at = T20.entries_until
    book.enters("A2", M100, OQT)
    book.at = LATE
    assert book.refuses(swim(), AAA) == "DUPLICATE_ENTRY"
    slower = ReplaceAthlete("R1", "AAA", M100, "A1", "A3", "MEDICAL", facts(OCT))
    assert book.refuses(slower, AAA) == "NOC_TWO_NEED_BOTH_OQT"


def test_one_proposal_at_a_time_for_either_athlete() -> None:
    book = swimming()
    book.does(swim(), AAA)
    assert book.refuses(swim(), AAA) == "STATE"
    assert book.refuses(swim(replacement="R2", coming="A3"), AAA) == "STATE"
    assert book.refuses(WithdrawEntry("AAA", "A1", M100), AAA) == "STATE"
    book.at = T20.entries_until
    assert book.refuses(book.entry("A2", M100, OQT), AAA) == "STATE"


def test_an_individual_start_changes_hands_as_often_as_the_policy_says() -> None:
    book = swimming()
    replaces(book, "R1", "A1", "A2", M100)
    assert book.refuses(swim(replacement="R2", leaving="A2", coming="A3"), AAA) == "MAX_TIMES"


def test_the_starts_of_a_team_are_counted_together() -> None:
    book = volleyball("A1", "A2")
    team = replace(T20.replacements["team"], max_times=1)
    book.policy = replace(T20, replacements={"team": team})
    replaces(book, "R1", "A1", "Z1")
    wish = ReplaceAthlete("R2", "AAA", TEAM, "A2", "Z2", "MEDICAL", facts())
    assert book.refuses(wish, AAA) == "MAX_TIMES"


def test_who_was_replaced_for_good_does_not_come_back() -> None:
    book = swimming()
    book.at = T20.entries_until
    book.enters("A3", M100, OQT)
    book.at = LATE
    replaces(book, "R1", "A1", "A2", M100)
    assert book.refuses(swim(replacement="R2", leaving="A3", coming="A1"), AAA) == "PERMANENT"
    assert book.refuses(book.entry("A1", M100, OQT), AAA, T20.entries_until) == "NOC_EVENT_MAX"
    book.does(WithdrawEntry("AAA", "A3", M100), AAA)
    assert book.refuses(book.entry("A1", M100, OQT), AAA, T20.entries_until) == "STATE"


# -- who approves -----------------------------------------------------------------------------------------------------


def test_each_approval_is_another_person_s_and_none_the_proposer_s() -> None:
    both = person("both", "IF_MEDICAL", "GAMES_AUTHORITY", "RO_ENTRIES")
    book = swimming()
    book.does(swim(), both)
    assert book.refuses(approve("IF_MEDICAL"), both) == "SAME_PERSON"
    other = person("other", "IF_MEDICAL", "GAMES_AUTHORITY")
    book.does(approve("IF_MEDICAL"), other)
    assert book.refuses(approve("GAMES_AUTHORITY"), other) == "SAME_PERSON"


def test_the_roles_are_those_of_the_reason() -> None:
    book = swimming()
    book.does(swim("DOPING"), AAA)
    assert book.refuses(approve("GAMES_AUTHORITY"), FEDERATION) == "NOT_AUTHORISED"
    assert (
        book.refuses(approve("IF_DELEGATE"), person("far", "IF_DELEGATE", scope="discipline:ATH")) == "NOT_AUTHORISED"
    )
    assert book.refuses(approve("IF_MEDICAL"), DOCTOR) == "STATE"
    assert book.refuses(approve("IF_MEDICAL", "R9"), DOCTOR) == "UNKNOWN"
    assert book.does(approve("IF_DELEGATE"), FEDERATION) == [ReplacementApproved("R1", "IF_DELEGATE", "federation")]
    assert book.refuses(approve("IF_DELEGATE"), person("second", "IF_DELEGATE")) == "STATE"


def test_the_last_approval_looks_again() -> None:
    book = swimming()
    book.does(swim(), AAA)
    book.does(approve("IF_MEDICAL"), DOCTOR)
    book.does(ReportCard("A1", "blocked"), SYSTEM)
    assert book.refuses(approve("GAMES_AUTHORITY"), AUTHORITY, CUT_OFF) == "CUT_OFF"
    book.does(SanctionAthlete("A2", "Panel"), FEDERATION)
    assert book.refuses(approve("GAMES_AUTHORITY"), AUTHORITY) == "SANCTIONED"
    book.does(SanctionAthlete("A1", "Panel"), FEDERATION)
    assert book.refuses(approve("GAMES_AUTHORITY"), AUTHORITY) == "STATE"


def test_the_standard_found_when_it_was_proposed_still_counts() -> None:
    book = swimming()
    book.at = T20.entries_until
    book.enters("A3", M100, OQT)
    book.at = LATE
    replaces(book, "R1", "A1", "A2", M100)  # two of AAA, and both have the better standard
    assert sorted(book.state.field[f"AAA/{M100}"]) == [f"A2/{M100}", f"A3/{M100}"]


def test_an_approver_or_the_organisation_ends_a_proposal() -> None:
    book = swimming()
    book.does(swim(), AAA)
    drop = DropReplacement("R1")
    assert book.refuses(drop, noc("BBB")) == "NOT_AUTHORISED"
    assert book.refuses(drop, FEDERATION) == "NOT_AUTHORISED"
    assert book.does(drop, DOCTOR) == [ReplacementDropped("R1", "doctor")]
    assert book.refuses(drop, DOCTOR) == "UNKNOWN"
    book.does(swim(), AAA)
    assert book.does(drop, AAA) == [ReplacementDropped("R1", "office-AAA")]
    assert (book.state.proposals, book.state.proposed) == ({}, {})
