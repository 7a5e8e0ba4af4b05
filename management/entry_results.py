"""What became of entries in the field of play: official results and IRMs, as the results side tells them.

They end no entry and judge nobody: the book knows them, so that who looks at an entry sees whether the athlete competed
and was disqualified, and nobody withdraws who has competed. A correction replaces what was told of the unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

import msgspec

from management.command import Received, Refusal
from management.entry_book import Outcome, State, joined, refuse
from schemas.policy.entries import Policy

__all__ = ["DECIDE", "EVOLVE", "Command", "Event", "ReportResults", "ResultsReported"]


class ReportResults(msgspec.Struct, frozen=True, tag="report_results"):
    """Say what the official result of a unit is."""

    unit: str
    event: str
    lines: tuple[Outcome, ...]


class ResultsReported(msgspec.Struct, frozen=True, tag="results_reported"):
    """What the official result of a unit is; another one before it no longer counts."""

    unit: str
    event: str
    lines: tuple[Outcome, ...]


Command = ReportResults
Event = ResultsReported


def report(state: State, received: Received[ReportResults], policy: Policy) -> list[Event] | Refusal:
    """Decide on an official result."""
    wish = received.command
    if not received.actor.may("SYSTEM"):
        return refuse("NOT_AUTHORISED", "only the results side tells results")
    discipline = policy.disciplines.get(received.key.removeprefix("ebk:"))
    if discipline is None or wish.event not in discipline.events:
        return refuse("UNKNOWN", f"there is no event {wish.event} in this book", event=wish.event)
    if state.results.get(wish.unit, ()) == wish.lines:
        return []
    return [ResultsReported(wish.unit, wish.event, wish.lines)]


def _reported(state: State, event: ResultsReported) -> None:
    for key in _starters(event.event, state.results.pop(event.unit, ())):
        state.competed[key].remove(event.unit)
        if not state.competed[key]:
            del state.competed[key]
    if event.lines:
        state.results[event.unit] = event.lines
    for key in _starters(event.event, event.lines):
        state.competed.setdefault(key, []).append(event.unit)


def _starters(event: str, results: Iterable[Outcome]) -> Iterator[str]:
    """Yield participant/event of everybody who did start."""
    return (joined(line.participant, event) for line in results if line.irm != "DNS")


DECIDE: Mapping[type, Callable[..., list[Event] | Refusal]] = MappingProxyType({ReportResults: report})
EVOLVE: Mapping[type, Callable[..., None]] = MappingProxyType({ResultsReported: _reported})
