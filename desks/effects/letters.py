"""The letters of notices: each that is issued, and each that is due again, goes to the recipient's address.

Whoever has none, or whose mailbox refuses, has a notice that failed: it is tried again by ticks, and at last given up
for somebody to call.
"""

from __future__ import annotations

from typing import Any, Protocol

from desks import ical
from desks.mailbox import Letter, Mailbox, Undeliverable
from desks.reactions.reaction import Order
from management.command import Recorded
from management.notice import NoticeDue, NoticeIssued, ReportFailed, ReportSent

__all__ = ["AddressOf", "Letters"]


class AddressOf(Protocol):
    """What knows where letters go."""

    def learn(self, recorded: Recorded[Any]) -> None:
        """Remember what will be needed."""

    def __call__(self, recipient: str) -> str | None:
        """Return the address of ``per:P1`` or ``ro:AAA``, None where there is none."""


class Letters:
    """The effect."""

    name = "letters"
    prefixes: tuple[str, ...] = ("ntc:", "vol:", "per:")

    def __init__(self, games: str, mailbox: Mailbox, address_of: AddressOf) -> None:
        self._games = games
        self._mailbox = mailbox
        self._address_of = address_of
        self._newest: dict[tuple[str, str], Recorded[NoticeIssued]] = {}  # key, subject

    def learn(self, recorded: Recorded[Any]) -> None:
        """Remember the newest notice of each subject, and where people are."""
        self._address_of.learn(recorded)
        if isinstance(recorded.event, NoticeIssued):
            self._newest[recorded.key, recorded.event.subject] = recorded

    async def carry_out(self, recorded: Recorded[Any]) -> list[Order]:
        """Send what was issued, or is due again and has not changed since."""
        event = recorded.event
        if not isinstance(event, NoticeIssued | NoticeDue):
            return []
        notice = self._newest[recorded.key, event.subject]
        if notice.event.sequence != event.sequence:
            return []  # a newer one says what is so now
        reason = await self._send(recorded.id, recorded.key.removeprefix("ntc:"), notice, reminds=event != notice.event)
        if reason:
            return [Order(recorded.key, ReportFailed(event.subject, event.sequence, reason))]
        return [Order(recorded.key, ReportSent(event.subject, event.sequence))]

    async def _send(self, name: str, recipient: str, notice: Recorded[NoticeIssued], *, reminds: bool) -> str:
        """Send a notice and return "", or the code of why it was not sent."""
        address = self._address_of(recipient)
        if address is None:
            return "NO_ADDRESS"
        event = notice.event
        subject, text = _words(event, reminds=reminds)
        calendar = ical.encode(self._games, recipient, event, notice.at)
        try:
            await self._mailbox.send(Letter(name, address, subject, text, calendar, event.method))
        except Undeliverable:
            return "REFUSED"
        return ""


def _words(event: NoticeIssued, *, reminds: bool) -> tuple[str, str]:
    """Return the subject and the text of a letter: codes, as the calendar beside it has the times."""
    slot = event.slot
    what = f"{slot.what} {slot.venue} {slot.place}" if slot else f"{event.subject} {event.news}"
    news = "cancelled" if event.method == "CANCEL" else ("new" if event.sequence == 0 else "changed")
    subject = f"{'Reminder: ' if reminds else ''}{what}: {news}"
    return subject, f"{subject}\n\nPlease acknowledge notice {event.sequence} of {event.subject}.\n"
