"""The keys that sign what gates trust: cards, lists and times, and the root that says which of them count.

They lie in the keys folder, encrypted. The manifest (``keys.cose``) is made once, when there is none; after that the
root is needed only for another manifest (``desks/card_keys.py``), and belongs in a safe.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from desks.keyring import signing_key
from desks.keys import HeldKey, Manifest

__all__ = ["MANIFEST", "Issuing", "open_issuing"]

MANIFEST = "keys.cose"
CARDS, PUBLISHER, ROOT = "cards", "publisher", "root"


class Issuing(NamedTuple):
    """What signs, and the file of the manifest that says so."""

    cards: HeldKey
    publisher: HeldKey
    file: Path

    def manifest(self) -> bytes:
        """Return the manifest as it is by now."""
        return self.file.read_bytes()


def open_issuing(folder: Path, games: str, passphrase: bytes = b"") -> Issuing:
    """Return the keys of a Games, made first where there is no manifest yet; raises ``BadSecret``."""
    file = folder / MANIFEST
    first = not file.exists()
    cards = signing_key(folder, CARDS, passphrase, make=first)
    publisher = signing_key(folder, PUBLISHER, passphrase, make=first)
    if first:
        root = signing_key(folder, ROOT, passphrase, make=True)
        keys, publishers = (cards.public.public_bytes_raw(),), (publisher.public.public_bytes_raw(),)
        write_manifest(folder, Manifest(games, 1, keys, publishers), root)
    return Issuing(cards, publisher, file)


def write_manifest(folder: Path, manifest: Manifest, root: HeldKey) -> None:
    """Put a manifest in the place of the one that there may be; who reads it has the one or the other."""
    beside = folder / f"{MANIFEST}.new"
    beside.write_bytes(manifest.encode(root))
    beside.replace(folder / MANIFEST)
