"""What is written as a sheet: the people, athletes, volunteers or shifts of somebody, a row each.

What is said of a person is asked for person by person, and is what whoever asks may see; all other cells stay empty.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import msgspec

from desks.facts import Document, Facts
from management.command import Role

__all__ = ["EXPORTS", "Export", "Source"]


class Source(msgspec.Struct, frozen=True):
    """Where an export finds what it writes."""

    state: Callable[[str], Coroutine[Any, Any, Any]]  # a record, by its key
    facts: Callable[[str], Coroutine[Any, Any, Facts]]  # what may be seen of a person
    applicants: Callable[[str], Iterable[str]]  # of an organisation
    volunteers: Callable[[str], Iterable[str]]  # of a programme
    disciplines: Iterable[str]


Row = tuple[str, ...]


class Export(msgspec.Struct, frozen=True):
    """A kind of sheet that is written."""

    scope: str  # whose it is: "ro", "venue" or "programme"
    roles: tuple[Role, ...]  # of which whoever asks has one in the scope
    columns: tuple[str, ...]
    rows: Callable[[Source, str], AsyncIterator[Row]]
    person: int | None  # the column that names a person; None: it is about nobody


async def _people(source: Source, ro: str) -> AsyncIterator[Row]:
    for person in source.applicants(ro):
        own = [one for one in (await source.state(f"per:{person}")).participations.values() if one.ro == ro]
        codes = [(one.id, one.category, one.function, one.discipline, one.status) for one in own]
        facts = await source.facts(person)
        said = (facts.family_name, facts.given_name, facts.gender, facts.nationality, _day(facts.born))
        shown = facts.documents[0] if facts.documents else Document("", "", "")
        document = (shown.country, shown.kind, shown.number, _day(shown.until))
        for one in codes:
            yield (person, *one, *said, *document, facts.about, facts.email, facts.phone)


async def _long_list(source: Source, ro: str) -> AsyncIterator[Row]:
    for discipline in source.disciplines:
        found = (await source.state(f"ebk:{discipline}")).athletes.items()
        listed = [(name, one.gender, one.form) for name, one in found if one.listed and one.noc == ro]
        for athlete, gender, form in listed:
            facts = await source.facts(athlete)
            yield (discipline, athlete, gender, facts.family_name, facts.given_name, "yes" if form else "no")


async def _volunteers(source: Source, programme: str) -> AsyncIterator[Row]:
    for person in source.volunteers(programme):
        one = await source.state(f"vol:{programme}:{person}")
        score = "" if one.score is None else str(one.score)
        codes = (person, one.stage, score, one.role, one.venue, " ".join(one.trainings))
        facts = await source.facts(person)
        yield (*codes, facts.family_name, facts.given_name, facts.email, facts.phone)


async def _shifts(source: Source, venue: str) -> AsyncIterator[Row]:
    for one in [*(await source.state(f"wf:{venue}")).shifts.values()]:
        if not one.cancelled:
            times = (_local(one.starts, one.offset), _local(one.ends, one.offset_ends))
            needs = " ".join(f"{language}:{number}" for language, number in one.languages.items())
            yield (one.id, one.role, one.zone, *times, str(one.need), needs, " ".join(one.units))


def _day(day: Any) -> str:
    return day.isoformat() if day else ""


def _local(instant: int, offset: int) -> str:
    """Return an instant by the clock of its venue."""
    local = datetime.fromtimestamp(instant / 1000, UTC) + timedelta(minutes=offset)
    return local.strftime("%Y-%m-%d %H:%M")


NAMES = ("family_name", "given_name")
PEOPLE = (
    *("person", "participation", "category", "function", "discipline", "status", *NAMES, "gender", "nationality"),
    *("birth_date", "document_country", "document_type", "document_number", "document_until"),
    *("employer", "email", "phone"),
)
VOLUNTEERS = ("person", "stage", "score", "role", "venue", "trainings", *NAMES, "email", "phone")
SHIFTS = ("shift", "role", "zone", "starts", "ends", "need", "languages", "units")
ATHLETES = ("discipline", "athlete", "gender", *NAMES, "form_signed")

EXPORTS: Mapping[str, Export] = MappingProxyType(
    {
        "people": Export("ro", ("RO_ACR", "OC_ACR_OPERATOR", "OC_ACR_SUPERVISOR"), PEOPLE, _people, 0),
        "longlist": Export("ro", ("RO_ENTRIES", "SPORT_ENTRIES"), ATHLETES, _long_list, 1),
        "volunteers": Export("programme", ("WF_PLANNER",), VOLUNTEERS, _volunteers, 0),
        "shifts": Export("venue", ("WF_PLANNER", "VENUE_WF"), SHIFTS, _shifts, None),
    }
)
