"""Which processes a Games in Kafka runs as: a gateway, the people side, two sets of workers, two edges, a historian.

``docker-compose.yml`` starts the same ones in containers, and ``podium up --local`` as plain processes.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["SETS", "Part", "parts"]

SETS = ("a", "b")
EDGES = 2


class Part(NamedTuple):
    """One process."""

    name: str
    words: tuple[str, ...]  # of its command line, behind ``podium``; what else it needs to know is configuration
    port: str = ""  # the setting of the port that it serves at, beside the one for operations; empty: none
    lines: str = ""  # the setting of its port for venue lines; empty: none

    @property
    def process(self) -> str:
        """What kind of process it is."""
        return self.words[0]


def parts(workers: int = 1, edges: int = EDGES, *, history: bool = True, people: bool = True) -> list[Part]:
    """Return the processes in the order in which a message goes through them: so many workers in each set."""
    hired = [
        Part(f"worker-{name}-{number}", ("worker", "--set", name)) for name in SETS for number in range(1, workers + 1)
    ]
    serving = [Part(f"edge-{number}", ("edge",), port="edge.port") for number in range(1, edges + 1)]
    return [
        Part("gateway", ("gateway",), port="gateway.port", lines="gateway.feed_in"),
        *([Part("people", ("people", "serve"), port="people.port")] if people else []),
        *hired,
        *serving,
        *([Part("historian", ("historian",))] if history else []),
    ]
