"""Opening a vault over a log: every erasure that the log knows of is carried out before anything is decrypted.

A backup of the store of keys holds keys that were destroyed since. So whoever opens a vault reads the log to its head
first and destroys again what was destroyed; no mark says how far that has come, since a mark would come out of the same
backup.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from desks.codec import Codec
from desks.key_store import KeyStore
from desks.key_wrap import Wrapper
from desks.partitions import Partitions, scan
from desks.privacy.orders import Order, Orders
from desks.reading import hear
from desks.topics import EVENTS
from desks.vault import Vault
from engine.log import Log
from management.aggregates import AGGREGATES
from management.command import Recorded

__all__ = ["erasures_of", "open_vault"]

# In the bytes of every event that orders one, and of no others but by chance: decoding all events would take minutes.
MARKS = (b'"person_erased"', b'"person_merged"')


async def open_vault(
    log: Log, partitions: Partitions, store: KeyStore, wrapper: Wrapper, others: Iterable[Wrapper] = ()
) -> Vault:
    """Return a vault whose store is as the head of the log wants it.

    Raises ``StoreBusy`` where another process keeps the store from being cleaned, and what the log raises.
    """
    vault = Vault(store, wrapper, others)
    for order in await erasures_of(log, partitions):
        await asyncio.to_thread(vault.destroy, order.people, order.at, order.cause)
    return vault


async def erasures_of(log: Log, partitions: Partitions) -> list[Order]:
    """Return all erasures that a log knows of, oldest first."""
    codec = Codec(b"", {"per": AGGREGATES["per"]})
    found: list[tuple[int, Recorded[Any]]] = []
    async for _, stored in scan(log, EVENTS, partitions, dict.fromkeys(range(partitions.count), 0)):
        if stored.key.startswith("per:") and any(mark in stored.value for mark in MARKS):
            found.append((stored.time, hear(stored, partitions, codec).recorded))
    orders = Orders()
    return [order for _, recorded in _by_time(found) for order in orders.take(recorded)]


def _by_time(found: Sequence[tuple[int, Recorded[Any]]]) -> list[tuple[int, Recorded[Any]]]:
    return sorted(found, key=lambda one: one[0])
