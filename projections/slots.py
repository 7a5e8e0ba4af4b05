"""Slots: a fold's state in pieces that are saved when they change, and loaded to go on from there.

What follows from other slots or from the views (standings in order, derived rows, tables) is not saved but rebuilt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from projections.decode import Decoder, SourceState
from projections.discipline import DisciplineFold, Event
from projections.entries import Entry, Name, Said
from projections.people import PeopleFold, PeopleState
from projections.unit import Line, Loss, Unit
from schemas.sport import UnitRule

__all__ = ["dump", "dump_sources", "load", "load_sources"]


class _Unit(msgspec.Struct, array_like=True):
    rule: UnitRule
    irms: tuple[str, ...]
    total: bool
    said: Said
    lines: dict[str, Line]
    decided: dict[str, tuple[bool, int]]
    decided_by: tuple[str, ...]
    pending: list[tuple[Name, Entry]]
    lost: list[Loss]
    revision: int
    amended: bool
    corrected: set[str]


class _Discipline(msgspec.Struct, array_like=True):
    said: Said
    pending: list[tuple[Name, Entry]]


_encode = msgspec.msgpack.Encoder().encode
_unit = msgspec.msgpack.Decoder(_Unit)
_event = msgspec.msgpack.Decoder(Event)
_discipline = msgspec.msgpack.Decoder(_Discipline)
_people = msgspec.msgpack.Decoder(PeopleState)
_source = msgspec.msgpack.Decoder(SourceState)


def _pack(unit: Unit) -> bytes:
    return _encode(_Unit(*(getattr(unit, field) for field in _Unit.__struct_fields__)))


def _unpack(code: str, data: bytes) -> Unit:
    saved = _unit.decode(data)
    unit = Unit(code, **{field: getattr(saved, field) for field in _Unit.__struct_fields__})
    unit.ordered = sorted(unit.lines.values(), key=lambda line: line.key)
    unit.keys = [line.key for line in unit.ordered]
    unit.note_leader()
    unit.dirty.clear()
    unit.note_status()
    unit.note_periods()
    unit.recount()
    return unit


def dump_sources(decoder: Decoder, *, whole: bool) -> dict[str, bytes]:
    """Return the slots of a decoder's sources that changed since the last call, or of all."""
    slots = {
        f"source/{source}": _encode(decoder.sources[source])
        for source in (decoder.sources if whole else decoder.unsaved)
    }
    decoder.unsaved.clear()
    return slots


def dump(people: PeopleFold, disciplines: Mapping[str, DisciplineFold], *, whole: bool) -> dict[str, bytes]:
    """Return the slots of the results that changed since the last call, or all of them."""
    slots: dict[str, bytes] = {}
    if whole or people.unsaved:
        slots["people"] = _encode(people.state)
        people.unsaved = False
    for code, discipline in disciplines.items():
        slots.update(_dump_discipline(code, discipline, whole=whole))
    return slots


def _dump_discipline(code: str, fold: DisciplineFold, *, whole: bool) -> dict[str, bytes]:
    state = fold.state
    slots: dict[str, bytes] = {}
    for unit in state.units if whole else fold.unsaved_units:
        slots[f"unit/{unit}"] = _pack(state.units[unit])
    for event in state.events if whole else fold.unsaved_events:
        slots[f"event/{event}"] = _encode(state.events[event])
    if whole or fold.unsaved:
        slots[f"discipline/{code}"] = _encode(_Discipline(state.said, state.pending))
    fold.unsaved_units.clear()
    fold.unsaved_events.clear()
    fold.unsaved = False
    return slots


def load_sources(decoder: Decoder, slots: Mapping[str, bytes]) -> None:
    """Put a fresh decoder where another was when it was dumped."""
    for slot, data in slots.items():
        kind, _, source = slot.partition("/")
        if kind == "source":
            decoder.sources[source] = _source.decode(data)


def load(people: PeopleFold, discipline: Callable[[str], DisciplineFold], slots: Mapping[str, bytes]) -> None:
    """Put fresh folds where others were when they were dumped; ``discipline`` gives the fold of a code."""
    for slot, data in slots.items():
        kind, _, code = slot.partition("/")
        if kind == "people":
            people.state = _people.decode(data)
        elif kind == "unit":
            discipline(code[:3]).state.units[code] = _unpack(code, data)
        elif kind == "event":
            discipline(code[:3]).state.events[code] = _event.decode(data)
        elif kind == "discipline":
            saved = _discipline.decode(data)
            discipline(code).state.said, discipline(code).state.pending = saved.said, saved.pending
