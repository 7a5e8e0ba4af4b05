"""The laws of the folds, for any small competition said by several sources."""

from __future__ import annotations

import os
from collections import Counter
from random import Random

import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from projections import standing
from projections.fold import Fold
from projections.tables import Medal, Tally, medal_table
from projections.why import Reason, explain
from schemas import messages as m
from schemas.sport import Sport, UnitRule
from schemas.views import MedallistRow, MedalTableRow, ResultRow, Row
from tests.laws.venues import holds, in_turn, mixed, plays
from tests.projections.hand import Hand, Rows, Said, fold_of, reemit, rsc, shown

SOAK = bool(int(os.environ.get("PODIUM_SOAK_SEEDS", "0")))
# ``holds`` finds the smallest competition by itself, sooner than Hypothesis.
few = settings(settings() if SOAK else settings(max_examples=40), phases=[Phase.explicit, Phase.reuse, Phase.generate])
seeds = st.integers(0, 2**32)


def differences(one: Rows, two: Rows) -> list[tuple[str, str, object, object]]:
    """Rows that differ, so that a failure shows those and no others."""
    keys = {(view, key) for rows in (one, two) for view in rows for key in rows[view]}
    return [
        (view, key, one.get(view, {}).get(key), two.get(view, {}).get(key))
        for view, key in sorted(keys)
        if one.get(view, {}).get(key) != two.get(view, {}).get(key)
    ]


# -- order, copies, stopping and going on ----------------------------------------------------------------------------


@few
@given(plays())
def test_how_the_sources_were_interleaved_changes_nothing(said: list[Said]) -> None:
    holds(lambda said: differences(fold_of(said).all, fold_of(in_turn(said)).all), said)
    assert fold_of(said).views.digest() == fold_of(in_turn(said)).views.digest()


def renumbered(said: list[Said], copies: int) -> list[Said]:
    """Send every message ``copies`` times, one after the other; a target is the first of them."""
    sent: list[Said] = []
    for source, session, serial, data in said:
        message = m.decode(data)
        if isinstance(message, m.Correction | m.Retraction):
            name, _, number = message.target.rpartition("/")
            message = msgspec.structs.replace(message, target=f"{name}/{2 * int(number) - 1}")
        sent += [(source, session, 2 * serial - 1 + copy, m.encode(message)) for copy in range(copies)]
    return sent


@few
@given(plays(healing=False))
def test_every_message_sent_twice_changes_nothing(said: list[Said]) -> None:
    holds(lambda said: differences(fold_of(renumbered(said, 2)).all, fold_of(renumbered(said, 1)).all), said)


@few
@given(plays(timed=True, healing=False), seeds)
def test_all_sessions_sent_again_change_nothing(said: list[Said], again: int) -> None:
    """As other sessions, and the sources mixed otherwise; their messages have venue times."""

    def law(said: list[Said]) -> object:
        resent = [(source, "s2", serial, data) for source, _, serial, data in said]
        by_source = [[one for one in resent if one[0] == source] for source in {one[0] for one in resent}]
        return differences(fold_of([*said, *mixed(by_source, Random(again))]).all, fold_of(said).all)

    holds(law, said)


@few
@given(plays(), st.lists(st.floats(0, 1), min_size=1, max_size=3))
def test_a_fold_goes_on_from_where_another_was_dumped(said: list[Said], where: list[float]) -> None:
    """Once or again and again, by what has changed: the same changes with the same revisions."""

    def law(said: list[Said]) -> object:
        stops = {int(one * len(said)) for one in where}
        whole, going = Hand(), Hand()
        saved: dict[str, bytes] = {}
        for number, one in enumerate(said):
            if number in stops:
                saved |= going.fold.dump()
                views, kept = going.views, shown(going)
                going = Hand()
                going.fold.load(saved, kept)
                going.views = views
                if going.fold.changes():
                    return "a fold that was loaded has changes"
            whole.take(one)
            going.take(one)
            if going.last != whole.last:
                return going.last, whole.last
        return [*(going.fold.dump(whole=True).keys() ^ whole.fold.dump(whole=True).keys())]

    holds(law, said)


@few
@given(plays())
def test_what_is_saved_bit_by_bit_is_what_is_saved_at_once(said: list[Said]) -> None:
    hand = Hand()
    saved: dict[str, bytes] = {}
    for one in said:
        hand.take(one)
        saved |= hand.fold.dump()
    at_once = Hand()
    at_once.fold.load(hand.fold.dump(whole=True), shown(hand))
    bit_by_bit = Hand()
    bit_by_bit.fold.load(saved, shown(hand))
    assert bit_by_bit.fold.dump(whole=True) == at_once.fold.dump(whole=True)


# -- what is shown ---------------------------------------------------------------------------------------------------


@few
@given(plays())
def test_what_was_shown_change_by_change_is_what_the_state_gives(said: list[Said]) -> None:
    def law(said: list[Said]) -> object:
        hand = Hand()
        for number, one in enumerate(said, start=1):
            hand.take(one)
            if number % 10 == 0 or number == len(said):
                wrong = differences(hand.all, reemit(hand.fold))
                if wrong:
                    return wrong
        return []

    holds(law, said)


@few
@given(plays())
def test_a_cut_shows_a_row_once_and_for_ever(said: list[Said]) -> None:
    """What was handed over does not change under the hands of those who keep it."""

    def law(said: list[Said]) -> object:
        hand = Hand()
        shown: list[tuple[Row, bytes]] = []
        for one in said:
            hand.take(one)
            if len(hand.changed()) != len(hand.last):
                return hand.last
            shown += [(row, msgspec.json.encode(row)) for _, _, row, _ in hand.last if row is not None]
        return [(row, was) for row, was in shown if msgspec.json.encode(row) != was]

    holds(law, said)


@few
@given(plays())
def test_the_medal_tables_are_a_plain_recount(said: list[Said]) -> None:
    hand = fold_of(said)
    organisation = hand.fold.spanning.organisation
    rows = [row for row in _medallists(hand.all) if organisation.get(row.participant)]
    unranked = {key for key, row in hand.rows("organisations").items() if not row.ranked}  # type: ignore[attr-defined]
    views: dict[str, list[MedallistRow]] = {"medals/table": rows}
    for row in rows:
        views.setdefault(f"medals/discipline/{row.event[:3]}", []).append(row)
        if row.day:
            views.setdefault(f"medals/day/{row.day}", []).append(row)
    for view, counted in views.items():
        counts: dict[str, Counter[str]] = {}
        for row in counted:
            counts.setdefault(organisation[row.participant], Counter())[row.medal] += 1
        table = hand.rows(view)
        assert table.keys() == counts.keys()
        for code, own in counts.items():
            found = table[code]
            assert isinstance(found, MedalTableRow)
            assert (found.gold, found.silver, found.bronze, found.total) == (*medals_of(own), own.total())
            better = sum(medals_of(one) > medals_of(own) for other, one in counts.items() if other not in unranked)
            assert found.rank == (None if code in unranked else better + 1)


def medals_of(own: Counter[str]) -> tuple[int, int, int]:
    return own["ME_GOLD"], own["ME_SILVER"], own["ME_BRONZE"]


def _medallists(rows: Rows) -> list[MedallistRow]:
    return [
        row
        for view, held in rows.items()
        if view.startswith("medallists/") and len(view) == 45
        for row in held.values()
        if isinstance(row, MedallistRow)
    ]


medals = st.builds(
    Medal,
    organisation=st.sampled_from(["AAA", "BBB", "CCC", "DDD"]),
    medal=st.sampled_from(["ME_GOLD", "ME_SILVER", "ME_BRONZE"]),
    event=st.sampled_from([rsc(f"ATH{gender}X") for gender in "MWXO-"]),
)


@given(st.lists(medals, max_size=12), st.frozensets(st.sampled_from(["AAA", "BBB"])))
def test_a_table_is_sorted_by_gold_silver_bronze_and_by_total(held: list[Medal], unranked: frozenset[str]) -> None:
    table = medal_table(Tally(held), unranked)
    by_gold = sorted(table.values(), key=lambda row: (-row.gold, -row.silver, -row.bronze, row.organisation))
    by_total = sorted(table.values(), key=lambda row: (-row.total, row.organisation))
    assert [row.sort for row in by_gold] == [row.sort_total for row in by_total] == [*range(1, len(table) + 1)]
    ranked = [row for row in by_gold if row.organisation not in unranked]
    for row in ranked:
        equal = [one for one in ranked if (one.gold, one.silver, one.bronze) == (row.gold, row.silver, row.bronze)]
        assert row.rank == ranked.index(equal[0]) + 1
        assert row.tied == (len(equal) > 1)
    for row in table.values():
        assert row.total == row.gold + row.silver + row.bronze
        columns = zip(row.men, row.women, row.mixed, row.open, strict=True)
        assert tuple(map(sum, columns)) == (row.gold, row.silver, row.bronze)
        assert (row.rank is None) == (row.rank_total is None) == (row.organisation in unranked)


@given(st.lists(st.tuples(medals, st.booleans()), max_size=12))
def test_a_tally_of_what_came_and_went_is_that_of_what_stands(moves: list[tuple[Medal, bool]]) -> None:
    tally, held = Tally(), []
    for medal, stays in moves:
        tally.add(medal)
        held.append(medal)
        if not stays:
            gone = held.pop(0)
            tally.remove(gone)
    assert tally.counts == Tally(held).counts


# -- ranks -----------------------------------------------------------------------------------------------------------

MARKS = st.sampled_from(["9.80", "9.81", "9.82", "9.9", "", "x"])
RUNNERS = ["A", "B", "C", "D", "E", "F"]


@pytest.mark.parametrize("ties", ["stand", "break"])
@given(
    st.lists(st.tuples(st.sampled_from(RUNNERS), MARKS, st.sampled_from(["", "", "", "DNF", "DQ"])), max_size=14),
    st.permutations(RUNNERS),
    st.integers(0, 6),
)
def test_ranks_are_what_a_plain_sort_gives(
    ties: str, said: list[tuple[str, str, str]], order: list[str], decided: int
) -> None:
    unit = rsc("XXXM100M", "FNL-", "000100--")
    rule = UnitRule(model="timed", decimals=2, ties=ties)  # type: ignore[arg-type]
    hand = Hand(known={"XXX": Sport("XXX", "X", (rule,), irms=("DNF", "DQ"))})
    marks: dict[str, str] = {}
    irms: dict[str, str] = {}
    if decided:
        judged = tuple((one,) for one in order[:decided])
        hand.say("x.desk", m.OrderDecided(unit=unit, order=judged, basis="photo_finish"))
    for at, (who, mark, irm) in enumerate(said, start=1):
        marks[who], irms[who] = mark, irm
        hand.say("x.timing", m.Finish(unit=unit, subject=who, mark=mark, at=at))
        hand.say("x.desk", m.Irm(unit=unit, subject=who, irm=irm, at=at))
    places = {who: n for n, who in enumerate(order[:decided], start=1)}
    values = {who: float(mark) for who, mark in marks.items() if mark not in ("", "x") and not irms[who]}
    unmarked = {who for who in places if who not in values and not irms.get(who)}
    for who, row in hand.rows(f"result/{unit}").items():
        if not isinstance(row, ResultRow):
            continue
        if who in values:
            equal = [one for one, value in values.items() if value == values[who]]
            ahead = sum(value < values[who] for value in values.values())
            separated = all(one in places for one in equal)
            told = any(one in places for one in equal)
            if len(equal) == 1 or separated:
                expected = ahead + 1 + sum(places[one] < places[who] for one in equal if len(equal) > 1)
                assert (row.rank, row.tied, row.undecided) == (expected, False, False)
            elif ties == "stand" and not told:
                assert (row.rank, row.tied, row.undecided) == (ahead + 1, True, False)
            else:
                assert (row.rank, row.tied, row.undecided) == (None, False, True)
        elif who in unmarked:
            assert row.rank == len(values) + 1 + sum(places[one] < places[who] for one in unmarked)
        else:
            assert (row.rank, row.tied, row.undecided) == (None, False, False)
    lines = [row for row in hand.rows(f"result/{unit}").values() if isinstance(row, ResultRow)]
    assert sorted(row.sort for row in lines) == [*range(1, len(lines) + 1)]
    assert [row.rank for row in sorted(lines, key=lambda row: row.sort) if row.rank] == sorted(
        row.rank for row in lines if row.rank
    )


class Line:
    def __init__(self) -> None:
        self.rank: int | None = None
        self.tied = self.undecided = False
        self.sort = 0


places = st.tuples(st.integers(0, 6), st.integers(0, 2), st.tuples(st.integers(0, 1)), st.integers(0, 2))


@given(st.lists(places, min_size=1, max_size=8), seeds, st.booleans())
def test_moving_one_line_ranks_as_ranking_all_does(held: list[standing.Place], seed: int, breaks: bool) -> None:
    random = Random(seed)
    keys: list[standing.Key] = sorted((place, 0, str(n)) for n, place in enumerate(held))
    lines = [Line() for _ in keys]
    standing.rank_lines(keys, lines, 0, len(keys), breaks=breaks)
    for _ in range(6):
        low = random.randrange(len(keys))
        key, line = keys.pop(low), lines.pop(low)
        key = ((*random.choice(held)[:3], random.randrange(3)), 0, key[2])
        high = sum(one < key for one in keys)
        keys.insert(high, key)
        lines.insert(high, line)
        standing.rank_lines(keys, lines, max(min(low, high) - 1, 0), max(low, high) + 1, breaks=breaks)
        anew = [Line() for _ in keys]
        standing.rank_lines(keys, anew, 0, len(keys), breaks=breaks)
        assert [vars(one) for one in lines] == [vars(one) for one in anew]


# -- whatever is sent ------------------------------------------------------------------------------------------------

PLAIN = [cls for cls in m.KINDS.values() if cls not in (m.Correction, m.Retraction)]
strange = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(
        ["@", "-", "", "9" * 20, rsc("ATHM100M", "FNL-", "000100--"), rsc("ZZZ"), "-" * 34, "A" * 34, "a/s/1"]
    ),
    st.lists(st.text(max_size=2), max_size=2),
    st.dictionaries(st.sampled_from(["A", "@", ""]), st.text(max_size=3), max_size=2),
)


@st.composite
def garbled(draw: st.DrawFn) -> bytes:
    """A message with some of its fields as nobody should send them."""
    cls = draw(st.sampled_from(list(m.KINDS.values())))
    unit = draw(
        st.sampled_from(
            [rsc("ATHM100M", "FNL-", "000100--"), rsc("ATHMDECATH"), rsc("FENMSABRE", "FNL-", "000100--"), rsc("Z")]
        )
    )
    fields: dict[str, object] = {"kind": cls.__struct_config__.tag}
    for name in cls.__struct_fields__:
        default: object = {"unit": unit, "event": unit, "at": 5, "ordinal": 1, "target": "s/s1/1", "jumps": "o"}.get(
            name, "A"
        )
        if name == "message":
            default = {"kind": "finish", "unit": unit, "subject": "A", "mark": "9.9"}
        choice = draw(st.sampled_from(["right", "right", "right", "right", "strange", "none"]))
        if choice != "none":
            fields[name] = default if choice == "right" else draw(strange)
    try:
        return msgspec.json.encode(fields)
    except (UnicodeEncodeError, ValueError):
        return b"{}"


@given(
    st.lists(st.one_of(garbled(), garbled(), garbled(), st.binary(max_size=20)), min_size=1, max_size=12), st.booleans()
)
def test_nothing_that_is_sent_raises_and_all_of_it_is_saved_and_loaded(said: list[bytes], known: bool) -> None:
    hand = Hand() if known else Hand(known={})
    for data in said:
        hand.send("s", data)
    going = Hand() if known else Hand(known={})
    going.fold.load(hand.fold.dump(whole=True), shown(hand))
    assert differences(hand.all, reemit(hand.fold)) == []
    after = Fold(hand.fold.sports)
    after.load(going.fold.dump(whole=True), shown(hand))
    undecoded = len(hand.rows("status/undecoded"))
    assert undecoded == sum(source.undecodable for source in hand.fold.decoder.sources.values())


# -- provenance ------------------------------------------------------------------------------------------------------


def names_in(reason: Reason) -> set[str]:
    return {*reason.raw}.union(*(names_in(one) for one in reason.because))


@few
@given(plays(), st.booleans())
def test_every_row_leads_back_to_raw_messages(said: list[Said], whole: bool) -> None:
    def law(said: list[Said]) -> object:
        hand = fold_of(said)
        known = {f"{source}/{session}/{serial}" for source, session, serial, _ in said}
        for view, rows in hand.all.items():
            for key in rows:
                names = names_in(explain(hand.fold, view, key, whole=whole))
                if not names or (not view.startswith("corrections/") and names - known):
                    return view, key, names
        return None

    holds(law, said)
