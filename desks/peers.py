"""Other processes of the people side, over HTTP: a command or a question goes to who decides for its partition.

They know each other by a key that comes from the pepper of the Games, which no client has. What is sent is signed with
the time, and does not count a minute later; a command twice is the same command all the same.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

import httpx
import msgspec

from desks.errors import NotServed, Turned, Unavailable
from desks.outcome import Outcome, Position
from desks.owners import Owners
from management.command import Actor

__all__ = ["AT", "COMMANDS", "RECORDS", "SIGNED", "Asked", "Found", "Handed", "Peers", "Signature"]

COMMANDS, RECORDS = "/v1/peers/commands", "/v1/peers/records"
SIGNED, AT = "Podium-Peer", "Podium-Peer-At"
FRESH = 60_000  # ms
PATIENCE = 10.0  # seconds for an answer


class Handed(msgspec.Struct, frozen=True):
    """A command on its way to who decides."""

    wish: msgspec.Raw  # as a client sends it
    actor: Actor
    at: int  # ms, when it was received
    place: str


class Asked(msgspec.Struct, frozen=True):
    """A question for a record."""

    key: str


class Found(msgspec.Struct, frozen=True):
    """A record as it stands."""

    position: Position
    version: int
    state: bytes


class Signature:
    """What processes of one Games know each other by."""

    def __init__(self, pepper: bytes, now: Callable[[], int]) -> None:
        """Take the pepper; ``now`` gives ms."""
        self._key = hmac.digest(pepper, b"podium peers", sha256)
        self._now = now

    def sign(self, path: str, body: bytes) -> dict[str, str]:
        """Return the headers of a request."""
        at = str(self._now())
        return {AT: at, SIGNED: self._of(at, path, body)}

    def holds(self, headers: Mapping[str, str], path: str, body: bytes) -> bool:
        """Say whether a request is from a process of these Games, just now."""
        at, signed = headers.get(AT.lower(), ""), headers.get(SIGNED.lower(), "")
        if not (at.isascii() and at.isdigit() and len(at) < 19) or abs(self._now() - int(at)) > FRESH:
            return False
        return hmac.compare_digest(signed.encode(), self._of(at, path, body).encode())

    def _of(self, at: str, path: str, body: bytes) -> str:
        return hmac.new(self._key, f"{at} {path}\n".encode() + body, sha256).hexdigest()


_outcome = msgspec.json.Decoder(Outcome).decode
_found = msgspec.json.Decoder(Found).decode


class _Answered(Exception):  # noqa: N818 - what it says
    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(status)
        self.status = status
        self.body = body


class _Detail(msgspec.Struct):
    code: str = "failed"
    message: str = "another process failed"
    at: str = ""
    retry: bool = True


class _Error(msgspec.Struct):
    error: _Detail


def _error(body: bytes) -> _Error:
    try:
        return msgspec.json.decode(body, type=_Error)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _Error(_Detail())


class Peers:
    """The other processes. Belongs to one loop."""

    def __init__(self, owners: Owners, own: str, signature: Signature, client: httpx.AsyncClient | None = None) -> None:
        """Take who is where, and the address of this process, to which nothing is sent."""
        self._owners = owners
        self._own = own
        self._signature = signature
        self._client = client or httpx.AsyncClient(timeout=PATIENCE, trust_env=False)

    async def submit_bytes(self, number: int, wish: bytes, actor: Actor, at: int, place: str) -> Outcome:
        """Do as ``Writer.submit_bytes`` does, where the partition is decided for."""
        return _outcome(await self._send(number, COMMANDS, Handed(msgspec.Raw(wish), actor, at, place)))

    async def read(self, number: int, key: str) -> Found:
        """Do as ``Writer.read`` does, where the partition is decided for."""
        return _found(await self._send(number, RECORDS, Asked(key)))

    async def hand_on(self, number: int, path: str, body: bytes) -> bytes:
        """Send what needs no word of ours to where a partition is decided for, and return the answer.

        Raises ``Turned`` with what was said there.
        """
        try:
            return await self._post(number, path, body, {})
        except _Answered as answered:
            detail = _error(answered.body).error
            raise Turned(answered.status, detail.code, detail.message, at=detail.at, retry=detail.retry) from None

    async def close(self) -> None:
        """Let all connections go."""
        await self._client.aclose()

    async def _send(self, number: int, path: str, said: Any) -> bytes:
        body = msgspec.json.encode(said)
        headers = self._signature.sign(path, body) | {"Content-Type": "application/json"}
        try:
            return await self._post(number, path, body, headers)
        except _Answered as answered:
            if answered.status == 503 and b'"unavailable"' in answered.body:
                raise Unavailable(number, f"its log does not take it at {self._owners.address(number)}") from None
            raise NotServed(number, f"{self._owners.address(number)} answers {answered.status}") from None

    async def _post(self, number: int, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        address = self._owners.address(number)
        if address is None or address == self._own:
            raise NotServed(number, "nobody decides for it just now")
        try:
            answer = await self._client.post(address + path, content=body, headers=headers)
        except httpx.ConnectError as error:
            raise NotServed(number, f"nobody answers at {address}") from error
        except httpx.HTTPError as error:
            raise Unavailable(number, f"no answer from {address}: {type(error).__name__}") from error
        if answer.status_code == 200:
            return answer.content
        raise _Answered(answer.status_code, answer.content)
