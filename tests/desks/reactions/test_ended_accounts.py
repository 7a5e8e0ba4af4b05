"""Whoever has ended signs in no more."""

from __future__ import annotations

from desks.reactions.ended_accounts import ENDED_ACCOUNTS
from desks.reactions.reaction import Order
from management.account import CloseAccount
from management.account_events import AccountClosed, AccountOpened
from management.person_record import PersonErased, PersonMerged
from tests.desks.reactions.told import tell

OPENED = ("acct:P1", AccountOpened("P-SUE"))
ERASED = ("per:P1", PersonErased(()))


def test_the_account_of_who_has_ended_is_closed() -> None:
    assert tell(ENDED_ACCOUNTS, OPENED, ERASED) == [Order("acct:P1", CloseAccount("ERASED"))]
    assert tell(ENDED_ACCOUNTS, OPENED, ("per:P1", PersonMerged("P2", (), ()))) == [
        Order("acct:P1", CloseAccount("MERGED"))
    ]


def test_whichever_comes_first() -> None:
    assert tell(ENDED_ACCOUNTS, ERASED, OPENED) == [Order("acct:P1", CloseAccount("ERASED"))]


def test_where_there_is_no_account_nothing_is_closed() -> None:
    assert tell(ENDED_ACCOUNTS, ERASED) == []
    assert tell(ENDED_ACCOUNTS, OPENED, ("acct:P1", AccountClosed("LEFT", "P-SUE")), ERASED) == []
    assert tell(ENDED_ACCOUNTS, OPENED, ("per:P2", PersonErased(()))) == []
