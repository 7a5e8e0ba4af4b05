"""The folds agree with the generator of a synthetic Games, which works its truths out on its own."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.sports import load_sports
from projections.fold import Fold
from replay.synth import Manifest, Synthesis
from schemas.views import HEAD, EventHead, MedallistRow, ResultHead, ResultRow, Row

SPORTS = load_sports()
Rows = dict[str, dict[str, Row]]


def folded(synthesis: Synthesis) -> Rows:
    """Return the rows of all views at the end."""
    fold = Fold(SPORTS, synthesis.header.games)
    rows: Rows = defaultdict(dict)
    for message in synthesis:
        fold.apply(message.source, message.session, message.serial, message.data)
        for change in fold.changes():
            if change.row is None:
                rows[change.view].pop(change.key, None)
            else:
                rows[change.view][change.key] = change.row
    return rows


def medals_of(rows: Rows, event: str) -> dict[str, str]:
    found = rows[f"medallists/{event}"]
    return {code: row.medal for code, row in found.items() if isinstance(row, MedallistRow)}


def ranks_of(rows: Rows, view: str, *, match: bool) -> dict[str, int]:
    """Return the ranks of a unit or total; in a match 1 for the winner, 2 for the loser, 1 for both of a draw."""
    places = {"W": 1, "L": 2, "T": 1}
    found = {code: row for code, row in rows[view].items() if isinstance(row, ResultRow)}
    if match:
        return {code: places[row.wlt] for code, row in found.items() if row.wlt and row.order}
    return {code: row.rank for code, row in found.items() if row.rank is not None}


def disagreements(rows: Rows, manifest: Manifest) -> list[object]:
    """Return every event and unit that the folds see otherwise."""
    found: list[object] = []
    for code, truth in manifest.events.items():
        head = rows[f"event/{code}"].get(HEAD)
        state = head.state if isinstance(head, EventHead) else ""
        if (medals_of(rows, code), state) != (truth.medals, "FINISHED"):
            found.append((code, state, medals_of(rows, code), truth.medals))
    for code, unit in manifest.units.items():
        view = f"{'cumulative' if unit.model == 'total' else 'result'}/{code}"
        ranks = ranks_of(rows, view, match=unit.model == "match")
        if ranks != unit.ranks:
            found.append((code, unit.model, ranks, unit.ranks))
    return found


def unsettled(rows: Rows, manifest: Manifest) -> list[object]:
    """Return the units that are not signed, or in which something still waits."""
    found: list[object] = []
    for code, truth in manifest.units.items():
        head = rows[f"{'cumulative' if truth.model == 'total' else 'result'}/{code}"].get(HEAD)
        assert isinstance(head, ResultHead)
        waits = (head.undecided, head.pending, head.protests, head.incomplete)
        if head.status != "OFFICIAL" or (waits != (0, 0, 0, ()) and code not in manifest.undecided):
            found.append((code, head.status, waits))
    return found


@given(st.integers(0, 10**9))
@settings(max_examples=6)
def test_the_folds_agree_on_every_rank_and_medal_of_a_small_games(seed: int) -> None:
    synthesis = Synthesis(seed, "small")
    rows = folded(synthesis)
    assert disagreements(rows, synthesis.manifest) == []
    assert unsettled(rows, synthesis.manifest) == []


def test_the_folds_agree_on_a_whole_day() -> None:
    synthesis = Synthesis(7, "day")
    rows = folded(synthesis)
    assert disagreements(rows, synthesis.manifest) == []
    assert [
        found
        for found in unsettled(rows, synthesis.manifest)
        if not any(code in str(found) for code in synthesis.manifest.never_healed)
    ] == []
