"""From raw messages and cuts to the columns of the tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from engine.raw import Raw
from engine.views import encode_row
from schemas.cut import Change, Cut
from schemas.games import Games

__all__ = ["Columns", "columns_of_changes", "columns_of_cuts", "columns_of_raw", "count_rows", "sport_day"]

Columns = list[Sequence[object]]  # one sequence a column, all of one length
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def sport_day(time: int, games: Games) -> str:
    """Return the day of a log time in microseconds: it ends in the small hours of the Games' own clock."""
    local = _EPOCH + timedelta(microseconds=time, minutes=games.offset) - timedelta(hours=games.day_ends)
    return local.date().isoformat()


def columns_of_raw(log: str, partition: int, raws: Sequence[Raw]) -> Columns:
    """Return the columns of raw messages of one partition of a log."""
    return [
        [log] * len(raws),
        [partition] * len(raws),
        [raw.position for raw in raws],
        [raw.source for raw in raws],
        [raw.session for raw in raws],
        [raw.serial for raw in raws],
        [raw.at for raw in raws],
        [raw.time for raw in raws],
        [raw.data for raw in raws],
        [raw.chain for raw in raws],
    ]


def columns_of_cuts(epoch: str, games: Games, cuts: Sequence[Cut]) -> Columns:
    """Return the columns of cuts."""
    return [
        [epoch] * len(cuts),
        [cut.number for cut in cuts],
        [cut.position for cut in cuts],
        [cut.time for cut in cuts],
        [cut.at for cut in cuts],
        [sport_day(cut.time, games) for cut in cuts],
        [list(cut.because) for cut in cuts],
        [len(cut.changes) for cut in cuts],
    ]


def columns_of_changes(epoch: str, cuts: Iterable[Cut]) -> Columns:
    """Return the columns of all that cuts change: what each row is after its cut."""
    pairs = [(cut, change) for cut in cuts for change in _last(cut.changes)]
    causes = {cut.number: list(cut.because) for cut, _ in pairs}
    return [
        [epoch] * len(pairs),
        [change.view for _, change in pairs],
        [change.key for _, change in pairs],
        [cut.number for cut, _ in pairs],
        [cut.position for cut, _ in pairs],
        [cut.time for cut, _ in pairs],
        [cut.at for cut, _ in pairs],
        [change.revision for _, change in pairs],
        [int(change.row is None) for _, change in pairs],
        [b"" if change.row is None else encode_row(change.row) for _, change in pairs],
        ["" if change.row is None else change.row.reason for _, change in pairs],
        [causes[cut.number] for cut, _ in pairs],
    ]


def _last(changes: Sequence[Change]) -> Iterable[Change]:
    """Return one change a row: what a cut says of it last."""
    return {(change.view, change.key): change for change in changes}.values()


def count_rows(cut: Cut) -> int:
    """Return how many rows a cut may take in the tables."""
    return 1 + len(cut.changes)
