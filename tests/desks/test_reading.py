"""Events as readers get them."""

from __future__ import annotations

from desks.codec import Codec, encode
from desks.outcome import Position
from desks.partitions import Partitions
from desks.reading import hear
from desks.topics import EVENTS, headers
from engine.log import Stored
from management.command import Recorded
from tests.desks.tally import TALLY, Added


def test_an_event_is_heard_with_its_place_in_the_history() -> None:
    recorded = Recorded("e", "ct:A", 4, Added(2), "c", "ann", 7)
    own = headers(EVENTS, b"3/12", serial=b"77", chain=b"")
    stored = Stored(1200, EVENTS, "ct:A", encode(recorded), 1, own)
    assert hear(stored, Partitions(12), Codec(b"pepper", {"ct": TALLY})) == (Position(3, 77), recorded)
