"""The embedded host: cuts, checkpoints, what was known when, and raw messages by their names."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from engine.checkpoints import IMAGES, MANIFESTS, manifests
from engine.epochs import epoch_of
from engine.errors import LogFailed, NotKnown
from engine.host import Host
from engine.log import Fence, Record
from engine.raw import RAW, Raw, record_of
from engine.sports import load_sports
from engine.sqlite_log import SqliteLog
from engine.views import Views
from projections.fold import Fold
from schemas import messages as m
from schemas.cut import Change, Cut
from schemas.games import Games
from schemas.views import VenueRow
from tests.laws.venues import holds, plays
from tests.projections.hand import Said, rsc

SPORTS = load_sports()
UNIT = rsc("ATHM100M", "FNL-", "000100--")
HOUR = 3600.0


def make_fold() -> Fold:
    return Fold(SPORTS)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteLog]:
    with SqliteLog.open(tmp_path / "games.podium", safety_poll=HOUR) as log:
        yield log


def store(log: SqliteLog, said: Sequence[Said], start: int = 1) -> None:
    """Append raw messages, one a second of log time, at once."""
    records = [
        record_of(Raw(source, session, serial, 0, (start + n) * 1_000_000, data))
        for n, (source, session, serial, data) in enumerate(said)
    ]
    if records:
        log.append_now(records)


def race(count: int, first: int = 1) -> list[Said]:
    """Some finishes, of which each changes something."""
    return [
        ("ath.timing", "s1", n, m.encode(m.Finish(unit=UNIT, subject=f"A{n % 7}", mark=f"{10 + n / 100:.2f}", at=n)))
        for n in range(first, first + count)
    ]


def folded(log: SqliteLog, until: int | None = None, epoch: str = "e") -> Host:
    host = Host(log, make_fold, epoch)
    host.catch_up(until)
    return host


def state(host: Host) -> dict[str, Any]:
    """All that a host holds: content, revisions, sequences, numbers, and what its fold would save."""
    views = host.views
    return {
        "cut": (views.cut, views.time),
        "views": {
            name: (views[name].rows, views[name].revisions, views[name].sequence, views[name].cut, views[name].hash)
            for name in views.names()
            if views[name].rows or views[name].sequence
        },
        "digest": views.digest(),
        "fold": host.fold.dump(whole=True).keys(),
    }


# -- cuts ------------------------------------------------------------------------------------------------------------


def test_a_cut_says_what_caused_it(log: SqliteLog) -> None:
    store(log, race(2))
    host = Host(log, make_fold, "e")
    heard: list[tuple[Cut, list[str]]] = []
    host.listen(lambda cut, changed: heard.append((cut, list(changed))))
    assert host.catch_up() == 2
    cut, changed = heard[1]
    assert (cut.number, cut.because, cut.time) == (2, ("ath.timing/s1/2",), 2_000_000)
    assert cut.position == log.read(RAW)[1].position == host.position
    assert f"result/{UNIT}" in changed
    assert {change.view for change in cut.changes} >= set(changed)


def test_what_changes_nothing_makes_no_cut(log: SqliteLog) -> None:
    heartbeat = ("ath.timing", "s2", 1, m.encode(m.Heartbeat()))
    store(log, [*race(1), heartbeat, ("ath.timing", "s2", 2, race(1)[0][3])])
    host = folded(log)
    assert (host.views.cut, host.catch_up()) == (1, 0)
    assert host.position == log.head(RAW)


def test_a_host_catches_up_to_a_position_and_goes_on(log: SqliteLog) -> None:
    store(log, race(10))
    middle = log.read(RAW)[4].position
    host = Host(log, make_fold, "e")
    assert host.catch_up(until=middle) == 5
    assert host.views.cut == 5
    assert host.catch_up() == 5
    assert state(host) == state(folded(log))


async def test_a_host_folds_what_becomes_durable(log: SqliteLog) -> None:
    host = Host(log, make_fold, "e")
    seen = asyncio.Event()
    host.listen(lambda cut, _: seen.set() if cut.number == 5 else None)
    running = asyncio.create_task(host.run())
    store(log, race(3))
    await asyncio.sleep(0)
    store(log, race(2, first=4))
    await asyncio.wait_for(seen.wait(), 30)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert state(host) == state(folded(log))


def test_freshness_is_by_venue(log: SqliteLog) -> None:
    store(log, [("sta.timing", "s", 1, b"{}"), ("tac", "s", 1, b"{}"), ("sta.desk", "s", 1, b"{}")])
    assert folded(log).freshness() == {"sta": 3000, "tac": 2000}


def test_an_epoch_is_of_log_fold_rules_and_games() -> None:
    one = epoch_of("log", 1, b"rules", Games())
    assert len(one) == 12
    others = [
        epoch_of("other", 1, b"rules", Games()),
        epoch_of("log", 2, b"rules", Games()),
        epoch_of("log", 1, b"other", Games()),
        epoch_of("log", 1, b"rules", Games(offset=60)),
    ]
    assert len({one, *others}) == 5
    assert one == epoch_of("log", 1, b"rules", Games())


# -- checkpoints -----------------------------------------------------------------------------------------------------


def restarted(log: SqliteLog, epoch: str = "e") -> Host:
    host = Host(log, make_fold, epoch)
    assert host.load()
    host.catch_up()
    return host


def test_nothing_is_saved_of_nothing_and_nothing_twice(log: SqliteLog) -> None:
    host = Host(log, make_fold, "e")
    assert not host.load()
    assert host.save() is None
    store(log, race(3))
    host.catch_up()
    assert host.save() is not None
    assert host.save() is None
    assert len(host.saved) == 1


def test_what_is_saved_says_what_it_is(log: SqliteLog) -> None:
    store(log, race(3))
    host = folded(log)
    saved = host.save()
    assert saved is not None
    assert (saved.epoch, saved.position, saved.cut, saved.time) == ("e", host.position, 3, 3_000_000)
    assert (saved.digest, saved.whole) == (host.views.digest(), True)
    assert [manifest for _, manifest in manifests(log)] == [saved]
    store(log, race(1, first=4), 4)
    host.catch_up()
    second = host.save()
    assert second is not None
    assert (second.whole, second.base, second.cut) == (False, saved.base, 4)


def test_a_log_that_cannot_be_written_is_not(tmp_path: Path, log: SqliteLog) -> None:
    store(log, race(3))

    class ReadOnly:
        """A log without ``append_now``."""

        id = "x"

        def read(self, *args: Any, **kwargs: Any) -> Any:
            return log.read(*args, **kwargs)

        def partitions(self, topic: str) -> int:
            return log.partitions(topic)

    host = Host(ReadOnly(), make_fold, "e")  # type: ignore[arg-type]
    host.catch_up()
    assert host.save() is None


class Slow(SqliteLog):
    """A log whose appends wait until they are let go, or fail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.go = asyncio.Event()
        self.fails = False

    async def append(self, records: Sequence[Record], *, fence: Fence | None = None) -> list[int]:
        await self.go.wait()
        if self.fails:
            raise LogFailed("games.podium", "appending", "the disk is full")
        return await super().append(records, fence=fence)


async def test_what_is_folded_while_a_checkpoint_is_on_its_way_is_in_the_next(tmp_path: Path) -> None:
    async with Slow.open(tmp_path / "games.podium") as log:
        store(log, race(4))
        host = folded(log)
        for n, fails in ((5, False), (9, True), (13, False)):
            saving = asyncio.create_task(host.save_meanwhile())
            await asyncio.sleep(0)
            store(log, race(4, first=n), n)
            host.catch_up()
            log.fails = fails
            log.go.set()
            await asyncio.wait([saving])
            assert isinstance(saving.exception(), LogFailed) is fails
            log.go.clear()
        log.go.set()
        log.fails = False
        await host.save_meanwhile()
        assert await host.save_meanwhile() is None
        again = Host(log, make_fold, "e")
        assert again.load()
        assert state(again) == state(host) == state(folded(log))


def test_a_host_that_somebody_listens_to_is_not_loaded_any_more(log: SqliteLog) -> None:
    host = Host(log, make_fold, "e")
    host.listen(lambda cut, changed: None)
    with pytest.raises(RuntimeError, match="would not know of what is loaded"):
        host.load()


few = settings(
    max_examples=12,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@few
@given(plays(size=60), st.integers(0, 2**32))
def test_a_host_from_any_checkpoint_is_a_full_re_fold(tmp_path_factory: Any, said: list[Said], seed: int) -> None:
    """Saved at random points, whole or not, restarted at random points: nothing is different."""
    folder = tmp_path_factory.mktemp("host")
    count = itertools.count()

    def law(said: list[Said]) -> object:
        with SqliteLog.open(folder / f"{next(count)}.podium", safety_poll=HOUR) as log:
            store(log, said)
            return _wrong(log, Random(seed))

    holds(law, said)


def _wrong(log: SqliteLog, random: Random) -> object:
    """Fold a log with saves and restarts at random; return what is not as it is in one go."""
    host = Host(log, make_fold, "e")
    positions = [stored.position for stored in log.read(RAW)]
    for position in sorted(random.sample(positions, min(len(positions), 5))):
        host.catch_up(until=position)
        host.save(whole=random.random() < 0.2)
        if random.random() < 0.5:
            host = Host(log, make_fold, "e")
            host.load()
    host.catch_up()
    whole = folded(log)
    if state(host) != state(whole):
        return [(key, value, state(whole)[key]) for key, value in state(host).items() if value != state(whole)[key]]
    for manifest in host.saved:
        if host.state_at(f"e.{manifest.cut}").views.digest() != manifest.digest:
            return manifest
    for number in random.sample(range(whole.views.cut + 1), min(4, whole.views.cut + 1)):
        past, fresh = host.state_at(f"e.{number}"), Host(log, make_fold, "e")
        fresh.fold_until(number)
        if past.views.cut != number or past.views.digest() != fresh.views.digest():
            return number
    return None


def test_another_epoch_sees_nothing_of_old_checkpoints(log: SqliteLog) -> None:
    store(log, race(5))
    folded(log, epoch="old").save()
    other = Host(log, make_fold, "new")
    assert not other.load()
    assert other.saved == []
    other.catch_up()
    other.save()
    assert [manifest.epoch for manifest in restarted(log, "new").saved] == ["new"]


def test_going_back_to_an_old_epoch_mixes_nothing(log: SqliteLog) -> None:
    """A rollback: the images of the epoch in between lie among those of the old one."""

    class Shouting(Fold):
        """Another meaning of the same messages."""

        def changes(self) -> list[Change]:
            return [
                change._replace(row=VenueRow(code="V", name="LOUD")) if change.view == "venues" else change
                for change in super().changes()
            ]

    venue = ("central", "s1", 1, m.encode(m.Venue(code="V", name="quiet")))
    store(log, [venue, *race(3)])
    folded(log, epoch="old").save()
    between = Host(log, lambda: Shouting(SPORTS), "between")
    between.catch_up()
    between.save()
    store(log, race(3, first=4), 10)
    back = restarted(log, "old")
    back.save()
    assert state(restarted(log, "old")) == state(folded(log))


def test_images_that_no_manifest_completes_are_as_if_never_written(log: SqliteLog) -> None:
    """The process died between the images and their manifest, of a later state than what is saved next."""
    store(log, race(4))
    folded(log).save()
    store(log, [*race(8, first=5), ("ath.desk", "s1", 1, m.encode(m.ResultStatus(unit=UNIT, status="OFFICIAL")))], 20)
    dying = restarted(log)
    real, log.append_now = log.append_now, _only(IMAGES, log.append_now)  # type: ignore[method-assign, assignment]
    with pytest.raises(LogFailed):
        dying.save()
    log.append_now = real  # type: ignore[method-assign]
    middle = Host(log, make_fold, "e")
    middle.load()
    middle.catch_up(until=log.read(RAW)[5].position)
    middle.save()
    loaded = Host(log, make_fold, "e")
    loaded.load()
    assert state(loaded) == state(folded(log, until=loaded.position))
    assert state(restarted(log)) == state(folded(log))


def _only(topic: str, append_now: Callable[[Sequence[Record]], list[int]]) -> Callable[[Sequence[Record]], list[int]]:
    def append(records: Sequence[Record], fence: Fence | None = None) -> list[int]:
        if records[0].topic != topic:
            raise LogFailed("log", "append", "the disk is full")
        return append_now(records)

    return append


@pytest.mark.parametrize("refused", [IMAGES, MANIFESTS])
def test_a_save_that_failed_is_made_up_for_by_the_next(log: SqliteLog, refused: str) -> None:
    store(log, race(3))
    host = folded(log)
    host.save()
    store(log, race(2, first=4), 4)
    host.catch_up()
    other = MANIFESTS if refused == IMAGES else IMAGES
    real, log.append_now = log.append_now, _only(other, log.append_now)  # type: ignore[method-assign, assignment]
    with pytest.raises(LogFailed):
        host.save()
    log.append_now = real  # type: ignore[method-assign]
    store(log, race(1, first=6), 10)
    host.catch_up()
    assert host.save() is not None
    assert state(restarted(log)) == state(folded(log))


# -- looking back ----------------------------------------------------------------------------------------------------


@pytest.fixture
def saved(log: SqliteLog) -> Host:
    """A host at cut 20, with checkpoints at 5 and 15; a message a second."""
    store(log, race(20))
    host = Host(log, make_fold, "e")
    for number in (5, 15):
        host.catch_up(until=log.read(RAW)[number - 1].position)
        host.save()
    host.catch_up()
    return host


@pytest.mark.parametrize("cut", [0, 1, 4, 5, 6, 14, 15, 16, 20])
def test_a_view_as_of_a_cut(log: SqliteLog, saved: Host, cut: int) -> None:
    fresh = Host(log, make_fold, "e")
    fresh.fold_until(cut)
    view = saved.as_of(f"result/{UNIT}", f"e.{cut}")
    held = fresh.views.get(f"result/{UNIT}")
    assert view.rows == (held.rows if held is not None else {})
    assert (saved.state_at(f"e.{cut}").views.cut, saved.views.cut) == (cut, 20)


@pytest.mark.parametrize(
    ("when", "cut"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.999999Z", 0),
        ("1970-01-01T00:00:01Z", 1),
        ("1970-01-01T00:00:05.5Z", 5),
        ("1970-01-01T00:00:05", 5),
        ("1970-01-01T00:00:15Z", 15),
        ("1970-01-01T01:00:16+01:00", 16),
        ("2999-01-01T00:00:00Z", 20),
        ("1970-01-01", 0),
        ("0001-01-01T00:00:00+23:59", 0),
    ],
)
def test_a_view_as_of_an_instant_is_the_last_cut_at_or_before_it(saved: Host, when: str, cut: int) -> None:
    assert saved.state_at(when).views.cut == cut


@pytest.mark.parametrize(
    ("when", "why"),
    [
        ("other.3", "the epoch is e"),
        ("e.21", "the newest cut is 20"),
        ("e.999999999999999999999999999", "the newest cut is 20"),
        ("yesterday", "neither {epoch}.{cut} nor an RFC 3339 instant"),
        ("e.x", "neither {epoch}.{cut} nor an RFC 3339 instant"),
        ("e.-1", "neither {epoch}.{cut} nor an RFC 3339 instant"),
        ("e.\u00b2", "neither {epoch}.{cut} nor an RFC 3339 instant"),
        ("e.\u0663", "neither {epoch}.{cut} nor an RFC 3339 instant"),
        ("e." + "9" * 5000, "the newest cut is 20"),
        ("", "neither {epoch}.{cut} nor an RFC 3339 instant"),
    ],
)
def test_what_nobody_can_know(saved: Host, when: str, why: str) -> None:
    with pytest.raises(NotKnown) as caught:
        saved.state_at(when)
    assert (caught.value.when, caught.value.why) == (when, why)


def test_a_view_that_never_was_is_empty(saved: Host) -> None:
    assert saved.as_of("weather/STA", "e.20").rows == {}


# -- raw messages ----------------------------------------------------------------------------------------------------


def test_a_raw_message_is_found_by_its_name(log: SqliteLog) -> None:
    host = Host(log, make_fold, "e")
    assert host.raw("ath.timing/s1/1") is None
    store(log, [*race(3), ("a/b", "s", 1, b"x"), ("ath.timing", "s1", -1, b"note"), ("ath.timing", "s2", 2, b"y")])
    for name, data in (("ath.timing/s1/2", race(3)[1][3]), ("a/b/s/1", b"x"), ("ath.timing/s1/-1", b"note")):
        raw = host.raw(name)
        assert raw is not None
        assert (raw.name, raw.data) == (name, data)
    store(log, race(1, first=4), 30)
    late = host.raw("ath.timing/s1/4")
    assert late is not None
    assert late.position == log.head(RAW)


@pytest.mark.parametrize(
    "name",
    ["", "ath.timing", "ath.timing/s1", "ath.timing/s1/", "ath.timing/s1/x", "ath.timing/s1/0", "ath.timing/s1/9",
     "ath.timing/s2/1", "other/s1/1", "ath.timing/s1/-1", "ath.timing/s1/" + "9" * 30],
)  # fmt: skip
def test_a_name_that_nobody_has(log: SqliteLog, name: str) -> None:
    store(log, [*race(3), ("ath.timing", "s2", 2, b"a hole before it")])
    assert Host(log, make_fold, "e").raw(name) is None


# -- views -----------------------------------------------------------------------------------------------------------


def test_a_row_said_again_with_a_greater_revision_is_no_change() -> None:
    """Nobody was sent that revision, and a host that starts from a checkpoint does not know it."""
    views = Views()
    row = VenueRow(code="V", name="Vee")
    views.apply(Cut(1, 1, (), 0, 0, [Change("venues", "V", row, 1)]))
    assert views.apply(Cut(2, 2, (), 0, 0, [Change("venues", "V", row, 2)])) == []
    assert views["venues"].revisions == {"V": 1}
    assert (views["venues"].sequence, views["venues"].cut, views.cut) == (1, 1, 2)
    assert views.apply(Cut(3, 3, (), 0, 0, [Change("venues", "X", None), Change("none", "X", None)])) == []
    assert views.names() == ["venues"]
