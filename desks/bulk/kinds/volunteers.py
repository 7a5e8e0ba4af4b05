"""What planners found about volunteers: one row a person of a programme.

Only a person applies for himself, so a sheet says what comes after: that he was screened, how the interview went, for
which role and venue he is matched or waits, and which trainings he has done.
"""

from __future__ import annotations

from typing import Any

from desks.bulk.books import Books
from desks.bulk.cells import code, codes, number, yes_no
from desks.bulk.columns import Column, Row
from desks.bulk.report import Verdict
from desks.bulk.setting import Kind, Setting
from management.volunteer import State
from management.volunteer_commands import Match, PutInReserve, RecordInterview, RecordTraining, Screen

__all__ = ["VOLUNTEERS"]

COLUMNS = (
    Column("person", code, needed=True, key=True),
    Column("score", number(0, 100), absent=None),
    Column("role", code),
    Column("venue", code),
    Column("reserve", yes_no, absent=False),
    Column("trainings", codes, absent=()),
)
WHERE = {"SCORE": "score", "UNKNOWN": "role", "STATE": "person", "NOT_AUTHORISED": "person"}


async def apply(row: Row, books: Books, setting: Setting) -> Verdict:
    """Carry out a row: what of it is not so already, in the order in which it happens."""
    if bool(row["role"]) != bool(row["venue"]):
        missing = "venue" if row["role"] else "role"
        return row.error(missing, "MISSING", "a match names a role and a venue")
    key, done = f"vol:{setting.scope}:{row['person']}", False
    if (await books.state(key)).stage == "NONE":
        return row.error("person", "UNKNOWN", "the person has not applied to this programme")
    for step, command in _steps(row, await books.state(key)):
        outcome = await books.submit(setting.received(row, step, key, command))
        if outcome.refusal:
            return row.refused(outcome.refusal, WHERE)
        done = done or bool(outcome.events)
    return "APPLIED" if done else "KNOWN"


def _steps(row: Row, state: State) -> list[tuple[str, Any]]:
    steps: list[tuple[str, Any]] = []
    if state.stage == "SUBMITTED":
        steps.append(("screen", Screen()))
    if row["score"] is not None and state.score != row["score"]:
        steps.append(("interview", RecordInterview(row["score"])))
    kind = PutInReserve if row["reserve"] else Match
    if row["role"] and (state.role, state.venue) != (row["role"], row["venue"]):
        steps.append(("match", kind(row["role"], row["venue"])))
    steps += [(f"training {name}", RecordTraining(name)) for name in row["trainings"] if name not in state.trainings]
    return steps


VOLUNTEERS = Kind("volunteers", COLUMNS, "programme", ("WF_PLANNER",), apply)
