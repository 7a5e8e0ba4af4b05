"""Rendered documents: made once per change, compressed once per change, handed to everybody."""

from __future__ import annotations

import asyncio
import gzip
from collections import OrderedDict
from collections.abc import Callable, Hashable
from hashlib import blake2b
from typing import NamedTuple

__all__ = ["Rendered", "Shelf", "digest"]

WORTH_COMPRESSING = 512  # bytes: below it a packet is a packet
OFF_THE_LOOP = 32_768  # bytes: above it compressing would be felt by the feed


def digest(body: bytes) -> str:
    """Return 16 hex digits that tell bodies apart whose content is the same."""
    return blake2b(body, digest_size=8).hexdigest()


class Rendered(NamedTuple):
    """A document in one representation, before the content coding."""

    body: bytes
    media_type: str
    tag: str  # of the strong ETag, without quotes and content coding: "{hash}.json"


class _Kept:
    __slots__ = ("gzipped", "rendered", "state")

    def __init__(self, state: Hashable, rendered: Rendered) -> None:
        self.state = state
        self.rendered = rendered
        self.gzipped: asyncio.Task[bytes] | None = None


class Shelf:
    """Keeps what was asked for last, up to a size."""

    def __init__(self, *, most: int = 64 * 1024 * 1024) -> None:
        self._most = most  # bytes, uncompressed
        self._size = 0
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()

    def get(self, address: Hashable, state: Hashable, render: Callable[[], Rendered]) -> Rendered:
        """Return what ``render`` gives, or gave when last asked for this address in this state."""
        kept = self._kept.get(address)
        if kept is not None and kept.state == state:
            self._kept.move_to_end(address)
            return kept.rendered
        rendered = render()
        if kept is not None:
            self._size -= len(kept.rendered.body)
            del self._kept[address]
        self._kept[address] = _Kept(state, rendered)
        self._size += len(rendered.body)
        while self._size > self._most and len(self._kept) > 1:
            _, old = self._kept.popitem(last=False)
            self._size -= len(old.rendered.body)
        return rendered

    async def gzipped(self, address: Hashable, rendered: Rendered) -> bytes | None:
        """Return a document compressed, once for all who ask; None where that is not worth it."""
        if len(rendered.body) < WORTH_COMPRESSING:
            return None
        kept = self._kept.get(address)
        if kept is None or kept.rendered is not rendered:  # it has been taken down meanwhile
            return await _compress(rendered.body)
        if kept.gzipped is None:
            kept.gzipped = asyncio.ensure_future(_compress(rendered.body))
        return await asyncio.shield(kept.gzipped)


async def _compress(body: bytes) -> bytes:
    # mtime=0: equal content has equal bytes on every replica, as its ETag promises.
    if len(body) < OFF_THE_LOOP:
        return gzip.compress(body, 6, mtime=0)
    return await asyncio.to_thread(gzip.compress, body, 6, mtime=0)
