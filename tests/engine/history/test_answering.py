"""Answers: what the history says is what a host says that folds the log up to there."""

from __future__ import annotations

import shutil
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import msgspec
import pytest

from engine.errors import NotKnown
from engine.history import questions as q
from engine.history.answering import answer
from engine.history.errors import HistoryNotFound
from engine.history.historian import Historian
from engine.history.place import parse
from engine.history.rows import columns_of_changes, columns_of_cuts, sport_day
from engine.history.store import Store
from engine.history.tables import CHANGES, CUTS, EPOCHS
from engine.host import Host
from engine.raw import Raw
from engine.sqlite_log import SqliteLog
from engine.streams import read_raw
from engine.views import View, encode_row
from feeds.history_view import view_of
from podium.wiring import host_over
from schemas.cut import Change, Cut
from schemas.views import CorrectionRow, MedalTableRow
from tests.engine.history.clickhouse_server import ClickHouseServer
from tests.engine.history.conftest import START, Half


class Told(NamedTuple):
    """A history, and the truth about it."""

    store: Store
    host: Host
    cuts: list[Cut]
    raws: list[Raw]
    half: Half

    def ask(self, question: q.Question) -> Any:
        """Return an answer as whoever asked would have it."""
        data = msgspec.json.encode(answer(self.store, question))
        return msgspec.json.decode(data, type=q.ANSWERS[type(question)])


@pytest.fixture(scope="module", params=["folder", "server"])
def told(request: pytest.FixtureRequest, half: Half, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """A whole Games in a history."""
    folder: Path = tmp_path_factory.mktemp("told")
    server = ClickHouseServer(folder / "server") if request.param == "server" else None
    place = parse(server.url if server else str(folder / "history"))
    shutil.copy(half.path, folder / "games.db")
    with SqliteLog.open(folder / "games.db") as log:
        half.rest(log)
        historian = Historian(lambda: host_over(log), place, lambda: START, games=half.games)
        assert historian.work()
        historian.close()
        host, cuts = host_over(log), list[Cut]()
        host.load()
        host.catch_up()
        fresh = host_over(log)
        fresh.listen(lambda cut, _: cuts.append(cut))
        fresh.catch_up()
        store = Store.open(place)
        yield Told(store, host, cuts, list(read_raw(log)), half)
        store.close()
        if server:
            server.close()


def everything(view: View) -> tuple[object, ...]:
    return view.name, view.rows, view.revisions, view.sequence, view.cut, view.time, view.hash


def test_a_view_at_a_cut_is_what_the_host_says(told: Told, seed: int) -> None:
    chance = Random(seed)
    names = told.host.views.names()
    for cut in (0, told.cuts[-1].number, *chance.sample(range(2, len(told.cuts)), 2)):
        when = f"{told.host.epoch}.{cut}"
        past = told.host.state_at(when)
        for name in ("medals/table", *chance.sample(names, 3), *chance.choices(past.views.names() or names, k=2)):
            found = told.ask(q.ViewAsOf(view=name, when=when))
            assert everything(view_of(found)) == everything(past.views.get(name) or View(name))
            assert (found.epoch, found.cut) == (told.host.epoch, cut)
            assert told.ask(q.ViewAsOf(view=name, when=str(cut))) == found


def test_a_view_at_an_instant_is_what_the_host_says(told: Told, seed: int) -> None:
    chance = Random(seed)
    first, last = told.cuts[0].time, told.cuts[-1].time
    between = [chance.choice(told.cuts).time for _ in range(2)]
    for time in (first - 1_000_000, last + 1_000_000, *between, between[0] - 1):
        when = datetime.fromtimestamp(time // 1_000_000, UTC).replace(microsecond=time % 1_000_000).isoformat()
        past = told.host.state_at(when)
        found = told.ask(q.ViewAsOf(view="medals/table", when=when))
        assert everything(view_of(found)) == everything(past.views.get("medals/table") or View("medals/table"))
        assert found.cut == past.views.cut


def test_a_row_that_was_removed_is_not_in_the_view(told: Told) -> None:
    cut, change = next((cut, change) for cut in told.cuts for change in cut.changes if change.row is None)
    for number in (cut.number - 1, cut.number):
        found = told.ask(q.ViewAsOf(view=change.view, when=str(number)))
        past = told.host.state_at(f"{told.host.epoch}.{number}").views[change.view]
        assert everything(view_of(found)) == everything(past)
        assert (change.key in found.rows) == (number < cut.number)


def test_without_a_time_a_view_is_as_known_now_with_what_last_changed_each_row(told: Told) -> None:
    found = told.ask(q.ViewAsOf(view="medals/table"))
    assert everything(view_of(found)) == everything(told.host.views["medals/table"])
    last = {change.key: cut.because for cut in told.cuts for change in cut.changes if change.view == "medals/table"}
    assert {key: tuple(held.because) for key, held in found.rows.items()} == last


@pytest.mark.parametrize(
    ("when", "why"),
    [
        ("other.1", "the epoch is {epoch}"),
        ("{epoch}.{beyond}", "the newest cut that the history knows is {newest}"),
        ("99999999999999999999999", "the newest cut that the history knows is {newest}"),
        ("yesterday", "neither {{epoch}}.{{cut}} nor an RFC 3339 instant"),
    ],
)
def test_what_is_not_known_is_said(told: Told, when: str, why: str) -> None:
    newest = told.cuts[-1].number
    facts: dict[str, Any] = {"epoch": told.host.epoch, "newest": newest, "beyond": newest + 1}
    when = when.format(**facts)
    with pytest.raises(NotKnown) as caught:
        told.ask(q.ViewAsOf(view="medals/table", when=when))
    assert str(caught.value) == f"as of {when}: {why.format(**facts)}"


def test_a_row_s_revisions_are_all_that_it_ever_was(told: Told, seed: int) -> None:
    said: dict[tuple[str, str], list[tuple[Cut, Change]]] = defaultdict(list)
    for cut in told.cuts:
        for change in cut.changes:
            said[change.view, change.key].append((cut, change))
    most = max(said, key=lambda place: len(said[place]))
    gone = next(place for place, pairs in said.items() if any(change.row is None for _, change in pairs))
    reasoned = next(place for place, pairs in said.items() if any(c.row and c.row.reason for _, c in pairs))
    for view, key in (most, gone, reasoned, *Random(seed).sample(sorted(said), 3)):
        found = told.ask(q.Revisions(view=view, key=key))
        assert (found.view, found.key, found.cut) == (view, key, told.cuts[-1].number)
        assert [
            (r.cut, r.revision, r.time, r.at, tuple(r.because), r.reason, bytes(r.row)) for r in found.revisions
        ] == [
            (
                *(cut.number, change.revision, cut.time, cut.at, cut.because),
                *(("", b"null") if change.row is None else (change.row.reason, encode_row(change.row))),
            )
            for cut, change in said[view, key]
        ]


def test_a_row_that_never_was_has_no_revisions(told: Told) -> None:
    assert told.ask(q.Revisions(view="medals/table", key="'; --")).revisions == []


Rows = dict[tuple[str, str], bytes]


def rows_of(host: Host) -> Rows:
    views = host.views
    return {(name, key): encode_row(row) for name in views.names() for key, row in views[name].rows.items()}


def test_between_two_cuts_is_the_difference_of_the_views(told: Told, seed: int) -> None:
    chance = Random(seed)
    since, until = sorted(chance.sample(range(len(told.cuts)), 2))
    before, after = (rows_of(told.host.state_at(f"{told.host.epoch}.{cut}")) for cut in (since, until))
    others = sorted(place for place in before.keys() | after.keys() if before.get(place) != after.get(place))
    found = told.ask(q.Between(since=str(since), until=str(until), limit=q.MOST))
    assert (found.since, found.until, found.more) == (since, until, False)
    assert [((c.view, c.key), bytes(c.was), bytes(c.now)) for c in found.changes] == [
        (place, before.get(place, b"null"), after.get(place, b"null")) for place in others
    ]
    for one in chance.sample(found.changes, min(len(found.changes), 5)):
        cuts = [
            cut
            for cut in told.cuts[since:until]
            for change in cut.changes
            if (change.view, change.key) == (one.view, one.key)
        ]
        assert (one.changes, one.cut, tuple(one.because)) == (len(cuts), cuts[-1].number, cuts[-1].because)
    few = told.ask(q.Between(since=str(since), until=str(until), limit=2))
    assert (few.changes, few.more) == (found.changes[:2], len(others) > 2)


def test_between_two_cuts_is_asked_for_some_views(told: Told) -> None:
    whole = told.ask(q.Between(since="0", limit=q.MOST)).changes
    wanted_by: dict[str, Callable[[str], bool]] = {
        "medals/**": lambda view: view.startswith("medals/"),
        "medals/*": lambda view: view.startswith("medals/") and view.count("/") == 1,
        "medals/table": lambda view: view == "medals/table",
        "*/ATH": lambda view: view.count("/") == 1 and view.endswith("/ATH"),
        "venues": lambda view: view == "venues",
        "medal.": lambda view: False,
    }
    for match, wanted in wanted_by.items():
        found = told.ask(q.Between(since="0", match=match, limit=q.MOST)).changes
        assert found == [one for one in whole if wanted(one.view)], match


def test_corrections_are_counted_by_venue_and_discipline(told: Told) -> None:
    truth: dict[tuple[str, str], list[int]] = defaultdict(list)
    for name in told.host.views.names():
        if name.startswith("corrections/"):
            for key, row in told.host.views[name].rows.items():
                assert isinstance(row, CorrectionRow)
                began = next(c.time for c in told.cuts for x in c.changes if (x.view, x.key) == (name, key))
                assert row.state == "applied"
                truth[key.partition(".")[0], name[-3:]].append(began)
    lines = [q.CorrectionsLine(*place, len(t), 0, min(t), max(t)) for place, t in sorted(truth.items())]
    assert lines
    assert told.ask(q.Corrections()).corrections == lines
    assert told.ask(q.Corrections(venue=lines[0].venue)).corrections == [
        line for line in lines if line.venue == lines[0].venue
    ]
    assert told.ask(q.Corrections(discipline=lines[-1].discipline)).corrections == [
        line for line in lines if line.discipline == lines[-1].discipline
    ]
    assert told.ask(q.Corrections(venue="nowhere")).corrections == []


def test_a_correction_may_be_pending_and_one_that_was_removed_does_not_count(told: Told) -> None:
    def cut(number: int, key: str, row: CorrectionRow | None) -> Cut:
        return Cut(number, number, (key,), 1000 * number, 0, [Change("corrections/ATH", key, row, 1)])

    waiting = CorrectionRow(unit="U", state="pending")
    cuts = [
        *(
            cut(1, "HOH.desk/s/1", waiting),
            cut(2, "HOH.desk/s/2", waiting),
            cut(3, "HOH.desk/s/3", CorrectionRow(unit="U")),
        ),
        *(cut(4, "HOH.desk/s/1", CorrectionRow(unit="U")), cut(5, "HOH.desk/s/3", None)),
    ]
    told.store.insert(EPOCHS, [["e3"], ["other"], ["live"], ["XG"], ["Games"], [START + 1]], "e3")
    told.store.insert(CHANGES, columns_of_changes("e3", cuts), "e3/1-5")
    told.store.insert(CUTS, columns_of_cuts("e3", told.half.games, cuts), "e3/1-5")
    try:
        found = told.ask(q.Corrections(epoch="e3"))
        assert found == q.CorrectionsAnswer("e3", 5, [q.CorrectionsLine("HOH", "ATH", 1, 1, 1000, 2000)])
    finally:
        for table in ("epochs", "changes", "cuts"):
            told.store._client.command(f"DELETE FROM {table} WHERE epoch = 'e3'")


def test_latency_is_from_venue_time_to_log_time(told: Told) -> None:
    truth: dict[tuple[str, int], list[float]] = defaultdict(list)
    for raw in told.raws:
        if raw.serial > 0 and raw.at:
            hour = raw.time // 3_600_000_000 * 3_600_000_000
            truth[raw.source.partition(".")[0], hour].append(raw.time / 1000 - raw.at)
    found = told.ask(q.Latency())
    assert (found.log, found.position) == (told.host.log.id, told.raws[-1].position)
    assert [(line.venue, line.hour, line.messages) for line in found.latency] == [
        (*place, len(taken)) for place, taken in sorted(truth.items())
    ]
    for line in found.latency:
        taken = sorted(truth[line.venue, line.hour])
        assert line.longest == pytest.approx(taken[-1], abs=0.001)
        assert line.p50 == pytest.approx(statistics.median(taken), abs=0.001)
        if len(taken) > 1:
            cut = statistics.quantiles(taken, n=1000, method="inclusive")
            assert (line.p99, line.p999) == pytest.approx((cut[989], cut[998]), abs=0.001)
    venue = found.latency[0].venue
    assert told.ask(q.Latency(venue=venue)).latency == [line for line in found.latency if line.venue == venue]


def test_the_medal_table_of_a_day_is_that_of_its_last_cut(told: Told) -> None:
    last = {sport_day(cut.time, told.half.games): cut.number for cut in told.cuts}
    days = []
    for day, cut in last.items():
        table = told.host.state_at(f"{told.host.epoch}.{cut}").views.get("medals/table") or View("medals/table")
        rows = [row for row in table.rows.values() if isinstance(row, MedalTableRow)]
        rows.sort(key=lambda row: row.sort)
        days.append(
            q.MedalDay(
                day, cut, [q.MedalLine(r.rank, r.organisation, r.gold, r.silver, r.bronze, r.total) for r in rows]
            )
        )
    assert len(days) == 2
    assert days[-1].medals != days[0].medals
    assert told.ask(q.MedalDays()) == q.MedalDaysAnswer(told.host.epoch, told.cuts[-1].number, days)


def test_a_history_that_nobody_writes_says_how_far_it_is(told: Told) -> None:
    newest = told.cuts[-1]
    assert told.ask(q.Standing()) == q.Progress(
        history=told.store.place.name,
        state="idle",
        log=told.host.log.id,
        epoch=told.host.epoch,
        position=told.raws[-1].position,
        cut=newest.number,
        cut_time=newest.time,
        behind=None,
        failures=0,
        error="",
        since=0,
    )


def test_an_epoch_is_named_where_there_are_several_logs(told: Told) -> None:
    with pytest.raises(HistoryNotFound, match="it holds nothing of epoch e9"):
        told.ask(q.MedalDays(epoch="e9"))
    told.store.insert(EPOCHS, [["e2"], ["other"], ["live"], ["XG"], ["Games"], [START + 1]], "e2")
    try:
        with pytest.raises(HistoryNotFound, match="it holds several logs: name an epoch of"):
            told.ask(q.MedalDays())
        assert told.ask(q.MedalDays(epoch=told.host.epoch)).cut == told.cuts[-1].number
        assert told.ask(q.MedalDays(epoch="e2")) == q.MedalDaysAnswer("e2", 0, [])
        assert answer(told.store, q.MedalDays(), told.host.epoch) == told.ask(q.MedalDays(epoch=told.host.epoch))
    finally:
        told.store._client.command("DELETE FROM epochs WHERE epoch = 'e2'")
