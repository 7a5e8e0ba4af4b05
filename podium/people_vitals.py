"""How a process of the people side is: what it decides for, how far readers and reactor are, how long answers take."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from desks.office import Office
from engine.metrics import gauge, histogram
from podium.vitals import Vitals

__all__ = ["vitals_of"]


def vitals_of(office: Office, log: str, within: int) -> Vitals:
    """Return the vitals of a process with an office; ``within`` is how many events its readers may be behind."""

    def behind() -> str:
        unread = office.unread
        return f"{unread} events are not taken in, and at most {within} may be" if unread > within else ""

    vitals = Vitals("people", lambda: {"log": log}, {"readers": behind})
    vitals.measure(_PeopleMetrics(office))
    return vitals


class _PeopleMetrics(Collector):
    def __init__(self, office: Office) -> None:
        self._office = office

    def collect(self) -> Iterator[Metric]:
        """Yield what is so by now."""
        office = self._office
        yield gauge("podium_people_partitions", "Partitions that are decided for here.", len(office.writer.serves))
        yield gauge("podium_people_unread_events", "Durable here, and not taken in by the readers.", office.unread)
        yield gauge("podium_people_unreacted_events", "Read, and not seen to by the reactor.", office.unreacted)
        about = "Commands that were answered at the doors, by what became of them."
        decided = CounterMetricFamily("podium_people_commands", about, labels=("code",))
        for code, times in sorted(office.answered.items()):
            decided.add_metric((code,), times)
        yield decided
        yield histogram("podium_people_command_seconds", "From a command to its answer.", (), (((), office.took),))
