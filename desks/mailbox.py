"""Where letters go: a folder of files, or a mail server. Each letter has a name, by which a copy of it is known.

Sending is at least once: whoever is stopped between sending and saying so sends again. A file is then written again
under its name, and a mail has the same Message-ID, by which receivers drop copies.
"""

from __future__ import annotations

import asyncio
import os
import smtplib
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol

import msgspec

__all__ = ["FolderMailbox", "Letter", "Mailbox", "SmtpMailbox", "Undeliverable", "message_of"]


class Letter(msgspec.Struct, frozen=True):
    """One letter to one recipient."""

    id: str  # of the event that it follows from
    to: str  # address
    subject: str
    text: str
    calendar: bytes  # empty: there is nothing for one
    method: str  # of the calendar


class Undeliverable(Exception):  # noqa: N818 - what happened
    """The letter could not be handed over; trying again later may help."""


class Mailbox(Protocol):
    """What takes letters."""

    async def send(self, letter: Letter) -> None:
        """Hand a letter over; raises ``Undeliverable``."""


def message_of(letter: Letter, sender: str) -> EmailMessage:
    """Return a letter as a mail, with its calendar in the way that mail programs offer to take over."""
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = f"<{letter.id}@{sender.rpartition('@')[2]}>"
    message["From"], message["To"], message["Subject"] = sender, letter.to, letter.subject
    message.set_content(letter.text)
    if letter.calendar:
        message.add_alternative(letter.calendar, maintype="text", subtype="calendar", params={"method": letter.method})
    return message


class FolderMailbox:
    """Letters as files of a folder, ``{id}.eml``: for rehearsals, and for a mail system that takes files."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    async def send(self, letter: Letter) -> None:
        """Write the file whole, or not at all."""
        await asyncio.to_thread(self._write, letter)

    def _write(self, letter: Letter) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part = self._folder / f".{letter.id}.part"
            part.write_bytes(bytes(message_of(letter, self._sender)))
            os.replace(part, self._folder / f"{letter.id}.eml")
        except OSError as error:
            raise Undeliverable(str(error)) from error


class SmtpMailbox:
    """Letters to a mail server."""

    def __init__(self, host: str, port: int, sender: str, *, within: float = 10.0) -> None:
        self._host, self._port, self._sender, self._within = host, port, sender, within

    async def send(self, letter: Letter) -> None:
        """Hand the letter to the server."""
        await asyncio.to_thread(self._send, letter)

    def _send(self, letter: Letter) -> None:
        try:
            with smtplib.SMTP(self._host, self._port, timeout=self._within) as server:
                if server.has_extn("starttls"):
                    server.starttls()
                server.send_message(message_of(letter, self._sender))
        except (OSError, smtplib.SMTPException) as error:
            raise Undeliverable(str(error)) from error
