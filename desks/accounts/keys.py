"""The keys of sign-in, each for one purpose, all from the pepper of the Games: one of them tells nothing of another."""

from __future__ import annotations

import hmac
from typing import Self

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from desks.key_wrap import HeldWrapper, Wrapper

__all__ = ["SignInKeys", "keyed_hash"]


class SignInKeys(msgspec.Struct, frozen=True):
    """What sign-in is keyed with."""

    logins: bytes  # by which a login is found, and never read
    passwords: bytes  # beside the salt: whoever has the file alone cannot guess
    recovery: bytes
    addresses: bytes  # of those who ask, for the security operations centre
    csrf: bytes
    wrapper: Wrapper  # of the keys of one-time codes

    @classmethod
    def derived(cls, pepper: bytes, wrapper: Wrapper | None = None) -> Self:
        """Return the keys of a Games; ``wrapper`` where something else than the pepper wraps."""
        made = {name: _derive(pepper, name) for name in ("logins", "passwords", "recovery", "addresses", "csrf")}
        return cls(**made, wrapper=wrapper or HeldWrapper(_derive(pepper, "codes")))


def _derive(pepper: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=b"podium sign-in", info=purpose.encode()).derive(pepper)


def keyed_hash(key: bytes, text: str) -> bytes:
    """Return what stands for a text where the text itself must not be, 32 bytes."""
    return hmac.digest(key, text.encode(errors="surrogatepass"), "sha256")
