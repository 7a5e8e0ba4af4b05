"""The uniform: allotted, issued, returned, written off, outstanding."""

from __future__ import annotations

from typing import Any

import pytest

from management import uniform
from management.command import Actor, Grant, Tick
from management.uniform import (
    Allot,
    CallBack,
    Issue,
    Item,
    ItemsIssued,
    ItemsReturned,
    ItemsWrittenOff,
    ReturnItems,
    SizesAllotted,
    UniformOutstanding,
    UniformOverdue,
    UniformSettled,
    WriteOff,
)
from tests.management.volunteer_hands import HOUR, NOW, PLANNER, SYSTEM, Aggregate, person

DESK = Actor("desk", (Grant("VENUE_ACR", "venue:STA"),))
JACKET, SHOES = Item("J1", "JACKET"), Item("S1", "SHOES")
BACK_BY = NOW + 7 * 24 * HOUR


def allotted() -> Aggregate:
    """A person who is to get a jacket and shoes."""
    one = Aggregate(uniform, "uni:ANN")
    one.ok(Allot({"JACKET": "M", "SHOES": "41"}), actor=DESK)
    return one


def dressed() -> Aggregate:
    """A person who has both."""
    one = allotted()
    one.ok(Issue((JACKET, SHOES), "ACTIVE"), actor=DESK)
    return one


def test_from_allotted_to_returned() -> None:
    one = Aggregate(uniform, "uni:ANN")
    assert one.do(Allot({"JACKET": "M"}), DESK) == [SizesAllotted({"JACKET": "M"})]
    assert one.do(Allot({"JACKET": "M"}), DESK) == []
    assert one.do(Issue((JACKET,), "ACTIVE"), DESK) == [ItemsIssued((JACKET,))]
    assert one.do(Issue((JACKET,), "ACTIVE"), DESK) == []
    assert one.do(ReturnItems(("J1",)), DESK) == [ItemsReturned(("J1",))]
    assert one.state.issued == {}


@pytest.mark.parametrize(("card", "code"), [("ACTIVE", "accepted"), ("VALIDATING", "accepted"), ("OTHER", "NO_CARD")])
def test_a_uniform_goes_with_a_card(card: Any, code: str) -> None:
    assert allotted().code(Issue((JACKET,), card), DESK).partition(":")[0] == code


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ((Item("C1", "CAP"),), "NOT_ALLOTTED"),
        ((SHOES, Item("J1", "JACKET")), "DUPLICATE_ITEM"),
        ((SHOES, SHOES), "DUPLICATE_ITEM"),
        ((Item("J1", "SHOES"),), "DUPLICATE_ITEM"),
    ],
)
def test_what_cannot_be_issued(items: tuple[Item, ...], code: str) -> None:
    one = allotted()
    one.ok(Issue((JACKET,), "ACTIVE"), actor=DESK)
    assert one.code(Issue(items, "ACTIVE"), DESK) == code


def test_nothing_is_issued_by_nothing() -> None:
    assert allotted().do(Issue((), "ACTIVE"), DESK) == []


@pytest.mark.parametrize("serials", [("X",), ("J1", "X"), ("J1", "J1"), ()])
def test_only_what_he_has_comes_back_or_is_written_off(serials: tuple[str, ...]) -> None:
    assert dressed().code(ReturnItems(serials), DESK) == "UNKNOWN_ITEM"
    assert dressed().code(WriteOff(serials, "TORN"), PLANNER) == "UNKNOWN_ITEM"


def test_who_leaves_with_items_has_them_outstanding_until_all_are_back() -> None:
    one = dressed()
    assert one.do(CallBack("WITHDRAWN"), SYSTEM) == [UniformOutstanding(("J1", "S1"), "WITHDRAWN", BACK_BY)]
    assert one.do(CallBack("WITHDRAWN"), SYSTEM) == []
    assert one.do(ReturnItems(("J1",)), DESK) == [ItemsReturned(("J1",))]
    assert uniform.due(one.state) == BACK_BY
    assert one.do(ReturnItems(("S1",)), DESK) == [ItemsReturned(("S1",)), UniformSettled()]
    assert uniform.due(one.state) is None


def test_what_is_not_back_in_time_is_overdue_until_it_is_written_off() -> None:
    one = dressed()
    one.ok(CallBack("DISMISSED"), ReturnItems(("S1",)))
    assert one.tick(BACK_BY - 1) == []
    assert one.tick(BACK_BY) == [UniformOverdue(("J1",))]
    assert one.tick(BACK_BY) == []
    assert one.state.overdue
    assert one.do(WriteOff(("J1",), "SOLD")) == [ItemsWrittenOff(("J1",), "SOLD"), UniformSettled()]
    assert not one.state.overdue


def test_who_leaves_with_nothing_is_settled_at_once_and_gets_nothing_more() -> None:
    one = allotted()
    assert one.do(CallBack("COMPLETED")) == [UniformSettled()]
    assert one.code(Issue((JACKET,), "ACTIVE"), DESK) == "LEFT"
    assert one.code(Allot({"CAP": "M"}), DESK) == "LEFT"


def test_who_may_what() -> None:
    commands = [
        Allot({}),
        Issue((JACKET,), "ACTIVE"),
        ReturnItems(("J1",)),
        WriteOff(("J1",), "X"),
        CallBack("X"),
        Tick(0),
    ]
    actors = {"desk": DESK, "planner": PLANNER, "system": SYSTEM, "ann": person("ANN")}
    allowed = {
        name: [dressed().code(command, actor) != "NOT_AUTHORISED" for command in commands]
        for name, actor in actors.items()
    }
    assert allowed == {
        "desk": [True, True, True, False, False, False],
        "planner": [True, True, True, True, True, False],
        "system": [False, False, False, False, True, True],
        "ann": [False] * 6,
    }
    assert dressed().code(WriteOff(("J1",), "X"), Actor("ANN", (Grant("WF_PLANNER"),))) == "SAME_PERSON"
