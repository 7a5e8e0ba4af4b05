"""What opens the encrypted keys of a folder: from the environment, since a process starts with nobody there to ask."""

from __future__ import annotations

import os

__all__ = ["NAMED", "passphrase"]

NAMED = "PODIUM_PASSPHRASE"


def passphrase() -> bytes:
    """Return it; empty where the environment has none, and then the folder alone protects its keys."""
    return os.environ.get(NAMED, "").encode()
