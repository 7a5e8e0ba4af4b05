"""Which views are offered as XML, and as what."""

from __future__ import annotations

from collections.abc import Callable

from engine.views import View
from feeds.names import Names
from feeds.xml import medals, people, results, schedule
from feeds.xml.header import GAMES_WIDE, Envelope, code_of, wrap
from feeds.xml.layout import Context, Fragments, Layout
from schemas.games import Games

__all__ = ["XmlWriter", "layout_of"]

MOST = 4096  # views whose fragments are kept


def layout_of(view: str) -> Layout | None:
    """Return how a view becomes a document; None where it is not offered as XML."""
    kind, *rest = view.split("/")
    match kind, rest:
        case "participants", [discipline]:
            return Layout("DT_PARTIC", code_of(discipline), people.participants)
        case "teams", [discipline]:
            return Layout("DT_PARTIC_TEAMS", code_of(discipline), people.teams)
        case "schedule", ["day", date]:
            return Layout("DT_SCHEDULE", GAMES_WIDE, schedule.schedule, date)
        case "schedule", [discipline]:
            return Layout("DT_SCHEDULE", code_of(discipline), schedule.schedule)
        case "startlist", [unit]:
            return Layout("DT_RESULT", unit, results.start_list, status=lambda _view: "START_LIST")
        case "result", [unit]:
            return Layout("DT_RESULT", unit, results.result, status=results.status_of)
        case "cumulative", [code]:
            return Layout("DT_CUMULATIVE_RESULT", code, results.result, status=results.status_of)
        case "medallists", ["discipline", discipline]:
            return Layout("DT_MEDALLISTS_DISCIPLINE", code_of(discipline), medals.medallists_of_events)
        case "medallists", ["day", date]:
            return Layout("DT_MEDALLISTS_DAY", GAMES_WIDE, medals.medallists_of_events, date)
        case "medallists", [event]:
            return Layout("DT_MEDALLISTS", event, medals.medallists)
        case "medals", ["table"]:
            return Layout("DT_MEDALS", GAMES_WIDE, medals.medals)
        case "medals", ["discipline", discipline]:
            return Layout("DT_MEDALS", code_of(discipline), medals.medals)
        case "medals", ["day", date]:
            return Layout("DT_MEDALS", GAMES_WIDE, medals.medals, date)
        case _:
            return None


class XmlWriter:
    """Writes views as documents, each row once per change."""

    def __init__(self, names: Names, games: Games, mode: Callable[[], str]) -> None:
        self._names = names
        self._games = games
        self._mode = mode
        self._kept: dict[str, tuple[Layout, Fragments]] = {}

    def follow(self, games: Games) -> None:
        """Write as another configuration of the Games says from now on."""
        self._games = games
        self._kept.clear()

    def offers(self, view: str) -> bool:
        """Say whether a view is offered as XML."""
        return layout_of(view) is not None

    def write(self, view: View) -> bytes:
        """Return the document of a view that is offered, dated by its newest change."""
        layout, fragments = self._kept.get(view.name) or self._begin(view.name)
        inner = layout.write(Context(view, fragments, self._names, self._games.offset))
        fragments.keep_only(view.rows)
        envelope = Envelope(
            layout.type,
            layout.code,
            max(view.sequence, 1),
            view.time,
            layout.subcode,
            layout.status(view),
        )
        return wrap(envelope, inner, self._games, self._mode())

    def _begin(self, view: str) -> tuple[Layout, Fragments]:
        layout = layout_of(view)
        assert layout is not None, f"{view} is not offered as XML"
        if len(self._kept) >= MOST:
            self._kept.clear()
        self._kept[view] = layout, Fragments()
        return self._kept[view]
