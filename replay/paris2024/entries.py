"""Who takes part: organisations, athletes, teams and entries, as the central source sends them before the Games."""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from replay.paris2024.files import Line, lines
from replay.paris2024.plan import EventKey
from replay.paris2024.results import Row, Unit
from schemas import messages as m
from schemas.rsc import event_of

__all__ = ["people", "read_organisations"]

GENDERS: Mapping[str, Literal["M", "W"]] = {"M": "M", "F": "W"}
UNRANKED = ("AIN",)  # individual neutral athletes: counted in the medal table, without a rank


def read_organisations(folder: Path) -> Iterator[m.Organisation]:
    """Return the organisations that take part."""
    for line in lines(folder, "nocs.csv", "code", "country_long", "note"):
        if line.text("note") == "P":
            code = line.needed("code")
            name = line.text("country_long") or line.text("country")
            yield m.Organisation(code=code, name=name, ranked=code not in UNRANKED)


def _names(line: Line, column: str) -> list[str]:
    """Return a field that holds a list in Python's notation."""
    text = line.text(column)
    if not text:
        return []
    try:
        found = literal_eval(text)
    except (ValueError, SyntaxError):
        line.fault(f"{column} is no list: {text[:40]!r}")
    if not isinstance(found, list):
        line.fault(f"{column} is no list: {text[:40]!r}")
    return [str(one) for one in found]


def _by_code(folder: Path, name: str, column: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in lines(folder, name, "code", column):
        found.setdefault(line.needed("code"), []).append(line.needed(column))
    return found


def _athletes(folder: Path, disciplines: Mapping[str, str]) -> dict[str, m.Participant]:
    entered = _by_code(folder, "entries-taniki/athletes_disciplines.csv", "disciplines")
    found: dict[str, m.Participant] = {}
    for line in lines(folder, "entries-taniki/athletes.csv", "code", "name", "birthDate", "gender", "country_code"):
        code = line.needed("code")
        found[code] = m.Participant(
            code=code,
            name=line.needed("name"),
            organisation=line.needed("country_code"),
            gender=GENDERS.get(line.text("gender"), ""),
            birth_date=line.text("birthDate"),
            disciplines=tuple(sorted({disciplines[name] for name in entered.get(code, ()) if name in disciplines})),
        )
    return found


def _teams(folder: Path, started: set[str]) -> Iterator[tuple[Line, m.Team, list[str]]]:
    """Return the teams that are entered or have competed, with the names of their members."""
    columns = ("code", "current", "team", "country_code", "disciplines_code", "athletes", "athletes_codes")
    for line in lines(folder, "teams.csv", *columns):
        code = line.needed("code")
        if code not in started and (line.text("current") != "True" or len(code) != 17):
            continue
        members = _names(line, "athletes_codes")
        team = m.Team(
            code=code,
            name=line.needed("team"),
            organisation=line.needed("country_code"),
            discipline=line.needed("disciplines_code"),
            members=tuple(members),
        )
        yield line, team, _names(line, "athletes")


def people(folder: Path, units: Mapping[str, Unit], events: Mapping[EventKey, str]) -> Iterator[m.Message]:
    """Return participants, teams and entries; who competed without being in the entries is added from the results."""
    rows = [(unit, row) for unit in units.values() for row in unit.rows]
    disciplines = {unit.discipline_name: unit.code[:3] for unit in units.values()}
    athletes = _athletes(folder, disciplines)
    for unit, row in rows:
        if not row.team and row.participant not in athletes:
            gender = unit.code[3]
            athletes[row.participant] = m.Participant(
                code=row.participant,
                name=row.name,
                organisation=row.organisation,
                gender="M" if gender == "M" else "W" if gender == "W" else "",
                disciplines=(unit.code[:3],),
            )
    teams = list(_teams(folder, {row.participant for _, row in rows if row.team}))
    for _, team, names in teams:  # reserves are known by their teams alone
        for code, name in zip(team.members, names, strict=False):
            if code not in athletes:
                athletes[code] = m.Participant(
                    code=code, name=name, organisation=team.organisation, disciplines=(team.discipline,)
                )
    yield from athletes.values()
    yield from (team for _, team, _ in teams)
    yield from _entries(folder, rows, athletes, teams, events)


def _entries(
    folder: Path,
    rows: list[tuple[Unit, Row]],
    athletes: Mapping[str, m.Participant],
    teams: list[tuple[Line, m.Team, list[str]]],
    events: Mapping[EventKey, str],
) -> Iterator[m.Entry]:
    """Return entries: what was entered, and who competed all the same; a member of a team is entered by it."""
    team_events = {unit.event for unit, row in rows if row.team}
    entered: dict[tuple[str, str], None] = {}
    for line in lines(folder, "entries-taniki/athletes_events.csv", "code", "events"):
        athlete = athletes.get(line.needed("code"))
        if athlete is None:
            continue
        for discipline in athlete.disciplines:
            for gender in (athlete.gender, "X", "O"):
                event = events.get((discipline, gender, line.needed("events")))
                if event is not None and event not in team_events:
                    entered[event, athlete.code] = None
    for _, team, _ in teams:
        event = event_of(team.code[:12].ljust(34, "-"))
        if event in team_events:
            entered[event, team.code] = None
    for unit, row in rows:
        entered[unit.event, row.participant] = None
    for event, participant in sorted(entered):
        yield m.Entry(event=event, participant=participant)
