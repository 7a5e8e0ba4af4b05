"""What the log says of accounts, carried out in the files of secrets: what it has ended is deleted there.

It reads all events anew at each start. So a copy of a file that somebody brought back from a backup is put right before
anybody signs in by it.
"""

from __future__ import annotations

from typing import Any

from desks.accounts.credentials import Credentials
from desks.accounts.sessions import Sessions
from desks.outcome import Position
from management.account_events import AccountClosed, AccountLocked, CredentialRemoved, SignedOutEverywhere
from management.command import Recorded

__all__ = ["Keeper"]


class Keeper:
    """A reader of events that deletes."""

    def __init__(self, credentials: Credentials, sessions: Sessions) -> None:
        self._credentials, self._sessions = credentials, sessions

    def take(self, recorded: Recorded[Any], position: Position) -> None:
        """Take in the next event."""
        account = recorded.key.partition(":")[2]
        match recorded.event:
            case AccountClosed():
                self._credentials.forget(account)
                self._sessions.end_all(account)
            case AccountLocked() | SignedOutEverywhere():
                self._sessions.end_begun(account, recorded.at)
            case CredentialRemoved(credential=credential):
                self._credentials.remove(account, credential)
