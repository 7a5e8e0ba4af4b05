"""Resume tokens: where a subscription stood, signed, so that nobody has to be remembered.

24 bytes in URL-safe base64: a tag of the epoch (4), a tag of the subscription (4), the cut (6), and an HMAC-SHA256 over
these with the whole epoch and subscription, cut to 10. Opaque to clients; a token opens nothing, it only says where to
go on.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b
from typing import Final

from feeds.patterns import Patterns

__all__ = ["LENGTH", "Mint", "WrongToken", "subscription_of"]

LENGTH: Final = 32  # characters


class WrongToken(Exception):  # noqa: N818 - it is the token that is wrong, not the program
    """A token that leads nowhere; ``why`` is what the client is told: ``epoch`` or ``token``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def subscription_of(patterns: Patterns) -> bytes:
    """Return what a subscription is known by: 16 bytes, equal for equal patterns in any order."""
    return blake2b("\n".join(patterns.texts).encode(), digest_size=16).digest()


def _tag(data: bytes) -> bytes:
    return blake2b(data, digest_size=4).digest()


class Mint:
    """Makes and reads the tokens of one epoch."""

    def __init__(self, key: bytes, epoch: str) -> None:
        self._key = key
        self._epoch = epoch.encode()
        self._epoch_tag = _tag(self._epoch)

    def _sign(self, body: bytes, subscription: bytes) -> bytes:
        return hmac.digest(self._key, body + subscription + self._epoch, "sha256")[:10]

    def encode(self, subscription: bytes, cut: int) -> str:
        """Return the token of a subscription that has everything up to a cut."""
        body = self._epoch_tag + _tag(subscription) + cut.to_bytes(6)
        return urlsafe_b64encode(body + self._sign(body, subscription)).decode()

    def decode(self, token: str, subscription: bytes) -> int:
        """Return the cut of a token; raises ``WrongToken`` where it is of another epoch, subscription or hand."""
        try:
            data = urlsafe_b64decode(token.encode("ascii")) if len(token) == LENGTH else b""
        except ValueError:
            data = b""
        if len(data) != 24:
            raise WrongToken("token")
        body, signature = data[:14], data[14:]
        if body[:4] != self._epoch_tag:
            raise WrongToken("epoch")
        if not hmac.compare_digest(signature, self._sign(body, subscription)):
            raise WrongToken("token")
        return int.from_bytes(body[8:])
