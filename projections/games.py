"""The games fold: what follows from the rows of all disciplines together.

It reads the changes of a cut and adds its own to the same cut: medal tables, medallists by discipline and day, the
medals of athletes and organisations, the schedule by day, the units under way by venue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from projections.derived import Derived
from projections.tables import Medal, Tally, medal_table
from schemas.cut import Change
from schemas.views import (
    HEAD,
    AthleteRow,
    CurrentRow,
    EntryRow,
    MedallistRow,
    OrganisationRow,
    ParticipantRow,
    Row,
    ScheduleRow,
    TeamRow,
)

__all__ = ["GamesFold"]

_UNDER_WAY = frozenset({"GETTING_READY", "RUNNING", "SCHEDULED_BREAK", "INTERRUPTED"})


class GamesFold:
    """Folds changes into the views that span disciplines; its state is what it has read, nothing else."""

    def __init__(self) -> None:
        self.derived = Derived()
        self.medallists: dict[str, dict[str, MedallistRow]] = {}  # event -> participant -> row
        self.organisation: dict[str, str] = {}  # participant or team -> organisation
        self.unranked: frozenset[str] = frozenset()
        self._medals_of: dict[str, set[str]] = {}  # participant -> events
        self._people: dict[str, AthleteRow] = {}
        self._entered: dict[str, set[str]] = {}  # participant -> events
        self._planned: dict[str, ScheduleRow] = {}
        self._tallies: dict[str, Tally] = {}  # of each medal table
        self._touched: dict[str, None] = {}  # tables to work out anew

    def apply(self, changes: Iterable[Change]) -> list[Change]:
        """Take the changes of a cut; return what follows from them."""
        for view, key, row, _ in changes:
            kind, _, rest = view.partition("/")
            if kind == "medallists":
                self._medal(rest, key, row if isinstance(row, MedallistRow) else None)
            elif kind == "schedule":
                self._plan(key, row if isinstance(row, ScheduleRow) else None)
            elif kind == "athlete" and key == HEAD:
                self._athlete(rest, row if isinstance(row, AthleteRow) else None)
            elif kind == "organisations":
                self._rank(key, row if isinstance(row, OrganisationRow) else None)
            elif kind == "entries":
                self._enter(rest, key, row if isinstance(row, EntryRow) else None)
        for table in self._touched:
            self.derived.replace(table, medal_table(self._tallies[table], self.unranked))
        self._touched.clear()
        return self.derived.drain()

    @staticmethod
    def shows(kind: str, rest: str, key: str) -> bool:
        """Say whether a row is one of those that this fold shows."""
        if kind in ("athlete", "org"):
            return key != HEAD
        return kind in ("medals", "current", "participants", "teams") or rest.startswith(("day/", "discipline/"))

    def restore(self, views: Mapping[str, Mapping[str, tuple[Row, int]]]) -> None:
        """Go on from what was shown before, rows with revisions by view and key, and show nothing of it anew."""
        for view, rows in views.items():
            kind, _, rest = view.partition("/")
            for key, held in rows.items():
                if self.shows(kind, rest, key):
                    self.derived.rows.setdefault(view, {})[key] = held
                    continue
                row = held[0]
                match row:
                    case MedallistRow() if kind == "medallists":
                        self.medallists.setdefault(rest, {})[key] = row
                        self._medals_of.setdefault(key, set()).add(rest)
                    case ScheduleRow():
                        self._planned[key] = row
                    case AthleteRow() if key == HEAD:
                        self._people[rest] = row
                        self.organisation[rest] = row.organisation
                    case OrganisationRow(ranked=False):
                        self.unranked |= {row.code}
                    case EntryRow(withdrawn=False):
                        self._entered.setdefault(key, set()).add(rest)
        for medallists in self.medallists.values():
            for medallist in medallists.values():
                self._tally(medallist, Tally.add)
        self._touched.clear()

    def _medal(self, event: str, participant: str, row: MedallistRow | None) -> None:
        held = self.medallists.setdefault(event, {})
        before = held.get(participant)
        if before is not None:
            self._tally(before, Tally.remove)
        if row is None:
            held.pop(participant, None)
            self._medals_of.get(participant, set()).discard(event)
        else:
            held[participant] = row
            self._medals_of.setdefault(participant, set()).add(event)
            self._tally(row, Tally.add)
        self._show(event, participant, before, row)

    def _tally(self, row: MedallistRow, count: Callable[[Tally, Medal], None]) -> None:
        """Count a medal, or no longer, in the tables that it belongs to; without an organisation it is in none."""
        organisation = self.organisation.get(row.participant)
        if not organisation:
            return
        medal = Medal(organisation, row.medal, row.event)
        tables = ["medals/table", f"medals/discipline/{row.event[:3]}"]
        if row.day:
            tables.append(f"medals/day/{row.day}")
        for table in tables:
            tally = self._tallies.get(table)
            if tally is None:
                tally = self._tallies[table] = Tally()
            count(tally, medal)
            self._touched[table] = None

    def _show(self, event: str, participant: str, before: MedallistRow | None, row: MedallistRow | None) -> None:
        key = f"{event}/{participant}"
        organisation = self.organisation.get(participant, "")
        shown = msgspec.structs.replace(row, organisation=organisation) if row is not None else None
        self.derived.put(f"medallists/discipline/{event[:3]}", key, shown)
        if before is not None and before.day and (row is None or row.day != before.day):
            self.derived.put(f"medallists/day/{before.day}", key, None)
        if row is not None and row.day:
            self.derived.put(f"medallists/day/{row.day}", key, shown)
        medal = AthleteRow(event=event, medal=row.medal) if row is not None else None
        self.derived.put(f"athlete/{participant}", event, medal)
        if organisation:
            self.derived.put(f"org/{organisation}", key, shown)

    def _athlete(self, code: str, row: AthleteRow | None) -> None:
        held = self._people.pop(code, None)
        if row is not None:
            self._people[code] = row
        disciplines = {event[:3] for event in self._entered.get(code, ())}
        for one in (held, row):
            disciplines.update(one.disciplines if one is not None else ())
        self._list(code, disciplines)
        before = self.organisation.get(code, "")
        after = row.organisation if row is not None else ""
        if after == before:
            return
        medals = [self.medallists[event][code] for event in sorted(self._medals_of.get(code, ()))]
        for medal in medals:
            self._tally(medal, Tally.remove)
        self.organisation[code] = after
        for medal in medals:
            self._tally(medal, Tally.add)
            if before:
                self.derived.put(f"org/{before}", f"{medal.event}/{code}", None)
            self._show(medal.event, code, medal, medal)

    def _rank(self, code: str, row: OrganisationRow | None) -> None:
        unranked = self.unranked - {code}
        if row is not None and not row.ranked:
            unranked |= {code}
        if unranked != self.unranked:
            self.unranked = unranked
            self._touched.update(dict.fromkeys(self._tallies))

    def _plan(self, unit: str, row: ScheduleRow | None) -> None:
        before = self._planned.pop(unit, None)
        if row is not None:
            self._planned[unit] = row
        if before is not None and before.day and (row is None or row.day != before.day):
            self.derived.put(f"schedule/day/{before.day}", unit, None)
        if row is not None and row.day:
            self.derived.put(f"schedule/day/{row.day}", unit, row)
        if before is not None and before.venue and (row is None or row.venue != before.venue):
            self.derived.put(f"current/{before.venue}", unit, None)
        if row is not None and row.venue:
            current = None
            if row.status in _UNDER_WAY:
                current = CurrentRow(unit=unit, status=row.status, name=row.name, started=row.started)
            self.derived.put(f"current/{row.venue}", unit, current)

    def _enter(self, event: str, participant: str, row: EntryRow | None) -> None:
        entered = self._entered.setdefault(participant, set())
        if row is None or row.withdrawn:
            entered.discard(event)
        else:
            entered.add(event)
        self._list(participant, {event[:3]})

    def _list(self, code: str, disciplines: set[str]) -> None:
        """Show a participant or team in the disciplines that it is entered or registered for."""
        person = self._people.get(code)
        events = self._entered.get(code, set())
        for discipline in sorted(disciplines):
            own = tuple(sorted(event for event in events if event[:3] == discipline))
            there = person is not None and (own or discipline in person.disciplines)
            row: ParticipantRow | TeamRow | None = None
            if person is not None and there and person.team:
                row = TeamRow(
                    code=code,
                    name=person.name,
                    organisation=person.organisation,
                    members=person.members,
                    events=own,
                )
            elif person is not None and there:
                row = ParticipantRow(
                    code=code,
                    name=person.name,
                    organisation=person.organisation,
                    gender=person.gender,
                    birth_date=person.birth_date,
                    events=own,
                )
            for kind, wanted in (("participants", ParticipantRow), ("teams", TeamRow)):
                self.derived.put(f"{kind}/{discipline}", code, row if isinstance(row, wanted) else None)
