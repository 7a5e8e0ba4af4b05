"""The keys folder: all that the people's process has to keep secret, beside the log and never on it.

| file | holds |
|---|---|
| ``pepper`` | 32 bytes, in hexadecimal: keys the hashes of commands, and what documents are known by |
| ``operators.toml`` | who is known by a token (``desks/operators.py``) |

Only its owner reads it. It is made once for a Games (``make_keys``), and is to be backed up apart from the log.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from desks.errors import BadKeys

__all__ = ["PEPPER", "make_keys", "read_pepper", "write_new"]

PEPPER = "pepper"


def make_keys(folder: Path) -> None:
    """Make the secrets of a Games; raises ``BadKeys`` rather than lose some."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_new(folder / PEPPER, secrets.token_hex(32).encode() + b"\n")


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
