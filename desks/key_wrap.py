"""Keys that encrypt keys: the port to whatever holds them, and the holder that is a file.

A ``Wrapper`` may be a module of a PKCS#11 token or the client of a key service: it is asked to wrap and to unwrap, and
its key never comes here. Its name is kept beside what it wrapped, so that keys change hands one after the other.
"""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from desks.errors import BadSecret

__all__ = ["HeldWrapper", "Wrapper"]

NONCE = 12


class Wrapper(Protocol):
    """Whatever holds one key that encrypts keys (KEK). May be called from any thread."""

    @property
    def name(self) -> str:
        """The name of the key, another one for each key there ever was."""

    def wrap(self, data: bytes, bound: bytes) -> bytes:
        """Return some bytes encrypted; only with the same ``bound`` they come back."""

    def unwrap(self, wrapped: bytes, bound: bytes) -> bytes:
        """Return what was wrapped; raises ``BadSecret`` where it was not, or not so, or not by this key."""


class HeldWrapper:
    """A key in this process: AES-256-GCM. Where a device holds it, the device is the ``Wrapper``."""

    def __init__(self, secret: bytes) -> None:
        """Take the 32 bytes of the key, as ``desks/secret_file.py`` keeps them."""
        self._aead = AESGCM(secret)
        self.name = f"held:{sha256(b'podium kek' + secret).hexdigest()[:16]}"

    def wrap(self, data: bytes, bound: bytes) -> bytes:
        """Do as ``Wrapper`` says."""
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._aead.encrypt(nonce, data, bound)

    def unwrap(self, wrapped: bytes, bound: bytes) -> bytes:
        """Do as ``Wrapper`` says."""
        try:
            return self._aead.decrypt(wrapped[:NONCE], wrapped[NONCE:], bound)
        except (InvalidTag, ValueError):
            raise BadSecret(self.name, "it has not wrapped these bytes, or they were changed") from None
