"""Participants and teams: DT_PARTIC, DT_PARTIC_TEAMS."""

from __future__ import annotations

from feeds.names import Names
from feeds.xml.layout import Context
from feeds.xml.text import attributes, element
from schemas.views import ParticipantRow, TeamRow

__all__ = ["competitor", "participants", "teams"]


def participants(context: Context) -> str:
    """Return the participants of a discipline, in the order of their codes."""
    discipline = context.view.name.partition("/")[2]
    return "".join(
        context.fragments.row(key, row, discipline, _participant, context)
        for key, row in sorted(context.view.rows.items())
        if isinstance(row, ParticipantRow)
    )


def _participant(_context: Context, _key: str, row: ParticipantRow, discipline: str) -> str:
    start = attributes(
        Code=row.code,
        Parent=row.code,
        Status="ACTIVE",
        PrintName=row.name,
        Gender=row.gender,
        Organisation=row.organisation,
        BirthDate=row.birth_date,
        Note=row.reason,
    )
    return element("Participant", start, _discipline(discipline, row.events))


def _discipline(code: str, events: tuple[str, ...]) -> str:
    registered = "".join(element("RegisteredEvent", attributes(Event=event)) for event in events)
    return element("Discipline", attributes(Code=code.ljust(34, "-")), registered)


def teams(context: Context) -> str:
    """Return the teams of a discipline, in the order of their codes."""
    discipline = context.view.name.partition("/")[2]
    return "".join(
        context.fragments.row(key, row, discipline, _team, context)
        for key, row in sorted(context.view.rows.items())
        if isinstance(row, TeamRow)
    )


def _team(_context: Context, _key: str, row: TeamRow, discipline: str) -> str:
    start = attributes(Code=row.code, Organisation=row.organisation, Name=row.name, Status="ACTIVE", Note=row.reason)
    members = "".join(
        element("Athlete", attributes(Code=member, Order=order)) for order, member in enumerate(row.members, 1)
    )
    return element("Team", start, element("Composition", "", members) + _discipline(discipline, row.events))


def competitor(
    context: Context,
    key: str,
    code: str,
    *,
    bib: str = "",
    members: tuple[str, ...] = (),
    order: int | None = None,
    organisation: str = "",
) -> str:
    """Return the competitor of a row with its names: an athlete, or a team with its members where those are known."""
    names = context.names
    beside = code, bib, members, order, organisation, names.version
    kept = context.fragments.competitor(key, beside)
    if kept is not None:
        return kept
    name = names[code]
    is_team = name.members is not None or bool(members)
    members = members or name.members or (() if is_team else (code,))
    description = element("Description", attributes(TeamName=name.text)) if is_team else ""
    athletes = "".join(_athlete(member, place, names) for place, member in enumerate(members, 1))
    start = attributes(
        Code=code,
        Type="T" if is_team else "A",
        Bib=bib,
        Organisation=organisation or name.organisation,
        Order=order,
    )
    text = element("Competitor", start, description + element("Composition", "", athletes))
    return context.fragments.keep_competitor(key, beside, text)


def _athlete(code: str, order: int, names: Names) -> str:
    name = names[code]
    described = attributes(
        PrintName=name.text, Gender=name.gender, Organisation=name.organisation, BirthDate=name.birth_date
    )
    return element("Athlete", attributes(Code=code, Order=order), element("Description", described))
