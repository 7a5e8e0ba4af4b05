"""What is printed: the token of a card, from its participation, and that of a pass that was given out."""

from __future__ import annotations

from management.card import Card
from management.day_pass import DayPass
from management.entitlement import Entitlement, entitle
from management.gate import Token
from management.participation import Participation
from schemas.policy.accreditation import Policy

__all__ = ["entitlement_of", "token_of_card", "token_of_pass"]


def entitlement_of(participation: Participation, policy: Policy) -> Entitlement:
    """Return what a participation opens as it stands: what gates get in their snapshots, and a new card says."""
    function = policy.function(participation.category, participation.function)
    return entitle(function, participation.discipline, participation.overrides, participation.version)


def token_of_card(card: Card, participation: Participation, policy: Policy) -> Token:
    """Return what a card says."""
    return Token(
        policy.games,
        card.serial,
        card.index,
        participation.ro,
        participation.category,
        card.valid_from,
        card.valid_to,
        entitlement_of(participation, policy),
    )


def token_of_pass(day_pass: DayPass, ro: str, policy: Policy) -> Token:
    """Return what a pass says: its zones of its venue, on its day, until it has to be back.

    Any card of the organisation takes its holder along. Raises ValueError for a pass that was not given out.
    """
    if day_pass.serial is None or day_pass.index is None or day_pass.return_by is None:
        raise ValueError(f"the pass {day_pass.id} was not given out")
    zones = {policy.venues[day_pass.venue].type: day_pass.zones}
    return Token(
        policy.games,
        day_pass.serial,
        day_pass.index,
        ro,
        policy.day_passes.category,
        policy.day_first(day_pass.day),
        day_pass.return_by,
        Entitlement(1, (day_pass.venue,), zones),
        day_pass.escorted,
    )
