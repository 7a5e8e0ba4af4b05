"""What the venue gateway puts up with."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

__all__ = ["DEFAULT_LIMITS", "Limits"]


Size = Annotated[int, Meta(ge=1)]


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The gateway's limits; every one is configuration."""

    message: Size = 50 * 1024 * 1024  # bytes of one message by HTTP (HOVTP's own limit)
    frame: Size = 4 * 1024 * 1024  # bytes of one message by TCP
    refused: Size = 64 * 1024  # bytes kept of a message that is refused
    in_flight: Size = 256 * 1024 * 1024  # bytes received and not yet durable, above which HTTP senders are put off
    window: Size = 1024 * 1024  # bytes of one connection not yet durable, above which it is read no further
    connections: Size = 256  # TCP connections at a time
    hello: Annotated[float, Meta(gt=0)] = 10.0  # seconds in which a TCP connection must say whose it is
    silence: Annotated[int, Meta(ge=0)] = 30  # seconds without a message until a source is noted as silent; 0: never


DEFAULT_LIMITS = Limits()
