"""Keys that sign cards, and the manifest that says which of them count.

A key is known by its ``kid``, the first 8 bytes of the SHA-256 of its SubjectPublicKeyInfo. A gate has one key pinned,
the public half of a root that is kept offline; it takes the keys of cards from the newest manifest that this root has
signed, and from nowhere else. A manifest with the next key beside it rotates a key, and one without a key gives it up.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from desks.cose import NotSigned, Signer, open_sign1, sign1

__all__ = ["HeldKey", "Manifest", "ManifestRefused", "kid_of", "load_key", "read_manifest", "save_key"]

MANIFEST = "keys"  # the type of a signed manifest, so that a signed card is never taken for one


class ManifestRefused(ValueError):  # noqa: N818 - it says what happened
    """A manifest does not count: the root has not signed it, or it is none, of another Games, or an old one."""


def kid_of(key: Ed25519PublicKey) -> bytes:
    """Return the name of a key."""
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()[:8]


class HeldKey:
    """A private key in this process; where a device holds it, the device is the ``Signer``."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public = private.public_key()
        self.kid = kid_of(self.public)

    def sign(self, data: bytes) -> bytes:
        """Return the signature of some bytes."""
        return self._private.sign(data)


def save_key(path: Path, private: Ed25519PrivateKey, passphrase: bytes) -> None:
    """Write a key to a new file that only its owner reads, encrypted. Raises FileExistsError rather than lose one."""
    data = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase))
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "wb") as stream:
        stream.write(data)


def load_key(path: Path, passphrase: bytes) -> HeldKey:
    """Read a key from its file; raise ValueError for another passphrase or another kind of key."""
    private = load_pem_private_key(path.read_bytes(), passphrase)
    if not isinstance(private, Ed25519PrivateKey):
        raise ValueError(f"{path} holds no Ed25519 key")
    return HeldKey(private)


class Manifest(msgspec.Struct, frozen=True):
    """Which keys count: what the root signs."""

    games: str
    version: int  # of the manifests of a Games; a lower one never counts again
    keys: tuple[bytes, ...]  # raw public keys, 32 bytes each: the one that signs and the next
    publishers: tuple[bytes, ...] = ()  # those of what gates are sent, lists and times: they sign no card

    def encode(self, root: Signer) -> bytes:
        """Return the manifest, signed."""
        return sign1(msgspec.msgpack.encode(self), MANIFEST, root)

    def ring(self) -> Mapping[bytes, Ed25519PublicKey]:
        """Return its keys by their kid."""
        return _by_kid(self.keys)

    def publisher_ring(self) -> Mapping[bytes, Ed25519PublicKey]:
        """Return the keys of its publishers by their kid."""
        return _by_kid(self.publishers)


def read_manifest(data: bytes, root: Ed25519PublicKey, games: str | None = None, known: int = 0) -> Manifest:
    """Return a manifest that the pinned root has signed, of whichever Games where none is named.

    ``known`` is the version of the one at hand.
    """
    try:
        payload = open_sign1(data, MANIFEST, {kid_of(root): root})
        manifest = msgspec.msgpack.decode(payload, type=Manifest)
        manifest.ring()
        manifest.publisher_ring()
    except (NotSigned, msgspec.DecodeError, ValueError) as error:
        raise ManifestRefused(f"not a manifest that the root has signed: {error}") from None
    if games is not None and manifest.games != games:
        raise ManifestRefused(f"a manifest of the Games {manifest.games}, not of {games}")
    if manifest.version < known:
        raise ManifestRefused(f"manifest {manifest.version} is older than {known}, which is at hand")
    return manifest


def _by_kid(raw: tuple[bytes, ...]) -> Mapping[bytes, Ed25519PublicKey]:
    public = [Ed25519PublicKey.from_public_bytes(one) for one in raw]
    return {kid_of(key): key for key in public}
