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
from desks.privacy.restoring import PREFIXES, open_vault
from desks.privacy.sealed import blob_of
from desks.privacy.stores import PersonalStore
from desks.vault import Vault
from engine.log import Fence, Log
from management.command import Recorded
from management.person_record import LegalHoldLifted
from management.retention import FieldsExpired
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
        self._sweeps = False  # fields are to be swept

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
        """Open the vault of a log and destroy what is to be destroyed; ``run`` does the rest, in one process alone.

        ``clock`` gives log time, microseconds. Every event has to be given to ``take``, from the first one on.
        """
        vault = await open_vault(log, partitions or Partitions(), keys.store, keys.wrapper, keys.others)
        return cls(log, games, clock, keys, vault)

    async def acquire(self) -> None:
        """Take over from whoever carries out erasures: it can append no certificate any more."""
        self._fence = await self._log.fence(FENCE)
        await asyncio.to_thread(self._learn_certified)

    def _learn_certified(self) -> None:
        self._certified.update(stored.headers["id"].decode() for stored in read_certificates(self._log))

    def take(self, recorded: Recorded[Any], position: Position) -> None:
        """Take in the next event of a partition."""
        if blob := blob_of(recorded):
            self._sealed[blob.person] = self._sealed.get(blob.person, 0) + 1
        if not recorded.key.startswith(PREFIXES):
            return
        orders = self._orders.take(recorded)
        for order in orders:  # at once: what is done below may take a while
            self._destroy(order)
        self._waiting += orders
        self._sweeps = self._sweeps or isinstance(recorded.event, FieldsExpired | LegalHoldLifted)
        if orders or self._sweeps:
            self._come.set()

    def _destroy(self, order: Order) -> None:
        with contextlib.suppress(StoreBusy):  # the keys are gone; the file is cleaned when the order is carried out
            self.vault.destroy(order.people, order.at, order.cause)

    async def catch_up(self) -> list[Certificate]:
        """Carry out all that is ordered by now, after ``acquire``; return the certificates that are new."""
        done = []
        while self._waiting:
            if certificate := await self._carry_out(self._waiting[0]):
                done.append(certificate)
            self._waiting.pop(0)
        if self._sweeps and self._orders.expired:
            await self.sweep()
        self._sweeps = False
        return done

    async def sweep(self) -> int:
        """Destroy the keys of all fields whose time is over, but of those who are under a legal hold."""
        fields, held = sorted(self._orders.expired), self._orders.held()
        count = await asyncio.to_thread(self.vault.destroy_everywhere, fields, held)
        for store in self.stores:
            await asyncio.to_thread(store.expire, fields, held)
        if count:
            _log.info("fields_forgotten", fields=fields, people=count, held=len(held))
        return count

    async def run(self) -> None:
        """Finish what was begun, purge what a backup brought back, and carry out what is ordered, until cancelled."""
        await self.acquire()
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
