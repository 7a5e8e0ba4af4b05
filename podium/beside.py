"""What works beside the people side's office: the source ``management``, the news of the results, and effects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from desks.addresses import Addresses
from desks.effects.letters import Letters
from desks.effects.offers import Offers
from desks.effects.outbox import Effect, Outbox
from desks.effects.rosters import Rosters
from desks.mailbox import FolderMailbox, Mailbox, SmtpMailbox
from desks.management_source import ManagementSource
from desks.office import Office
from desks.public_facts import opened_by
from desks.results_reader import ResultsReader
from desks.vault import Erased, Place, Vault
from engine.host import Host
from management.publication import Known, Open, Sealed
from podium.errors import OperatorError
from podium.meeting import meet

__all__ = ["add_works", "born_by", "mailbox_of"]

BornOf = Callable[[Sealed], date | None]


def add_works(
    office: Office,
    policies: Mapping[str, Any],
    *,
    vault: Vault | None = None,
    mailbox: Mailbox | None = None,
    results: Host | None = None,
) -> None:
    """Have an office that has not begun do all that follows outside of it.

    ``results`` is a host of the same log, where one is here.
    Without a vault nobody is called by his name, and no reserve gets an offer by himself; without a mailbox no letter
    is sent, and notices wait until there is one. All of it runs once, however many processes share the log.
    """
    log, clock, games = office.log, office.clock, policies["sch"].games
    partitions = office.writer.partitions
    unseal: Open = opened_by(vault) if vault else _unknown

    def box_of(make: Callable[[], Effect]) -> Callable[[], Outbox]:
        return lambda: Outbox(log, office.taker, clock, make(), partitions=partitions)

    async def hear(host: Host) -> None:
        reader = await ResultsReader.open(log, office.taker, clock)
        part = meet(host, reader, games)
        try:
            await reader.run()
        finally:  # where another process takes over, this one begins again later, with another reader
            part()

    office.follow(
        "the source management", lambda: ManagementSource(log, clock, policies, unseal, partitions=partitions)
    )
    office.follow("the effect rosters", box_of(lambda: Rosters(policies["wf"])))
    if vault is not None:
        office.follow("the effect offers", box_of(lambda: Offers(born_by(vault), clock)))
    if mailbox is not None:
        offices = policies["ntc"].offices
        office.follow("the effect letters", box_of(lambda: Letters(games, mailbox, Addresses(vault, offices))))
    if results is not None:
        office.add("the news of the results", partial(hear, results), sole=True)


def _unknown(sealed: Sealed) -> Known:
    return Known()


def born_by(vault: Vault) -> BornOf:
    """Return what opens a birth date, as long as the person's key exists."""

    def born(sealed: Sealed) -> date | None:
        facts = vault.open(sealed.person, Place(sealed.stream, sealed.cause), sealed.data)
        return None if isinstance(facts, Erased) else facts.born

    return born


def mailbox_of(where: str, sender: str) -> Mailbox:
    """Return the mailbox that an address names: ``smtp://HOST:PORT``, or a folder."""
    if not sender:
        raise OperatorError(f"letters to {where} need a sender: people.mail_from")
    url = urlsplit(where)
    if url.scheme != "smtp":
        return FolderMailbox(Path(where), sender)
    if not url.hostname:
        raise OperatorError(f"{where} names no mail server, such as smtp://127.0.0.1:25")
    return SmtpMailbox(url.hostname, url.port or 25, sender)
