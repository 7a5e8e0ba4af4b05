"""Signed notes (C2SP signed-note) and checkpoints in them (C2SP tlog-checkpoint), with Ed25519. Sans I/O.

A note is a text, an empty line, and a line for each signature. What transparency logs and their witnesses read
elsewhere, so anybody's tools check what is signed here.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple, Protocol, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

__all__ = ["Checkpoint", "NoteRefused", "NoteSigner", "VerifierKey", "add_line", "cosign", "sign_note", "text_of"]

ED25519, COSIGNATURE = 1, 4  # types of keys
NAME = re.compile(r"[^\s+]+")
SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
LARGEST = 64 * 1024  # bytes of a note that is looked at


class NoteRefused(ValueError):  # noqa: N818 - it says what happened
    """Bytes are no note, or nobody that counts has signed it."""


class NoteSigner(Protocol):
    """Whatever signs with one Ed25519 key; ``desks/keys.py`` has one that is a file."""

    @property
    def public(self) -> Ed25519PublicKey:
        """The public half."""

    def sign(self, data: bytes) -> bytes:
        """Return the signature of some bytes."""


class VerifierKey(NamedTuple):
    """A public key with its name: ``name+hash+key``, as it is handed to whoever checks."""

    name: str
    public: Ed25519PublicKey
    kind: int = ED25519  # COSIGNATURE: a witness's

    @property
    def hash(self) -> bytes:
        """What a signature line says of its key, 4 bytes."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public.public_bytes_raw()).digest()[:4]

    def __str__(self) -> str:
        raw = bytes([self.kind]) + self.public.public_bytes_raw()
        return f"{self.name}+{self.hash.hex()}+{b64encode(raw).decode()}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the key that a text says; raises ``NoteRefused``."""
        name, _, rest = text.strip().partition("+")
        hashed, _, data = rest.partition("+")
        try:
            raw = b64decode(data, validate=True)
            key = cls(name, Ed25519PublicKey.from_public_bytes(raw[1:]), raw[0])
        except (ValueError, IndexError):
            raise NoteRefused(f"{text!r} is no key such as name+01234567+AQ...") from None
        if not NAME.fullmatch(name) or key.kind not in (ED25519, COSIGNATURE) or key.hash.hex() != hashed:
            raise NoteRefused(f"{text!r} is no key: its hash is not that of the name and the key in it")
        return key

    def verify(self, note: str) -> str:
        """Return the text of a note that this key has signed; raises ``NoteRefused``."""
        text, signatures = _split(note)
        for name, data in signatures:
            if name == self.name and data[:4] == self.hash:
                try:
                    self.public.verify(*self._signed(text, data[4:]))
                except InvalidSignature:
                    raise NoteRefused(f"the signature of {self.name} is none of this text") from None
                return text
        raise NoteRefused(f"{self.name} has not signed it")

    def _signed(self, text: str, data: bytes) -> tuple[bytes, bytes]:
        """Return the signature and what it is over."""
        if self.kind == ED25519:
            return data, text.encode()
        return data[8:], _cosigned(text, int.from_bytes(data[:8]))


def _cosigned(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def sign_note(text: str, name: str, signer: NoteSigner) -> str:
    """Return a note of a text, which ends with a newline."""
    key = VerifierKey(name, signer.public)
    return f"{text}\n{_line(key, signer.sign(text.encode()))}"


def cosign(text: str, name: str, signer: NoteSigner, at: int) -> str:
    """Return the line by which a witness says that it saw a text at an instant, s since 1970 UTC (cosignature/v1)."""
    key = VerifierKey(name, signer.public, COSIGNATURE)
    return _line(key, at.to_bytes(8) + signer.sign(_cosigned(text, at)))


def _line(key: VerifierKey, signature: bytes) -> str:
    return f"— {key.name} {b64encode(key.hash + signature).decode()}\n"


def add_line(note: str, lines: Iterable[str]) -> str:
    """Return a note with more signatures."""
    return note + "".join(lines)


def text_of(note: str) -> str:
    """Return the text of a note, whoever signed it; raises ``NoteRefused``."""
    return _split(note)[0]


def _split(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    text, empty, lines = note.rpartition("\n\n")
    if (
        not empty
        or len(note) > LARGEST
        or not note.endswith("\n")
        or any(ord(one) < 32 and one != "\n" for one in note)
    ):
        raise NoteRefused("it is no signed note")
    found = [SIGNATURE.fullmatch(line) for line in lines.splitlines()]
    if not found or None in found:
        raise NoteRefused("it has a line that is no signature")
    try:
        return f"{text}\n", [(one[1], b64decode(one[2], validate=True)) for one in found if one]
    except ValueError:
        raise NoteRefused("it has a signature that is no base64") from None


class Checkpoint(NamedTuple):
    """The head of a tree, as it is signed."""

    origin: str  # which tree
    size: int
    root: bytes

    def encode(self) -> str:
        """Return it as the text of a note."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    @classmethod
    def decode(cls, text: str) -> Self:
        """Return what a text says; lines behind the third are passed over. Raises ``NoteRefused``."""
        lines = text.split("\n")
        try:
            origin, size, root = lines[0], int(lines[1]), b64decode(lines[2], validate=True)
        except (ValueError, IndexError):
            raise NoteRefused("it is no checkpoint") from None
        found = cls(origin, size, root)
        if not origin or size < 0 or len(root) != 32 or not text.startswith(found.encode()):
            raise NoteRefused("it is no checkpoint")
        return found
