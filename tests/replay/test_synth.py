"""The synthetic Games: the same bytes for the same seed, and every law of an archive kept."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.archive_intake import take_in
from engine.sports import load_sports
from engine.sqlite_log import SqliteLog
from replay.archive import Archive, Message, write
from replay.synth import Scale, Synthesis, synthesise
from schemas import messages as m
from schemas import sport
from schemas.rsc import is_event, is_rsc

SPORTS = load_sports()
MODELS = set(get_args(sport.Model))
NOTES = {
    "source_connected",
    "source_disconnected",
    "source_silent",
    "source_returned",
    "serials_lost",
    "serials_healed",
}


@cache
def made(seed: int, scale: Scale) -> tuple[Synthesis, list[Message]]:
    """Return a synthetic Games and all its messages."""
    synthesis = Synthesis(seed, scale)
    return synthesis, list(synthesis)


def digest(messages: Iterable[Message]) -> str:
    """Return a hash over every field of every message."""
    hashed = blake2b(digest_size=16)
    for message in messages:
        hashed.update(repr(tuple(message)).encode())
    return hashed.hexdigest()


def name(message: Message) -> str:
    return f"{message.source}/{message.session}/{message.serial}"


class Named(msgspec.Struct):
    """What a message is and is about."""

    kind: str
    unit: str = ""
    event: str = ""


def kind_of(data: bytes) -> str:
    return msgspec.json.decode(data, type=Named).kind


def declared_lost(messages: list[Message]) -> set[tuple[str, str, int]]:
    """Return the names of all serials that a note declares lost."""
    lost = set()
    for message in messages:
        if message.serial < 0:
            note = m.decode(message.data)
            if isinstance(note, m.SerialsLost):
                lost |= {(message.source, note.session, serial) for serial in range(note.first, note.last + 1)}
    return lost


# -- the same again ------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes() -> None:
    header, messages = synthesise(7, "small")
    again, more = synthesise(7, "small")
    assert header == again
    assert list(messages) == list(more)


def test_another_seed_gives_other_bytes() -> None:
    assert digest(made(7, "small")[1]) != digest(made(8, "small")[1])


def test_neither_the_hash_seed_nor_what_was_made_before_matters() -> None:
    code = (
        "from hashlib import blake2b; from replay.synth import synthesise; h = blake2b(digest_size=16)\n"
        "for message in synthesise(3, 'small')[1]: h.update(repr(tuple(message)).encode())\n"
        "print(h.hexdigest())"
    )
    root = Path(__file__).resolve().parents[2]
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=root,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert found == {digest(made(3, "small")[1])}


def test_an_archive_of_it_can_be_written_and_read(tmp_path: Path) -> None:
    synthesis, messages = made(7, "small")
    path = tmp_path / "small.podium"
    assert write(path, synthesis.header, messages) == len(messages)
    archive = Archive(path)
    assert archive.header.synthetic
    assert list(archive) == messages


# -- laws of the stream, for any seed ------------------------------------------------------------------------------

seeds = st.integers(0, 10**9)
some = settings(max_examples=5)


@given(seeds)
@some
def test_messages_stand_in_the_order_of_log_time(seed: int) -> None:
    times = [message.time for message in synthesise(seed, "small")[1]]
    assert times == sorted(times)


@given(seeds)
@some
def test_serials_run_without_a_gap_save_what_is_declared_lost(seed: int) -> None:
    _, messages = made(seed, "small")
    lost = declared_lost(messages)
    last: dict[tuple[str, str], int] = defaultdict(int)
    late = []
    for message in messages:
        stream, place = (message.source, message.session), (message.source, message.session, message.serial)
        if message.serial < 0:
            note = m.decode(message.data)
            if isinstance(note, m.SerialsLost):
                assert note.first == last[stream] + 1
                last[stream] = note.last
        elif place in lost and message.serial <= last[stream]:
            late.append(place)
        else:
            assert message.serial == last[stream] + 1
            last[stream] = message.serial
    assert sorted(late) == sorted(lost)  # in a small Games all come after all


@given(seeds)
@some
def test_every_message_decodes_save_the_planned_ones(seed: int) -> None:
    synthesis, messages = made(seed, "small")
    undecodable = []
    for message in messages:
        try:
            decoded = m.decode(message.data)
        except msgspec.DecodeError:
            undecodable.append(name(message))
        else:
            assert message.at in (decoded.at, 0)
            assert (message.serial < 0) == (kind_of(message.data) in NOTES)
    assert sorted(undecodable) == sorted(synthesis.manifest.undecodable)
    assert len(undecodable) >= 2


@given(seeds)
@some
def test_codes_are_rscs_that_their_sports_know(seed: int) -> None:
    synthesis, messages = made(seed, "small")
    for message in messages:
        if name(message) in synthesis.manifest.undecodable:
            continue
        named = msgspec.json.decode(message.data, type=Named)
        code = named.unit or named.event
        assert code == "" or is_rsc(code)
    for code, truth in synthesis.manifest.units.items():
        if truth.model != "total":
            rule = SPORTS[code[:3]].unit_rule(code)
            assert rule is not None
            assert (code, rule.model) == (code, truth.model)
    for code, ended in synthesis.manifest.events.items():
        assert is_event(code)
        assert SPORTS[code[:3]].medal_rule(code) is not None
        assert ended.medals


@given(seeds)
@some
def test_the_manifest_counts_what_is_there(seed: int) -> None:
    synthesis, messages = made(seed, "small")
    manifest = synthesis.manifest
    poison = {name(message) for message in messages if not message.data.startswith(b'{"kind":')}
    kinds = Counter(kind_of(message.data) for message in messages if name(message) not in poison)
    assert manifest.messages == len(messages)
    assert manifest.kinds == kinds
    assert len(poison) == manifest.peculiarities["poison"]
    assert len(declared_lost(messages)) == manifest.peculiarities["serials_lost"]


def test_a_restarted_source_sends_its_day_again() -> None:
    synthesis, messages = made(7, "small")
    sessions: dict[str, dict[str, list[Message]]] = defaultdict(lambda: defaultdict(list))
    for message in messages:
        if message.serial > 0:
            sessions[message.source][message.session].append(message)
    restarted = {source: parts for source, parts in sessions.items() if len(parts) > 1 and source != "central"}
    assert len(restarted) == synthesis.manifest.peculiarities["restart"] == 1
    for first, second in (parts.values() for parts in restarted.values()):
        again = second[: len(first)]
        assert [(one.serial, one.data) for one in first] == [(one.serial, one.data) for one in again]
        assert len(again) == synthesis.manifest.peculiarities["sent_again"]
        assert len(second) > len(first)


async def test_a_log_takes_it_in_whole(tmp_path: Path) -> None:
    _, messages = made(7, "small")
    log = SqliteLog.open(tmp_path / "log.db")
    try:
        replayed = take_in(messages, {}, log, None)
    finally:
        await log.close()
    assert (len(replayed.raws), replayed.duplicates, replayed.refused, replayed.lost) == (len(messages), 0, 0, 0)


# -- sizes ---------------------------------------------------------------------------------------------------------


def test_a_small_games_has_some_events_of_every_result_model() -> None:
    synthesis, messages = made(7, "small")
    assert 5_000 <= len(messages) <= 12_000
    assert 12 <= len(synthesis.manifest.events) <= 20
    assert set(synthesis.manifest.events) == {event.code for event in synthesis.events}
    assert {truth.model for truth in synthesis.manifest.units.values()} == {*MODELS, "total"}
    assert max(message.time for message in messages) - min(message.time for message in messages) < 10 * 3600 * 10**6


@pytest.mark.parametrize(
    "peculiarity",
    [
        *("dead_heat", "photo_finish", "countback", "dns", "dnf", "dsq", "false_start", "deduction", "retired"),
        *("protest_denied", "protest_upheld", "correction", "official_corrected", "retraction", "early_result"),
        *("late_participant", "name_changed", "withdrawn", "participant_replaced", "medal_review", "medal_stripped"),
        *("not_held", "cancelled", "postponed", "moved", "delayed", "unconfirmed", "clock_skew", "restart", "silence"),
        *("serials_lost", "serials_healed", "poison", "unknown_kind"),
    ],
)
def test_a_small_games_has_every_peculiarity_for_some_seed(peculiarity: str) -> None:
    assert any(made(seed, "small")[0].manifest.peculiarities.get(peculiarity) for seed in (7, 8, 1, 2, 3))


def test_a_day_has_all_kinds_and_models() -> None:
    synthesis, messages = made(7, "day")
    assert 100_000 <= len(messages) <= 150_000
    assert set(m.KINDS) - set(synthesis.manifest.kinds) == set()
    assert {truth.model for truth in synthesis.manifest.units.values()} >= MODELS
    assert synthesis.manifest.events


def test_a_full_games_has_the_size_of_a_real_one() -> None:
    synthesis = Synthesis(7, "full")
    last = count = 0
    for message in synthesis:
        assert message.time >= last
        last = message.time
        count += 1
    manifest = synthesis.manifest
    assert count == manifest.messages
    assert 1_400_000 <= count <= 1_600_000
    assert (len(synthesis.events), len(manifest.events), manifest.venues) == (878, 878, 80)
    assert len({event.discipline for event in synthesis.events}) == 45
    assert set(m.KINDS) - set(manifest.kinds) == set()
