"""Micro-benchmarks of the pure rooms: once each in `make test`, measured by `make bench`."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count, cycle

import pytest
from lxml import etree
from pytest_benchmark.fixture import BenchmarkFixture

from bench.contests import contest, rsc
from bench.games import fold_factory
from bench.nobody import Nobody
from bench.servers.feed import VIEW, Standings
from feeds.encoding import JSON
from feeds.fanout import frame
from feeds.hub import Hub
from feeds.names import Names
from feeds.patterns import decode
from feeds.xml.writer import XmlWriter
from projections.fold import Fold
from schemas import messages as m
from schemas.cut import Change
from schemas.games import DEFAULT_GAMES

LINE = b',"at":1900000000000,'  # an event, as the feed's server of the measurements takes it
UNIT = rsc("SWMM1500MFR", "FNL-", "000100--")
TIMING = "POO.SWM.timing"
START = 1_900_000_000_000  # ms


class Speaker:
    """A source that goes on speaking to a fold."""

    def __init__(self, fold: Fold) -> None:
        self.fold = fold
        self._serials = count(1)

    def say(self, kind: Callable[..., m.Message], **fields: object) -> list[Change]:
        """Say something, at a venue time of its own: without one, what a source said before is compared with it."""
        serial = next(self._serials)
        self.fold.apply(TIMING, "bench", serial, m.encode(kind(at=START + serial, **fields)))
        return self.fold.changes()


@pytest.fixture
def speaker() -> Speaker:
    """A race of a hundred, all of whom have finished: the last one in 1:00:40, the first one in 1:00:01."""
    speaker = Speaker(fold_factory(DEFAULT_GAMES)())
    people = [f"{6_000_000 + lane}" for lane in range(100)]
    speaker.say(m.StartList, unit=UNIT, starters=tuple(m.Starter(participant=code) for code in people))
    for lane, code in enumerate(people):
        speaker.say(m.Finish, unit=UNIT, subject=code, mark=f"15:{lane // 2:02}.{lane % 2 * 5}0")
    return speaker


def test_fold_of_a_whole_contest(benchmark: BenchmarkFixture) -> None:
    numbers = count()

    def hold(fold: Fold, said: list[tuple[str, str, int, bytes]]) -> int:
        changes = 0
        for one in said:
            fold.apply(*one)
            changes += len(fold.changes())
        return changes

    fold = fold_factory(DEFAULT_GAMES)()
    changes = benchmark.pedantic(  # type: ignore[no-untyped-call]
        hold, setup=lambda: ((fold, contest(next(numbers))), {}), rounds=20
    )
    assert changes > 50


def test_fold_of_a_split(benchmark: BenchmarkFixture, speaker: Speaker) -> None:
    marks = cycle(["7:00.10", "7:00.20"])
    changes = benchmark(lambda: speaker.say(m.Split, unit=UNIT, subject="6000050", ordinal=1, mark=next(marks)))
    assert changes


def test_rank_of_a_hundred_rows(benchmark: BenchmarkFixture, speaker: Speaker) -> None:
    """The last becomes the first and the last again: all ranks and gaps are shifted."""
    marks = cycle(["14:00.00", "15:49.50"])
    changes = benchmark(lambda: speaker.say(m.Finish, unit=UNIT, subject="6000099", mark=next(marks)))
    assert len(changes) >= 100


@pytest.fixture(params=[1, 100], ids=["one row", "a hundred rows"])
def feed(request: pytest.FixtureRequest) -> Callable[[], int]:
    """Makes a cut of so many rows and sends it to a subscriber that keeps nothing; returns the bytes sent so far."""
    source, nobody = Standings(request.param), Nobody()
    hub = Hub(source, framer=frame, key=b"bench", now=lambda: 0)
    source.listen(hub.take)
    hub.subscribe(nobody, JSON, 1, decode([VIEW], most=1), now=0.0)

    def send() -> int:
        source.take(LINE)
        assert list(hub.flush(0.0)) == []
        return nobody.size

    return send


def test_cut_encoded_hashed_and_framed(benchmark: BenchmarkFixture, feed: Callable[[], int]) -> None:
    assert benchmark(feed) > 300


def test_xml_of_a_hundred_rows_of_which_one_changed(benchmark: BenchmarkFixture) -> None:
    source = Standings(1)
    writer = XmlWriter(Names(source), DEFAULT_GAMES, lambda: source.mode)

    def write() -> bytes:
        source.take(LINE)
        return writer.write(source.views[VIEW])

    assert benchmark(write).count(b"<Result ") == 100


def test_xml_of_a_hundred_rows_by_lxml(benchmark: BenchmarkFixture) -> None:
    """The yardstick: the same document from its tree."""
    source = Standings(1)
    tree = etree.fromstring(XmlWriter(Names(source), DEFAULT_GAMES, lambda: source.mode).write(source.views[VIEW]))
    assert benchmark(lambda: etree.tostring(tree)).count(b"<Result ") == 100
