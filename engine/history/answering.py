"""Answering questions from a history's tables.

What is asked about a cut is answered only where all tables hold all of it: cuts are written last, so their watermark is
how far the history knows.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import msgspec

from engine.errors import NotKnown
from engine.history import questions as q
from engine.history import statements as sql
from engine.history.errors import HistoryNotFound
from engine.history.store import Store
from engine.history.versions import current
from engine.instants import parse_instant
from schemas.views import MedalTableRow

__all__ = ["Answer", "Epoch", "answer", "find_epoch", "known_cut"]

Answer = (
    q.RevisionsAnswer
    | q.ViewAnswer
    | q.ChangesAnswer
    | q.CorrectionsAnswer
    | q.LatencyAnswer
    | q.MedalDaysAnswer
    | q.Progress
)
_medals = msgspec.json.Decoder(MedalTableRow)


class Epoch(NamedTuple):
    """What a question is about."""

    name: str
    log: str


def answer(store: Store, question: q.Question, epoch: str = "") -> Answer:
    """Return the answer to a question; ``epoch`` is meant where it names none.

    Raises ``NotKnown`` for what the history does not reach, ``HistoryNotFound`` where there is none, ``HistoryDown``
    and ``HistoryFailed``.
    """
    about = find_epoch(store, question.epoch or epoch)
    return _ANSWERS[type(question)](store, about, question)


def find_epoch(store: Store, name: str = "") -> Epoch:
    """Return the epoch of a name, or the newest one."""
    rows = store.rows(sql.EPOCHS, {"epoch": name})
    if not rows:
        wanted = f"epoch {name}" if name else "any epoch"
        raise HistoryNotFound(store.place.name, f"it holds nothing of {wanted}")
    if not name and len({log for _, log in rows}) > 1:
        found = ", ".join(sorted({one for one, _ in rows}))
        raise HistoryNotFound(store.place.name, f"it holds several logs: name an epoch of {found}")
    return Epoch(*rows[0])


def known_cut(store: Store, epoch: Epoch) -> tuple[int, int]:
    """Return the cut up to which all is known, and its log time."""
    rows = store.rows(sql.NEWEST_CUT, {"epoch": epoch.name})
    return (int(rows[0][0]), int(rows[0][1])) if rows else (0, 0)


def _cut_of(store: Store, epoch: Epoch, when: str) -> int:
    """Return the cut that a text means; raises ``NotKnown``."""
    newest, _ = known_cut(store, epoch)
    if not when:
        return newest
    name, _, number = when.rpartition(".")
    if number.isascii() and number.isdigit() and ":" not in when:
        if name not in ("", epoch.name):
            raise NotKnown(when, f"the epoch is {epoch.name}")
        if len(number) > len(str(sys.maxsize)) or int(number) > newest:
            raise NotKnown(when, f"the newest cut that the history knows is {newest}")
        return int(number)
    instant = parse_instant(when)
    if instant is None:
        raise NotKnown(when, "neither {epoch}.{cut} nor an RFC 3339 instant")
    ((found,),) = store.rows(sql.FIRST_CUT_AFTER, {"epoch": epoch.name, "time": instant})
    return int(found) - 1 if found else newest


def _row(store: Store, version: int, view: str, row: str) -> msgspec.Raw:
    return msgspec.Raw(current(store.place.name, version, view, row).encode() or b"null")


def _revisions(store: Store, epoch: Epoch, question: q.Revisions) -> q.RevisionsAnswer:
    newest, _ = known_cut(store, epoch)
    rows = store.rows(sql.REVISIONS, {"epoch": epoch.name, "view": question.view, "key": question.key, "cut": newest})
    found = [
        q.Revision(cut, revision, time, at, list(because), reason, _row(store, version, question.view, row))
        for cut, revision, time, at, because, reason, version, row in rows
    ]
    return q.RevisionsAnswer(epoch.name, newest, question.view, question.key, found)


def _view(store: Store, epoch: Epoch, question: q.ViewAsOf) -> q.ViewAnswer:
    cut = _cut_of(store, epoch, question.when)
    asked = {"epoch": epoch.name, "view": question.view, "cut": cut}
    ((sequence, changed, time),) = store.rows(sql.VIEW_STATE, asked)
    rows = {
        key: q.HeldRow(revision, list(because), _row(store, version, question.view, row))
        for key, revision, because, version, row in store.rows(sql.VIEW_ROWS, asked)
    }
    return q.ViewAnswer(epoch.name, cut, question.view, sequence, changed, time, rows)


def _between(store: Store, epoch: Epoch, question: q.Between) -> q.ChangesAnswer:
    since, until = (_cut_of(store, epoch, when) for when in (question.since, question.until))
    limit = min(max(question.limit, 1), q.MOST)
    rows = store.rows(
        sql.BETWEEN,
        {
            "epoch": epoch.name,
            "since": since,
            "until": until,
            "match": _regex(question.match),
            "limit": limit + 1,
        },
    )
    changes = [
        q.RowChange(
            view=view,
            key=key,
            was=_row(store, was[0], view, was[1]),
            now=_row(store, now[0], view, now[1]),
            revision=revision if now[1] else 0,
            changes=count,
            cut=cut,
            because=list(because),
            reason=reason,
        )
        for view, key, was, now, revision, count, cut, because, reason in rows
    ]
    others = [one for one in changes[:limit] if bytes(one.was) != bytes(one.now)]  # not only written by another version
    return q.ChangesAnswer(epoch.name, since, until, len(changes) > limit, others)


def _regex(match: str) -> str:
    """Return the expression of a pattern, over a name with a slash before it, as subscriptions mean it."""
    parts = (
        "(?:/[^/]+)*" if segment == "**" else "/" + "[^/]*".join(map(re.escape, segment.split("*")))
        for segment in match.split("/")
    )
    return f"^{''.join(parts)}$"


def _corrections(store: Store, epoch: Epoch, question: q.Corrections) -> q.CorrectionsAnswer:
    newest, _ = known_cut(store, epoch)
    rows = store.rows(
        sql.CORRECTIONS,
        {"epoch": epoch.name, "cut": newest, "venue": question.venue, "discipline": question.discipline},
    )
    return q.CorrectionsAnswer(epoch.name, newest, [q.CorrectionsLine(*row) for row in rows])


def _latency(store: Store, epoch: Epoch, question: q.Latency) -> q.LatencyAnswer:
    ((position,),) = store.rows(sql.NEWEST_RAW, {"log": epoch.log})
    rows = store.rows(sql.LATENCY, {"log": epoch.log, "venue": question.venue})
    lines = [
        q.LatencyLine(venue, hour, count, *(round(value, 3) for value in (*quantiles, longest)))
        for venue, hour, count, quantiles, longest in rows
    ]
    return q.LatencyAnswer(epoch.log, position, lines)


def _medal_days(store: Store, epoch: Epoch, question: q.MedalDays) -> q.MedalDaysAnswer:
    newest, _ = known_cut(store, epoch)
    asked = {"epoch": epoch.name, "cut": newest}
    tables: dict[tuple[str, int], list[MedalTableRow]] = {(day, cut): [] for day, cut in store.rows(sql.DAYS, asked)}
    for day, cut, version, row in store.rows(sql.MEDALS_BY_DAY, asked):
        tables[day, cut].append(_medals.decode(_row(store, version, "medals/table", row)))
    days = [
        q.MedalDay(
            day,
            cut,
            [
                q.MedalLine(row.rank, row.organisation, row.gold, row.silver, row.bronze, row.total)
                for row in sorted(rows, key=lambda row: row.sort)
            ],
        )
        for (day, cut), rows in tables.items()
    ]
    return q.MedalDaysAnswer(epoch.name, newest, days)


def _progress(store: Store, epoch: Epoch, question: q.Standing) -> q.Progress:
    """Say how far it is, for want of a writer that knows more."""
    cut, time = known_cut(store, epoch)
    ((position,),) = store.rows(sql.NEWEST_RAW, {"log": epoch.log})
    return q.Progress(
        history=store.place.name,
        state="idle",
        log=epoch.log,
        epoch=epoch.name,
        position=position,
        cut=cut,
        cut_time=time,
        behind=None,
        failures=0,
        error="",
        since=0,
    )


_ANSWERS: Mapping[type, Callable[[Store, Epoch, Any], Answer]] = {
    q.Revisions: _revisions,
    q.ViewAsOf: _view,
    q.Between: _between,
    q.Corrections: _corrections,
    q.Latency: _latency,
    q.MedalDays: _medal_days,
    q.Standing: _progress,
}
