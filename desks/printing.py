"""The badge of a card or a pass, by what is known of its bearer: the name of the document, and the photo if any."""

from __future__ import annotations

from desks import card_token
from desks.badge import face_of, print_badge
from desks.cose import Signer
from desks.facts import Facts
from management.gate import Token
from schemas.policy.accreditation import Policy

__all__ = ["name_of", "print_card"]


def name_of(facts: Facts) -> str:
    """Return the name that a badge shows, "" where none is known."""
    return facts.print_name or f"{facts.given_name} {facts.family_name}".strip()


def print_card(token: Token, facts: Facts, function: str, policy: Policy, signer: Signer) -> bytes:
    """Return the badge as PDF; raises ``NotPrintable``."""
    code, name, photo = card_token.encode(token, policy, signer), name_of(facts), facts.photo or None
    seal = token.category != policy.day_passes.category  # a pass holds when it is handed over
    return print_badge(face_of(token, code, name, function, seal=seal, photo=photo), policy.games)
