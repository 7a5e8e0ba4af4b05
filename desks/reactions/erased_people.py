"""Documents of whoever was erased: given up, so that their number means nothing any more, unless the person is banned.

A ban outlives the person's data: whom the Games authority revoked, or the security check refused, may not come back
with the same document under another record. What is kept of the document is its keyed hash and nothing else; it passes
to the ban list, a claimant of its own.
"""

from __future__ import annotations

from typing import Any

import msgspec

from desks.reactions.reaction import Manager, Order
from management.command import Recorded
from management.participation_events import ClearanceRefused, Revoked
from management.person_record import ParticipationAdopted, PersonErased
from management.reservation import BANNED, Claimed, ClaimPassed, PassClaim, ReleaseClaim

__all__ = ["ERASED_PEOPLE", "State", "learn", "react"]


class State(msgspec.Struct):
    """Who has which documents, and who is banned."""

    documents: dict[str, list[tuple[str, str]]] = {}  # "per:P1" -> key and value of each claim it ever made
    banned: list[str] = []
    erased: list[str] = []


def learn(state: State, recorded: Recorded[Any]) -> None:
    """Remember claims and bans."""
    match recorded.event:
        case Claimed(value=value, ref=ref) if recorded.key.startswith("uq:doc:"):
            _add(state, ref, recorded.key, value)
        case ClaimPassed(value=value, to=to) if recorded.key.startswith("uq:doc:"):
            _add(state, to, recorded.key, value)
        case Revoked() | ClearanceRefused():
            _ban(state, recorded.key)
        case ParticipationAdopted(record=record, sources=sources):
            if record.status in ("REVOKED", "REFUSED") or any(f"per:{one}" in state.banned for one in sources):
                _ban(state, recorded.key)
        case PersonErased(sources=sources):
            state.erased += [ref for ref in _records(recorded.key, sources) if ref not in state.erased]


def react(state: State, recorded: Recorded[Any]) -> list[Order]:
    """Give up the documents of whoever was erased, or pass them to the ban list; also those that are seen later."""
    match recorded.event:
        case PersonErased(sources=sources):
            refs = _records(recorded.key, sources)
            banned = any(ref in state.banned for ref in refs)
            return [
                _forget(key, value, ref, banned=banned) for ref in refs for key, value in state.documents.get(ref, ())
            ]
        case Claimed(value=value, ref=ref) | ClaimPassed(value=value, to=ref) if ref in state.erased:
            return [_forget(recorded.key, value, ref, banned=ref in state.banned)]
    return []


def _records(key: str, sources: tuple[str, ...]) -> list[str]:
    return [key, *(f"per:{source}" for source in sources)]


def _forget(key: str, value: str, ref: str, *, banned: bool) -> Order:
    return Order(key, PassClaim(value, ref, BANNED) if banned else ReleaseClaim(value, ref))


def _add(state: State, ref: str, key: str, value: str) -> None:
    claims = state.documents.setdefault(ref, [])
    if (key, value) not in claims:
        claims.append((key, value))


def _ban(state: State, key: str) -> None:
    if key not in state.banned:
        state.banned.append(key)


ERASED_PEOPLE = Manager("erased_people", State, learn, react)
