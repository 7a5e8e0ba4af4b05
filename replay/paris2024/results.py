"""The results of the data set: 45 files, one row a participant in a unit."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from replay.paris2024.files import BadInputError, Line, lines
from schemas.rsc import event_of, is_rsc

__all__ = ["Row", "Unit", "read_units", "write_number"]

# The corner of a breaker; all other words in this column are colours or reserves and say nothing of an order.
CORNERS = {"RED": 1, "BLUE": 2}


class Row(NamedTuple):
    """One participant in a unit, as published."""

    participant: str
    name: str
    team: bool
    organisation: str
    order: int | None
    bib: str
    rank: int | None
    mark: str
    irm: str
    wlt: str  # W, L or T; empty where the unit is no match
    qualification: str
    line: Line

    def number(self) -> Fraction:
        """Return the mark as an exact number; a mark that is none is a fault of the input."""
        try:
            return Fraction(self.mark)
        except ValueError:
            self.line.fault(f"no number: {self.mark!r}")


class Unit(NamedTuple):
    """One unit, as published, its rows in the order of the file."""

    code: str
    event_name: str
    stage: str
    discipline_name: str
    venue: str  # by name; empty for totals
    date: int  # ms, when the result was published
    rows: tuple[Row, ...]

    @property
    def event(self) -> str:
        """The event's code."""
        return event_of(self.code)

    @property
    def name(self) -> str:
        """What the schedule calls it."""
        return f"{self.event_name}, {self.stage}" if self.stage else self.event_name


def write_number(number: Fraction) -> str:
    """Return an exact number as a mark: ``-10``, ``1.1``."""
    return str(number.numerator) if number.denominator == 1 else str(float(number))


def _order(line: Line) -> int | None:
    text = line.text("start_order")
    return int(text) if text.isdigit() else CORNERS.get(text)


def _row(line: Line) -> Row:
    return Row(
        participant=line.needed("participant_code"),
        name=line.text("participant_name"),
        team=line.text("participant_type") == "Team",
        organisation=line.needed("participant_country_code"),
        order=_order(line),
        bib=line.text("bib"),
        rank=line.whole("rank"),
        mark=line.text("result"),
        irm=line.text("result_IRM"),
        wlt=line.text("result_WLT"),
        qualification=line.text("qualification_mark"),
        line=line,
    )


def read_units(folder: Path) -> dict[str, Unit]:
    """Return the units of all results files by code."""
    files = sorted((folder / "results").glob("*.csv"))
    if not files:
        raise BadInputError("results", 0, f"no results in {folder}")
    rows: dict[str, list[Row]] = {}
    for file in files:
        for line in lines(folder, f"results/{file.name}", "date", "stage_code", "participant_code", "result"):
            code = line.needed("stage_code")
            if not is_rsc(code):
                line.fault(f"stage_code is no RSC of 34 characters: {code!r}")
            rows.setdefault(code, []).append(_row(line))
    return {code: _unit(code, found) for code, found in sorted(rows.items())}


def _unit(code: str, rows: list[Row]) -> Unit:
    line = rows[0].line
    return Unit(
        code=code,
        event_name=line.needed("event_name"),
        stage=line.text("stage"),
        discipline_name=line.needed("discipline_name"),
        venue=line.text("venue"),
        date=line.time("date"),
        rows=tuple(rows),
    )
