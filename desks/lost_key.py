"""When a key that signs cards is lost, or in the wrong hands: it counts no longer, and every live card is signed anew.

The manifest without the key goes to the gates with the next publication: what it signed is ``UNKNOWN_KEY`` there from
then on, forged or not. The new tokens have the serials and indexes of the cards, so status lists hold; they are printed
as labels, or sent to where a card is shown on a screen. Half a million take a core a minute or two.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from desks import card_token
from desks.cose import Signer
from desks.keys import Manifest, kid_of
from desks.people_index.cards import Cards
from management.status_list import REVOKED

__all__ = ["Resigned", "give_up", "sign_anew"]


class Resigned(NamedTuple):
    """A card's new code."""

    person: str
    serial: int
    text: str  # of its QR code


def give_up(manifest: Manifest, lost: bytes, following: Ed25519PublicKey | None = None) -> Manifest:
    """Return the next manifest: without a key, by its kid, and with another one behind those that are left.

    Raises ``ValueError`` where the key is not in it, or no key would be left to sign cards with.
    """
    left = tuple(key for key in manifest.keys if kid_of(Ed25519PublicKey.from_public_bytes(key)) != lost)
    if left == manifest.keys:
        raise ValueError(f"manifest {manifest.version} has no key {lost.hex()}")
    keys = (*left, following.public_bytes_raw()) if following else left
    if not keys:
        raise ValueError("no key would be left to sign cards with")
    return msgspec.structs.replace(manifest, version=manifest.version + 1, keys=keys)


def sign_anew(cards: Cards, signer: Signer, after: int = 0) -> Iterator[Resigned]:
    """Yield every card and pass that is not void with its code under another key, by serial, those after one."""
    for serial in sorted(cards.all):
        token = cards.token(serial)
        if serial > after and token is not None and cards.list.statuses[token.index] != REVOKED:
            yield Resigned(cards.holder(serial), serial, card_token.encode(token, cards.policy, signer))
