"""When a key that signs cards is lost, or in the wrong hands: it counts no longer, and every live card is signed anew.

The manifest without the key goes to the gates with the next publication: what it signed is ``UNKNOWN_KEY`` there from
then on, forged or not. The new tokens have the serials and indexes of the cards, so status lists hold; they are printed
as labels, or sent to where a card is shown on a screen. Half a million take a core a minute or two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from desks import card_token
from desks.cose import Signer
from desks.keys import Manifest, kid_of
from management.card import LIVE
from management.person_record import State
from management.token import token_of_card
from schemas.policy.accreditation import Policy

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


def sign_anew(people: Iterable[tuple[str, State]], policy: Policy, signer: Signer) -> Iterator[Resigned]:
    """Yield every live card of some persons with its code under another key."""
    for person, state in people:
        for card in state.cards.values():
            if card.status in LIVE:
                token = token_of_card(card, state.participations[card.participation], policy)
                yield Resigned(person, card.serial, card_token.encode(token, policy, signer))
