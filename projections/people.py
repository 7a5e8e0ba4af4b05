"""What spans disciplines: organisations, participants, teams, venues, weather, and the links to the sources."""

from __future__ import annotations

import msgspec

from projections.decode import Assertion, Undecodable
from projections.derived import Derived
from projections.entries import Entry, Name, Said, find, message_of, say, void, wait, write_name
from schemas import messages as m
from schemas.cut import Change
from schemas.views import (
    HEAD,
    AthleteRow,
    OrganisationRow,
    StatusRow,
    VenueRow,
    WeatherRow,
)

__all__ = ["PeopleFold", "PeopleState"]

_CODES: dict[type[m.Message], str] = {  # kind -> the field that identifies what it is about
    m.Venue: "code",
    m.Organisation: "code",
    m.Participant: "code",
    m.Team: "code",
    m.NameChanged: "participant",
    m.Discipline: "code",
    m.VenueOn: "venue",
    m.VenueOff: "venue",
}


class PeopleState(msgspec.Struct):
    """All that is known beyond the disciplines."""

    said: Said = {}
    pending: list[tuple[Name, Entry]] = []
    status: dict[str, StatusRow] = {}


class PeopleFold:
    """Folds the assertions whose key is ``GAMES``."""

    def __init__(self, state: PeopleState | None = None) -> None:
        self.state = state or PeopleState()
        self.derived = Derived()
        self.unsaved = False  # whether the state changed since it was saved

    def apply(self, assertion: Assertion) -> None:
        """Take one assertion."""
        message = assertion.message
        self.unsaved = True
        entry = Entry(assertion.order, assertion.name, message, assertion.reason, assertion.target)
        if assertion.target is not None:
            if self._amend(entry):
                self._retry()
            else:
                wait(self.state.pending, entry)
            return
        if isinstance(message, m.SourceConnected | m.SourceDisconnected | m.SourceSilent | m.SourceReturned):
            self._link(message)
            return
        if isinstance(message, m.Heartbeat):
            return
        self._say(entry)
        self._retry()

    def _say(self, entry: Entry) -> None:
        if say(self.state.said, _identity(entry.message), entry):
            self._show(entry.message)

    def _retry(self) -> None:
        """Amend what can be amended by now, which may be the target of what else waits."""
        before = -1
        while self.state.pending and before != len(self.state.pending):
            before = len(self.state.pending)
            self.state.pending = [(target, entry) for target, entry in self.state.pending if not self._amend(entry)]

    def undecodable(self, refused: Undecodable) -> None:
        """List a message that could not be decoded."""
        name = write_name(refused.name)
        self.derived.put("status/undecoded", name, StatusRow(source=refused.name[0], why=refused.why))

    def _amend(self, entry: Entry) -> bool:
        assert entry.target is not None
        found = find(self.state.said, entry.target)
        if found is None:
            return False
        identity, target = found
        retracts = isinstance(entry.message, m.Retraction)
        if not retracts and _identity(entry.message) == identity:
            entry.key = (*target.key, *entry.key)
        else:  # what was said of another, or not at all, is void here
            void(self.state.said, identity, target, entry)
            self._show(target.message)
        if not retracts:
            self._say(entry)
        return True

    def _show(self, message: m.Message) -> None:
        match message:
            case m.Participant(code=code) | m.Team(code=code) | m.NameChanged(participant=code):
                self._show_athlete(code)
            case m.Organisation(code=code):
                said = message_of(self.state.said, f"organisation:{code}")
                row = None
                if isinstance(said, m.Organisation):
                    row = OrganisationRow(code=code, name=said.name, ranked=said.ranked)
                self.derived.put("organisations", code, row)
                self.derived.put(f"org/{code}", HEAD, row)
            case m.Venue(code=code):
                venue = message_of(self.state.said, f"venue:{code}")
                shown = (
                    VenueRow(code=code, name=venue.name, offset=venue.offset) if isinstance(venue, m.Venue) else None
                )
                self.derived.put("venues", code, shown)
            case m.Weather(venue=venue_code, point=point):
                said = message_of(self.state.said, f"weather:{venue_code}:{point}")
                self.derived.put(f"weather/{venue_code}", point or HEAD, _weather(said))

    def _show_athlete(self, code: str) -> None:
        """Show a team, or else a participant, by the newest name."""
        changed = message_of(self.state.said, f"name_changed:{code}")
        row = None
        for kind in ("team", "participant"):
            said = message_of(self.state.said, f"{kind}:{code}")
            if isinstance(said, m.Team | m.Participant):
                row = _athlete(said, changed.name if isinstance(changed, m.NameChanged) else said.name)
                break
        self.derived.put(f"athlete/{code}", HEAD, row)

    def _link(self, message: m.SourceConnected | m.SourceDisconnected | m.SourceSilent | m.SourceReturned) -> None:
        source = message.source
        held = self.state.status.get(source, StatusRow(source=source))
        match message:
            case m.SourceConnected():
                held = msgspec.structs.replace(held, connected=True)
            case m.SourceDisconnected():
                held = msgspec.structs.replace(held, connected=False)
            case m.SourceSilent():
                held = msgspec.structs.replace(held, silent=True, since=message.since)
            case m.SourceReturned():
                held = msgspec.structs.replace(held, silent=False, since=0)
        self.state.status[source] = held
        self.derived.put(f"status/{source.split('.')[0]}", source, held)

    def changes(self) -> list[Change]:
        """Return the rows that changed since the last call."""
        return self.derived.drain()


def _identity(message: m.Message) -> str:
    kind = str(type(message).__struct_config__.tag)
    if isinstance(message, m.Weather):
        return f"weather:{message.venue}:{message.point}"
    field = _CODES.get(type(message))
    return f"{kind}:{getattr(message, field)}" if field else kind


def _athlete(said: m.Participant | m.Team, name: str) -> AthleteRow:
    row = AthleteRow(code=said.code, name=name, organisation=said.organisation)
    if isinstance(said, m.Team):
        disciplines = (said.discipline or said.code[:3],)
        return msgspec.structs.replace(row, team=True, members=said.members, disciplines=disciplines)
    return msgspec.structs.replace(row, gender=said.gender, birth_date=said.birth_date, disciplines=said.disciplines)


def _weather(said: m.Message | None) -> WeatherRow | None:
    if not isinstance(said, m.Weather):
        return None
    return WeatherRow(
        point=said.point,
        condition=said.condition,
        temperature=said.temperature,
        humidity=said.humidity,
        wind=said.wind,
        wind_direction=said.wind_direction,
        at=said.at,
    )
