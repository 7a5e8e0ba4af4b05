"""What the venue gateway puts up with."""

from __future__ import annotations

import msgspec

__all__ = ["DEFAULT_LIMITS", "Limits"]


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The gateway's limits; every one is configuration."""

    message: int = 50 * 1024 * 1024  # bytes of one message by HTTP (HOVTP's own limit)
    frame: int = 4 * 1024 * 1024  # bytes of one message by TCP
    refused: int = 64 * 1024  # bytes kept of a message that is refused
    in_flight: int = 256 * 1024 * 1024  # bytes received and not yet durable, above which HTTP senders are put off
    window: int = 1024 * 1024  # bytes of one connection not yet durable, above which it is read no further
    connections: int = 256  # TCP connections at a time
    hello: float = 10.0  # seconds in which a TCP connection must say whose it is
    silence: int = 30  # seconds without a message after which a source is noted as silent; 0: never


DEFAULT_LIMITS = Limits()
