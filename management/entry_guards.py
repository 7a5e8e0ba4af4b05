"""What an entry by name must pass, in this order; the first guard that fails names the refusal.

First the time and the person (DEADLINE ... NATIONALITY), then the start (DUPLICATE_ENTRY ... RANK_BAND), then the
limits from the narrowest to the widest (TEAM_SIZE ... DISCIPLINE_TOTAL). A guard that an authority has lifted is passed
over, and the exception is named in the event. What only the command knows (date of birth, results) is judged here and
not kept.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cached_property
from typing import NamedTuple

import msgspec

from management.command import Refusal
from management.entry_book import Code, Entry, Place, State, joined, refuse
from management.entry_counts import team_of
from management.entry_exception import exception_for
from schemas.policy.entries import Discipline, Event, Policy, Standard
from schemas.rsc import gender_of

__all__ = ["GUARDS", "Case", "Facts", "Guard", "Performance", "Represented", "bars", "best_standard", "check"]

_DAY = 86_400_000
_EPOCH = date(1970, 1, 1).toordinal()


class Performance(msgspec.Struct, frozen=True):
    """A result achieved before the Games."""

    mark: int  # in the unit of the sport's definition
    on: date
    competition: str


class Represented(msgspec.Struct, frozen=True):
    """That an athlete competed for another organisation."""

    noc: str
    last: date


class Facts(msgspec.Struct, frozen=True):
    """What the entries desk knows of an athlete and the book does not keep."""

    born: date
    nationalities: tuple[str, ...]  # organisations that the athlete is a national of
    represented: Represented | None = None  # last, when it was not the one that enters
    results: tuple[Performance, ...] = ()
    rank: int | None = None  # in the ranking that a band speaks of


class Case:
    """One entry that is asked for, beside all that the guards look at."""

    def __init__(
        self,
        state: State,
        policy: Policy,
        discipline: Discipline,
        *,
        noc: str,
        athlete: str,
        event: str,
        at: int,
        facts: Facts | None = None,
        place: str | None = None,
        team: int = 0,
        leaving: Entry | None = None,
        standard: str | None = None,
    ) -> None:
        """Take a case whose event is one of the discipline's.

        ``leaving`` goes as this one comes; ``standard`` was found when the facts were judged, if they were.
        """
        self.state, self.policy, self.discipline = state, policy, discipline
        self.noc, self.athlete, self.event, self.at, self.facts = noc, athlete, event, at, facts
        self.rules: Event = discipline.events[event]
        self.place_id = place
        self.team = max(1, team) if self.rules.team else 0
        self.leaving = leaving
        known = next((each for each in self.rules.standards if each.name == standard), None)
        self.met = best_standard(self.rules.standards, facts.results) if facts else known
        self.standard = self.met.name if self.met else None

    @cached_property
    def place(self) -> Place | None:
        """The place that was named."""
        return None if self.place_id is None else self.state.places.get(self.place_id)

    @cached_property
    def others(self) -> list[Entry]:
        """The other live entries of the organisation in the event."""
        keys = self.state.field.get(joined(self.noc, self.event), [])
        return [entry for key in keys if (entry := self.state.entries[key]) is not self.leaving]

    @cached_property
    def mates(self) -> list[Entry]:
        """Those of the same team."""
        return [entry for entry in self.others if self.team and entry.team == self.team]

    @cached_property
    def last_start(self) -> bool:
        """Whether who leaves has no other entry in the discipline."""
        return self.leaving is not None and self.state.athletes[self.leaving.athlete].live == 1


class Guard(NamedTuple):
    """A condition of an entry: it returns a sentence when it is not met."""

    code: Code
    fails: Callable[[Case], str | None]
    needs_facts: bool = False  # judged once, while the facts are there


def best_standard(standards: tuple[Standard, ...], results: tuple[Performance, ...]) -> Standard | None:
    """Return the first standard that any of the results meets; None where none does."""
    for standard in standards:
        if any(standard.met_by(result.mark, result.on, result.competition) for result in results):
            return standard
    return None


def bars(state: State, athlete: str, policy: Policy) -> bool:
    """Say whether a sanction keeps an athlete from the Games: it lasts until they open, or for good."""
    if athlete not in state.sanctions:
        return False
    until = state.sanctions[athlete]
    return until is None or until >= policy.opens_at


def check(case: Case, *, without: frozenset[Code] = frozenset()) -> tuple[str, ...] | Refusal:
    """Return the ids of the exceptions that the entry needs; or the refusal of the first guard that is not lifted.

    Where the case has no facts, only what may have changed since they were judged is looked at.
    """
    needed: list[str] = []
    for code, fails, needs_facts in GUARDS:
        if code in without or (needs_facts and case.facts is None):
            continue
        text = fails(case)
        if text is None:
            continue
        lifted = exception_for(case.state, code, case.noc, case.athlete, case.event)
        if lifted is None:
            return refuse(code, text, athlete=case.athlete, event=case.event, noc=case.noc)
        if lifted not in needed:
            needed.append(lifted)
    return tuple(needed)


# -- the time and the person ------------------------------------------------------------------------------------------


def _deadline(case: Case) -> str | None:
    return "the deadline of the entries by name has passed" if case.at > case.policy.entries_until else None


def _long_listed(case: Case) -> str | None:
    known = case.state.athletes.get(case.athlete)
    if known is not None and known.listed and known.noc == case.noc:
        return None
    return f"{case.athlete} is not on the long list of {case.noc}"


def _sanctioned(case: Case) -> str | None:
    return f"{case.athlete} is sanctioned" if bars(case.state, case.athlete, case.policy) else None


def _eligibility_form(case: Case) -> str | None:
    return None if case.state.athletes[case.athlete].form else f"the eligibility form of {case.athlete} is not there"


def _age(case: Case) -> str | None:
    assert case.facts is not None
    born, first, last = case.facts.born, case.rules.born_from, case.rules.born_until
    if (first is None or born >= first) and (last is None or born <= last):
        return None
    return f"{case.athlete} was not born within the years of the event"


def _gender(case: Case) -> str | None:
    asked = gender_of(case.event)
    fits = asked not in ("M", "W") or case.state.athletes[case.athlete].gender == asked
    return None if fits else f"the event is not of {case.athlete}'s category"


def _nationality(case: Case) -> str | None:
    facts = case.facts
    assert facts is not None
    if case.noc not in facts.nationalities:
        return f"{case.athlete} is not a national of {case.noc}"
    before = facts.represented
    if before is not None and before.noc != case.noc:
        waited = case.policy.opens_at // _DAY - (before.last.toordinal() - _EPOCH)
        if waited < case.policy.nationality_wait_days:
            return f"{case.athlete} competed for {before.noc} {waited} days before the Games"
    return None


# -- the start --------------------------------------------------------------------------------------------------------


def _duplicate(case: Case) -> str | None:
    entered = joined(case.athlete, case.event) in case.state.field.get(joined(case.noc, case.event), [])
    return f"{case.athlete} is entered in the event already" if entered else None


def _place(case: Case) -> str | None:
    place = case.place
    if place is None:
        needed = case.rules.needs_place or (case.met is not None and case.met.needs_place)
        return None if case.place_id is None and not needed else "this entry needs a place"
    if place.event != case.event or (place.ownership == "slot" and place.noc != case.noc):
        return f"{case.noc} has no place {case.place_id} in this event"
    if case.mates and any(mate.place != case.place_id for mate in case.mates):
        return f"team {case.team} of {case.noc} has another place"
    leaves = case.leaving is not None and case.leaving.place == case.place_id
    if place.status == "CONFIRMED" or (place.status == "USED" and (leaves or case.mates)):
        return None
    return f"place {case.place_id} is {place.status}"


def _owner(case: Case) -> str | None:
    place = case.place
    if place is None or place.ownership == "slot" or place.athlete == case.athlete:
        return None
    return f"place {case.place_id} belongs to {place.athlete}"


def _standard(case: Case) -> str | None:
    place = case.place
    route = case.discipline.routes[place.route] if place else None
    if not case.rules.standards or (route is not None and not route.standards_apply) or case.standard is not None:
        return None
    return f"{case.athlete} has reached no standard of the event"


def _rank_band(case: Case) -> str | None:
    place = case.place
    band = case.discipline.routes[place.route].rank_band if place else None
    assert case.facts is not None
    rank = case.facts.rank
    if band is None or (rank is not None and rank <= band):
        return None
    return f"only an athlete ranked {band} or better may fill place {case.place_id}"


# -- the limits -------------------------------------------------------------------------------------------------------


def _team_size(case: Case) -> str | None:
    if not case.team or len(case.mates) < case.rules.team:
        return None
    return f"team {case.team} of {case.noc} has {case.rules.team} athletes"


def _two_need(case: Case) -> str | None:
    needed = case.rules.two_need
    if needed is None or not case.others:
        return None
    standards = [case.standard, *(entry.standard for entry in case.others)]
    if all(standard == needed for standard in standards):
        return None
    return f"two of {case.noc} in the event need {needed} both"


def _noc_event(case: Case) -> str | None:
    entered = len({entry.team for entry in case.others}) if case.rules.team else len(case.others)
    if case.mates or entered < case.rules.noc_max:
        return None
    return f"{case.noc} has {entered} in the event already"


def _noc_gender(case: Case) -> str | None:
    known = case.state.athletes[case.athlete]
    most = case.discipline.noc_gender_max.get(known.gender)
    if most is None or known.live:
        return None
    entered = case.state.gender.get(joined(case.noc, known.gender), 0)
    if case.last_start and case.leaving is not None and case.leaving.gender == known.gender:
        entered -= 1
    return f"{case.noc} has {entered} of gender {known.gender} in the discipline already" if entered >= most else None


def _event_total(case: Case) -> str | None:
    if case.mates:
        return None
    starts = case.state.starts.get(case.event, 0)
    leaving = case.leaving
    if leaving is not None and (not leaving.team or len(team_of(case.state, case.noc, case.event, leaving.team)) == 1):
        starts -= 1
    return f"the event has {starts} entries already" if starts >= case.rules.total else None


def _discipline_total(case: Case) -> str | None:
    if case.state.athletes[case.athlete].live:
        return None
    athletes = case.state.athletes_in - case.last_start
    return f"the discipline has {athletes} athletes already" if athletes >= case.discipline.total else None


GUARDS: tuple[Guard, ...] = (
    Guard("DEADLINE", _deadline),
    Guard("NOT_LONG_LISTED", _long_listed),  # never lifted: the guards after it find the athlete in the book
    Guard("SANCTIONED", _sanctioned),
    Guard("NO_ELIGIBILITY_FORM", _eligibility_form),
    Guard("AGE", _age, needs_facts=True),
    Guard("GENDER_CATEGORY", _gender),
    Guard("NATIONALITY", _nationality, needs_facts=True),
    Guard("DUPLICATE_ENTRY", _duplicate),
    Guard("NO_PLACE", _place),
    Guard("WRONG_PLACE_OWNER", _owner),
    Guard("STANDARD", _standard, needs_facts=True),
    Guard("RANK_BAND", _rank_band, needs_facts=True),
    Guard("TEAM_SIZE", _team_size),
    Guard("NOC_TWO_NEED_BOTH_OQT", _two_need),
    Guard("NOC_EVENT_MAX", _noc_event),
    Guard("NOC_GENDER_MAX", _noc_gender),
    Guard("EVENT_TOTAL", _event_total),
    Guard("DISCIPLINE_TOTAL", _discipline_total),
)
