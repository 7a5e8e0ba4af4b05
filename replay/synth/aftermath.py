"""What follows a final: records, and medals under review, stripped or left vacant."""

from __future__ import annotations

from projections.marks import format_value
from replay.synth.book import Book
from replay.synth.plan import MINUTE, EventPlan, UnitPlan
from replay.synth.tasks.timed import Timed
from schemas import messages as m

__all__ = ["follow"]

GOLD, SILVER, BRONZE = "ME_GOLD", "ME_SILVER", "ME_BRONZE"


def follow(book: Book, event: EventPlan, ready: int) -> None:
    """Say what comes after an event is decided; ``ready`` is when, ms."""
    final = next(unit for unit in reversed(event.stages[-1].units) if unit.medal == 1)
    _claim_record(book, final, ready)
    if book.muted or event.code not in book.manifest.events:
        return
    medals = book.manifest.events[event.code].medals
    by_medal = {medal: code for code, medal in medals.items()}
    if len(by_medal) < 3 or len(medals) != 3:
        return
    gold, silver, bronze = by_medal[GOLD], by_medal[SILVER], by_medal[BRONZE]
    for quirk in ("medal_review", "medal_stripped", "medal_vacant"):
        if quirk not in final.quirks:
            continue
        book.count(quirk)
        if quirk == "medal_review":
            _decide(book, event, ready + 9 * MINUTE, bronze, "review", reason="score inquiry")
            _decide(book, event, ready + 38 * MINUTE, bronze, "award", medal=BRONZE, reason="inquiry dismissed")
        elif quirk == "medal_stripped":
            at = ready + 31 * MINUTE
            _decide(book, event, at, gold, "strip", reason="anti-doping rule violation")
            _decide(book, event, at + 1000, silver, "award", medal=GOLD, reason="reallocated")
            _decide(book, event, at + 2000, bronze, "award", medal=SILVER, reason="reallocated")
            medals.clear()
            medals.update({silver: GOLD, bronze: SILVER})
        else:
            _decide(
                book, event, ready + 44 * MINUTE, bronze, "vacant", medal=BRONZE, reason="left open pending an appeal"
            )
            del medals[bronze]


def _decide(
    book: Book, event: EventPlan, at: int, subject: str, decision: str, *, medal: str = "", reason: str
) -> None:
    said = m.MedalDecision(
        event=event.code,
        subject=subject,
        decision=decision,  # type: ignore[arg-type]
        medal=medal,  # type: ignore[arg-type]
        reason=reason,
        reference=f"D-{event.discipline}-{at % 997:03}",
    )
    book.say("operations", at, said)


def _claim_record(book: Book, final: UnitPlan, ready: int) -> None:
    """Let the winner of a race claim the Games record where he was faster."""
    task = final.task
    truth = book.manifest.units.get(final.code)
    marks = book.marks.get(final.code, {})
    if not isinstance(task, Timed) or task.model != "timed" or truth is None:
        return
    winner = next((code for code, rank in truth.ranks.items() if rank == 1), "")
    step = 10 ** (3 - task.decimals)
    if winner not in marks or marks[winner] // step >= task.base * 1004 // 1000 // step:
        return
    mark = format_value(marks[winner] // step, task.decimals, clock=True)
    book.say_desk(
        final.code, ready + 3 * MINUTE, m.RecordClaimed(unit=final.code, subject=winner, type="OR", mark=mark)
    )
    ratified = m.RecordRatified(unit=final.code, subject=winner, type="OR", ratified=True)
    book.say_desk(final.code, ready + 24 * MINUTE, ratified)
    book.count("record")
