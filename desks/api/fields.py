"""Which facts about a person a role sees, and where its sight ends. What is not here is not seen.

| role | sees of whom |
|---|---|
| an organisation | what it said itself, of its own people |
| the accreditation office | all that a card needs |
| a venue's desk | what it compares with who stands before it |
| the security check | what a check is made of |
| an international federation | its discipline's athletes |
| a person | what he said himself |
| ``SOC``, ``AUDITOR``, ``SYSADMIN`` | nothing of anybody |
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from desks.dossiers import Sealed
from desks.facts import FIELDS
from management.command import Actor, Role

__all__ = ["SEES", "fields_for"]

ALL = frozenset(FIELDS)
NAME = frozenset({"family_name", "given_name", "print_name"})
ATHLETE = NAME | {"born", "gender", "nationality"}

# -- the table: role -> which fields; where it counts is below --------------------------------------------------------

SEES: Mapping[Role, frozenset[str]] = MappingProxyType(
    {
        "RO_ACR": ALL,
        "RO_ENTRIES": ALL,
        "OC_ACR_OPERATOR": ALL - {"health"},
        "OC_ACR_SUPERVISOR": ALL - {"health"},
        "GAMES_AUTHORITY": NAME | {"nationality", "photo"},
        "SECURITY_CHECK": ATHLETE | {"documents", "photo"},
        "VENUE_ACR": NAME | {"nationality", "documents", "photo"},
        "SPORT_ENTRIES": ATHLETE,
        "IF_DELEGATE": ATHLETE,
        "IF_MEDICAL": NAME | {"health"},
        "WF_PLANNER": NAME | {"born", "email", "phone", "about"},
        "VOLUNTEER": ALL - {"note"},
        "DPO": ALL,
    }
)

ACCREDITATION: tuple[Role, ...] = (
    "OC_ACR_OPERATOR",
    "OC_ACR_SUPERVISOR",
    "GAMES_AUTHORITY",
    "SECURITY_CHECK",
    "VENUE_ACR",
)


def fields_for(actor: Actor, blob: Sealed) -> frozenset[str]:
    """Return the fields of a blob that an actor may see."""
    seen: frozenset[str] = SEES["DPO"] if actor.may("DPO") else frozenset()
    prefix, _, rest = blob.stream.partition(":")
    match prefix:
        case "per":
            seen = _those(actor, ACCREDITATION, f"ro:{blob.ro}", seen)
            seen = _own(actor, "RO_ACR", blob.ro, seen)
            seen = SEES["VENUE_ACR"] | seen if any(one.role == "VENUE_ACR" for one in actor.grants) else seen
        case "ebk":
            seen = _those(actor, ("SPORT_ENTRIES", "IF_DELEGATE", "IF_MEDICAL"), f"discipline:{rest}", seen)
            seen = _own(actor, "RO_ENTRIES", blob.ro, seen)
        case "vol":
            seen = _those(actor, ("WF_PLANNER",), "", seen)
            seen = _those(actor, ("VOLUNTEER",), f"person:{blob.person}", seen)
    return seen


def _those(actor: Actor, roles: tuple[Role, ...], scope: str, seen: frozenset[str]) -> frozenset[str]:
    return seen.union(*(SEES[role] for role in roles if actor.may(role, scope)))


def _own(actor: Actor, role: Role, ro: str, seen: frozenset[str]) -> frozenset[str]:
    return seen | SEES[role] if ro and actor.may(role, f"ro:{ro}") else seen
