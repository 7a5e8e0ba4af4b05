"""The keys folder: all that the people's process has to keep secret, beside the log and never on it.

| file | holds |
|---|---|
| ``pepper`` | 32 bytes, in hexadecimal: keys the hashes of commands, and what documents are known by |
| ``operators.toml`` | who is known by a token (``desks/operators.py``) |
| ``kek`` | the key that wraps the keys of persons (``desks/key_wrap.py``), where no device holds it |
| ``kek.old`` | the one before it, until nothing is wrapped by it any more (``desks/wrapping_key.py``) |
| ``root``, ``cards``, ``publisher`` | what signs for gates (``desks/issuing.py``) |
| ``audit`` | the key that signs checkpoints (``desks/audit``) and certificates |
| ``witness`` | in the folder of a witness: the key that it cosigns with |

All keys are encrypted under a passphrase, which the environment brings (PODIUM_PASSPHRASE); without one the
folder alone protects them.

Only its owner reads it. It is made once for a Games (``make_keys``), and is to be backed up apart from the log.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from desks.errors import BadKeys
from desks.keys import HeldKey
from desks.secret_file import load_secret, make_secret, save_secret

__all__ = [
    "AUDIT",
    "KEK",
    "PEPPER",
    "WITNESS",
    "blind_pepper",
    "make_keys",
    "read_pepper",
    "signing_key",
    "write_new",
]

PEPPER, KEK, AUDIT, WITNESS = "pepper", "kek", "audit", "witness"


def make_keys(folder: Path, passphrase: bytes = b"") -> None:
    """Make the secrets of a Games; raises ``BadKeys`` rather than lose some."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_new(folder / PEPPER, secrets.token_hex(32).encode() + b"\n")
    for name in (KEK, AUDIT):
        _make(folder / name, passphrase)


def _make(file: Path, passphrase: bytes) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        save_secret(file, make_secret(), passphrase)
    except FileExistsError as error:
        raise BadKeys(str(file), "it is there already, and is not made again") from error


def blind_pepper(pepper: bytes) -> bytes:
    """Return what documents and names are known by, from the pepper: a key of its own, for that alone."""
    return HKDF(SHA256(), 32, salt=b"podium blind index", info=b"words").derive(pepper)


def signing_key(folder: Path, name: str, passphrase: bytes = b"", *, make: bool = False) -> HeldKey:
    """Return a key that signs, made first if it is wished and there is none; raises ``BadSecret``."""
    if make and not (folder / name).exists():
        _make(folder / name, passphrase)
    return HeldKey(Ed25519PrivateKey.from_private_bytes(load_secret(folder / name, passphrase)))


def write_new(file: Path, data: bytes) -> None:
    """Write a new file that only its owner reads; raises ``BadKeys`` where there is one."""
    try:
        number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise BadKeys(str(file), "it is there already, and is not made again") from error
    with os.fdopen(number, "wb") as stream:
        stream.write(data)


def read_pepper(folder: Path) -> bytes:
    """Return the pepper; raises ``BadKeys``."""
    file = folder / PEPPER
    try:
        pepper = bytes.fromhex(file.read_text())
    except OSError as error:
        raise BadKeys(str(file), error.strerror or str(error)) from error
    except ValueError as error:
        raise BadKeys(str(file), "no bytes in hexadecimal") from error
    if len(pepper) < 32:
        raise BadKeys(str(file), "a pepper has 32 bytes")
    return pepper
