"""Day and guest passes: asked for in time, within limits, given out on the day, and back by the evening."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
import pytest

from management.command import Actor, Tick
from management.day_pass import (
    TRANSITIONS,
    ApprovePass,
    CancelPass,
    IssuePass,
    PassApproved,
    PassCancelled,
    PassEvent,
    PassIssued,
    PassOverdue,
    PassRequested,
    PassReturned,
    ReturnPass,
    State,
    due,
    list_status,
)
from management.status_list import REVOKED, VALID
from tests.management.accredited import (
    NOBODY,
    OPERATOR,
    OTHER_RO,
    RO,
    SECURITY,
    SOC,
    SUPERVISOR,
    SYSTEM,
    T20,
    VENUE,
    ms,
)
from tests.management.pass_book import (
    ASK,
    BACK_BY,
    DAY,
    EVENING_BEFORE,
    ISSUE,
    ISSUED,
    NOON,
    Book,
    approved,
    ask,
    issued,
    overdue,
    requested,
)

# -- asking ---------------------------------------------------------------------------------------------------------


def test_an_organisation_asks_for_a_pass() -> None:
    book = Book()
    assert book.ask(ASK) == [PassRequested("D1", "G1", "P1", DAY, "OLV", ("V",), escorted=False, by="ro-a")]
    assert book.status == "REQUESTED"


def test_it_asks_by_the_evening_before_in_the_time_of_the_games() -> None:
    assert Book().code(ASK, at=EVENING_BEFORE) == "CUT_OFF"
    east = msgspec.structs.replace(T20, offset_min=540)
    nine_hours = 9 * 3_600_000
    assert Book(policy=east).code(ASK, at=EVENING_BEFORE - nine_hours) == "CUT_OFF"
    assert Book(policy=east).after((ASK, RO), at=EVENING_BEFORE - nine_hours - 1).status == "REQUESTED"


def test_it_has_so_many_a_day() -> None:
    book = Book().after(*((ask(pass_id=f"D{n}", person=f"G{n}"), RO) for n in range(3)))
    fourth = ask(pass_id="D4", person="G4")
    assert book.code(fourth) == "DAILY_COUNT"
    assert book.after((msgspec.structs.replace(fourth, day=date(2021, 7, 29)), RO)).state.on_day == {
        "2021-07-28": 3,
        "2021-07-29": 1,
    }
    assert book.after((CancelPass("D0"), RO)).ask(ask(pass_id="D5", person="G5")) == [
        PassRequested("D5", "G5", "P1", DAY, "OLV", ("V",), escorted=False, by="ro-a")
    ]


def test_an_organisation_of_a_kind_without_passes_has_none() -> None:
    federation = Actor("if", (msgspec.structs.replace(RO.grants[0], scope="ro:FSW"),))
    assert Book("FSW").code(ASK, federation) == "DAILY_COUNT"


def test_a_person_has_so_many_days() -> None:
    book = Book().after((ASK, RO), (ask(pass_id="D2", day=date(2021, 7, 29)), RO))
    third = ask(pass_id="D3", day=date(2021, 7, 30))
    assert book.code(third) == "MAX_DAYS"
    assert book.after((ask(pass_id="D4"), RO)).state.days_of == {"G1": {"2021-07-28": 2, "2021-07-29": 1}}
    book.after((CancelPass("D2"), RO))
    assert book.after((third, RO)).state.days_of == {"G1": {"2021-07-28": 2, "2021-07-30": 1}}


def test_what_a_cancelled_pass_counted_is_forgotten() -> None:
    book = requested().after((CancelPass("D1"), RO))
    assert (book.state.on_day, book.state.days_of) == ({}, {})


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"standing": "REFUSED"}, "BARRED"),
        ({"standing": "REVOKED"}, "BARRED"),
        ({"zones": ()}, "ZONES"),
        ({"venue": "XXX"}, "ZONES"),
        ({"zones": ("V", "RED")}, "ZONES"),  # not the host's
        ({"zones": ("BLUE",), "host_zones": ("BLUE",), "escorted": True}, "ZONES"),
        ({"zones": ("R",)}, "ZONES"),
        ({"zones": ("X",), "host_zones": ("X",)}, "ZONES"),
    ],
    ids=str,
)
def test_a_pass_is_not_for_everybody_and_not_for_every_zone(changes: dict[str, Any], code: str) -> None:
    assert Book().code(ask(**changes)) == code


def test_the_residential_zone_is_open_with_an_escort() -> None:
    assert Book().after((ask(zones=("R", "V"), escorted=True), RO)).state.passes["D1"].zones == ("R", "V")


def test_only_the_organisation_asks_and_an_identifier_is_one_pass() -> None:
    assert [Book().code(ASK, by) for by in (OTHER_RO, OPERATOR, NOBODY)] == ["NOT_AUTHORISED"] * 3
    assert requested().code(ASK) == "EXISTS"


# -- approving and giving out ---------------------------------------------------------------------------------------


def test_another_one_approves() -> None:
    both = Actor("ro-a", (*RO.grants, *OPERATOR.grants))
    assert requested().code(ApprovePass("D1"), both) == "SAME_PERSON"
    for by in (OPERATOR, VENUE):
        assert requested().ask(ApprovePass("D1"), by) == [PassApproved("D1", by=by.id)]
    elsewhere = Book().after((ask(venue="MPC"), RO))
    assert elsewhere.code(ApprovePass("D1"), VENUE) == "NOT_AUTHORISED"


def test_a_pass_is_given_out_on_its_day_against_a_document() -> None:
    book = approved()
    assert book.ask(ISSUE, VENUE, NOON) == [ISSUED]
    assert (book.status, due(book.state)) == ("ISSUED", BACK_BY)
    assert list_status(book.state.passes["D1"]) == VALID


@pytest.mark.parametrize(
    ("changes", "at", "code"),
    [
        ({"id_deposit": False, "standing": "REFUSED"}, ms("2021-07-27T23:59:59.999Z"), "DAY"),
        ({}, BACK_BY, "DAY"),
        ({"id_deposit": False, "standing": "REFUSED"}, NOON, "DEPOSIT"),
        ({"standing": "REFUSED"}, NOON, "BARRED"),
        ({"standing": "REVOKED"}, NOON, "BARRED"),
    ],
    ids=str,
)
def test_a_pass_is_not_given_out_for_the_first_thing_that_is_wrong(changes: dict[str, Any], at: int, code: str) -> None:
    assert approved().code(msgspec.structs.replace(ISSUE, **changes), VENUE, at) == code


def test_the_first_and_the_last_instant_at_which_a_pass_is_given_out() -> None:
    for at in (ms("2021-07-28T00:00:00Z"), BACK_BY - 1):
        assert approved().ask(ISSUE, VENUE, at) == [ISSUED]


# -- back, or not ---------------------------------------------------------------------------------------------------


def test_a_pass_comes_back() -> None:
    book = issued()
    assert book.ask(ReturnPass("D1"), VENUE, BACK_BY - 1) == [PassReturned("D1", by="desk-olv")]
    assert (book.status, due(book.state), book.state.deadlines) == ("RETURNED", None, [])
    assert list_status(book.state.passes["D1"]) == REVOKED
    assert book.ask(Tick(BACK_BY), SYSTEM, BACK_BY) == []


def test_a_pass_that_is_not_back_blocks_its_host_until_it_is() -> None:
    book = issued().after((ask(pass_id="D2", day=date(2021, 7, 29)), RO))
    book.after((ApprovePass("D2"), OPERATOR))
    assert book.ask(Tick(BACK_BY - 1), SYSTEM, BACK_BY) == []
    assert book.ask(Tick(BACK_BY), SYSTEM, BACK_BY) == [PassOverdue("D1")]
    assert book.ask(Tick(BACK_BY), SYSTEM, BACK_BY) == []
    assert (book.status, list_status(book.state.passes["D1"]), due(book.state)) == ("OVERDUE", REVOKED, None)
    next_noon = ms("2021-07-29T12:00:00Z")
    second = IssuePass("D2", id_deposit=True, standing="CLEAR", serial=901, index=91)
    later = ask(pass_id="D3", person="G3", day=date(2021, 7, 31))
    assert book.code(later) == "HOST_BLOCKED"
    assert book.code(second, VENUE, next_noon) == "HOST_BLOCKED"
    assert book.after((msgspec.structs.replace(later, pass_id="D4", host="P2"), RO)).state.overdue_of == {"P1": 1}
    book.after((ReturnPass("D1"), VENUE))
    assert book.state.overdue_of == {}
    book.after((second, VENUE), at=next_noon)
    assert book.state.passes["D2"].status == "ISSUED"


def test_only_the_system_lets_time_pass() -> None:
    assert issued().code(Tick(BACK_BY), OPERATOR, BACK_BY) == "NOT_AUTHORISED"


def test_the_earliest_deadline_is_the_one_that_is_due() -> None:
    book = issued().after((ask(pass_id="D2", day=date(2021, 7, 29), host="P2"), RO))
    second = IssuePass("D2", id_deposit=True, standing="CLEAR", serial=901, index=91)
    book.after((ApprovePass("D2"), OPERATOR))
    book.after((second, VENUE), at=ms("2021-07-29T12:00:00Z"))
    assert due(book.state) == BACK_BY
    book.after((ReturnPass("D1"), VENUE))
    assert due(book.state) == ms("2021-07-29T21:00:00Z")
    both = issued().after((ask(pass_id="D2", day=date(2021, 7, 29), host="P2"), RO))
    both.after((ApprovePass("D2"), OPERATOR))
    both.after((second, VENUE), at=ms("2021-07-29T12:00:00Z"))
    assert both.ask(Tick(BACK_BY * 2), SYSTEM) == [PassOverdue("D1"), PassOverdue("D2")]


def test_a_pass_that_is_out_is_cancelled_by_security_and_keeps_its_place() -> None:
    for by in (RO, OPERATOR, VENUE):
        assert issued().code(CancelPass("D1"), by) == "NOT_AUTHORISED"
    for by in (SUPERVISOR, SOC):
        book = issued()
        assert book.ask(CancelPass("D1"), by, NOON) == [PassCancelled("D1", by=by.id)]
        assert (book.state.on_day, due(book.state)) == ({"2021-07-28": 1}, None)
        assert list_status(book.state.passes["D1"]) == REVOKED


def test_what_is_about_no_pass_is_refused() -> None:
    assert Book().code(ApprovePass("D1"), OPERATOR) == "UNKNOWN"


def test_nobody_else_touches_a_pass() -> None:
    asks = [ApprovePass("D1"), ISSUE, ReturnPass("D1"), CancelPass("D1")]
    assert [requested().code(one, by) for one in asks for by in (SECURITY, NOBODY, OTHER_RO)] == ["NOT_AUTHORISED"] * 12


# -- the table: what is not in it is refused --------------------------------------------------------------------------

BOOKS: dict[str, Callable[[], Book]] = {
    "REQUESTED": requested,
    "APPROVED": approved,
    "ISSUED": issued,
    "OVERDUE": overdue,
    "RETURNED": lambda: issued().after((ReturnPass("D1"), VENUE)),
    "CANCELLED": lambda: requested().after((CancelPass("D1"), RO)),
}
COMMANDS: dict[type[PassEvent], tuple[Any, Actor]] = {
    PassApproved: (ApprovePass("D1"), OPERATOR),
    PassIssued: (ISSUE, VENUE),
    PassReturned: (ReturnPass("D1"), VENUE),
    PassCancelled: (CancelPass("D1"), RO),
}


@pytest.mark.parametrize("status", BOOKS)
@pytest.mark.parametrize("event", COMMANDS, ids=lambda event: event.__name__)
def test_a_command_is_legal_exactly_where_the_table_has_a_way(event: type[PassEvent], status: Any) -> None:
    book = BOOKS[status]()
    assert book.status == status
    command, by = COMMANDS[event]
    decided = book.ask(command, SOC if isinstance(command, CancelPass) and status == "ISSUED" else by, NOON)
    if status in TRANSITIONS[event]:
        assert isinstance(decided, list)
        assert book.status == TRANSITIONS[event][status]
    else:
        assert (getattr(decided, "code", None), book.status) == ("STATE", status)


def test_the_state_is_data() -> None:
    for make in BOOKS.values():
        state = make().state
        data = msgspec.msgpack.encode(state, order="deterministic")  # as a writer does to compare states
        assert msgspec.msgpack.decode(data, type=State) == state
