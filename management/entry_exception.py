"""Exceptions: an authority lifts one guard for an athlete, an event or an organisation, with its name and reason.

There is no back door beside this one. What an exception lets through names it in its own event.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import msgspec

from management.command import Received, Refusal
from management.entry_book import Code, State, joined, refuse
from schemas.policy.entries import Policy

__all__ = ["ANY", "DECIDE", "EVOLVE", "STRUCTURAL", "ExceptionGranted", "GrantException", "exception_for"]

ANY = "*"  # every athlete of the organisation, every event

# Without these the book would not hold together, so no policy can have them lifted. Who has no place may be invited.
STRUCTURAL: frozenset[Code] = frozenset({"NOT_LONG_LISTED", "DUPLICATE_ENTRY", "NO_PLACE"})


class GrantException(msgspec.Struct, frozen=True, tag="grant_exception"):
    """Lift a guard."""

    exception: str  # its id
    code: Code  # of the guard
    noc: str
    authority: str  # who decided, and where it is written: "GAMES-EB-2021-07-06/3"
    reason: str
    athlete: str = ANY
    event: str = ANY


class ExceptionGranted(msgspec.Struct, frozen=True, tag="exception_granted"):
    """A guard is lifted."""

    exception: str
    code: Code
    noc: str
    authority: str
    reason: str
    athlete: str = ANY
    event: str = ANY


def exception_for(state: State, code: Code, noc: str, athlete: str, event: str = ANY) -> str | None:
    """Return the id of the narrowest exception that lifts a guard; None where there is none."""
    if not state.exceptions:
        return None
    cases = ((athlete, event), (athlete, ANY), (ANY, event), (ANY, ANY))
    return next((found for case in cases if (found := state.exceptions.get(joined(code, noc, *case)))), None)


def grant(state: State, received: Received[GrantException], policy: Policy) -> list[ExceptionGranted] | Refusal:
    """Decide on an exception."""
    wish = received.command
    if not received.actor.may("GAMES_AUTHORITY"):
        return refuse("NOT_AUTHORISED", "only the authority of the Games grants exceptions")
    if wish.code in STRUCTURAL or wish.code not in policy.exceptable:
        return refuse("NOT_EXCEPTABLE", f"no exception can be made from {wish.code}", guard=wish.code)
    if not wish.authority.strip() or not wish.reason.strip():
        return refuse("REASON", "an exception names who decided it, and why")
    key = joined(wish.code, wish.noc, wish.athlete, wish.event)
    if key in state.exceptions:
        if state.exceptions[key] == wish.exception:
            return []
        return refuse("STATE", "this exception is granted already", exception=state.exceptions[key])
    return [ExceptionGranted(**{name: getattr(wish, name) for name in wish.__struct_fields__})]


def _granted(state: State, event: ExceptionGranted) -> None:
    state.exceptions[joined(event.code, event.noc, event.athlete, event.event)] = event.exception


DECIDE: Mapping[type, Callable[..., list[ExceptionGranted] | Refusal]] = MappingProxyType({GrantException: grant})
EVOLVE: Mapping[type, Callable[..., None]] = MappingProxyType({ExceptionGranted: _granted})
