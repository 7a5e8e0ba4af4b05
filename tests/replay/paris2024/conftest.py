"""The importer's two inputs, the small one in the repository and the real one, and what was published of each."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from engine.sports import load_sports
from projections.fold import Fold
from replay.archive import Message
from schemas import messages as m
from schemas.views import Row
from tests.replay.paris import imported

SMALL = Path(__file__).parent / "small"
MEDALS = {"Gold Medal": "ME_GOLD", "Silver Medal": "ME_SILVER", "Bronze Medal": "ME_BRONZE"}
Views = dict[str, dict[str, Row]]
STANDS, BEFORE, REVIEWED, END = (
    "2024-08-06T23:00:00+02:00",
    "2024-08-10T12:00:00+02:00",
    "2024-08-10T22:00:00+02:00",
    "",
)
INSTANTS = (STANDS, BEFORE, REVIEWED)


class Said(NamedTuple):
    """A message and what it says."""

    raw: Message
    message: m.VenueMessage


def take(fold: Fold, views: Views) -> None:
    """Bring views up to date."""
    for view, key, row, *_ in fold.changes():
        if row is None:
            views.get(view, {}).pop(key, None)
        else:
            views.setdefault(view, {})[key] = row


class Games:
    """One input, imported."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.header, self.report, self.messages = imported(folder)
        self.said = [Said(raw, m.decode(raw.data)) for raw in self.messages]
        self._at: dict[str, Views] = {}

    @property
    def views(self) -> Views:
        """What the folds make of all messages."""
        return self.at(END)

    def at(self, instant: str) -> Views:
        """Return the views as they stood at one of the instants; one pass gives all of them."""
        if not self._at:
            self._at = self.fold(self.messages)
        return self._at[instant]

    def fold(self, messages: Iterable[Message]) -> dict[str, Views]:
        """Return the views after messages, and as they stood at each instant."""
        fold = Fold(load_sports(), self.header.games)
        views: Views = {}
        found: dict[str, Views] = {}
        limits = [(round(datetime.fromisoformat(one).timestamp() * 1_000_000), one) for one in INSTANTS]
        for raw in messages:
            while limits and raw.time > limits[0][0]:
                take(fold, views)
                found[limits.pop(0)[1]] = {view: dict(rows) for view, rows in views.items()}
            fold.apply(raw.source, raw.session, raw.serial, raw.data)
        take(fold, views)
        return {**dict.fromkeys((one for _, one in limits), views), **found, END: views}

    def of(self, kind: type[m.Message]) -> list[Any]:
        """Return all messages of a kind."""
        return [said.message for said in self.said if type(said.message) is kind]

    # -- what was published, read by the shortest way ------------------------------------------------------------

    def rows(self, name: str) -> Iterator[dict[str, str]]:
        """Return the rows of a file."""
        with (self.folder / name).open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)

    def units(self) -> dict[str, list[dict[str, str]]]:
        """Return the rows of all units."""
        units: dict[str, list[dict[str, str]]] = {}
        for file in sorted((self.folder / "results").glob("*.csv")):
            for row in self.rows(f"results/{file.name}"):
                units.setdefault(row["stage_code"], []).append(row)
        return units

    def ranks(self) -> dict[str, dict[str, int | None]]:
        """Return the published ranks of the units that have any and are no matches."""
        return {
            code: {row["participant_code"]: int(float(row["rank"])) if row["rank"] else None for row in rows}
            for code, rows in self.units().items()
            if any(row.get("rank") for row in rows) and not any(row.get("result_WLT") for row in rows)
        }

    def matches(self) -> dict[str, dict[str, str]]:
        """Return W, L or T by side of the matches that say it."""
        return {
            code: {row["participant_code"]: row["result_WLT"] for row in rows}
            for code, rows in self.units().items()
            if any(row.get("result_WLT") for row in rows)
        }

    def medals(self) -> set[tuple[str, str, str, str]]:
        """Return event, participant, medal and day as known at the end."""
        units = self.units()
        events = {
            (rows[0]["discipline_name"], code[3], rows[0]["event_name"]): code[:22] + "-" * 12
            for code, rows in units.items()
        }
        return {
            (
                events[row["discipline"], row["gender"], row["event"]],
                row["code"].removesuffix(".0"),
                MEDALS[row["medal_type"]],
                row["medal_date"],
            )
            for row in self.rows("medals.csv")
        }


@pytest.fixture(scope="session")
def small() -> Games:
    """Ten events of made-up people, with a case of everything."""
    return Games(SMALL)


@pytest.fixture(scope="session")
def real(games_data: Path) -> Games:
    """Paris 2024, whole."""
    return Games(games_data / "paris2024")


@pytest.fixture(params=["small", pytest.param("real", marks=pytest.mark.data)])
def games(request: pytest.FixtureRequest) -> Games:
    """Both inputs, one after the other."""
    found: Games = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def broken(tmp_path: Path) -> Callable[[str, str, str], Path]:
    """Copy the small input with a text of one of its files replaced."""

    def replace(name: str, text: str, by: str) -> Path:
        folder = tmp_path / "broken"
        shutil.copytree(SMALL, folder)
        path = folder / name
        before = path.read_text(encoding="utf-8")
        assert text in before
        path.write_text(before.replace(text, by, 1), encoding="utf-8")
        return folder

    return replace
