"""The scene: all that an import knows, and where it puts what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from replay.paris2024.orders import Order
from replay.paris2024.outbox import Outbox
from replay.paris2024.plan import Planned, Slot
from replay.paris2024.report import Report
from replay.paris2024.results import Unit
from replay.paris2024.times import Times
from schemas.sport import Sport

__all__ = ["Scene", "Venue"]


class Venue(NamedTuple):
    """Who speaks for a discipline at a venue."""

    code: str
    discipline: str

    @property
    def desk(self) -> str:
        """The results desk."""
        return f"{self.code}.{self.discipline}.desk"

    @property
    def timing(self) -> str:
        """Primary timing and scoring."""
        return f"{self.code}.{self.discipline}.timing"

    @property
    def backup(self) -> str:
        """Back-up timing."""
        return f"{self.code}.{self.discipline}.backup"


class Scene(NamedTuple):
    """What is known of the Games; mappings are by the code of the unit."""

    out: Outbox
    report: Report
    sports: Mapping[str, Sport]  # by discipline
    units: Mapping[str, Unit]
    slots: Sequence[Slot]
    plans: Mapping[str, Planned]
    totals: Mapping[str, list[str]]  # total -> its parts
    times: Mapping[str, Times]
    venues: Mapping[str, Venue]

    def decide(self, code: str, orders: Sequence[Order], at: int) -> None:
        """Say the order decisions of a unit and list them."""
        for ordinal, order in enumerate(orders):
            self.out.put(at, self.venues[code].desk, order.decided(code, ordinal))
            stated = " > ".join(" = ".join(group) for group in order.groups)
            self.report.add(order.kind, code, f"{order.reason} ({order.basis})", stated=stated)
