"""A delegation is fixed: its entries are confirmed in every book."""

from __future__ import annotations

from desks.reactions.fixed_delegations import FIXED_DELEGATIONS
from desks.reactions.reaction import Order
from management.delegation import DelegationFixed
from management.entry import AthleteEntered, ConfirmEntries
from tests.desks.reactions.told import tell


def entered(noc: str, athlete: str) -> AthleteEntered:
    return AthleteEntered(noc, athlete, "X", None, 0, None)


def test_all_its_books_confirm_and_no_others() -> None:
    happened = (
        ("ebk:SWM", entered("AAA", "P1")),
        ("ebk:SWM", entered("AAA", "P2")),
        ("ebk:JUD", entered("BBB", "P3")),
        ("ebk:TKW", entered("AAA", "P4")),
        ("del:AAA", DelegationFixed(3, 1, 2)),
    )
    assert tell(FIXED_DELEGATIONS, *happened) == [
        Order("ebk:SWM", ConfirmEntries("AAA")),
        Order("ebk:TKW", ConfirmEntries("AAA")),
    ]
    assert tell(FIXED_DELEGATIONS, *happened[:3], ("del:CCC", DelegationFixed(0, 1, 2))) == []
