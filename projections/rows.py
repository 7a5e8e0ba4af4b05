"""From a unit's state to the rows that are shown."""

from __future__ import annotations

from itertools import pairwise

from projections import standing as s
from projections.entries import Entry, Said, message_of, write_name
from projections.marks import format_gap
from projections.unit import Line, Unit, shown
from schemas import messages as m
from schemas.views import CorrectionRow, ResultHead, ResultRow, StartRow

__all__ = ["correction_rows", "head_row", "reason_of", "result_row", "start_rows"]

_CORRECTABLE = (
    m.Finish | m.Attempt | m.Height | m.Shot | m.ShootOff | m.LiftJudged | m.JudgeMark | m.Score | m.ScoreAdjusted
    | m.Period | m.Irm | m.OrderDecided | m.MatchDecided | m.Elimination
)  # fmt: skip


def reason_of(said: Said) -> str:
    """Return the reason of the newest correction or retraction among what counts."""
    reasons = [(e.message.at, e.reason) for e in said.values() if e.reason and e.void is None]
    reasons += [(e.void.at, e.void.reason) for e in said.values() if e.void is not None and e.void.reason]
    reasons += [
        (other.void.at, other.void.reason)
        for e in said.values()
        for other in e.others
        if other.void is not None and other.void.reason
    ]
    return max(reasons, default=(0, ""))[1]


def head_row(unit: Unit) -> ResultHead | None:
    """Return what is true of the whole unit, None for a total that nobody has a part of any more."""
    if unit.empty:
        return None
    wind = message_of(unit.said, "wind")
    clock = message_of(unit.said, "clock")
    return ResultHead(
        unit=unit.code,
        status=unit.status,
        model="total" if unit.total else unit.rule.model,
        decimals=unit.rule.decimals,
        wind=wind.speed if isinstance(wind, m.Wind) else "",
        clock=clock.time if isinstance(clock, m.Clock) else "",
        period=clock.period if isinstance(clock, m.Clock) else "",
        decided_by=unit.decided_by,
        undecided=unit.undecided,
        pending=len(unit.pending),
        protests=unit.protests,
        incomplete=unit.incomplete(),
        reason=reason_of(unit.said) if unit.amended else "",
    )


def result_row(unit: Unit, line: Line) -> ResultRow | None:
    """Return a participant's row, None where nothing of it counts any more."""
    if not unit.knows(line):
        return None
    worth = line.worth
    leader = unit.ordered[0].worth
    gap = ""
    if line.key[0][0] == s.MARKED and worth.value is not None and leader.value is not None:
        timed = unit.rule.model == "timed"
        gap = format_gap(worth.value, leader.value, unit.rule.decimals, worth.mark, clock=timed)
    qualification = message_of(line.said, "qualification")
    parts = line.parts or dict(line.shown)  # also the empty one is its own
    if unit.rule.model == "match":
        parts = {
            **{str(p.ordinal): p.scores[line.participant] for p in unit.periods if line.participant in p.scores},
            **parts,
        }
    return ResultRow(
        participant=line.participant,
        order=line.order,
        bib=line.bib,
        rank=line.rank,
        tied=line.tied,
        undecided=line.undecided,
        sort=line.sort,
        mark=worth.mark,
        irm=line.irm,
        wlt=line.wlt,
        gap=gap,
        qualification=qualification.mark if isinstance(qualification, m.Qualification) else "",
        parts=parts,
        reason=reason_of(line.said) if line.amended else "",
    )


def start_rows(unit: Unit) -> dict[str, StartRow]:
    """Return the start list by participant; a place that nobody fills yet has the key ``#n``."""
    rows: dict[str, StartRow] = {}
    draw = message_of(unit.said, "draw")
    if isinstance(draw, m.Draw):
        for number, position in enumerate(draw.positions, start=1):
            key = position.participant or f"#{number}"
            rows[key] = StartRow(
                participant=position.participant,
                order=number,
                place=position.place,
                from_unit=position.from_unit,
                takes=position.takes,
            )
    listed = {line.participant: line for line in unit.lines.values() if line.listed}
    if listed:
        rows = {}
    for participant, line in listed.items():
        rows[participant] = StartRow(
            participant=participant, order=line.order, bib=line.bib, members=_members(line.said)
        )
    return rows


def _members(said: Said) -> tuple[str, ...]:
    line_up = message_of(said, "line_up")
    if not isinstance(line_up, m.LineUp):
        return ()
    members = [member.participant for member in line_up.members]
    changes = [e.message for e in said.values() if e.void is None and isinstance(e.message, m.Substitution)]
    for change in sorted(changes, key=lambda one: one.ordinal):
        if change.leaves in members:
            members[members.index(change.leaves)] = change.enters
    return tuple(members)


def _implied(unit: Unit, subject: str, disputed: list[Entry], official: int) -> dict[str, CorrectionRow]:
    rows: dict[str, CorrectionRow] = {}
    for held in disputed:
        entries: list[Entry] = sorted((held, *held.others), key=lambda e: e.key)
        for one, two in pairwise(entries):
            same = one.name[0] == two.name[0] and two.target is None
            if same and two.message.at > official and isinstance(two.message, _CORRECTABLE):
                was, now = shown(one.message), shown(two.message)
                if was != now:
                    rows[write_name(two.name)] = CorrectionRow(
                        unit=unit.code,
                        subject=subject,
                        kind=_kind(two.message),
                        was=was,
                        now=now,
                        target=write_name(one.name),
                        at=two.message.at,
                    )
    return rows


def _kind(message: m.Message) -> str:
    return str(type(message).__struct_config__.tag)


def correction_rows(unit: Unit) -> dict[str, CorrectionRow]:
    """Return the unit's corrections by the name of the message that made them, pending ones included."""
    rows: dict[str, CorrectionRow] = {}
    official = unit.official_since
    for subject, said in (("", unit.said), *((code, line.said) for code, line in unit.lines.items())):
        disputed = [e for e in said.values() if e.others or e.target is not None or e.void is not None]
        for held in disputed:
            for entry in (held, *held.others):
                before = None
                if entry.target is not None:
                    before = next((e for e in (held, *held.others) if e.is_named(entry.target)), None)
                if entry.target is not None and before is not None:  # else it moved, and its row is its target's
                    rows[write_name(entry.name)] = CorrectionRow(
                        unit=unit.code,
                        subject=subject,
                        kind=_kind(entry.message),
                        was=shown(before.message),
                        now=shown(entry.message),
                        target=write_name(entry.target),
                        at=entry.message.at,
                        reason=entry.reason,
                    )
                if entry.void is not None:
                    rows[write_name(entry.void.name)] = CorrectionRow(
                        unit=unit.code,
                        subject=subject,
                        kind=_kind(entry.message),
                        was=shown(entry.message),
                        now=entry.void.now,
                        target=write_name(entry.name),
                        at=entry.void.at,
                        reason=entry.void.reason,
                    )
        if official is not None:
            rows.update(_implied(unit, subject, disputed, official))
    for target, entry in unit.pending:
        rows[write_name(entry.name)] = CorrectionRow(
            unit=unit.code,
            kind=_kind(entry.message),
            now=shown(entry.message),
            target=write_name(target),
            at=entry.message.at,
            reason=entry.reason,
            state="pending",
        )
    return rows
