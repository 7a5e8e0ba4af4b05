"""The discipline fold: what every source said of a discipline, joined into results, totals and medals.

``apply`` takes one assertion; ``changes`` gives the rows that it changed. One assertion changes its unit; from a unit
that is over it goes on to the phase, the totals and the medals of its event, in the same cut.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import NamedTuple

import msgspec

from projections import standing
from projections.decode import Assertion
from projections.derived import Derived
from projections.entries import Entry, Name, Said, find, message_of, say, void, wait
from projections.medals import apply_decisions, awards_of, is_decided, places_of
from projections.models import NOTHING
from projections.rows import correction_rows, head_row, result_row, start_rows
from projections.schedule import day_of, schedule_row
from projections.totals import total_of
from projections.unit import Line, Loss, Unit, shown
from schemas import messages as m
from schemas.cut import Change
from schemas.games import Games
from schemas.rsc import event_of, phase_of
from schemas.sport import MedalRule, Sport, TotalRule, UnitRule
from schemas.views import (
    HEAD,
    EntryRow,
    EventHead,
    EventUnitRow,
    MedallistRow,
    NoticeRow,
    PhaseRow,
    RankingRow,
    RecordRow,
    Row,
)

__all__ = ["DisciplineFold", "DisciplineState", "Event"]

_SETTLING = (m.ResultStatus, m.UnitNotHeld)  # may open or close a unit, or give medals without one
_UNKNOWN_RULE = UnitRule(model="order", ties="break")


class Event(msgspec.Struct):
    """An event of the discipline: its units and what was said of it."""

    code: str
    said: Said = {}
    units: list[str] = []
    totals: list[str] = []
    phases: set[str] = set()


class DisciplineState(msgspec.Struct):
    """All that is known of a discipline."""

    code: str
    units: dict[str, Unit] = {}
    events: dict[str, Event] = {}
    said: Said = {}  # notices, records, and what else is about no single unit
    pending: list[tuple[Name, Entry]] = []


class Identity(NamedTuple):
    """How a kind of message names what it asserts."""

    kind: str
    subject: str  # the field that names the participant; empty: the unit itself
    ordinals: tuple[str, ...]
    about_unit: bool


def _identities() -> Iterator[tuple[type[m.Message], Identity]]:
    subjects = {m.LineUp: "team", m.Substitution: "team", m.RecordClaimed: "", m.RecordRatified: ""}
    ordinals: dict[type[m.Message], tuple[str, ...]] = {
        m.JudgeMark: ("ordinal", "judge", "component"),
        m.ProtestLodged: ("protest",),
        m.ProtestClosed: ("protest",),
        m.ParticipantReplaced: ("leaves",),
        m.RecordLoaded: ("event", "type"),
        m.RecordClaimed: ("unit", "type", "subject"),
        m.RecordRatified: ("unit", "type", "subject"),
        m.Entry: ("participant",),
        m.MedalDecision: ("subject",),
        m.Communication: ("number",),
    }
    for kind, cls in m.KINDS.items():
        fields = cls.__struct_fields__
        subject = subjects.get(cls, "subject" if "subject" in fields and "unit" in fields else "")
        numbered = ordinals.get(cls, ("ordinal",) if "ordinal" in fields else ())
        about_unit = "unit" in fields and cls not in (m.RecordClaimed, m.RecordRatified)
        yield cls, Identity(kind, subject, numbered, about_unit)


IDENTITIES = dict(_identities())


def identity_of(message: m.Message) -> str:
    """Return the identity of what a message asserts, within its unit and subject."""
    kind, _, ordinals, _ = IDENTITIES[type(message)]
    if not ordinals:
        return kind
    if len(ordinals) == 1:
        return f"{kind}:{getattr(message, ordinals[0])}"
    return ":".join((kind, *(str(getattr(message, field)) for field in ordinals)))


class DisciplineFold:
    """Folds the assertions of one discipline."""

    def __init__(self, code: str, sport: Sport | None, games: Games, state: DisciplineState | None = None) -> None:
        self.sport = sport or Sport(code, code, ())
        self.games = games
        self.state = state or DisciplineState(code)
        self.derived = Derived()
        self.unsaved_units: dict[str, None] = {}  # what changed since it was saved
        self.unsaved_events: dict[str, None] = {}
        self.unsaved = False
        self._medal_rules: dict[str, MedalRule] = {}
        self._matched: dict[tuple[str, str], list[Unit]] = {}  # event, glob -> its units
        self._dirty: dict[str, Unit] = {}
        self._starts: dict[str, None] = {}  # dicts, not sets: what is shown has one order
        self._plans: dict[str, None] = {}
        self._events: dict[str, None] = {}
        self._corrected: dict[str, None] = {}  # units whose corrections are to be listed anew
        self._phases: dict[str, None] = {}  # events whose phases are to be listed anew
        self._effects: dict[type[m.Message], Callable[[Unit, m.Message], None]] = {
            m.StartList: self._start_list,
            m.Draw: self._drawn,
            m.ParticipantReplaced: self._start_list,
            m.OrderDecided: self._decided,
            m.MatchDecided: self._decided,
            m.Period: self._scored,
            m.ResultStatus: self._planned,
            m.UnitStatus: self._planned,
            m.UnitScheduled: self._planned,
            m.UnitPostponed: self._planned,
            m.UnitMoved: self._planned,
            m.UnitCancelled: self._planned,
            m.UnitNotHeld: self._planned,
            m.Start: self._planned,
            m.LineUp: self._drawn,
            m.Substitution: self._drawn,
        }

    # -- taking an assertion ------------------------------------------------------------------------------------

    def apply(self, assertion: Assertion) -> None:
        """Take one assertion."""
        message = assertion.message
        cls = type(message)
        if assertion.target is not None:
            self._amend(assertion)
        elif IDENTITIES[cls].about_unit:
            unit = self.unit(message.unit)  # type: ignore[union-attr]
            self._say(unit, Entry(assertion.order, assertion.name, message))
            if unit.pending:
                self._retry(unit)
            if self.state.pending:
                self._retry_loose()
        elif cls is m.SerialsLost or cls is m.SerialsHealed:
            self._lose(assertion)
        else:
            self._say_loosely(Entry(assertion.order, assertion.name, message))
            if self.state.pending:
                self._retry_loose()
        if self._events:
            for code in self._events:
                self._settle_event(self.event(code))
            self._events.clear()

    def unit(self, code: str) -> Unit:
        """Return a unit, a new one where nothing was said of it yet."""
        self.unsaved_units[code] = None
        unit = self.state.units.get(code)
        if unit is None:
            event = self.event(code)
            total = self._total_rule(code)
            rule = self._rule_of(total) if total else self.sport.unit_rule(code) or _UNKNOWN_RULE
            unit = Unit(code, rule, self.sport.irms, total is not None)
            self.state.units[code] = unit
            event.units.append(code)
            self._matched.clear()
            self._plans[code] = None
            self._events[event.code] = None
            unit.head_dirty = True
            self._dirty[code] = unit
        return unit

    def event(self, code: str) -> Event:
        """Return an event, a new one where nothing was said of it yet."""
        code = event_of(code)
        self.unsaved_events[code] = None
        event = self.state.events.get(code)
        if event is None:
            event = self.state.events[code] = Event(code)
        return event

    def _total_rule(self, code: str) -> TotalRule | None:
        rules = self.sport.total_rules(code)
        return next((rule for rule in rules if rule.code == code[22:]), None)

    @staticmethod
    def _rule_of(total: TotalRule) -> UnitRule:
        return UnitRule(model="points", best=total.best, decimals=total.decimals, ties=total.ties)

    def _say(self, unit: Unit, entry: Entry) -> None:
        message = entry.message
        kind, subject, ordinals, _ = IDENTITIES[type(message)]
        if not ordinals:
            identity = kind
        elif len(ordinals) == 1:
            identity = f"{kind}:{getattr(message, ordinals[0])}"
        else:
            identity = identity_of(message)
        who = getattr(message, subject) if subject else ""
        if unit.say(who, identity, entry):
            self._touched(unit, message)
        if unit.official_since is not None and (unit.lines[who].said if who else unit.said)[identity].others:
            self._corrected[unit.code] = None

    def _touched(self, unit: Unit, message: m.Message) -> None:
        effect = self._effects.get(type(message))
        if effect is not None:
            effect(unit, message)
        self._dirty[unit.code] = unit
        if unit.closed or unit.total or type(message) in _SETTLING:
            if unit.rule.model == "match":
                unit.settle_match()
            self._events[event_of(unit.code)] = None

    def _start_list(self, unit: Unit, _message: m.Message) -> None:
        listed = message_of(unit.said, "start_list")
        starters = {one.participant: one for one in listed.starters} if isinstance(listed, m.StartList) else {}
        said = [e for key, e in unit.said.items() if key.startswith("participant_replaced:") and e.void is None]
        for entry in sorted(said, key=lambda one: (one.message.at, one.key)):
            change = entry.message
            assert isinstance(change, m.ParticipantReplaced)
            gone = starters.pop(change.leaves, None)
            if gone is not None:
                starters.setdefault(change.enters, m.Starter(change.enters, gone.order))
        unit.list_starters(starters)
        self._starts[unit.code] = None

    def _drawn(self, unit: Unit, _message: m.Message) -> None:
        self._starts[unit.code] = None

    def _decided(self, unit: Unit, _message: m.Message) -> None:
        unit.decide()

    def _scored(self, unit: Unit, message: m.Message) -> None:
        assert isinstance(message, m.Period)
        unit.score(message)

    def _planned(self, unit: Unit, message: m.Message) -> None:
        self._plans[unit.code] = None
        if isinstance(message, m.ResultStatus) and any(
            e.others for said in (unit.said, *(line.said for line in unit.lines.values())) for e in said.values()
        ):
            self._corrected[unit.code] = None

    # -- corrections and retractions ----------------------------------------------------------------------------

    def _amend(self, assertion: Assertion) -> None:
        message, code = assertion.message, assertion.about
        entry = Entry(assertion.order, assertion.name, message, assertion.reason, assertion.target)
        if isinstance(message, m.Retraction):
            loose = not code[22:].strip("-")
        else:
            loose = not IDENTITIES[type(message)].about_unit
            code = code if code[22:].strip("-") else getattr(message, "unit", "")
        if loose:
            if self._amend_loose(entry):
                self._retry_loose()
            else:
                wait(self.state.pending, entry)
                self.unsaved = True
            return
        unit = self.unit(code)
        if self._amend_unit(unit, entry) or self._amend_loose(entry, unit.code):
            self._retry(unit)
            self._retry_loose()
        else:
            wait(unit.pending, entry)
            unit.head_dirty = True
            self._dirty[unit.code] = unit
        self._corrected[unit.code] = None

    def _amend_unit(self, unit: Unit, entry: Entry) -> bool:
        """Amend what was said of a unit; say whether the target is there."""
        assert entry.target is not None
        found = unit.find(entry.target)
        if found is None:
            return False
        subject, identity, target = found
        message = entry.message
        if isinstance(message, m.Retraction):
            where = None
            there = unit
        else:
            own = IDENTITIES[type(message)].subject
            where = (getattr(message, own) if own else "", identity_of(message))
            there = self.unit(message.unit)  # type: ignore[union-attr]
        if there is unit and where == (subject, identity):
            entry.key = (*target.key, *entry.key)
        else:  # what was said elsewhere, or not at all, is void here
            now = shown(message) if where is not None else ""
            void(unit.lines[subject].said if subject else unit.said, identity, target, entry, now)
            self._refreshed(unit, subject, target.message)
        if where is not None:
            self._say(there, entry)
            if there is not unit:
                self._retry(there)
                self._corrected[there.code] = None
        return True

    def _refreshed(self, unit: Unit, subject: str, message: m.Message) -> None:
        unit.amend(subject)
        self._touched(unit, message)

    def _retry(self, unit: Unit) -> None:
        """Amend what can be amended by now, which may be the target of what else waits."""
        count, before = len(unit.pending), -1
        while unit.pending and before != len(unit.pending):
            before = len(unit.pending)
            waiting, unit.pending = unit.pending, []
            for target, entry in waiting:
                if not (self._amend_unit(unit, entry) or self._amend_loose(entry, unit.code)):
                    unit.pending.append((target, entry))
        if count != len(unit.pending):
            unit.head_dirty = True
            self._dirty[unit.code] = unit
            self._corrected[unit.code] = None

    def _amend_loose(self, entry: Entry, about: str = "") -> bool:
        """Amend what was said of no unit, or of the total of an event; say whether the target is there.

        A retraction ``about`` a unit looks for a record that was claimed in it.
        """
        assert entry.target is not None
        message = entry.message
        retracts = isinstance(message, m.Retraction)
        if not retracts and IDENTITIES[type(message)].about_unit:
            return False
        for said in (self.state.said, *(event.said for event in self.state.events.values())):
            found = find(said, entry.target)
            if found is not None and about in ("", getattr(found[1].message, "unit", "")):
                identity, target = found
                if not retracts and self._loosely(message) is said and identity_of(message) == identity:
                    entry.key = (*target.key, *entry.key)
                else:
                    void(said, identity, target, entry)
                    self._loosely_said(target.message)
                if not retracts:
                    self._say_loosely(entry)
                return True
        unit = self.state.units.get(message.unit) if isinstance(message, m.Retraction) and not about else None
        if unit is None or not self._amend_unit(self.unit(unit.code), entry):
            return False
        self._corrected[unit.code] = None
        return True

    def _retry_loose(self) -> None:
        before = -1
        while self.state.pending and before != len(self.state.pending):
            self.unsaved = True
            before = len(self.state.pending)
            waiting, self.state.pending = self.state.pending, []
            self.state.pending += [(target, entry) for target, entry in waiting if not self._amend_loose(entry)]

    def _loosely(self, message: m.Message) -> Said:
        """Return where is kept what is about no unit."""
        return self.event(message.event).said if hasattr(message, "event") else self.state.said

    def _say_loosely(self, entry: Entry) -> None:
        self.unsaved = True
        if say(self._loosely(entry.message), identity_of(entry.message), entry):
            self._loosely_said(entry.message)
        unit = self.state.units.get(getattr(entry.message, "unit", ""))
        if unit is not None and unit.pending:  # a record is claimed in a unit
            self._retry(self.unit(unit.code))

    def _loosely_said(self, message: m.Message) -> None:
        """Show what is about no unit."""
        self.unsaved = True
        match message:
            case m.Entry():
                said = message_of(self.event(message.event).said, identity_of(message))
                row = None
                if isinstance(said, m.Entry):
                    row = EntryRow(participant=said.participant, withdrawn=said.withdrawn)
                self.derived.put(f"entries/{event_of(message.event)}", message.participant, row)
            case m.Communication():
                said = message_of(self.state.said, identity_of(message))
                notice = None
                if isinstance(said, m.Communication):
                    notice = NoticeRow(number=said.number, title=said.title, text=said.text, at=said.at)
                self.derived.put(f"notices/{self.state.code}", message.number, notice)
            case m.RecordLoaded():
                self._list_loaded(message)
            case m.RecordClaimed() | m.RecordRatified():
                self._list_claimed(message)
            case m.Event() | m.MedalDecision():
                self._events[event_of(message.event)] = None

    def _list_loaded(self, message: m.RecordLoaded) -> None:
        said = message_of(self.event(message.event).said, identity_of(message))
        row = None
        if isinstance(said, m.RecordLoaded):
            row = RecordRow(
                event=event_of(said.event),
                type=said.type,
                mark=said.mark,
                holder=said.holder,
                date=said.date,
                place=said.place,
            )
        self.derived.put(f"records/{self.state.code}", f"{event_of(message.event)}/{message.type}", row)

    def _list_claimed(self, message: m.RecordClaimed | m.RecordRatified) -> None:
        where = f"{message.unit}:{message.type}:{message.subject}"
        said = message_of(self.state.said, f"record_claimed:{where}")
        ratified = message_of(self.state.said, f"record_ratified:{where}")
        refused = isinstance(ratified, m.RecordRatified) and not ratified.ratified
        row = None
        if isinstance(said, m.RecordClaimed) and not refused:
            row = RecordRow(
                event=event_of(said.unit),
                type=said.type,
                mark=said.mark,
                holder=said.subject,
                unit=said.unit,
                equalled=said.equalled,
                state="ratified" if ratified is not None else "claimed",
            )
        key = f"{event_of(message.unit)}/{message.type}/{message.unit}/{message.subject}"
        self.derived.put(f"records/{self.state.code}", key, row)

    def _lose(self, assertion: Assertion) -> None:
        message, (source, _, _) = assertion.message, assertion.name
        if isinstance(message, m.SerialsLost):
            for code in assertion.units:
                unit = self.unit(code)
                loss = Loss(source, message.session, message.first, message.last, message.at)
                if loss not in unit.lost:
                    unit.lost.append(loss)
                    unit.head_dirty = True
                    self._dirty[code] = unit
        elif isinstance(message, m.SerialsHealed):
            for unit in self.state.units.values():
                if unit.lost:
                    self.unsaved_units[unit.code] = None
                    unit.heal(source, message.session, message.first, message.last)
                    self._dirty[unit.code] = unit

    def _list_corrections(self, unit: Unit) -> None:
        view = f"corrections/{self.state.code}"
        rows = correction_rows(unit)
        for key in sorted(unit.corrected - rows.keys()):
            self.derived.put(view, key, None)
        for key, row in rows.items():
            self.derived.put(view, key, row)
        unit.corrected = set(rows)

    # -- phases, totals, medals ---------------------------------------------------------------------------------

    def _settle_event(self, event: Event) -> None:
        for rule in self.sport.total_rules(event.code):
            if rule.formula != "given":
                self._settle_total(event, rule)
        self._phases[event.code] = None
        self._settle_medals(event)

    def _settle_total(self, event: Event, rule: TotalRule) -> None:
        parts = [self.state.units[code] for code in event.units]
        totals = total_of(rule, [unit for unit in parts if unit.closed and unit.code[22:] != rule.code])
        code = event.code[:22] + rule.code
        if not totals and code not in self.state.units:
            return
        total = self.unit(code)
        if "start_list" in total.said:  # a substitute may contest a part, and is not in the total
            totals = {participant: one for participant, one in totals.items() if total.line(participant).listed}
        for participant in sorted(total.lines.keys() - totals.keys()):
            if total.lines[participant].parts:
                total.put(participant, NOTHING, "", {}, None)
        for participant in sorted(totals):
            total.put(participant, *totals[participant])
        self._dirty[code] = total

    def _list_phases(self, event: Event) -> None:
        phases: dict[str, list[Unit]] = {}
        for unit in (self.state.units[code] for code in event.units):
            if unit.closed and not unit.total and unit.rule.model != "match":
                phases.setdefault(phase_of(unit.code), []).append(unit)
        for phase, units in phases.items():
            view = f"phase/{phase}"
            if len(units) > 1 and all(unit.rule == units[0].rule for unit in units):
                event.phases.add(phase)
                self.derived.replace(view, _phase_rows(units))
        for phase in sorted(event.phases - {phase for phase, units in phases.items() if len(units) > 1}):
            self.derived.replace(f"phase/{phase}", {})

    def _settle_medals(self, event: Event) -> None:
        rule = self._medal_rules.get(event.code)
        if rule is None:
            rule = self._medal_rules[event.code] = self.sport.medal_rule(event.code) or MedalRule()

        def matching(glob: str) -> list[Unit]:
            found = self._matched.get((event.code, glob))
            if found is None:
                codes = sorted(code for code in event.units if fnmatchcase(code[22:], glob))
                found = self._matched[event.code, glob] = [self.state.units[code] for code in codes]
            return found

        decisions = [
            e.message for e in event.said.values() if e.void is None and isinstance(e.message, m.MedalDecision)
        ]
        awards = awards_of(rule, matching)
        if decisions:
            awards = apply_decisions(awards, decisions, awards[0].unit if awards else "")
        medallists: dict[str, Row] = {
            award.participant: MedallistRow(
                participant=award.participant,
                event=event.code,
                medal=award.medal,
                day=day_of(self.state.units[award.unit], self.games) if award.unit else "",
                unit=award.unit,
                state=award.state,
                reason=award.reason,
            )
            for award in awards
        }
        self.derived.replace(f"medallists/{event.code}", medallists)
        places: dict[str, Row] = {
            place.participant: RankingRow(
                participant=place.participant,
                rank=place.rank,
                tied=place.tied,
                mark=place.line.worth.mark if place.line else "",
                irm=place.line.irm if place.line else "",
                unit=place.unit.code,
            )
            for place in places_of(rule, matching)
        }
        self.derived.replace(f"ranking/{event.code}", places)
        self.derived.put(
            f"event/{event.code}", HEAD, self._event_head(event, medallists, decided=is_decided(rule, matching))
        )

    def _event_head(self, event: Event, medallists: dict[str, Row], *, decided: bool) -> EventHead:
        listed = message_of(event.said, "event")
        begun = any(self.state.units[code].status not in ("", "START_LIST") for code in event.units)
        days = sorted({row.day for row in medallists.values() if isinstance(row, MedallistRow)})
        return EventHead(
            event=event.code,
            name=listed.name if isinstance(listed, m.Event) else "",
            discipline=self.state.code,
            state="FINISHED" if decided else "RUNNING" if begun else "SCHEDULED",
            day=days[-1] if days else "",
        )

    # -- what changed -------------------------------------------------------------------------------------------

    def changes(self) -> list[Change]:
        """Return the rows that changed since the last call, in a fixed order."""
        return self.unit_changes() + self.derived.drain()

    def unit_changes(self) -> list[Change]:
        """Return the rows of units and totals that changed since the last call, and work out those that follow."""
        if self._starts:
            for code in self._starts:
                self.derived.replace(f"startlist/{code}", dict(start_rows(self.state.units[code])))
            self._starts.clear()
        if self._plans:
            for code in self._plans:
                self._list_plan(self.state.units[code])
            self._plans.clear()
        if self._phases:
            for code in self._phases:
                self._list_phases(self.state.events[code])
            self._phases.clear()
        if self._corrected:
            for code in self._corrected:
                self._list_corrections(self.state.units[code])
            self._corrected.clear()
        changes: list[Change] = []
        for code, unit in self._dirty.items():
            view = f"cumulative/{code}" if unit.total else f"result/{code}"
            dirty = unit.dirty
            if dirty:
                unit.note_leader()
            counted = (dirty or unit.total) and unit.recount()
            if counted or unit.head_dirty:
                changes.append(Change(view, HEAD, head_row(unit), unit.revision))
                unit.head_dirty = False
            if dirty:
                lines = unit.lines
                for participant in sorted(dirty) if len(dirty) > 1 else dirty:
                    line = lines[participant]
                    changes.append(Change(view, participant, result_row(unit, line), line.revision))
                dirty.clear()
        self._dirty.clear()
        return changes

    def forget(self) -> None:
        """Drop the notes of what changed, for a fold that nobody watches."""
        for unit in self._dirty.values():
            unit.note_leader()
            unit.dirty.clear()
            unit.head_dirty = False
        self._dirty.clear()
        self._starts.clear()
        self._plans.clear()
        self._phases.clear()
        self._corrected.clear()
        self.derived.forget()

    def _list_plan(self, unit: Unit) -> None:
        row = schedule_row(unit, self.games)
        self.derived.put(f"schedule/{self.state.code}", unit.code, row)
        event = event_of(unit.code)
        if HEAD not in self.derived.rows.get(f"event/{event}", ()):
            self.derived.put(f"event/{event}", HEAD, self._event_head(self.state.events[event], {}, decided=False))
        if not unit.total:
            status = EventUnitRow(unit=unit.code, status=unit.status, schedule=row.status if row else "")
            self.derived.put(f"event/{event}", unit.code, status)


def _phase_rows(units: list[Unit]) -> dict[str, Row]:
    """Rank everybody of a phase over its units, by the marks alone."""
    found = sorted(
        ((*line.key[0][:3], 0), line.participant, unit.code, line)  # a decision in a unit decides nothing here
        for unit in units
        for line in unit.lines.values()
        if unit.knows(line) and line.key[0][0] != standing.UNKNOWN
    )
    best: dict[str, tuple[standing.Place, str, Line]] = {}  # of each participant, in order
    for place, participant, code, line in found:
        best.setdefault(participant, (place, code, line))
    places = [place for place, _, _ in best.values()]
    counts = Counter(places)
    first: dict[object, int] = {}
    for number, place in enumerate(places, start=1):
        first.setdefault(place, number)
    rows: dict[str, Row] = {}
    for participant, (place, code, line) in best.items():
        ranked = place[0] == standing.MARKED
        qualification = message_of(line.said, "qualification")
        rows[participant] = PhaseRow(
            participant=participant,
            unit=code,
            rank=first[place] if ranked else None,
            tied=ranked and counts[place] > 1,
            mark=line.worth.mark,
            irm=line.irm,
            unit_rank=line.rank,
            qualification=qualification.mark if isinstance(qualification, m.Qualification) else "",
        )
    return rows
