"""A software authenticator: makes passkeys and signs with them, as the WebAuthn standard has it, with real keys."""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

__all__ = ["Authenticator"]

PRESENT, VERIFIED, ATTESTED = 1, 4, 64


class Authenticator:
    """One passkey, for one site; what it says may be bent by a test."""

    def __init__(self, origin: str = "https://people", *, verified: bool = True) -> None:
        self.origin = origin
        self.verified = verified
        self.count = 0
        self.id = secrets.token_bytes(16)
        self.key: EllipticCurvePrivateKey = generate_private_key(SECP256R1())

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer what a browser is asked to make a passkey by."""
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(public)
        data = self._data(options["rp"]["id"], ATTESTED) + attested
        client = self._client("webauthn.create", options["challenge"])
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer({"clientDataJSON": _text(client), "attestationObject": _text(attestation)})

    def sign(self, options: dict[str, Any], *, counts: bool = True, rp: str = "") -> dict[str, Any]:
        """Answer what a browser is asked to sign in by."""
        self.count += counts
        client = self._client("webauthn.get", options["challenge"])
        data = self._data(rp or options["rpId"], 0)
        signature = self.key.sign(data + sha256(client).digest(), ECDSA(SHA256()))
        answer = {"clientDataJSON": _text(client), "authenticatorData": _text(data), "signature": _text(signature)}
        return self._answer(answer)

    def _data(self, rp: str, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verified else 0)
        return sha256(rp.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, response: dict[str, str]) -> dict[str, Any]:
        return {"id": _text(self.id), "rawId": _text(self.id), "type": "public-key", "response": response}


def flipped(text: str) -> str:
    """Return Base64 in which one bit of what it stands for is another."""
    data = bytearray(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    data[-1] ^= 1
    return _text(bytes(data))


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
