"""The registry: every aggregate is what a writer expects of one."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest

from management.aggregates import AGGREGATES, Aggregate, aggregate_of
from management.command import Recorded, Tick

EACH = pytest.mark.parametrize("aggregate", AGGREGATES.values(), ids=AGGREGATES.keys())


def members(union: Any) -> tuple[type, ...]:
    return get_args(union) or (union,)


def test_a_key_belongs_to_the_aggregate_of_its_prefix() -> None:
    assert aggregate_of("ro:FRA") is AGGREGATES["ro"]
    assert [aggregate_of(key) for key in ("ro", "ro:", ":FRA", "", "RO:FRA", "rox:FRA")] == [None] * 6
    assert {prefix: aggregate.prefix for prefix, aggregate in AGGREGATES.items()} == {p: p for p in AGGREGATES}


@EACH
def test_commands_and_events_are_told_apart_by_their_tags(aggregate: Aggregate) -> None:
    msgspec.json.Decoder(aggregate.command | Tick)  # raises where two have one tag
    recorded: Any = Recorded
    msgspec.json.Decoder(recorded[aggregate.event])


@EACH
def test_what_has_not_happened_has_a_state_without_deadlines_that_can_be_kept(aggregate: Aggregate) -> None:
    state = aggregate.state()
    assert aggregate.due(state) is None
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=aggregate.state) == state


@EACH
def test_what_is_personal_is_a_field_of_some_command(aggregate: Aggregate) -> None:
    fields = {field for one in members(aggregate.command) for field in one.__struct_fields__}  # type: ignore[attr-defined]
    assert aggregate.personal - fields == set()


def test_every_aggregate_of_the_room_is_here() -> None:
    assert " ".join(sorted(AGGREGATES)) == "acct del dev dp ebk hc ntc per ret ro sch uni uq vol wf"


@pytest.mark.parametrize(("key", "fact"), [("per:P1", "born"), ("vol:G:P1", "born"), ("ebk:SWM", "facts")])
def test_facts_about_a_person_are_named(key: str, fact: str) -> None:
    aggregate = aggregate_of(key)
    assert aggregate is not None
    assert {fact} - aggregate.personal == set()


@EACH
def test_no_secret_is_kept(aggregate: Aggregate) -> None:
    kept = [
        f"{one.__name__}.{field}"
        for one in members(aggregate.command)
        for field in one.__struct_fields__  # type: ignore[attr-defined]
        if field in ("secret", "password", "pin") and field not in aggregate.personal
    ]
    assert kept == []


@EACH
def test_no_birth_date_of_a_command_is_kept(aggregate: Aggregate) -> None:
    kept = [
        f"{one.__name__}.{field}"
        for one in members(aggregate.command)
        for field in one.__struct_fields__  # type: ignore[attr-defined]
        if field in ("born", "birth", "birth_date", "name", "document", "facts") and field not in aggregate.personal
    ]
    assert kept == []


@EACH
def test_an_event_holds_no_birth_date(aggregate: Aggregate) -> None:
    fields = {field for one in members(aggregate.event) for field in one.__struct_fields__}  # type: ignore[attr-defined]
    assert fields & {"born", "birth", "birth_date", "name", "document", "facts"} == set()
