"""The names of codes, joined by whoever renders: rows carry codes only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from engine.views import Views
from feeds.source import Source
from schemas.cut import Cut
from schemas.views import (
    AthleteRow,
    EventHead,
    OrganisationRow,
    ParticipantRow,
    Row,
    ScheduleRow,
    TeamRow,
    VenueRow,
)

__all__ = ["Name", "Names", "codes_in"]

CODE_FIELDS: Final = frozenset({
    *("participant", "organisation", "unit", "event", "venue", "code", "members", "events", "holder", "subject"),
    *("from_unit", "discipline"),
})  # fmt: skip
KINDS: Final = frozenset({"participants", "teams", "athlete", "organisations", "schedule", "event", "venues"})


class Name(NamedTuple):
    """What a code is called, and what goes with a name wherever people are listed."""

    text: str
    organisation: str = ""
    gender: str = ""
    birth_date: str = ""
    members: tuple[str, ...] | None = None  # of a team; None: not a team


NOBODY: Final = Name("")


def _name_of(row: Row) -> tuple[str, Name] | None:
    """Return the code that a row names."""
    match row:
        case ParticipantRow():
            return row.code, Name(row.name, row.organisation, row.gender, row.birth_date)
        case TeamRow():
            return row.code, Name(row.name, row.organisation, members=row.members)
        case OrganisationRow() | VenueRow():
            return row.code, Name(row.name)
        case ScheduleRow():
            return row.unit, Name(row.name)
        case EventHead():
            return row.event, Name(row.name)
        case AthleteRow(code=code) if code:
            return code, Name(row.name, row.organisation, row.gender, row.birth_date, row.members if row.team else None)
        case _:
            return None


def codes_in(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the codes in rows, in order, repeatedly where they repeat."""
    for row in rows:
        for field in row.__struct_fields__:
            if field in CODE_FIELDS:
                value = getattr(row, field)
                if isinstance(value, tuple):
                    yield from value
                elif value:
                    yield value


class Names:
    """The names of all codes, kept up to date from the views that hold them."""

    def __init__(self, source: Source) -> None:
        self.version = 0  # grows whenever a name changes
        self._names: dict[str, Name] = {}
        self._source = source
        self._epoch = ""
        self._scan(source.views)
        source.listen(self._take)

    def __getitem__(self, code: str) -> Name:
        """Return a code's name; one without text where it has none."""
        return self._names.get(code, NOBODY)

    def joined(self, rows: Iterable[Row]) -> dict[str, str]:
        """Return the names of the codes in rows, in the order of the codes."""
        return {code: name.text for code in sorted(set(codes_in(rows))) if (name := self[code]).text}

    def _scan(self, views: Views) -> None:
        self._epoch = self._source.epoch
        self._names.clear()
        for view in views.names():
            if view.partition("/")[0] in KINDS:
                for row in views[view].rows.values():
                    self._put(row)

    def _take(self, cut: Cut, changed: Sequence[str]) -> None:
        if self._source.epoch != self._epoch:
            self._scan(self._source.views)
            return
        if any(view.partition("/")[0] in KINDS for view in changed):
            for view, _, row, _ in cut.changes:
                if row is not None and view.partition("/")[0] in KINDS:
                    self._put(row)

    def _put(self, row: Row) -> None:
        found = _name_of(row)
        if found is None or not found[1].text:
            return
        code, name = found
        known = self._names.get(code)
        if known != name:
            self._names[code] = name
            self.version += 1
