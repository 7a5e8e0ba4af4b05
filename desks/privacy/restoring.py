"""Opening a vault over a log: all that the log wants forgotten is forgotten before anything is decrypted.

A backup of the store of keys holds keys that were destroyed since. So whoever opens a vault reads the log to its head
first and destroys again what was destroyed, of persons and of fields; no mark says how far that has come, since a mark
would come out of the same backup.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from desks.codec import Codec
from desks.key_store import KeyStore
from desks.key_wrap import Wrapper
from desks.partitions import Partitions, scan
from desks.privacy.orders import Orders
from desks.reading import hear
from desks.topics import EVENTS
from desks.vault import Vault
from engine.log import Log
from management.aggregates import AGGREGATES
from management.command import Recorded

__all__ = ["PREFIXES", "open_vault"]

KINDS = ("per", "ret")
PREFIXES = tuple(f"{kind}:" for kind in KINDS)

# In the bytes of every event that counts here, and of no others but by chance: decoding all events would take minutes.
MARKS = (b'"person_erased"', b'"person_merged"', b'"legal_hold_', b'"fields_expired"')


async def open_vault(
    log: Log, partitions: Partitions, store: KeyStore, wrapper: Wrapper, others: Iterable[Wrapper] = ()
) -> Vault:
    """Return a vault whose store is as the head of the log wants it.

    Raises ``StoreBusy`` where another process keeps the store from being cleaned, and what the log raises.
    """
    vault = Vault(store, wrapper, others)
    orders = Orders()
    for recorded in await _told(log, partitions):
        for order in orders.take(recorded):
            await asyncio.to_thread(vault.destroy, order.people, order.at, order.cause)
    if orders.expired:
        await asyncio.to_thread(vault.destroy_everywhere, orders.expired, orders.held())
    return vault


async def _told(log: Log, partitions: Partitions) -> list[Recorded[Any]]:
    """Return all events that say what is to be forgotten, by log time."""
    codec = Codec(b"", {prefix: AGGREGATES[prefix] for prefix in KINDS})
    found: list[tuple[int, Recorded[Any]]] = []
    async for _, stored in scan(log, EVENTS, partitions, dict.fromkeys(range(partitions.count), 0)):
        if stored.key.startswith(PREFIXES) and any(mark in stored.value for mark in MARKS):
            found.append((stored.time, hear(stored, partitions, codec).recorded))
    return [recorded for _, recorded in sorted(found, key=lambda one: one[0])]
