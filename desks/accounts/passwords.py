"""Passwords: argon2id over a keyed hash, off the loop, and the same work for an account that there is not."""

from __future__ import annotations

import asyncio
import hmac
import secrets
from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from schemas.policy.accounts import SignIn

__all__ = ["LONGEST", "Passwords"]

LONGEST = 512  # characters
AT_ONCE = 2  # each takes a core and its memory


class Passwords:
    """Hashes and verifies. Belongs to one loop."""

    def __init__(self, policy: SignIn, key: bytes) -> None:
        """Prepare; ``key`` is kept apart from the hashes."""
        self._hasher = PasswordHasher(
            time_cost=policy.argon2_passes, memory_cost=policy.argon2_memory_kib, parallelism=policy.argon2_lanes
        )
        self._key = key
        self._shortest = policy.password_length
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._nobody = self._hash(secrets.token_urlsafe())

    def is_fit(self, password: str, login: str) -> bool:
        """Say whether a password may be chosen: long enough, and not the login."""
        return self._shortest <= len(password) <= LONGEST and login.strip().casefold() not in ("", password.casefold())

    async def hash(self, password: str) -> str:
        """Return what is kept of a password."""
        async with self._turn:
            return await asyncio.to_thread(self._hash, password)

    async def verify(self, kept: str | None, password: str) -> bool:
        """Say whether it is the password; where none is kept it takes as long to say no."""
        async with self._turn:
            right = await asyncio.to_thread(self._verify, kept or self._nobody, password[:LONGEST])
        return right and kept is not None

    def is_dated(self, kept: str) -> bool:
        """Say whether a hash was made at other costs than now."""
        return self._hasher.check_needs_rehash(kept)

    def _hash(self, password: str) -> str:
        return self._hasher.hash(self._keyed(password))

    def _verify(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, self._keyed(password))
        except (VerificationError, InvalidHashError):
            return False

    def _keyed(self, password: str) -> bytes:
        return b64encode(hmac.digest(self._key, password.encode(errors="surrogatepass"), "sha256"))
