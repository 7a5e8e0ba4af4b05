"""Who sees what of a record: by its prefix a rule, and without one nothing.

A rule returns what the actor may see, ``None`` for nothing at all. What nobody may see and what is not there gets the
same answer, so that nobody learns from an answer who takes part.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from desks.api.entry_sight import see_own_entries
from desks.api.person_sight import see_part
from management.command import Actor, Grant, Role
from management.notice import is_recipient

__all__ = ["RULES", "see"]

Rule = Callable[[Actor, str, Any], Any]  # who, what follows the prefix in the key, the state

ACCREDITATION: tuple[Role, ...] = ("OC_ACR_OPERATOR", "OC_ACR_SUPERVISOR", "GAMES_AUTHORITY", "AUDITOR")
ENTRIES: tuple[Role, ...] = ("SPORT_ENTRIES", "IF_DELEGATE", "GAMES_AUTHORITY", "AUDITOR")
SCHEDULE: tuple[Role, ...] = ("SCHED_PLANNER", "SCHED_APPROVER", "GAMES_AUTHORITY", "AUDITOR")
ACCOUNTS: tuple[Role, ...] = ("OC_ACR_SUPERVISOR", "GAMES_AUTHORITY", "SYSADMIN", "SOC", "AUDITOR")
WORKFORCE: tuple[Role, ...] = ("WF_PLANNER", "VENUE_WF", "AUDITOR")


def see(actor: Actor, key: str, state: Any) -> Any:
    """Return what an actor may see of a record, as plain data; None where that is nothing."""
    prefix, _, rest = key.partition(":")
    rule = RULES.get(prefix)
    return None if rule is None else rule(actor, rest, state)


def _any(actor: Actor, roles: tuple[Role, ...], scope: str) -> bool:
    return any(actor.may(role, scope) for role in roles)


def _whole(state: Any) -> Any:
    return msgspec.to_builtins(state, str_keys=True)


def _person(actor: Actor, person: str, state: Any) -> Any:
    if _any(actor, ACCREDITATION, "") or _is(actor, person):
        return _whole(state)
    return see_part(actor, state)


def _is(actor: Actor, person: str) -> bool:
    """Say whether a volunteer is that person: a grant for everybody makes nobody everybody."""
    return Grant("VOLUNTEER", f"person:{person}") in actor.grants


def _organisation(actor: Actor, ro: str, state: Any) -> Any:
    scope = f"ro:{ro}"
    return _whole(state) if actor.may("RO_ACR", scope) or _any(actor, ACCREDITATION, scope) else None


def _passes(actor: Actor, ro: str, state: Any) -> Any:
    whole = _whole(state) if actor.may("VENUE_ACR", "") else _organisation(actor, ro, state)
    if whole is not None:
        return whole
    here = {name: one for name, one in state.passes.items() if actor.may("VENUE_ACR", f"venue:{one.venue}")}
    return {"passes": _whole(here)} if here else None


def _entry_book(actor: Actor, discipline: str, state: Any) -> Any:
    return _whole(state) if _any(actor, ENTRIES, f"discipline:{discipline}") else see_own_entries(actor, state)


def _delegation(actor: Actor, noc: str, state: Any) -> Any:
    may = actor.may("RO_ENTRIES", f"ro:{noc}") or _any(actor, (*ENTRIES, *ACCREDITATION), "")
    return _whole(state) if may else None


def _schedule(actor: Actor, games: str, state: Any) -> Any:
    return _whole(state) if _any(actor, SCHEDULE, "") else None


def _workforce(actor: Actor, venue: str, state: Any) -> Any:
    return _whole(state) if _any(actor, WORKFORCE, f"venue:{venue}") else None


def _volunteer(actor: Actor, rest: str, state: Any) -> Any:
    person = rest.rpartition(":")[2]
    return _whole(state) if _is(actor, person) or _any(actor, ("WF_PLANNER", "AUDITOR"), "") else None


def _notices(actor: Actor, recipient: str, state: Any) -> Any:
    kind, _, code = recipient.partition(":")
    if kind == "per":
        return _volunteer(actor, code, state)
    return _whole(state) if is_recipient(actor, recipient) or _any(actor, ENTRIES, "") else None


def _headcount(actor: Actor, rest: str, state: Any) -> Any:
    venue = rest.partition(":")[2].partition(":")[0]
    return _workforce(actor, venue, state)


def _account(actor: Actor, person: str, state: Any) -> Any:
    """Show an account without the digest of its invitation, which is nobody's business."""
    if actor.id != person and not _any(actor, ACCOUNTS, ""):
        return None
    return {"status": state.status, "tenures": _whole(state.tenures), "credentials": _whole(state.credentials)}


def _device(actor: Actor, device: str, state: Any) -> Any:
    if not _any(actor, (*ACCOUNTS, "VENUE_ACR"), f"venue:{state.venue}"):
        return None
    return {name: getattr(state, name) for name in ("status", "venue", "key", "invited_by")}


def _retention(actor: Actor, games: str, state: Any) -> Any:
    return _whole(state) if _any(actor, ("DPO", "AUDITOR"), "") else None


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "acct": _account,
        "dev": _device,
        "del": _delegation,
        "dp": _passes,
        "ebk": _entry_book,
        "hc": _headcount,
        "ntc": _notices,
        "per": _person,
        "ret": _retention,
        "ro": _organisation,
        "sch": _schedule,
        "uni": _volunteer,
        "vol": _volunteer,
        "wf": _workforce,
    }
)
