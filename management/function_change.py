"""What changes an approved participation, and what ends any: another function, own grants, withdrawal, the close."""

from __future__ import annotations

from typing import Any

import msgspec

from management.application import HoldGrant, take_quota
from management.command import Received, Refusal, Role
from management.entitlement import Override
from management.participation import Participation, illegal
from management.participation_events import (
    EntitlementChanged,
    Event,
    FunctionChanged,
    QuotaReleased,
    Withdrawn,
)
from management.person_codes import refuse
from schemas.policy.accreditation import Policy

__all__ = [
    "WHO",
    "ChangeEntitlement",
    "ChangeFunction",
    "Withdraw",
    "change_entitlement",
    "change_function",
    "withdraw",
]


class ChangeFunction(msgspec.Struct, frozen=True, tag="change_function"):
    """Give a person another function, of the same category or another."""

    participation: str
    category: str
    function: str
    discipline: str = ""
    hold: HoldGrant | None = None  # needed for another category


class ChangeEntitlement(msgspec.Struct, frozen=True, tag="change_entitlement"):
    """Say what a person is granted and denied beyond the function, instead of what was said before."""

    participation: str
    overrides: tuple[Override, ...]
    requested_by: str


class Withdraw(msgspec.Struct, frozen=True, tag="withdraw"):
    """Take a person back, before the Games."""

    participation: str


# -- who may; in the scope of the organisation ------------------------------------------------------------------------

WHO: dict[type[Any], tuple[Role, ...]] = {
    ChangeFunction: ("OC_ACR_OPERATOR", "SYSTEM"),  # the system: an athlete was replaced
    ChangeEntitlement: ("OC_ACR_SUPERVISOR",),
    Withdraw: ("RO_ACR", "SYSTEM"),  # the system: a volunteer has left
}

Decision = list[Event] | Refusal


def change_function(participation: Participation, received: Received[ChangeFunction], policy: Policy) -> Decision:
    """Decide whether a person gets another function: the new place in the quota first, then the old one is released."""
    if refusal := illegal(participation, FunctionChanged):
        return refusal
    ask = received.command
    if not policy.may_apply(participation.ro, ask.category) or policy.function(ask.category, ask.function) is None:
        text = "The organisation does not have this category and function."
        return refuse("NOT_OWNER", text, ro=participation.ro, category=ask.category, function=ask.function)
    now = (participation.category, participation.function, participation.discipline)
    if now == (ask.category, ask.function, ask.discipline):
        return []
    hold = take_quota(participation, ask.category, ask.hold, received.at)
    if isinstance(hold, Refusal):
        return hold
    changed = FunctionChanged(
        participation.id,
        category=ask.category,
        function=ask.function,
        discipline=ask.discipline,
        hold=hold,
        version=participation.version + 1,
        by=received.actor.id,
    )
    return [changed, *_released(participation, unless=hold)]


def change_entitlement(participation: Participation, received: Received[ChangeEntitlement], policy: Policy) -> Decision:
    """Decide whether a person's own grants and denials change; the one who decides approves each that is new."""
    if refusal := illegal(participation, EntitlementChanged):
        return refusal
    ask, by = received.command, received.actor.id
    if ask.requested_by == by:
        return refuse("SAME_PERSON", "Who asks for it does not approve it.", actor=by)
    if ask.overrides == participation.overrides:
        return []
    new = [override for override in ask.overrides if override not in participation.overrides]
    if any(override.approver != by for override in new):
        return refuse("NOT_AUTHORISED", "A grant or denial names who approves it: the one who commands.", actor=by)
    if any(override.expires <= received.at for override in new):
        return refuse("EXPIRY", "A grant or denial would have expired already.", at=received.at)
    version = participation.version + 1
    return [EntitlementChanged(participation.id, overrides=ask.overrides, version=version, by=by)]


def withdraw(participation: Participation, received: Received[Withdraw], policy: Policy) -> Decision:
    """Decide whether an organisation takes its person back; the card is blocked, and then the quota released."""
    if refusal := illegal(participation, Withdrawn):
        return refusal
    if received.at >= policy.period.first and not received.actor.may("SYSTEM"):
        return refuse("GAMES_BEGUN", "The Games have begun.", participation=participation.id)
    return [Withdrawn(participation.id, by=received.actor.id), *_released(participation)]


def _released(participation: Participation, unless: str = "") -> list[Event]:
    hold = participation.hold
    if hold in ("", unless):
        return []
    return [QuotaReleased(participation.id, hold=hold, ro=participation.ro, category=participation.category)]
