"""The decode fold: raw messages of one source become assertions.

It uses nothing but what came on that source: the order of its sessions, the units that it spoke of, and so on. What
cannot be decoded is listed with its reason, and stays in the raw log.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from projections.entries import Name
from schemas import messages as m
from schemas.games import Games
from schemas.rsc import is_rsc

__all__ = ["GAMES_KEY", "Assertion", "Decoder", "SourceState", "Undecodable"]

GAMES_KEY = "GAMES"  # the key of what spans disciplines


class Assertion(msgspec.Struct, frozen=True, gc=False):
    """A decoded message, with what it needs to take its place among the others."""

    key: str  # discipline, or GAMES
    message: m.VenueMessage
    name: Name
    order: tuple[int | str, ...]  # (authority, source, session's number, serial)
    reason: str = ""  # of a correction or retraction
    target: Name | None = None  # what it corrects or retracts
    units: tuple[str, ...] = ()  # of lost serials: the units that the source had spoken of
    about: str = ""  # of a correction or retraction: the unit or event that its target is about


class Undecodable(NamedTuple):
    """A raw message that says nothing we know."""

    name: Name
    why: str


class SourceState(msgspec.Struct):
    """What is known of one source."""

    sessions: dict[str, int] = {}  # session -> its number, in the order in which they came
    units: set[str] = set()  # spoken of in the newest session
    newest: str = ""
    number: int = 0  # of the newest session
    lossy: set[str] = set()  # disciplines with units that lost serials may touch
    undecodable: int = 0


_by_discipline = ("unit", "event")
_kind_of = {cls: kind for kind, cls in m.KINDS.items()}
_field_of: dict[type[m.Message], str] = {
    cls: next((field for field in _by_discipline if field in cls.__struct_fields__), "") for cls in _kind_of
}


_LINK = {m.SourceConnected, m.SourceDisconnected, m.SourceSilent, m.SourceReturned, m.SerialsLost, m.SerialsHealed}
_PLAIN = frozenset(_kind_of) - {m.Correction, m.Retraction, m.Heartbeat, *_LINK}  # what a correction may hold


def parse_name(text: str) -> Name:
    """Return the name that ``source/session/serial`` writes; raises ``ValueError``."""
    source, _, rest = text.rpartition("/")[0].rpartition("/")
    serial = text.rpartition("/")[2]
    if not source or not serial.removeprefix("-").isdecimal() or not serial.isascii():
        raise ValueError(f"$.target: no name of a raw message: {text!r}")
    return source, rest, int(serial)


class Decoder:
    """Decodes all sources of a Games; the state of each is its own."""

    def __init__(self, games: Games, sources: dict[str, SourceState] | None = None) -> None:
        self.games = games
        self.sources: dict[str, SourceState] = sources if sources is not None else {}
        self.unsaved: dict[str, None] = {}  # sources that changed since they were saved
        self._authority: dict[tuple[str, type[m.Message]], int] = {}

    def decode(self, source: str, session: str, serial: int, data: bytes) -> Sequence[Assertion] | Undecodable:
        """Return what a raw message asserts."""
        state = self.sources.get(source)
        if state is None:
            state = self.sources[source] = SourceState()
        self.unsaved[source] = None
        if state.newest != session:
            state.newest = session
            state.number = state.sessions.setdefault(session, len(state.sessions))
            state.units.clear()
        try:
            message = m.decode(data)
            kind = type(message)
            if kind is m.Correction or kind is m.Retraction:
                return self._amendment(message, (source, session, serial), state.number)  # type: ignore[arg-type]
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            state.undecodable += 1
            return Undecodable((source, session, serial), _why(error, data))
        if kind is m.Heartbeat:
            return ()
        field = _field_of[kind]
        if field == "unit":
            code: str = message.unit  # type: ignore[union-attr]
            if code not in state.units:
                if not is_rsc(code):
                    return self._no_rsc(state, (source, session, serial), field)
                state.units.add(code)
            key = code[:3]
        elif isinstance(message, m.SerialsLost | m.SerialsHealed):
            return self._lost(message, (source, session, serial), state.number, state)
        else:
            found = self._key(message)
            if found is None:
                return self._no_rsc(state, (source, session, serial), field)
            key = found
        rank = self._authority.get((source, kind))
        if rank is None:
            rank = self._rank(source, kind)
        return (Assertion(key, message, (source, session, serial), (rank, source, state.number, serial)),)

    @staticmethod
    def _no_rsc(state: SourceState, name: Name, field: str) -> Undecodable:
        state.undecodable += 1
        return Undecodable(name, f"$.{field}: not an RSC")

    def _rank(self, source: str, kind: type[m.Message]) -> int:
        held = self._authority.get((source, kind))
        if held is None:
            held = self.games.authority(_kind_of[kind], self.games.role_of(source))
            self._authority[source, kind] = held
        return held

    def _key(self, message: m.VenueMessage) -> str | None:
        field = _field_of[type(message)]
        if field:
            code: str = getattr(message, field)
            return code[:3] if is_rsc(code) else None
        if isinstance(message, m.Communication):
            return message.discipline[:3]
        return GAMES_KEY

    def _amendment(self, message: m.Correction | m.Retraction, name: Name, number: int) -> list[Assertion]:
        target = parse_name(message.target)
        key = message.unit[:3] if is_rsc(message.unit) else GAMES_KEY
        inner: m.VenueMessage = message
        if isinstance(message, m.Correction):
            inner = _corrected(bytes(message.message))
            found = self._key(inner)
            if found is None:
                raise ValueError(f"$.message.{_field_of[type(inner)]}: not an RSC")
            key = found
        order = (self._rank(name[0], type(inner)), name[0], number, name[2])
        about = message.unit if is_rsc(message.unit) and message.unit[:3] == key else ""
        return [Assertion(key, inner, name, order, message.reason, target, (), about)]

    def _lost(
        self, message: m.SerialsLost | m.SerialsHealed, name: Name, number: int, state: SourceState
    ) -> list[Assertion]:
        order = (0, name[0], number, name[2])
        if isinstance(message, m.SerialsHealed):
            return [Assertion(key, message, name, order) for key in sorted(state.lossy)]
        units: dict[str, list[str]] = {}
        for unit in sorted(state.units):
            units.setdefault(unit[:3], []).append(unit)
        state.lossy.update(units)
        return [Assertion(key, message, name, order, units=tuple(codes)) for key, codes in units.items()]


def _corrected(data: bytes) -> m.VenueMessage:
    """Return the message that a correction holds; raises ``ValueError``."""
    try:
        inner = m.decode(data)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise ValueError(f"$.message: {_why(error, data)}") from error
    if type(inner) not in _PLAIN:
        raise ValueError(f"$.message: nothing to correct by: {_kind_of[type(inner)]!r}")
    return inner


def _why(error: Exception, data: bytes) -> str:
    text = "nested too deeply" if isinstance(error, RecursionError) else str(error)
    if "Invalid value" in text and "kind" in text:
        try:
            kind = msgspec.json.decode(data, type=_Kind).kind
        except msgspec.DecodeError:
            kind = ""
        return f"unknown kind {kind!r}" if kind else text
    return text


class _Kind(msgspec.Struct):
    kind: str = ""
