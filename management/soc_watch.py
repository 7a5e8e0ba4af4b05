"""The watch of the security operations centre: a fold over everything that is seen, whose changes are findings.

No clock: time passes by a sign of its own on the log. So the same log gives the same findings, whoever folds it, and a
finding has a name that makes it one, however often and in whatever order its causes came.
"""

from __future__ import annotations

import msgspec

from management import soc_desks, soc_gates
from management.soc_finding import Finding
from management.soc_signs import Seen, TimePassed
from schemas.policy import accreditation
from schemas.policy.soc import Policy

__all__ = ["State", "observe"]

_HOUR = 3_600_000


class State(msgspec.Struct):
    """What has to be remembered."""

    gates: soc_gates.State = msgspec.field(default_factory=soc_gates.State)
    desks: soc_desks.State = msgspec.field(default_factory=soc_desks.State)
    told: dict[str, int] = {}  # kind and what about -> ms, when it was found


def observe(state: State, seen: Seen, soc: Policy, people: accreditation.Policy) -> list[Finding]:
    """Take in what was seen, and return what is to be looked at and was not told yet."""
    found = soc_gates.observe(state.gates, seen, soc, people) + soc_desks.observe(state.desks, seen, soc)
    news = []
    for finding in found:
        name = f"{finding.kind} {finding.about}"
        if name not in state.told:
            state.told[name] = seen.at
            news.append(finding)
    if isinstance(seen.what, TimePassed):
        _forget(state, seen.at - soc.remember_h * _HOUR)
    return news


def _forget(state: State, until: int) -> None:
    """Let go of what was told long ago; the oldest come first."""
    for name, at in list(state.told.items()):
        if at > until:
            break
        del state.told[name]
