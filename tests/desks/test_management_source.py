"""What is public enters the raw log: once, in its order, and no more of a person than is published as sport."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from desks.facts import Document, Facts
from desks.key_store import KeyStore
from desks.key_wrap import HeldWrapper
from desks.management_source import SOURCE, ManagementSource
from desks.outcome import Position
from desks.public_facts import opened_by
from desks.vault import Place, Vault
from engine.errors import Fenced
from engine.gateway import Gateway
from engine.limits import Limits
from engine.log import Log
from engine.raw import GENESIS, Raw, link
from engine.sports import load_sports
from engine.sqlite_log import SqliteLog
from engine.streams import read_raw
from engine.views import Views
from management.command import Received
from management.entry import ConfirmEntries, WithdrawEntry
from management.long_list import LongListAthlete, SignEligibilityForm
from management.publication import Known, Open, Sealed
from management.schedule_draft import RecordStarters, Starter
from projections.fold import Fold
from schemas import messages as m
from schemas.games import DEFAULT_GAMES
from schemas.published_fields import PUBLISHED
from schemas.views import EntryRow, ParticipantRow, ScheduleRow, StartRow
from tests.desks.begun import begun
from tests.desks.conftest import OpenLog
from tests.desks.people import PARTITIONS, POLICIES, People, Step, clock
from tests.desks.test_cascades_on_a_log import POSTPONED, RELEASED
from tests.desks.test_reactor import Steps, Stopped, StoppingLog
from tests.management import entry_hands as ebk
from tests.management import schedule_hands as sch

ANN = Facts(print_name="ABLE Ann", family_name="Able", born=date(1998, 5, 5), photo=b"jpeg", email="ann@example.org")
BOOK = ebk.Book()


def nobody(sealed: Sealed) -> Known:
    return Known()


def listed(athlete: str, sealed: bytes = b"") -> list[Step]:
    return [
        ("ebk:SWM", LongListAthlete("AAA", athlete, "M", sealed), ebk.noc("AAA"), ebk.SPRING),
        ("ebk:SWM", SignEligibilityForm(athlete), ebk.noc("AAA"), ebk.SPRING),
    ]


def enter(athlete: str, event: str) -> Step:
    return ("ebk:SWM", BOOK.entry(athlete, event, ebk.OQT), ebk.noc("AAA"), ebk.SPRING)


CONFIRM: Step = ("ebk:SWM", ConfirmEntries("AAA"), ebk.OFFICE, ebk.LATE)
STORY: list[Step] = [
    *RELEASED,
    *listed("P1"),
    *listed("P2"),
    enter("P1", ebk.M100),
    enter("P1", ebk.M200),
    enter("P2", ebk.M100),
    CONFIRM,
    ("ebk:SWM", WithdrawEntry("AAA", "P2", ebk.M100), ebk.noc("AAA"), ebk.LATE),
    ("sch:T20", RecordStarters(sch.WOMEN, (Starter("P7", "AAA"), Starter("P8", "BBB"))), sch.SYSTEM, sch.JULY),
    *POSTPONED,
]


async def speak(log: Log, unseal: Open = nobody, **options: Any) -> int:
    """Open the source anew and have it say all there is."""
    source = await begun(ManagementSource(log, clock, POLICIES, unseal, partitions=PARTITIONS, **options))
    return await source.catch_up()


def said(log: Log) -> list[Raw]:
    return [raw for raw in read_raw(log) if raw.source == SOURCE]


def views_of(log: Log) -> Views:
    """Fold what came, and return what it shows."""
    fold, views = Fold(load_sports(), DEFAULT_GAMES), Views()
    for raw in read_raw(log):
        fold.apply(raw.source, raw.session, raw.serial, raw.data)
    views.put(fold.changes())
    return views


async def test_confirmed_entries_and_the_released_schedule_are_shown_by_the_results_side(open_log: OpenLog) -> None:
    log = await open_log()
    people = await People.over(log)
    await people.do(*STORY)
    assert await speak(log) == len(said(log)) == 10
    views = views_of(log)
    assert views["participants/SWM"].rows == {
        "P1": ParticipantRow(code="P1", name="P1", organisation="AAA", gender="M", events=(ebk.M100, ebk.M200)),
        "P2": ParticipantRow(code="P2", name="P2", organisation="AAA", gender="M"),
    }
    assert views[f"entries/{ebk.M100}"].rows == {
        "P1": EntryRow(participant="P1"),
        "P2": EntryRow(participant="P2", withdrawn=True),
    }
    assert views[f"startlist/{sch.WOMEN}"].rows == {p: StartRow(participant=p) for p in ("P7", "P8")}
    women = sch.bay("2021-07-31T08:00")
    assert views["schedule/TRI"].rows == {
        sch.MEN: ScheduleRow(unit=sch.MEN, venue="BAY", location="COURSE", day="2021-07-30", status="POSTPONED"),
        sch.WOMEN: ScheduleRow(
            unit=sch.WOMEN,
            start=women.start,
            end=women.end,
            venue="BAY",
            location="COURSE",
            day="2021-07-31",
        ),
    }
    digest = views.digest()
    assert await speak(log) == 0  # another one takes over, and has nothing to add
    assert views_of(log).digest() == digest
    await people.writer.close()


async def test_a_message_names_its_event_and_stands_in_a_chain_without_gaps(tmp_path: Path) -> None:
    people = await People.open(tmp_path)
    await people.do(*STORY)
    await speak(people.log)
    chain = GENESIS
    for number, raw in enumerate(said(people.log), 1):
        assert (raw.session, raw.serial) == ("T20", number)
        chain = link(chain, SOURCE, raw.session, raw.serial, raw.data)
        assert raw.chain == chain
    released = [json.loads(raw.data) for raw in said(people.log)][:2]
    assert {Position.parse(one["from"]).partition for one in released} == {PARTITIONS.of("sch:T20")}
    assert [one["part"] for one in released] == ["1/2", "2/2"]
    await people.close()


async def test_what_waits_for_its_confirmation_is_nobody_elses_business(tmp_path: Path) -> None:
    people = await People.open(tmp_path)
    await people.do(*RELEASED[:2], *listed("P1"), enter("P1", ebk.M100))
    assert await speak(people.log) == 0
    await people.close()


async def test_it_may_be_stopped_between_any_two_steps(tmp_path: Path) -> None:
    story = tmp_path / "story"
    story.mkdir()
    people = await People.open(story)
    await people.do(*STORY)
    await people.close()
    ends = []
    for left in (10_000, *range(100)):
        shutil.copytree(story, tmp_path / str(left))
        with SqliteLog.open(tmp_path / str(left) / "games.podium") as log:
            stopping = StoppingLog(log)
            stopping.steps = Steps(left)
            with suppress(Stopped):
                await speak(stopping, batch=4)
            await speak(log)
            ends.append([(raw.name, raw.data, raw.chain) for raw in said(log)])
            done = stopping.steps.left >= 0
        assert ends[-1] == ends[0]
        if done and left < 10_000:
            break
    assert len(ends) > 6


async def test_who_was_taken_over_says_nothing_more(tmp_path: Path) -> None:
    people = await People.open(tmp_path)
    first = await begun(ManagementSource(people.log, clock, POLICIES, nobody, partitions=PARTITIONS))
    await begun(ManagementSource(people.log, clock, POLICIES, nobody, partitions=PARTITIONS))
    await people.do(*RELEASED)
    with pytest.raises(Fenced):
        await first.catch_up()
    assert said(people.log) == []
    await people.close()


async def test_another_log_that_gets_the_same_raw_messages_shows_the_same(tmp_path: Path) -> None:
    people = await People.open(tmp_path)
    await people.do(*STORY[:-4])
    await speak(people.log)
    with SqliteLog.open(tmp_path / "copy.podium") as copy:
        Gateway(copy, clock).store(
            (raw.source, raw.session, raw.serial, raw.at, raw.time, raw.data) for raw in said(people.log)
        )
        assert views_of(copy).digest() == views_of(people.log).digest()
        assert [raw.chain for raw in said(copy)] == [raw.chain for raw in said(people.log)]
    await people.close()


async def test_where_an_archive_brought_what_was_said_the_stream_goes_on(tmp_path: Path) -> None:
    people = await People.open(tmp_path)
    await people.do(*RELEASED)
    await speak(people.log)
    (tmp_path / "new").mkdir()
    new = await People.open(tmp_path / "new")
    Gateway(new.log, clock).store(
        (raw.source, raw.session, raw.serial, raw.at, raw.time, raw.data) for raw in said(people.log)
    )
    await new.do(*RELEASED)
    await speak(new.log)
    raws = said(new.log)
    assert [raw.serial for raw in raws] == [1, 2, 3, 4]
    assert raws[-1].chain == link(raws[-2].chain, SOURCE, "T20", 4, raws[-1].data)
    for one in (people, new):
        await one.close()


async def test_a_gateway_leaves_the_stream_to_its_writer(tmp_path: Path) -> None:
    now = [sch.JULY * 1000]
    people = await People.open(tmp_path, lambda: now[0])
    await people.do(*RELEASED)
    await speak(people.log)
    gateway = Gateway(people.log, lambda: now[0], limits=Limits(silence=1))
    now[0] += 60_000_000
    gateway.tick()
    await gateway.close()
    assert [raw.serial for raw in said(people.log)] == [1, 2]
    assert not gateway.admits(SOURCE)
    await people.close()


# -- what is personal -------------------------------------------------------------------------------------------------


async def test_only_what_is_published_as_sport_crosses_and_an_erased_name_does_not(tmp_path: Path) -> None:
    store = KeyStore.open(tmp_path / "keys.db")
    vault = Vault(store, HeldWrapper(bytes(32)))
    people = await People.open(tmp_path)
    for athlete in ("P1", "P2"):
        step = people.received(listed(athlete)[0])
        document = Document("AAA", "P", f"NUMBER-{athlete}")
        facts = msgspec.structs.replace(ANN, print_name=f"ABLE {athlete}", documents=(document,))
        sealed = vault.seal(athlete, Place("ebk:SWM", step.id), facts)
        command = LongListAthlete("AAA", athlete, "M", sealed)
        wish: Received[Any] = msgspec.structs.replace(step, command=command)
        assert (await people.writer.submit(wish)).accepted
        await people.do(listed(athlete)[1], enter(athlete, ebk.M100))
    vault.destroy(["P2"], ebk.LATE, "C")
    await people.do(CONFIRM, *RELEASED, *STORY[-5:-4])
    await speak(people.log, opened_by(vault))
    rows = views_of(people.log)["participants/SWM"].rows
    assert {code: (row.name, row.birth_date) for code, row in rows.items() if isinstance(row, ParticipantRow)} == {
        "P1": ("ABLE P1", "1998-05-05"),
        "P2": ("P2", ""),
    }
    crossed = {
        (type(message), field)
        for raw in said(people.log)
        for message in [m.decode(raw.data)]
        if type(message) in PUBLISHED
        for field in json.loads(raw.data)
        if field not in ("kind", "at", "from", "part", "unit")  # which say nothing of a person
    }
    assert crossed - {(kind, field) for kind, fields in PUBLISHED.items() for field in fields} == set()
    assert (m.Participant, "birth_date") in crossed
    everything = b"".join(raw.data for raw in said(people.log))
    assert [part for part in (b"NUMBER", b"jpeg", b"ann@", b"Able") if part in everything] == []
    store.close()
    await people.close()


def test_no_other_message_of_the_source_is_about_a_person() -> None:
    people = {"participant", "subject", "starters", "members", "name", "code", "leaves", "enters", "by", "team"}
    said_here = (m.UnitScheduled, m.UnitPostponed, m.UnitCancelled)
    assert [people.intersection(kind.__struct_fields__) for kind in said_here] == [{"name"}, set(), set()]
