"""A secret in a file that only its owner reads, under a passphrase: a key that encrypts keys, a pepper.

What signs is kept by ``desks/keys.py``. The passphrase is stretched with scrypt, and what is read was written under it
or is refused as a whole.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from desks.errors import BadSecret

__all__ = ["load_secret", "make_secret", "save_secret"]

HEAD = b"podium secret 1\n"
SALT, NONCE = 16, 12
COST = 2**15  # of scrypt, with r=8: 32 MB and about a tenth of a second


def make_secret() -> bytes:
    """Return 32 bytes that nobody can guess."""
    return secrets.token_bytes(32)


def save_secret(path: Path, secret: bytes, passphrase: bytes) -> None:
    """Write a secret to a new file. Raises FileExistsError rather than lose one."""
    salt, nonce = secrets.token_bytes(SALT), secrets.token_bytes(NONCE)
    sealed = AESGCM(_stretch(passphrase, salt)).encrypt(nonce, secret, HEAD)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "wb") as stream:
        stream.write(HEAD + salt + nonce + sealed)
        stream.flush()
        os.fsync(stream.fileno())


def load_secret(path: Path, passphrase: bytes) -> bytes:
    """Read a secret from its file; raises ``BadSecret`` for another passphrase and another kind of file."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadSecret(str(path), error.strerror or str(error)) from None
    if not data.startswith(HEAD):
        raise BadSecret(str(path), "it holds no secret")
    salt, rest = data[len(HEAD) :][:SALT], data[len(HEAD) + SALT :]
    try:
        return AESGCM(_stretch(passphrase, salt)).decrypt(rest[:NONCE], rest[NONCE:], HEAD)
    except (InvalidTag, ValueError):
        raise BadSecret(str(path), "the passphrase is another one, or the file was changed") from None


def _stretch(passphrase: bytes, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=COST, r=8, p=1).derive(passphrase)
