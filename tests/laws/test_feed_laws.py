"""Laws of the feed: whatever happens on the way, a subscriber ends with what there is; JSON and XML say the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from lxml import etree

from engine.views import View, encode_row
from feeds import patterns
from feeds.delta import Held, Step, changed_fields, fields_of, fold
from feeds.encoding import ENCODINGS
from feeds.group import Member
from feeds.hub import Hub
from feeds.names import Names
from feeds.ring import Ring
from feeds.xml.writer import XmlWriter
from schemas.games import DEFAULT_GAMES
from schemas.views import (
    MedallistRow,
    MedalTableRow,
    ParticipantRow,
    ResultHead,
    ResultRow,
    Row,
    ScheduleRow,
    StartRow,
    TeamRow,
)
from tests.feeds.client import Subscription
from tests.feeds.fake_source import FakeSource
from tests.feeds.test_hub import FakeLink, framed
from tests.feeds.test_xml import tree

# -- image + deltas = later image -----------------------------------------------------------------------------------

UNITS = ["ATHM100M--------------FNL-000100--", "SWMW50MFR-------------HEAT000100--"]
VIEWS = ["medals/table", *(f"result/{unit}" for unit in UNITS), "medals/day/2030-08-01"]
PATTERNS = [["**"], ["medals/table"], ["result/**"], ["medals/*", "result/ATH*"], ["medals/day/2030-08-01", "venues"]]

medal_rows = st.builds(MedalTableRow, organisation=st.sampled_from("AB"), gold=st.integers(0, 2), tied=st.booleans())
result_rows = st.builds(
    ResultRow,
    participant=st.sampled_from("AB"),
    rank=st.none() | st.integers(1, 2),
    mark=st.sampled_from(["", "9.80", "9.81"]),
    parts=st.dictionaries(st.sampled_from("12"), st.sampled_from("xo"), max_size=2),
)


@st.composite
def changes(draw: st.DrawFn) -> list[tuple[str, str, Row | None, int]]:
    """Draw the changes of one cut: rows that come, change, go, come back, or stay as they are."""
    found: list[tuple[str, str, Row | None, int]] = []
    for _ in range(draw(st.integers(1, 4))):
        view = draw(st.sampled_from(VIEWS))
        key = draw(st.sampled_from("ABC"))
        row = draw(st.none() | (result_rows if view.startswith("result/") else medal_rows))
        found.append((view, key, row, draw(st.integers(0, 3))))
    return found


class Subscriber:
    """A client over a link that can be shut, with the transcript of one subscription after the other."""

    def __init__(self, texts: list[str], encoding: str) -> None:
        self.texts = texts
        self.encoding = encoding
        self.link = FakeLink()
        self.state = Subscription()
        self.member: Member | None = None

    def connect(self, hub: Hub, resume: str, now: float) -> None:
        """Subscribe, anew or from a token."""
        self.link = FakeLink()
        self.state.complete = False
        wanted = patterns.decode(self.texts, most=99)
        self.member = hub.subscribe(self.link, ENCODINGS[self.encoding], 1, wanted, resume=resume, now=now)

    def read(self) -> None:
        """Apply what has come; the client raises where a promise is broken."""
        for message in self.link.messages():
            self.state.take(message)


class FeedMachine(RuleBasedStateMachine):
    """Cuts, flushes, slow links, breaks and resumptions in any order."""

    @initialize(cuts=st.integers(1, 12), rows=st.integers(4, 40))
    def begin(self, cuts: int, rows: int) -> None:
        self.source = FakeSource()
        self.hub = Hub(self.source, framer=framed, key=b"k", now=lambda: 0, ring=Ring(cuts=cuts, rows=rows))
        self.source.listen(self.hub.take)
        self.subscribers: list[Subscriber] = []
        self.now = 0.0

    def some(self, data: st.DataObject) -> Subscriber:
        return data.draw(st.sampled_from(self.subscribers))

    @rule(cut=changes())
    def a_cut(self, cut: list[tuple[str, str, Row | None, int]]) -> None:
        self.source.put(*cut)

    @rule()
    def a_flush(self) -> None:
        self.now += 0.01
        for _ in self.hub.flush(self.now):
            pass

    @rule(texts=st.sampled_from(PATTERNS), encoding=st.sampled_from(sorted(ENCODINGS)))
    def somebody_comes(self, texts: list[str], encoding: str) -> None:
        subscriber = Subscriber(texts, encoding)
        subscriber.connect(self.hub, "", self.now)
        self.subscribers.append(subscriber)

    @precondition(lambda self: self.subscribers)
    @rule(data=st.data(), is_open=st.booleans())
    def a_link_opens_or_shuts(self, data: st.DataObject, is_open: bool) -> None:
        self.some(data).link.open = is_open

    @precondition(lambda self: self.subscribers)
    @rule(data=st.data())
    def somebody_reads(self, data: st.DataObject) -> None:
        self.some(data).read()

    @precondition(lambda self: self.subscribers)
    @rule(data=st.data(), lost=st.booleans())
    def somebody_comes_back(self, data: st.DataObject, lost: bool) -> None:
        subscriber = self.some(data)
        if not lost:
            subscriber.read()
        if subscriber.member is not None:
            self.hub.unsubscribe(subscriber.member)
        # What was on the way is lost, and an image that did not come whole with it.
        token = subscriber.state.resume if subscriber.state.complete else ""
        if not token:
            subscriber.state = Subscription()
        subscriber.connect(self.hub, token, self.now)

    @rule(epoch=st.sampled_from(["e1", "e2"]))
    def the_epoch_may_change(self, epoch: str) -> None:
        self.source.epoch = epoch

    def teardown(self) -> None:
        if not hasattr(self, "source"):
            return
        self.source.put(("venues", "@", None))  # an epoch is noticed with the next cut
        for subscriber in self.subscribers:
            subscriber.link.open = True
        for _ in range(3):
            self.a_flush()
        assert not self.hub.behind
        for subscriber in self.subscribers:
            subscriber.read()
            wanted = patterns.decode(subscriber.texts, most=99)
            views = [self.source.views[name] for name in wanted.select(self.source.views.names())]
            assert subscriber.state.content() == {
                view.name: {key: msgspec.json.decode(encode_row(row)) for key, row in view.rows.items()}
                for view in views
                if view.rows
            }
            assert {name: (held.seq, held.h) for name, held in subscriber.state.views.items()} == {
                view.name: (view.sequence, view.hash) for view in views
            }
            subscriber.state.check()


TestFeedMachine = FeedMachine.TestCase
TestFeedMachine.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


rows = st.none() | result_rows | st.builds(ResultHead, unit=st.sampled_from(UNITS), wind=st.sampled_from(["", "+1"]))


@given(st.lists(rows, min_size=2, max_size=8))
def test_one_conflated_delta_says_what_all_of_them_say(states: list[Row | None]) -> None:
    held = [Held(row) for row in states]
    steps = [Step("v", n, n, {"A": (held[n - 1], held[n])}) for n in range(1, len(held))]
    before, after = fold(steps)["v"].changes["A"]
    assert (before, after) == (held[0], held[-1])
    if after.row is not None:
        merged: dict[str, Any] = {} if before.row is None else fields_of(before.row)
        for field, value in changed_fields(before.row, after.row).items():
            if value is None:
                del merged[field]
            else:
                merged[field] = value
        assert merged == fields_of(after.row)


# -- JSON and XML say the same --------------------------------------------------------------------------------------

printable = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
text = st.text(printable, max_size=8)
code = st.text(printable, min_size=1, max_size=6)
keys = st.lists(st.from_regex(r"[A-Z0-9]{1,6}", fullmatch=True), unique=True, max_size=6)
place = st.none() | st.integers(1, 3)
day = st.sampled_from(["", "2030-08-01"])
count = st.integers(0, 3)
counts = st.tuples(count, count, count)
EVENTS = [unit[:22] + "-" * 12 for unit in UNITS]


def written(view: View) -> etree._Element:
    """Return what stands inside Competition, valid under the schema."""
    source = FakeSource()
    return tree(XmlWriter(Names(source), DEFAULT_GAMES, lambda: "live").write(view))[0]


def view_of(name: str, rows: dict[str, Row]) -> View:
    view = View(name)
    for key, row in rows.items():
        view.put(key, row, 0)
    return view


def said(node: etree._Element, **fields: str) -> dict[str, Any]:
    """Return attributes by the names of a row's fields; a field ends with # where it is a number, with ? where Y."""
    found: dict[str, Any] = {}
    for field, name in fields.items():
        value = node.get(name)
        if value is not None:
            found[field.rstrip("_")] = value
    return found


def numbers(found: dict[str, Any], *fields: str) -> dict[str, Any]:
    return found | {field: int(found[field]) for field in fields if field in found}


def flags(found: dict[str, Any], *fields: str) -> dict[str, Any]:
    return found | {field: found[field] == "Y" for field in fields if field in found}


def only(node: etree._Element, path: str) -> etree._Element:
    found = node.find(path)
    assert found is not None
    return found


@given(keys, st.data())
def test_results(participants: list[str], data: st.DataObject) -> None:
    rows: dict[str, Row] = {}
    for sort, key in enumerate(participants, 1):
        rows[key] = data.draw(
            st.builds(
                ResultRow,
                participant=st.just(key),
                sort=st.just(sort),
                order=st.none() | st.integers(1, 9),
                bib=text,
                rank=place,
                undecided=st.booleans(),
                mark=text,
                irm=text,
                wlt=text,
                gap=text,
                qualification=text,
                reason=text,
                parts=st.dictionaries(code, code, max_size=3),
            )
        )
    head = ResultHead(unit=UNITS[0], status="LIVE", model="timed", wind=data.draw(text), undecided=data.draw(count))
    competition = written(view_of(f"result/{UNITS[0]}", {"@": head, **rows}))
    back = []
    for node in competition.findall("Result"):
        competitor = only(node, "Competitor")
        found = said(
            node,
            rank="Rank",
            sort="SortOrder",
            order="StartOrder",
            undecided="Undecided",
            mark="Result",
            irm="IRM",
            wlt="WLT",
            gap="Diff",
            qualification="QualificationMark",
            reason="Note",
        )
        found |= said(competitor, participant="Code", bib="Bib")
        parts = {part.get("Code", ""): part.get("Value", "") for part in node.findall("ExtendedResults/ExtendedResult")}
        if parts:
            found["parts"] = parts
        back.append(flags(numbers(found, "rank", "sort", "order"), "undecided"))
    assert back == [fields_of(row) for row in rows.values()]
    infos = {info.get("Code"): info.get("Value") for info in competition.findall("ExtendedInfos/ExtendedInfo")}
    assert (infos.get("WIND_SPEED", ""), int(infos.get("UNDECIDED") or 0)) == (head.wind, head.undecided)


@given(keys, st.data())
def test_start_lists(names: list[str], data: st.DataObject) -> None:
    rows: dict[str, Row] = {}
    for order, key in enumerate(names, 1):
        rows[key] = data.draw(
            st.builds(
                StartRow,
                participant=st.just(key) | st.just(""),
                order=st.just(order),
                place=st.sampled_from(["", "TBD", "BYE"]),
                from_unit=st.sampled_from(["", UNITS[1]]),
                takes=st.sampled_from(["", "W", "L"]),
                members=st.lists(code, max_size=3).map(tuple),
                reason=text,
            )
        )
    back = []
    for node in written(view_of(f"startlist/{UNITS[0]}", rows)).findall("Result"):
        found: dict[str, Any] = {"participant": ""} | numbers(said(node, order="StartOrder", reason="Note"), "order")
        for path, fields in (
            ("Competitor", {"participant": "Code"}),
            ("CompetitorPlace", {"place": "Code"}),
            ("CompetitorPlace/PreviousUnit", {"from_unit": "Unit", "takes": "Value"}),
        ):
            inner = node.find(path)
            if inner is not None:
                found |= said(inner, **fields)
        if node.find("Competitor[@Type='T']") is not None:
            found["members"] = tuple(a.get("Code") for a in node.findall("Competitor/Composition/Athlete"))
        back.append(found)
    expected = [fields_of(row) for row in rows.values()]
    for row in expected:
        if not row["participant"]:
            row.pop("members", None)  # nobody is there yet, so nobody has members
    assert back == expected


@given(keys, st.data())
def test_medal_tables(organisations: list[str], data: st.DataObject) -> None:
    by_total = data.draw(st.permutations(range(1, len(organisations) + 1)))
    rows: dict[str, Row] = {}
    for sort, key in enumerate(organisations, 1):
        gold, silver, bronze = data.draw(counts)
        rows[key] = data.draw(
            st.builds(
                MedalTableRow,
                organisation=st.just(key),
                rank=place,
                sort=st.just(sort),
                rank_total=place,
                sort_total=st.just(by_total[sort - 1]),
                gold=st.just(gold),
                silver=st.just(silver),
                bronze=st.just(bronze),
                total=st.just(gold + silver + bronze),
                men=counts,
                women=counts,
                mixed=counts,
                open=counts,
                reason=text,
            )
        )
    back = []
    for node in written(view_of("medals/table", rows)).findall("MedalStandings/MedalsTable/MedalLine"):
        found = said(
            node,
            organisation="Organisation",
            rank="Rank",
            sort="SortRank",
            rank_total="RankTotal",
            sort_total="SortRankTotal",
            reason="Note",
        )
        found = numbers(found, "rank", "sort", "rank_total", "sort_total")
        for number in node.findall("MedalNumber"):
            gold, silver, bronze = (int(number.get(name, "0")) for name in ("Gold", "Silver", "Bronze"))
            assert int(number.get("Total", "0")) == gold + silver + bronze
            if number.get("Type") == "TOT":
                medals = {"gold": gold, "silver": silver, "bronze": bronze, "total": gold + silver + bronze}
                found |= {field: value for field, value in medals.items() if value}
            else:
                gender = {"M": "men", "W": "women", "X": "mixed", "O": "open"}[number.get("Type", "")]
                found[gender] = (gold, silver, bronze)
        back.append(found)
    assert back == [fields_of(row) for row in rows.values()]


@given(keys, st.data())
def test_medallists(participants: list[str], data: st.DataObject) -> None:
    rows: dict[str, Row] = {}
    for participant in participants:
        row = data.draw(
            st.builds(
                MedallistRow,
                participant=st.just(participant),
                event=st.sampled_from(EVENTS),
                medal=st.sampled_from(["ME_GOLD", "ME_SILVER", "ME_BRONZE"]),
                day=day,
                unit=st.sampled_from(["", *UNITS]),
                state=text,
                organisation=text,
                reason=text,
            )
        )
        rows[f"{row.event}/{participant}"] = row
    back = {}
    for event in written(view_of("medallists/day/2030-08-01", rows)).findall("Discipline/Event"):
        for node in event.findall("Medal"):
            found = said(
                node, medal="Code", day="Date", unit="Unit", state="State", organisation="Organisation", reason="Note"
            )
            found |= {"event": event.get("Code")} | said(only(node, "Competitor"), participant="Code")
            back[f"{found['event']}/{found['participant']}"] = found
    assert back == {key: fields_of(row) for key, row in rows.items()}


@given(st.data())
def test_schedules(data: st.DataObject) -> None:
    moment = st.none() | st.integers(0, 4_000_000_000_000)
    rows: dict[str, Row] = {}
    for unit in UNITS:
        rows[unit] = data.draw(
            st.builds(
                ScheduleRow,
                unit=st.just(unit),
                name=text,
                start=moment,
                end=moment,
                started=moment,
                venue=text,
                location=text,
                day=day,
                medal=count,
                status=st.sampled_from(["SCHEDULED", "RUNNING", "DELAYED"]),
                result=st.sampled_from(["", "LIVE", "OFFICIAL"]),
                reason=text,
            )
        )
    back = {}
    for node in written(view_of("schedule/day/2030-08-01", rows)).findall("Unit"):
        found = said(
            node,
            unit="Code",
            venue="Venue",
            location="Location",
            day="Day",
            medal="Medal",
            status="ScheduleStatus",
            result="ResultStatus",
            reason="Note",
        )
        found = numbers(found, "medal")
        for field, name in (("start", "StartDate"), ("end", "EndDate"), ("started", "ActualStartDate")):
            if (value := node.get(name)) is not None:
                found[field] = milliseconds(value)
        named = node.find("ItemName")
        if named is not None:
            found |= said(named, name="Value")
        if found["status"] == "SCHEDULED":
            del found["status"]  # the default
        back[found["unit"]] = found
    assert back == {key: fields_of(row) for key, row in rows.items()}


def milliseconds(text: str) -> int:
    moment = datetime.fromisoformat(text)
    return round(moment.timestamp() * 1000)


@given(keys, st.data())
def test_participants_and_teams(codes: list[str], data: st.DataObject) -> None:
    people: dict[str, Row] = {}
    teams: dict[str, Row] = {}
    events = st.lists(st.sampled_from(EVENTS), unique=True).map(tuple)
    for key in sorted(codes):
        people[key] = data.draw(
            st.builds(
                ParticipantRow,
                code=st.just(key),
                name=code,
                organisation=code,
                gender=text,
                birth_date=day,
                events=events,
                reason=text,
            )
        )
        members = st.lists(code, max_size=3).map(tuple)
        teams[key] = data.draw(
            st.builds(
                TeamRow, code=st.just(key), name=code, organisation=code, members=members, events=events, reason=text
            )
        )
    back = []
    for node in written(view_of("participants/ATH", people)).findall("Participant"):
        found = said(
            node,
            code="Code",
            name="PrintName",
            organisation="Organisation",
            gender="Gender",
            birth_date="BirthDate",
            reason="Note",
        )
        back.append(found | registered(node))
    assert back == [fields_of(row) for row in people.values()]
    back = []
    for node in written(view_of("teams/ATH", teams)).findall("Team"):
        found = said(node, code="Code", name="Name", organisation="Organisation", reason="Note") | registered(node)
        members_ = tuple(athlete.get("Code") for athlete in node.findall("Composition/Athlete"))
        back.append(found | ({"members": members_} if members_ else {}))
    assert back == [fields_of(row) for row in teams.values()]


def registered(node: etree._Element) -> dict[str, Any]:
    events = tuple(entry.get("Event") for entry in node.findall("Discipline/RegisteredEvent"))
    return {"events": events} if events else {}
