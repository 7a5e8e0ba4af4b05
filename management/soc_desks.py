"""What happens at the desks and doors, for the security operations centre: who oversteps, who looks at too much.

Also what must never happen unseen, though it may be right: an override of a quota, a destroyed key, a broken glass.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from management.account_events import AccountClosed, AccountLocked, GlassBroken, GlassMended
from management.command import Recorded
from management.entry_exception import ExceptionGranted
from management.person_record import PersonErased
from management.quota import QuotaMoved, QuotaSet
from management.retention import FieldsExpired
from management.soc_finding import Finding, Kind, Window
from management.soc_signs import (
    CheckpointMismatched,
    CommandRefused,
    PersonalRead,
    RequestTurned,
    Seen,
    SessionStolen,
    SignInTried,
    TimePassed,
)
from management.uniform import UniformOutstanding, UniformOverdue
from schemas.policy.soc import Burst, Policy

__all__ = ["State", "observe"]

TOGETHER = ("SAME_PERSON", "SELF_GRANT")  # codes of an aggregate that wants another person


class State(msgspec.Struct):
    """What has to be remembered of desks."""

    windows: dict[str, Window] = {}  # what is counted, and of whom: "reads P1"
    totals: dict[str, int] = {}  # quota book and category -> places
    glass: dict[str, dict[str, int]] = {}  # person -> grant -> ms, until when its glass is broken
    swept: int = 0


def observe(state: State, seen: Seen, policy: Policy) -> list[Finding]:
    """Take in what was seen, and return what is to be looked at."""
    match seen.what:
        case Recorded():
            return _observe_event(state, seen, seen.what, policy)
        case CommandRefused():
            return _observe_refusal(state, seen, seen.what, policy)
        case TimePassed():
            _sweep(state, seen.at, policy)
            return []
        case _:
            return _observe_sign(state, seen, policy)


# -- events -----------------------------------------------------------------------------------------------------------


def _observe_event(state: State, seen: Seen, recorded: Recorded[Any], policy: Policy) -> list[Finding]:
    findings = _under_broken_glass(state, recorded.actor, recorded.at, recorded.id, recorded.key)
    about = {"key": recorded.key, "actor": recorded.actor}
    match recorded.event:
        case GlassBroken(grant=grant, until=until, role=role, scope=scope):
            state.glass.setdefault(_holder(recorded.key), {})[grant] = until
            findings.append(_of("GLASS_BROKEN", seen, about | {"role": role, "scope": scope}))
        case GlassMended(grant=grant):
            state.glass.get(_holder(recorded.key), {}).pop(grant, None)
        case AccountLocked() | AccountClosed():
            state.glass.pop(_holder(recorded.key), None)
        case QuotaSet(category=category, total=total):
            book = f"{recorded.key} {category}"
            if state.totals.get(book, total) != total:
                findings.append(_of("QUOTA_OVERRIDE", seen, about | {"category": category}))
            state.totals[book] = total
        case QuotaMoved() | ExceptionGranted():
            findings.append(_of("QUOTA_OVERRIDE", seen, about))
        case FieldsExpired(fields=fields):
            findings.append(_of("KEY_DESTROYED", seen, about | {"fields": " ".join(fields)}))
        case PersonErased():
            findings.append(_of("KEY_DESTROYED", seen, about))
            findings += _counted(state, seen, "keys", policy.keys_destroyed, kind="MASS_KEY_DESTRUCTION", subjects={})
        case UniformOutstanding() | UniformOverdue():
            findings.append(_of("UNIFORM_OUTSTANDING", seen, about))
    return findings


def _under_broken_glass(state: State, actor: str, at: int, id: str, key: str) -> list[Finding]:  # noqa: A002
    """Find an act of somebody who has a role in an emergency; the breaking itself comes before it is known here."""
    if not any(at < until for until in state.glass.get(actor, {}).values()):
        return []
    return [Finding("ACT_UNDER_BROKEN_GLASS", id, at, {"actor": actor, "key": key}, (id,))]


def _observe_refusal(state: State, seen: Seen, refused: CommandRefused, policy: Policy) -> list[Finding]:
    findings = _under_broken_glass(state, refused.actor, seen.at, refused.id, refused.key)
    about = {"key": refused.key, "actor": refused.actor, "code": refused.code}
    if refused.code in TOGETHER:
        findings.append(_of("SAME_PERSON_ATTEMPT", seen, about))
    if refused.code == "NOT_AUTHORISED":
        findings += _denied(state, refused.actor, seen, policy)
    return findings


# -- signs of the doors -----------------------------------------------------------------------------------------------


def _observe_sign(state: State, seen: Seen, policy: Policy) -> list[Finding]:
    kind: Kind = "SIGN_INS_FAILED"
    match seen.what:
        case SignInTried(ok=False, account=account, address=address):
            subjects = {"address": address} | ({"account": account} if account else {})
            found = _counted(state, seen, f"address {address}", policy.failed_address, kind=kind, subjects=subjects)
            if account:
                most = policy.failed_account
                found += _counted(state, seen, f"account {account}", most, kind=kind, subjects=subjects)
            return found
        case SessionStolen(account=account, session=session, address=address):
            subjects = {"account": account, "session": session, "address": address}
            return [_of("SESSION_STOLEN", seen, subjects)]
        case RequestTurned(status=403, actor=actor) if actor:
            return _denied(state, actor, seen, policy)
        case PersonalRead(actor=actor, people=people):
            most, kind = policy.personal_reads, "MASS_PERSONAL_READ"
            subjects = {"actor": actor}
            return _counted(state, seen, f"reads {actor}", most, kind=kind, subjects=subjects, count=people)
        case CheckpointMismatched(origin=origin, size=size, expected=expected, found=root) as told:
            subjects = {"origin": origin, "size": str(size), "expected": expected, "found": root}
            subjects |= {"found_size": str(told.found_size), "reason": told.reason}
            return [_of("CHECKPOINT_MISMATCH", seen, subjects)]
        case _:
            return []


# -- counting ---------------------------------------------------------------------------------------------------------


def _of(kind: Kind, seen: Seen, subjects: dict[str, str]) -> Finding:
    return Finding(kind, seen.id, seen.at, subjects, (seen.id,))


def _denied(state: State, actor: str, seen: Seen, policy: Policy) -> list[Finding]:
    return _counted(state, seen, f"denied {actor}", policy.denied, kind="DENIED_OFTEN", subjects={"actor": actor})


def _counted(
    state: State, seen: Seen, name: str, most: Burst, *, kind: Kind, subjects: dict[str, str], count: int = 1
) -> list[Finding]:
    """Count something, and find it where it has just become too much."""
    window = state.windows.setdefault(name, Window())
    if not window.add(seen.at, count, seen.id, most.count, most.span):
        return []
    because = tuple(one for _, _, one in window.seen)
    return [Finding(kind, f"{name} {seen.id}", seen.at, subjects, because)]


def _holder(key: str) -> str:
    return key.partition(":")[2]


_SPANS: dict[str, Callable[[Policy], Burst]] = {
    "address": lambda policy: policy.failed_address,
    "account": lambda policy: policy.failed_account,
    "denied": lambda policy: policy.denied,
    "reads": lambda policy: policy.personal_reads,
    "keys": lambda policy: policy.keys_destroyed,
}


def _sweep(state: State, at: int, policy: Policy) -> None:
    """Let go, once an hour, what is over."""
    if at - state.swept < 3_600_000:
        return
    state.swept = at
    for name, window in list(state.windows.items()):
        if window.is_over(at, _SPANS[name.partition(" ")[0]](policy).span):
            del state.windows[name]
    for person, glass in list(state.glass.items()):
        state.glass[person] = {grant: until for grant, until in glass.items() if until > at}
        if not state.glass[person]:
            del state.glass[person]
