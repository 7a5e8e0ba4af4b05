"""Why a row is what it is: from the row to the rows that decide it, to the raw messages behind those."""

from __future__ import annotations

import msgspec

from projections.entries import Entry, Said, write_name
from projections.fold import Fold
from projections.unit import Line, Unit, shown
from schemas import messages as m
from schemas.views import HEAD, MedallistRow

__all__ = ["Reason", "UnexplainedError", "explain"]

_DECISIVE = (m.ResultStatus, m.OrderDecided, m.MatchDecided, m.UnitNotHeld)


class UnexplainedError(LookupError):
    """There is no such row, or nothing is known of it."""

    def __init__(self, view: str, key: str) -> None:
        super().__init__(f"no row {key!r} in {view}")
        self.view = view
        self.key = key


class Reason(msgspec.Struct, omit_defaults=True):
    """One node of the tree."""

    what: str  # view and key, or kind of message
    says: str = ""
    raw: list[str] = []  # names of the raw messages that said it
    because: list[Reason] = []


def explain(fold: Fold, view: str, key: str, *, whole: bool = False) -> Reason:
    """Return why a row is what it is; ``whole`` adds what did not decide it.

    Raises ``UnexplainedError``.
    """
    kind, _, rest = view.partition("/")
    if kind == "medals":
        return _medals(fold, view, key, whole=whole)
    if kind in ("medallists", "ranking") and len(rest) == 34:
        return _medal(fold, rest, key, view, whole=whole)
    if kind in {"medallists", "org"}:
        event, _, participant = key.partition("/")
        return _medal(fold, event, participant, view, whole=whole)
    if kind in ("result", "cumulative", "startlist", "phase"):
        return _result(fold, rest, key, whole=whole)
    if kind == "athlete" and key != HEAD:
        return _medal(fold, key, rest, view, whole=whole)
    return _said_of(fold, view, rest, key)


def _messages(entry: Entry, *, whole: bool) -> list[Reason]:
    kind = str(type(entry.message).__struct_config__.tag)
    names = [write_name(name) for name in (entry.name, *entry.also)]
    reasons = [Reason(f"{kind}", shown(entry.message), names if whole else names[:1])]
    if whole:
        for other in entry.others:
            state = "retracted" if other.void else "overruled"
            reasons.append(Reason(f"{kind}, {state}", shown(other.message), [write_name(other.name)]))
    return reasons


def _line(unit: Unit, line: Line, *, whole: bool) -> list[Reason]:
    reasons: list[Reason] = []
    for entry in line.said.values():
        if entry.void is None or whole:
            reasons += _messages(entry, whole=whole)
    for entry in unit.said.values():
        message = entry.message
        mine = isinstance(message, _DECISIVE) or (isinstance(message, m.Period) and line.participant in message.scores)
        if isinstance(message, m.OrderDecided) and not any(line.participant in group for group in message.order):
            mine = False
        if (mine and entry.void is None) or whole:
            reasons += _messages(entry, whole=whole)
    return reasons


def _result(fold: Fold, code: str, participant: str, *, whole: bool) -> Reason:
    unit = fold.disciplines[code[:3]].state.units.get(code) if code[:3] in fold.disciplines else None
    line = unit.lines.get(participant) if unit is not None else None
    if unit is None or line is None:
        raise UnexplainedError(f"result/{code}", participant)
    rank = f"rank {line.rank}" if line.rank else line.wlt or line.irm or "no rank"
    reason = Reason(
        f"{'cumulative' if unit.total else 'result'}/{code} {participant}", f"{rank} {line.worth.mark}".strip()
    )
    for part in line.parts if unit.total else ():
        reason.because.append(_result(fold, part, participant, whole=whole))
    reason.because += _line(unit, line, whole=whole)
    return reason


def _medal(fold: Fold, event: str, participant: str, view: str, *, whole: bool) -> Reason:
    row = fold.spanning.medallists.get(event, {}).get(participant)
    if row is None:
        raise UnexplainedError(view, participant)
    state = f", {row.state}" if row.state else ""
    reason = Reason(f"medallists/{event} {participant}", f"{row.medal}{state}")
    if row.unit:
        reason.because.append(_result(fold, row.unit, participant, whole=whole))
    said: Said = fold.disciplines[event[:3]].state.events[event].said
    decision = said.get(f"medal_decision:{participant}")
    if decision is not None and decision.void is None:
        reason.because += _messages(decision, whole=whole)
    return reason


def _medals(fold: Fold, view: str, organisation: str, *, whole: bool) -> Reason:
    kind, _, what = view.removeprefix("medals/").partition("/")
    reason = Reason(f"{view} {organisation}")
    order = {"ME_GOLD": 0, "ME_SILVER": 1, "ME_BRONZE": 2}
    rows: list[MedallistRow] = [
        row
        for held in fold.spanning.medallists.values()
        for row in held.values()
        if fold.spanning.organisation.get(row.participant) == organisation
        and (kind == "table" or (row.event[:3] == what if kind == "discipline" else row.day == what))
    ]
    if not rows:
        raise UnexplainedError(view, organisation)
    for row in sorted(rows, key=lambda one: (order[one.medal], one.day, one.event, one.participant)):
        reason.because.append(_medal(fold, row.event, row.participant, view, whole=whole))
    counts = [sum(row.medal == medal for row in rows) for medal in order]
    reason.says = f"{counts[0]} gold, {counts[1]} silver, {counts[2]} bronze"
    if whole:
        for row in rows:
            reason.because += _said_of(fold, "athlete", row.participant, HEAD).because
    return reason


def _said_of(fold: Fold, view: str, rest: str, key: str) -> Reason:
    """Explain a row that was said as it is: all messages about its unit, participant or code."""
    code = key if key != HEAD else rest
    reason = Reason(f"{view} {key}")
    folds = fold.disciplines.get(code[:3])
    if len(code) == 34 and folds is not None and code in folds.state.units:
        for entry in folds.state.units[code].said.values():
            reason.because += _messages(entry, whole=False)
    for identity, entry in fold.people.state.said.items():
        if identity.partition(":")[2] == code:
            reason.because += _messages(entry, whole=False)
    if not reason.because:
        raise UnexplainedError(view, key)
    return reason
