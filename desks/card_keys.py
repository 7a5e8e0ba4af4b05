"""Changing the key that signs cards, step by step in the keys folder; gates take the cards of both in between.

| step | leaves in the folder |
|---|---|
| ``prepare`` | ``cards.next``, and a manifest that names it beside the one that signs |
| ``use`` | ``cards``, the key that was next, and ``cards.KID``, the one that signed before |
| ``drop`` | a manifest without a key, which no gate takes any more, and no file of it |

Each step may be stopped and done again. The root has to be in the folder for the steps that make a manifest.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import msgspec

from desks.errors import BadKeys
from desks.issuing import CARDS, MANIFEST, ROOT, write_manifest
from desks.keyring import signing_key
from desks.keys import HeldKey, Manifest, ManifestRefused, read_manifest
from desks.lost_key import give_up

__all__ = ["NEXT", "CardKeys", "drop", "prepare", "read_card_keys", "use"]

NEXT = "cards.next"


class CardKeys(NamedTuple):
    """What counts at gates, and what signs."""

    manifest: Manifest
    signs: bytes  # kid

    @property
    def kids(self) -> list[bytes]:
        """The kids of the manifest, in its order."""
        return list(self.manifest.ring())


def read_card_keys(folder: Path, passphrase: bytes = b"") -> CardKeys:
    """Return the keys of a folder; raises ``BadKeys`` and ``BadSecret``."""
    return CardKeys(_manifest(folder, _root(folder, passphrase)), signing_key(folder, CARDS, passphrase).kid)


def prepare(folder: Path, passphrase: bytes = b"") -> CardKeys:
    """Make the key that is to sign next, and the manifest that tells gates of it."""
    root = _root(folder, passphrase)
    manifest, following = _manifest(folder, root), signing_key(folder, NEXT, passphrase, make=True)
    if following.kid not in manifest.ring():
        keys = (*manifest.keys, following.public.public_bytes_raw())
        write_manifest(folder, msgspec.structs.replace(manifest, version=manifest.version + 1, keys=keys), root)
    return read_card_keys(folder, passphrase)


def use(folder: Path, passphrase: bytes = b"") -> CardKeys:
    """Have the next key sign from the next start of the process on; raises ``BadKeys`` where gates know of none."""
    if not (folder / NEXT).exists():
        raise BadKeys(str(folder / NEXT), "no next key was prepared")
    before, following = read_card_keys(folder, passphrase), signing_key(folder, NEXT, passphrase)
    if following.kid not in before.kids:
        raise BadKeys(str(folder / NEXT), f"manifest {before.manifest.version} does not name it: prepare it again")
    kept = folder / f"{CARDS}.{before.signs.hex()}"
    if not kept.exists():
        os.link(folder / CARDS, kept)
    (folder / NEXT).replace(folder / CARDS)
    return read_card_keys(folder, passphrase)


def drop(folder: Path, kid: bytes, passphrase: bytes = b"") -> CardKeys:
    """Give a key up: what it has signed opens no gate that has the next manifest."""
    root, known = _root(folder, passphrase), read_card_keys(folder, passphrase)
    if kid == known.signs:
        raise BadKeys(str(folder / CARDS), f"{kid.hex()} signs cards now: prepare and use another one first")
    if kid in known.kids:
        write_manifest(folder, give_up(known.manifest, kid), root)
    elif not (folder / f"{CARDS}.{kid.hex()}").exists():
        raise BadKeys(str(folder / MANIFEST), f"manifest {known.manifest.version} names no key {kid.hex()}")
    (folder / f"{CARDS}.{kid.hex()}").unlink(missing_ok=True)
    if (folder / NEXT).exists() and signing_key(folder, NEXT, passphrase).kid == kid:
        (folder / NEXT).unlink()
    return read_card_keys(folder, passphrase)


def _root(folder: Path, passphrase: bytes) -> HeldKey:
    return signing_key(folder, ROOT, passphrase)


def _manifest(folder: Path, root: HeldKey) -> Manifest:
    try:
        return read_manifest((folder / MANIFEST).read_bytes(), root.public)
    except (OSError, ManifestRefused) as error:
        raise BadKeys(str(folder / MANIFEST), str(error)) from error
