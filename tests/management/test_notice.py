"""Notices of one recipient: each change once, with the next number; read by the recipient alone; reminded by ticks."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from management.command import Actor, Grant, Received, Refusal, Tick
from management.notice import (
    Acknowledge,
    NoticeDue,
    NoticeFailed,
    NoticeGivenUp,
    NoticeIssued,
    NoticeSent,
    Notify,
    ReportFailed,
    ReportSent,
    Slot,
    State,
    decide,
    due,
    evolve,
)
from schemas.policy.notices import Policy

POLICY = Policy(remind_after=10, reminders=2, retry_after=1, retries=2)
MINUTE = 60_000
SYSTEM = Actor("system", (Grant("SYSTEM"),))
ANN = Actor("ANN", (Grant("VOLUNTEER", "person:ANN"),))
EARLY, LATE = (Slot("STEWARD", "STA", "BLUE", hour * 3_600_000, (hour + 8) * 3_600_000) for hour in (6, 8))


class Book:
    """The notices of ANN, by hand."""

    def __init__(self, key: str = "ntc:per:ANN") -> None:
        self.key, self.state, self.now = key, State(), 0

    def ask(self, command: Any, by: Actor = SYSTEM) -> Any:
        before = msgspec.msgpack.encode(self.state)
        answer = decide(self.state, Received("c", self.key, command, by, self.now), POLICY)
        assert msgspec.msgpack.encode(self.state) == before
        for event in () if isinstance(answer, Refusal) else answer:
            evolve(self.state, event)
        return answer.code if isinstance(answer, Refusal) else answer


def notify(slot: Slot = EARLY, cause: str = "D1", **more: Any) -> Notify:
    return Notify("STA/a1", more.pop("method", "REQUEST"), slot, cause)


def test_each_change_is_one_notice_with_the_next_number_and_the_same_again_is_none() -> None:
    book = Book()
    assert book.ask(notify()) == [NoticeIssued("STA/a1", 0, "REQUEST", EARLY, "D1")]
    assert book.ask(notify(cause="D2")) == []
    assert book.ask(notify(LATE)) == [NoticeIssued("STA/a1", 1, "REQUEST", LATE, "D1")]
    assert book.ask(notify(LATE, method="CANCEL")) == [NoticeIssued("STA/a1", 2, "CANCEL", LATE, "D1")]
    assert book.ask(notify(EARLY, method="CANCEL")) == []  # it is gone already
    assert book.ask(notify(LATE)) == [NoticeIssued("STA/a1", 3, "REQUEST", LATE, "D1")]


def test_nobody_hears_that_something_is_cancelled_of_which_he_was_not_told() -> None:
    assert Book().ask(notify(method="CANCEL")) == []


def test_only_the_recipient_acknowledges_and_only_the_newest() -> None:
    book = Book()
    book.ask(notify())
    book.ask(notify(LATE))
    assert book.ask(Acknowledge("STA/a1", 1)) == "NOT_AUTHORISED"
    assert book.ask(Acknowledge("STA/a1", 1), Actor("BOB", (Grant("VOLUNTEER", "person:BOB"),))) == "NOT_AUTHORISED"
    assert book.ask(Acknowledge("STA/a1", 0), ANN) == "STALE"
    assert book.ask(Acknowledge("STA/a1", 2), ANN) == "UNKNOWN"
    assert book.ask(Acknowledge("STA/a2", 0), ANN) == "UNKNOWN"
    assert len(book.ask(Acknowledge("STA/a1", 1), ANN)) == 1
    assert book.ask(Acknowledge("STA/a1", 1), ANN) == []
    office = Book("ntc:ro:AAA")
    office.ask(notify())
    assert office.ask(Acknowledge("STA/a1", 0), ANN) == "NOT_AUTHORISED"
    assert len(office.ask(Acknowledge("STA/a1", 0), Actor("office", (Grant("RO_ENTRIES", "ro:AAA"),)))) == 1


def test_who_does_not_answer_is_reminded_so_often_and_then_somebody_has_to_call() -> None:
    book = Book()
    book.ask(notify())
    said = []
    for _ in range(3):
        assert book.ask(ReportSent("STA/a1", 0)) == [NoticeSent("STA/a1", 0, book.now + 10 * MINUTE)]
        book.now += 10 * MINUTE
        assert due(book.state) == book.now
        said += book.ask(Tick(book.now))
    assert said == [
        NoticeDue("STA/a1", 0, "REMINDER"),
        NoticeDue("STA/a1", 0, "REMINDER"),
        NoticeGivenUp("STA/a1", 0),
    ]
    assert due(book.state) is None
    assert len(book.ask(Acknowledge("STA/a1", 0), ANN)) == 1  # better late


def test_who_has_answered_is_left_alone() -> None:
    book = Book()
    book.ask(notify())
    book.ask(ReportSent("STA/a1", 0))
    book.ask(Acknowledge("STA/a1", 0), ANN)
    assert due(book.state) is None
    assert book.ask(ReportSent("STA/a1", 0)) == book.ask(ReportFailed("STA/a1", 0, "REFUSED")) == []
    assert book.ask(Tick(1000 * MINUTE)) == []


def test_what_could_not_be_sent_is_tried_again_and_at_last_given_up() -> None:
    book = Book()
    book.ask(notify())
    for _ in range(2):
        assert book.ask(ReportFailed("STA/a1", 0, "REFUSED")) == [
            NoticeFailed("STA/a1", 0, "REFUSED", book.now + MINUTE)
        ]
        book.now += MINUTE
        assert book.ask(Tick(book.now)) == [NoticeDue("STA/a1", 0, "RETRY")]
    assert book.ask(ReportFailed("STA/a1", 0, "REFUSED")) == [NoticeFailed("STA/a1", 0, "REFUSED", None)]
    assert (due(book.state), book.state.notices["STA/a1"].given_up) == (None, True)


def test_a_newer_notice_ends_what_runs_for_the_one_before() -> None:
    book = Book()
    book.ask(notify())
    book.ask(ReportSent("STA/a1", 0))
    book.ask(notify(LATE))
    assert due(book.state) is None
    assert book.ask(ReportSent("STA/a1", 0)) == []


@pytest.mark.parametrize("command", [notify(), ReportSent("STA/a1", 0), ReportFailed("STA/a1", 0, "X"), Tick(1)])
def test_only_our_processes_notify(command: Any) -> None:
    assert Book().ask(command, ANN) == "NOT_AUTHORISED"


@pytest.mark.parametrize("broken", [{"remind_after": 0}, {"retry_after": 0}, {"reminders": -1}, {"retries": -1}])
def test_a_policy_that_would_never_stop_is_none(broken: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="a reminder or a retry comes later"):
        msgspec.convert(msgspec.to_builtins(POLICY) | broken, Policy)
