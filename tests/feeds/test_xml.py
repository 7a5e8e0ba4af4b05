"""ODF-style documents: valid under our schema and under the rules that a schema cannot hold."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

import schemas
from engine.views import View
from feeds.names import Names
from feeds.xml.text import attributes, element, escape
from feeds.xml.writer import XmlWriter, layout_of
from schemas.games import Games
from schemas.views import MedalTableRow, OrganisationRow, ResultRow
from tests.feeds.fake_source import FakeSource
from tests.feeds.games import RELAY, UNIT, small_games

SCHEMA = etree.XMLSchema(etree.parse(Path(schemas.__file__).parent / "published" / "podium-odf.xsd"))
MANDATORY = [
    "CompetitionCode",
    "DocumentCode",
    "DocumentType",
    "Version",
    "FeedFlag",
    "Date",
    "Time",
    "LogicalDate",
    "Source",
]
GAMES = Games(code="XG2030", offset=120)
TIME = 1_900_014_000_123_000  # 2030-03-17T21:40:00.123Z, 23:40 at the venue


def writer(source: FakeSource, games: Games = GAMES) -> XmlWriter:
    date(source, TIME)
    return XmlWriter(Names(source), games, lambda: source.mode)


def date(source: FakeSource, time: int) -> None:
    """Let all views have changed at a log time."""
    for name in source.views.names():
        source.views[name].time = time


def tree(document: bytes) -> etree._Element:
    root = etree.fromstring(document)
    SCHEMA.assertValid(root)
    return root


OFFERED = [name for name in small_games().views.names() if layout_of(name) is not None]


def test_every_kind_that_the_issue_names_is_offered() -> None:
    types = {layout.type for name in OFFERED if (layout := layout_of(name)) is not None}
    assert types == {
        *("DT_PARTIC", "DT_PARTIC_TEAMS", "DT_SCHEDULE", "DT_RESULT", "DT_MEDALS"),
        *("DT_MEDALLISTS", "DT_MEDALLISTS_DISCIPLINE", "DT_MEDALLISTS_DAY"),
    }
    assert layout_of("records/ATH") is None


@pytest.mark.parametrize("view", OFFERED)
def test_every_document_is_valid_and_keeps_the_rules(view: str) -> None:
    source = small_games()
    root = tree(writer(source).write(source.views[view]))
    assert [name for name in MANDATORY if not root.get(name)] == []
    assert root.get("Version") == str(source.views[view].sequence)
    empty = [node.tag for node in root.iter() if not node.attrib and not len(node) and not node.text]
    assert empty == []
    for group, rank, equal, sort in (
        (root.findall("Competition/Result"), "Rank", "RankEqual", "SortOrder"),
        (root.findall(".//MedalLine"), "Rank", "RankEqual", "SortRank"),
        (root.findall(".//MedalLine"), "RankTotal", "RankTotalEqual", "SortRankTotal"),
    ):
        shared = Counter(node.get(rank) for node in group if node.get(rank))
        assert [node.get(equal) for node in group] == [
            "Y" if node.get(rank) and shared[node.get(rank)] > 1 else None for node in group
        ]
        assert sorted(int(node.get(sort, "0")) for node in group) == list(range(1, len(group) + 1))


def test_a_result_byte_for_byte() -> None:
    source = small_games()
    assert writer(source).write(source.views[f"result/{RELAY}"]).decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<OdfBody CompetitionCode="XG2030" DocumentCode="ATHM4X100M------------FNL-000100--" DocumentType="DT_RESULT" '
        'Version="1" FeedFlag="P" Date="2030-03-17" Time="234000123" LogicalDate="2030-03-17" Source="PODIUM">'
        '<Competition Gen="PODIUM-1.0" Sport="PODIUM-1.0" Codes="XG2030">'
        '<Result Rank="1" Result="38.00" SortOrder="1" Diff="0.00">'
        '<Competitor Code="ATHM4X100M--AAA01" Type="T" Organisation="AAA"><Description TeamName="Alphaland"/>'
        '<Composition><Athlete Code="101" Order="1"><Description PrintName="EXAMPLE Ada" Gender="M" '
        'Organisation="AAA"/></Athlete><Athlete Code="103" Order="2"><Description PrintName="ÉTÉ Çelik" Gender="M" '
        'Organisation="AAA"/></Athlete></Composition></Competitor></Result></Competition></OdfBody>'
    )


def test_a_result_with_a_tie_and_a_disqualification() -> None:
    source = small_games()
    root = tree(writer(source).write(source.views[f"result/{UNIT}"]))
    assert root.get("ResultStatus") == "OFFICIAL"
    assert root.find("Competition/ExtendedInfos/ExtendedInfo[@Code='WIND_SPEED']") is not None
    assert [dict(node.attrib) for node in root.findall("Competition/Result")] == [
        {
            "Rank": "1",
            "RankEqual": "Y",
            "ResultType": "TIME",
            "Result": "9.91",
            "SortOrder": "1",
            "StartOrder": "4",
            "StartSortOrder": "4",
        },
        {
            "Rank": "1",
            "RankEqual": "Y",
            "ResultType": "TIME",
            "Result": "9.91",
            "SortOrder": "2",
            "StartOrder": "2",
            "StartSortOrder": "2",
        },
        {
            "ResultType": "IRM",
            "IRM": "DQ",
            "SortOrder": "3",
            "StartOrder": "3",
            "StartSortOrder": "3",
            "Note": "TR16.8",
        },
    ]
    described = root.find("Competition/Result[3]/Competitor/Composition/Athlete/Description")
    assert described is not None
    assert described.get("PrintName") == 'O\'"QUOTE" <Bo>'


def test_a_start_list_says_start_list_and_who_is_not_known_yet() -> None:
    source = small_games()
    root = tree(writer(source).write(source.views[f"startlist/{UNIT}"]))
    assert root.get("ResultStatus") == "START_LIST"
    assert [node.get("StartOrder") for node in root.findall("Competition/Result")] == ["3", "4", "5"]
    place = root.find("Competition/Result/CompetitorPlace")
    assert place is not None
    assert place.get("Code") == "TBD"
    assert (place[0].get("Unit"), place[0].get("Value")) == (RELAY, "W")


def test_times_are_local_and_the_sport_day_runs_past_midnight() -> None:
    source = small_games()
    view = source.views["schedule/ATH"]
    late = writer(source)
    date(source, TIME + 3600 * 1_000_000)
    root = tree(late.write(view))
    assert (root.get("Date"), root.get("Time"), root.get("LogicalDate")) == ("2030-03-18", "004000123", "2030-03-17")
    assert [node.get("StartDate") for node in root.findall("Competition/Unit")] == [
        "2030-03-17T20:46:40+02:00",
        "2030-03-17T20:46:40.500+02:00",
    ]


@pytest.mark.parametrize(("mode", "flag"), [("live", "P"), ("replay", "T"), ("rehearsal", "T")])
def test_what_is_not_the_games_is_a_test(mode: str, flag: str) -> None:
    source = small_games(mode)
    assert tree(writer(source).write(source.views["medals/table"])).get("FeedFlag") == flag


def test_a_view_without_rows_is_a_document_without_lines() -> None:
    source = small_games()
    source.put(*(("participants/ATH", key, None) for key in list(source.views["participants/ATH"].rows)))
    root = tree(writer(source).write(source.views["participants/ATH"]))
    assert len(root[0]) == 0


def test_a_name_that_changes_changes_the_document_and_nothing_else_is_written_anew() -> None:
    source = small_games()
    xml = writer(source)
    before = xml.write(source.views["medals/table"])
    source.put(("organisations", "AAA", OrganisationRow(code="AAA", name="Alphaland (new)")))
    after = xml.write(source.views["medals/table"])
    assert before.replace(b'"Alphaland"', b'"Alphaland (new)"') == after


def test_unchanged_rows_are_written_once() -> None:
    source = FakeSource()
    source.put(*(("medals/table", f"O{n}", MedalTableRow(organisation=f"O{n}", sort=n)) for n in range(1, 50)))
    xml = writer(source)
    xml.write(source.views["medals/table"])
    fragments = xml._kept["medals/table"][1]
    before = {key: text for key, (_, _, text) in fragments._rows.items()}
    source.put(("medals/table", "O7", MedalTableRow(organisation="O7", sort=7, gold=1)))
    xml.write(source.views["medals/table"])
    after = {key: text for key, (_, _, text) in fragments._rows.items()}
    assert [key for key in after if after[key] is not before[key]] == ["O7"]


def test_rows_that_are_gone_are_forgotten() -> None:
    source = FakeSource()
    source.put(("result/" + UNIT, "A", ResultRow(participant="A")), ("result/" + UNIT, "B", ResultRow(participant="B")))
    xml = writer(source)
    xml.write(source.views["result/" + UNIT])
    source.put(("result/" + UNIT, "B", None))
    xml.write(source.views["result/" + UNIT])
    assert list(xml._kept["result/" + UNIT][1]._rows) == ["A"]


def test_text_that_xml_cannot_hold() -> None:
    assert escape("a&b<c>\"d'") == "a&amp;b&lt;c&gt;&quot;d'"
    assert escape("\t\n\r\x00\x1b\ud800\uffff") == "&#9;&#10;&#13;\ufffd\ufffd\ufffd\ufffd"
    assert attributes(A="", B=None, C=0, D="x") == ' C="0" D="x"'
    assert (element("E", ""), element("E", ' A="1"'), element("E", "", "x")) == ("", '<E A="1"/>', "<E>x</E>")


def test_a_view_of_its_own_is_enough() -> None:
    view = View("medals/table")
    view.put("AAA", MedalTableRow(organisation="AAA"), 0)
    assert tree(writer(FakeSource()).write(view)).get("Version") == "1"
