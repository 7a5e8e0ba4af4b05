"""The rhythm of a unit: start list, statuses, result, protests and signature around what its task says."""

from __future__ import annotations

from replay.synth.plan import MINUTE, Entrant, Outcome, UnitPlan
from replay.synth.sheet import Sheet
from schemas import messages as m

__all__ = ["hold"]


def hold(sheet: Sheet, unit: UnitPlan, field: list[Entrant], ready: int, passing: int) -> Outcome:
    """Say all about a unit; ``ready`` is when its field is known, ``passing`` how many go on by their place."""
    _open(sheet, unit, field, ready)
    outcome = unit.task.run(sheet, field)
    _close(sheet, unit, outcome, passing)
    return outcome


def _open(sheet: Sheet, unit: UnitPlan, field: list[Entrant], ready: int) -> None:
    code, start = unit.code, unit.start
    listed = min(max(start - 30 * MINUTE, ready + MINUTE), start - 20_000)
    if sheet.wants("early_result"):
        listed = start + 45_000  # the results are there before it
    order = field if len(field) == 2 else sheet.dice.shuffled(field)
    starters = tuple(
        m.Starter(participant=entrant.code, order=number, bib=str(100 + number) if len(field) > 10 else "")
        for number, entrant in enumerate(order, start=1)
    )
    sheet.desk(listed, m.StartList(unit=code, starters=starters))
    sheet.desk(listed + 400, m.ResultStatus(unit=code, status="START_LIST"))
    for number, entrant in enumerate(field):
        if entrant.members:
            members = tuple(
                m.Member(participant=member, order=place) for place, member in enumerate(entrant.members, start=1)
            )
            sheet.desk(listed + 2_000 + number * 150, m.LineUp(unit=code, team=entrant.code, members=members))
    soon = max(start - 6 * MINUTE, ready + MINUTE)
    if soon < start - 10_000:
        sheet.desk(soon, m.UnitStatus(unit=code, status="GETTING_READY"))
    if sheet.wants("delayed"):
        sheet.desk(start - 60_000, m.UnitStatus(unit=code, status="DELAYED"))
        sheet.start += 4 * MINUTE
        start = sheet.start
    sheet.desk(start - 300, m.UnitStatus(unit=code, status="RUNNING"))
    sheet.desk(start - 200, m.ResultStatus(unit=code, status="LIVE"))


def _close(sheet: Sheet, unit: UnitPlan, outcome: Outcome, passing: int) -> None:
    dice, code = sheet.dice, unit.code
    word: str = getattr(unit.task, "dsq_word", "DSQ")
    at = outcome.end
    sheet.desk(at, m.UnitStatus(unit=code, status="FINISHED"))
    if sheet.wants("unconfirmed"):
        sheet.desk(at + 300, m.ResultStatus(unit=code, status="UNCONFIRMED"))
        at += 2 * MINUTE
    sheet.desk(at + 500, m.ResultStatus(unit=code, status="UNOFFICIAL"))
    at += dice.between(60_000, 150_000)
    if "correction" in sheet.used and sheet.slips:
        sheet.correct(at, sheet.slips[0], "read again from the film")
        at += 30_000
    if sheet.wants("retraction") and len(outcome.order) > 1:
        at = _retract(sheet, outcome, at, word)
    at = _protest(sheet, outcome, at, word)
    for entrant in outcome.order[:passing]:
        sheet.desk(at - 2_000, m.Qualification(unit=code, subject=entrant, mark="Q"))
    sheet.desk(at, m.ResultStatus(unit=code, status="OFFICIAL"))
    outcome.official = at
    if "official_corrected" in sheet.used and sheet.slips:
        at += dice.between(6, 25) * MINUTE
        sheet.correct(at, sheet.slips[0], "the timekeepers' sheet was misread")
        sheet.desk(at + 1_000, m.ResultStatus(unit=code, status="OFFICIAL"))
        outcome.official = at + 1_000


def _retract(sheet: Sheet, outcome: Outcome, at: int, word: str) -> int:
    """Disqualify the wrong one, and take it back."""
    tag = f"{sheet.unit}!"
    wrong = m.Irm(unit=sheet.unit, subject=outcome.order[1], irm=word, reason="lane infringement")
    sheet.desk(at, wrong, tag)
    sheet.retract(at + 50_000, tag, "another lane was meant")
    return at + 80_000


def _protest(sheet: Sheet, outcome: Outcome, at: int, word: str) -> int:
    upheld = sheet.wants("protest_upheld")
    if not upheld and not sheet.wants("protest_denied"):
        return at
    code, protest = sheet.unit, f"P{sheet.dice.between(1000, 9999)}"
    by = outcome.order[-1]
    sheet.desk(at, m.ProtestLodged(unit=code, protest=protest, by=by, text="obstruction on the last metres"))
    sheet.desk(at + 800, m.ResultStatus(unit=code, status="PROTESTED"))
    at += sheet.dice.between(7, 12) * MINUTE
    if upheld:
        culprit = outcome.order[0]
        sheet.desk(at - 800, m.Irm(unit=code, subject=culprit, irm=word, reason=f"protest {protest} upheld"))
        outcome.drop(culprit, word)
    sheet.desk(at, m.ProtestClosed(unit=code, protest=protest, outcome="upheld" if upheld else "denied"))
    sheet.desk(at + 600, m.ResultStatus(unit=code, status="UNOFFICIAL"))
    return at + 90_000
