"""What gates are sent, made anew each minute from what has happened by then: list, facts and time, signed.

Versions are seconds since 1970, so they grow over restarts and from one process to the next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from desks.errors import NotServed, Unavailable
from desks.gate_folder import BEACON, FACTS, MANIFEST, STATUSES
from desks.gate_publication import Beacon, Facts, Publication, Statuses, encode, pack_entitlements
from desks.issuing import Issuing
from desks.office import Office
from desks.people_index.cards import Cards
from management.gate import Shift, Span
from management.schedule_book import State as Schedule
from management.workforce_state import COUNTED
from management.workforce_state import State as Workforce
from schemas.policy.schedule import Policy

__all__ = ["FILES", "GatePublisher"]

EVERY = 60.0  # seconds
RETRY = 2.0
MINUTES = 60_000
FILES = (MANIFEST, FACTS, STATUSES, BEACON)


class GatePublisher:
    """Makes what gates are sent. Belongs to one loop."""

    def __init__(self, office: Office, cards: Cards, issuing: Issuing, schedule: Policy) -> None:
        """Take what is published and who signs it; the rules of the ``schedule`` say how long gates are open."""
        self._office, self._cards, self._issuing = office, cards, issuing
        self._before, self._after = schedule.gates_before_min * MINUTES, schedule.gates_after_min * MINUTES
        self.files: dict[str, bytes] = {MANIFEST: issuing.manifest()}  # what gates are sent now, by name

    async def run(self, every: float = EVERY) -> None:
        """Publish again and again, until cancelled."""
        while True:
            try:
                await self.publish()
            except (NotServed, Unavailable):  # the lists of before are good for as long as gates allow
                await asyncio.sleep(RETRY)
            else:
                await asyncio.sleep(every)

    async def publish(self) -> None:
        """Make everything anew; raises ``NotServed`` and ``Unavailable``."""
        policy, at = self._cards.policy, self._office.now
        games, version = policy.games, at // 1000
        released, operating = await self._schedule()
        shifts = await self._shifts()
        terms, cards = pack_entitlements({serial: self._cards.entitlement(serial) for serial in self._cards.all})
        facts = Facts(games, version, at, policy, terms, cards, released, operating, shifts)
        statuses = Statuses(games, version, at, self._cards.list.encode())
        made: dict[str, Publication] = {FACTS: facts, STATUSES: statuses, BEACON: Beacon(games, at)}
        publisher = self._issuing.publisher
        self.files[MANIFEST] = self._issuing.manifest()  # it may name another key by now
        self.files |= {name: encode(what, publisher) for name, what in made.items()}

    async def _schedule(self) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[Span, ...]]]:
        """Return the venues of each discipline, and when each is open, by the released schedule."""
        kept = await self._office.read(f"sch:{self._cards.policy.games}")
        state = kept.state if kept else Schedule()
        venues: dict[str, set[str]] = {}
        spans: dict[str, list[Span]] = {}
        for unit, plan in state.live.plans.items():
            venues.setdefault(unit[:3], set()).add(plan.venue)
            spans.setdefault(plan.venue, []).append(Span(plan.start - self._before, plan.end + self._after))
        open_at = {venue: tuple(join(found)) for venue, found in spans.items()}
        return {discipline: tuple(sorted(found)) for discipline, found in venues.items()}, open_at

    async def _shifts(self) -> dict[int, tuple[Shift, ...]]:
        """Return who works when, by the serial of his card, at the venues that let in for shifts only."""
        found: dict[int, list[Shift]] = {}
        for venue, rules in self._cards.policy.venues.items():
            if rules.shift_bound and (kept := await self._office.read(f"wf:{venue}")):
                self._take_shifts(kept.state, found)
        return {serial: tuple(shifts) for serial, shifts in found.items()}

    def _take_shifts(self, state: Workforce, found: dict[int, list[Shift]]) -> None:
        for one in state.assignments.values():
            shift = state.shifts.get(one.shift)
            if shift is not None and one.status in COUNTED:
                for serial in self._cards.serials(one.person):
                    into = found.setdefault(serial, [])
                    into.append(Shift(shift.venue, Span(shift.starts, shift.ends)))


def join(spans: Iterable[Span]) -> list[Span]:
    """Return spans in their order, those that touch as one."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda one: one.first):
        if joined and span.first <= joined[-1].end:
            joined[-1] = Span(joined[-1].first, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined
