"""The eraser: carries every erasure on the log to its certificate, wherever it was stopped.

For each: the keys are destroyed, which makes everything sealed unreadable at once; every store says what it holds, and
that is written down before it is purged, so that the certificate counts right whatever happens in between; then the
certificate is signed and appended. Each step may be done again. A store that was restored from a backup holds persons
again who were erased: the eraser purges it of all of them whenever it starts.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Self

import structlog

from desks.cose import Signer
from desks.errors import StoreBusy
from desks.key_store import KeyStore
from desks.key_wrap import Wrapper
from desks.outcome import Position
from desks.partitions import Partitions
from desks.privacy.certificate import Certificate, read_certificates, record_of, sign
from desks.privacy.orders import Order, Orders
from desks.privacy.restoring import open_vault
from desks.privacy.sealed import blob_of
from desks.privacy.stores import PersonalStore
from desks.vault import Vault
from engine.log import Fence, Log
from management.command import Recorded
from schemas.published_fields import published_names

__all__ = ["Eraser", "VaultKeys"]

PAUSE = 5.0  # seconds until a store that was busy is asked again
FENCE = "podium-eraser"

_log = structlog.get_logger()


class VaultKeys(NamedTuple):
    """What a vault and its eraser need to be trusted with."""

    store: KeyStore
    wrapper: Wrapper  # wraps from now on
    signer: Signer  # of certificates
    others: Sequence[Wrapper] = ()  # have wrapped before


class Eraser:
    """The one eraser of a log, and the vault that obeys it. Is a reader of events (``desks/readers.py``)."""

    def __init__(self, log: Log, games: str, clock: Callable[[], int], keys: VaultKeys, vault: Vault) -> None:
        """Prepare one; use ``open``."""
        self.vault = vault
        self.stores: list[PersonalStore] = []
        self._log, self._games, self._clock = log, games, clock
        self._store, self._signer = keys.store, keys.signer
        self._fence: Fence | None = None
        self._orders = Orders()
        self._waiting: list[Order] = []
        self._come = asyncio.Event()
        self._sealed: dict[str, int] = {}  # person -> sealed blobs on the log
        self._certified: set[str] = set()

    @classmethod
    async def open(
        cls,
        log: Log,
        games: str,
        clock: Callable[[], int],
        keys: VaultKeys,
        *,
        partitions: Partitions | None = None,
    ) -> Self:
        """Open the vault of a log, destroy what is to be destroyed, and take over from the eraser before.

        ``clock`` gives log time, microseconds. Every event has to be given to ``take``, from the first one on.
        """
        vault = await open_vault(log, partitions or Partitions(), keys.store, keys.wrapper, keys.others)
        eraser = cls(log, games, clock, keys, vault)
        eraser._fence = await log.fence(FENCE)
        found = await asyncio.to_thread(lambda: [stored.headers["id"].decode() for stored in read_certificates(log)])
        eraser._certified.update(found)
        return eraser

    def take(self, recorded: Recorded[Any], position: Position) -> None:
        """Take in the next event of a partition."""
        if blob := blob_of(recorded):
            self._sealed[blob.person] = self._sealed.get(blob.person, 0) + 1
        if recorded.key.startswith("per:") and (orders := self._orders.take(recorded)):
            for order in orders:  # at once: what is done below may take a while
                self._destroy(order)
            self._waiting += orders
            self._come.set()

    def _destroy(self, order: Order) -> None:
        with contextlib.suppress(StoreBusy):  # the keys are gone; the file is cleaned when the order is carried out
            self.vault.destroy(order.people, order.at, order.cause)

    async def catch_up(self) -> list[Certificate]:
        """Carry out all that is ordered by now; return the certificates that are new."""
        done = []
        while self._waiting:
            if certificate := await self._carry_out(self._waiting[0]):
                done.append(certificate)
            self._waiting.pop(0)
        return done

    async def run(self) -> None:
        """Finish what was begun, purge what a backup brought back, and carry out what is ordered, until cancelled."""
        purged = False
        while True:
            self._come.clear()
            try:
                await self.catch_up()  # first: what is ordered and not counted yet is not for the next line
                purged = purged or await self.purge_again() is not None
            except StoreBusy as busy:
                _log.warning("erasure_waits", reason=str(busy))
                await asyncio.sleep(PAUSE)
                continue
            await self._come.wait()

    async def purge_again(self) -> dict[str, int]:
        """Purge every store of everybody who was erased; return what was found, by store: a backup brought it back."""
        erased = self._store.erased()
        found = {}
        for store in self.stores:
            if count := await asyncio.to_thread(store.count, erased):
                await asyncio.to_thread(store.purge, erased)
                found[store.name] = count
                _log.warning("erased_again", store=store.name, count=count)
        return found

    async def _carry_out(self, order: Order) -> Certificate | None:
        keys = await asyncio.to_thread(self.vault.destroy, order.people, order.at, order.cause)
        begun = self._store.erasure(order.cause)
        if begun is None or begun.counts is None:
            counts = {store.name: await asyncio.to_thread(store.count, order.people) for store in self.stores}
            self._store.count(order.cause, counts)
        for store in self.stores:
            await asyncio.to_thread(store.purge, order.people)
        begun = self._store.erasure(order.cause)
        if order.cause in self._certified:
            self._store.certify(order.cause)
            return None
        certificate = Certificate(
            id=order.cause,
            games=self._games,
            person=order.person,
            records=order.people[1:],
            ordered_by=order.by,
            ordered=order.at,
            done=self._clock() // 1000,
            keys=keys,
            sealed=sum(self._sealed.get(person, 0) for person in order.people),
            stores=(begun and begun.counts) or {},
            outside=published_names(),
        )
        record = record_of(certificate, sign(certificate, self._signer), self._clock())
        await self._log.append([record], fence=self._fence)
        self._certified.add(order.cause)
        self._store.certify(order.cause)
        _log.info("person_erased", person=order.person, certificate=order.cause)
        return certificate
