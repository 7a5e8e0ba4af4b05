"""What the folds make of the archive is what was published: every rank, every winner, every medal, on its day."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from schemas import messages as m
from tests.replay.paris2024.conftest import BEFORE, END, REVIEWED, STANDS

HEAD = "@"
FLOOR = "GARW1APFX-------------FNL-000001--"
FLOOR_EVENT = "GARW1APFX-------------------------"


def result(views: Any, unit: str) -> Any:
    return views.get(f"result/{unit}") or views.get(f"cumulative/{unit}") or {}


def ranked(views: Any, unit: str) -> dict[str, int | None]:
    return {code: row.rank for code, row in result(views, unit).items() if code != HEAD}


def shown_as(unit: str) -> str:
    """Return what was published as a unit: the last race of an omnium is shown as the total."""
    return unit[:22] + "-" * 12 if unit[4:10] == "OMNIUM" and unit[22:26] == "PTS-" else unit


def wrong_ranks(games: Any, views: Any) -> list[str]:
    found = []
    for unit, ranks in games.ranks().items():
        got = ranked(views, shown_as(unit))
        if {code: got.get(code) for code in ranks} != ranks:
            found.append(unit)
    return found


def medals(views: Any) -> set[tuple[str, str, str, str]]:
    return {
        (row.event, code, row.medal, row.day)
        for view, rows in views.items()
        if view.startswith("medallists/") and len(view) == 11 + 34
        for code, row in rows.items()
    }


def test_every_published_rank_follows(games: Any) -> None:
    # The floor of the women was published before its correction of 10 August.
    assert [unit for unit in wrong_ranks(games, games.views) if unit != FLOOR] == []
    assert FLOOR not in wrong_ranks(games, games.at(BEFORE))


def test_every_winner_follows(games: Any) -> None:
    for unit, sides in games.matches().items():
        rows = result(games.views, unit)
        assert {code: rows[code].wlt for code in sides} == sides, unit


def test_every_medal_is_there_on_its_day(games: Any) -> None:
    assert medals(games.views) == games.medals()


def test_nothing_is_left_undecided(games: Any) -> None:
    heads = {
        view: rows[HEAD] for view, rows in games.views.items() if HEAD in rows and hasattr(rows[HEAD], "undecided")
    }
    assert [view for view, head in heads.items() if head.undecided or head.pending] == []


def test_every_result_is_official(games: Any) -> None:
    units = games.units()
    assert {unit: result(games.views, unit)[HEAD].status for unit in units} == dict.fromkeys(units, "OFFICIAL")


def test_every_mark_is_the_one_published(games: Any) -> None:
    totals = {unit for unit in games.units() if f"cumulative/{unit}" in games.views}
    for unit, rows in games.units().items():
        if unit == FLOOR or shown_as(unit) != unit:
            continue
        got = result(games.views, unit)
        for row in rows:
            shown = got[row["participant_code"]]
            if not (unit in totals and row.get("result_IRM")) and row["result"]:
                assert float_of(shown.mark) == float_of(row["result"]), (unit, row["participant_code"])


def float_of(mark: str) -> object:
    try:
        return float(mark)
    except ValueError:
        return mark


def test_the_tables_count_what_was_published(games: Any) -> None:
    organisations = {row["code"].removesuffix(".0"): row["country_code"] for row in games.rows("medals.csv")}
    published = games.medals()
    tables: dict[str, Counter[tuple[str, str]]] = {"medals/table": Counter()}
    for event, code, medal, day in published:
        for view in ("medals/table", f"medals/discipline/{event[:3]}", f"medals/day/{day}"):
            tables.setdefault(view, Counter())[organisations[code], medal] += 1
    for view, counts in tables.items():
        got = games.views[view]
        for organisation in {one for one, _ in counts}:
            row = got[organisation]
            assert (row.gold, row.silver, row.bronze) == tuple(
                counts[organisation, medal] for medal in ("ME_GOLD", "ME_SILVER", "ME_BRONZE")
            ), (view, organisation)
        assert sum(row.total for row in got.values()) == sum(counts.values()), view


def test_the_neutral_are_counted_without_a_rank(games: Any) -> None:
    row = games.views["medals/table"]["AIN"]
    assert row.rank is None
    assert row.total > 0


def test_the_official_table(real: Any) -> None:
    table = real.views["medals/table"]
    path = real.folder / "medal-table-kevle1" / "olympics.json"
    official = {one["country"]["code"]: one for one in json.loads(path.read_text())["results"]}
    assert {code: row.rank for code, row in table.items() if code != "AIN"} == {
        code: one["rank"] for code, one in official.items()
    }
    counts = {code: [one["medals"][kind] for kind in ("gold", "silver", "bronze")] for code, one in official.items()}
    counts["AIN"] = [1, 3, 1]  # left out there
    assert {code: [row.gold, row.silver, row.bronze] for code, row in table.items()} == counts
    totals = {
        row["country_code"]: [int(row[f"{medal} Medal"]) for medal in ("Gold", "Silver", "Bronze")]
        for row in real.rows("medals_total.csv")
    }
    totals["INA"] = [2, 0, 1]  # the file says 2, 0, 0
    assert counts == totals
    assert len(table) == 92
    assert sum(row.total for row in table.values()) == 1044
    assert len({event for event, *_ in real.medals()}) == 329


def test_the_sixteen_days(real: Any) -> None:
    days = Counter(row["medal_date"] for row in real.rows("medals.csv"))
    shown = {
        view.removeprefix("medals/day/"): sum(row.total for row in rows.values())
        for view, rows in real.views.items()
        if view.startswith("medals/day/")
    }
    assert shown == dict(days)
    assert len(shown) == 16


# -- as known at ------------------------------------------------------------------------------------------------------


def floor(views: Any) -> dict[str, tuple[str, str]]:
    return {code: (row.medal, row.state) for code, row in views[f"medallists/{FLOOR_EVENT}"].items()}


def floor_rows(games: Any) -> tuple[str, str]:
    rows = {row["rank"]: row["participant_code"] for row in games.units()[FLOOR]}
    return rows["3.0"], rows["4.0"]


def test_a_bronze_stands_is_reviewed_and_is_reallocated(games: Any) -> None:
    holder, following = floor_rows(games)
    stands = floor(games.at(STANDS))
    assert (stands[holder], following in stands) == (("ME_BRONZE", ""), False)
    reviewed = games.at(REVIEWED)
    assert (floor(reviewed)[holder], following in floor(reviewed)) == (("ME_BRONZE", "under_review"), False)
    assert [ranked(reviewed, FLOOR)[code] for code in (following, holder)] == [3, 5]
    ended = floor(games.views)
    assert (holder in ended, ended[following][0]) == (False, "ME_BRONZE")


def test_the_bronze_was_american_on_6_august(real: Any) -> None:
    views = real.at(STANDS)
    holder, _ = floor_rows(real)
    assert views["athlete/" + holder][HEAD].organisation == "USA"
    assert floor(views)[holder] == ("ME_BRONZE", "")


def test_an_excluded_finalist_loses_the_place_and_keeps_the_semi_final(games: Any) -> None:
    replaced = games.of(m.ParticipantReplaced)[0]
    final = result(games.views, replaced.unit)
    assert (replaced.enters in final, replaced.leaves in final) == (True, False)
    semifinals = [unit for unit in games.matches() if unit[:26] == replaced.unit[:22] + "SFNL"]
    assert [
        rows[replaced.leaves].wlt for unit in semifinals if replaced.leaves in (rows := result(games.views, unit))
    ] == ["W"]


def test_a_bronze_without_a_match_goes_to_who_could_have_contested_it(games: Any) -> None:
    not_held = games.of(m.UnitNotHeld)[0]
    event = not_held.unit[:22] + "-" * 12
    bronze = [code for code, row in games.views[f"medallists/{event}"].items() if row.medal == "ME_BRONZE"]
    losers = {
        row["participant_code"]: row["result_IRM"]
        for unit, rows in games.units().items()
        if unit[:26] == not_held.unit[:22] + "SFNL"
        for row in rows
        if row["result_WLT"] == "L"
    }
    assert bronze == [code for code, irm in losers.items() if not irm]


# -- what the orders are good for -----------------------------------------------------------------------------------


def test_without_the_orders_their_units_are_undecided_and_no_others_change(games: Any) -> None:
    crossed = games.report.units_with("finish_order")

    def is_order(message: Any) -> bool:
        placed = isinstance(message, m.Finish) and message.place is not None and message.unit in crossed
        return placed or isinstance(message, m.OrderDecided)

    without = games.fold(raw for raw, message in games.said if not is_order(message))[END]
    changed = {unit for unit in games.ranks() if ranked(without, unit) != ranked(games.views, unit)}
    decided = games.report.units_with
    kinds = ("equal_marks", "dead_heat", "no_mark", "over_marks", "stage_order", "finish_order")
    ordered = set().union(*map(decided, kinds))
    following = {unit for unit in changed - ordered if unit[4:10] == "OMNIUM"}  # their points come by rank
    assert changed - following == ordered
    undecided = {unit for unit in changed if result(without, unit)[HEAD].undecided}
    assert decided("equal_marks") | decided("dead_heat") | decided("stage_order") <= undecided | following
    finished = [message for message in games.of(m.Finish) if is_order(message)]
    assert {one.unit for one in finished} == crossed
    assert [one for one in finished if ranked(without, one.unit)[one.subject] is not None] == []
    assert undecided <= ordered | following
