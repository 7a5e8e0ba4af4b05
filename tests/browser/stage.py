"""A small Games on a real server: what the browser tests look at, and how they change it."""

from __future__ import annotations

import contextlib
from types import TracebackType

from feeds.server import build, running
from schemas.cut import Change
from schemas.views import (
    CorrectionRow,
    CurrentRow,
    EventHead,
    MedallistRow,
    MedalTableRow,
    OrganisationRow,
    ParticipantRow,
    ResultHead,
    ResultRow,
    Row,
    ScheduleRow,
    VenueRow,
)
from tests.feeds.fake_source import START, FakeSource

TODAY = "2030-03-17"
YESTERDAY = "2030-03-16"
NOW = START // 1000  # ms
MINUTE = 60_000
EVENT = "ATHM100M".ljust(34, "-")
FINAL = "ATHM100M--------------FNL-000100--"
OTHER_EVENT = "SWMW50MFR".ljust(34, "-")
OTHER = "SWMW50MFR-------------HEAT000100--"
RELAY_EVENT = "SWMX4X100M".ljust(34, "-")
NEXT = "SWMX4X100M------------FNL-000100--"
ZONE = 60  # minutes

ORGANISATIONS = {
    "ABX": "Abxaland", "BEX": "Bexonia", "CIX": "Cixumbra", "DOX": "Doxia", "EXU": "Exuavia", "FAX": "Faxoria",
    "GIX": "Gixerra", "HOX": "Hoxesh", "IXO": "Ixodia", "JEX": "Jexissa", "KOX": "Koxandia", "NEX": "Nexia Neutral",
}  # fmt: skip
RUNNERS = [
    ("A1", "ABEDI Tano", "ABX"),
    ("A2", "BOLEN Kari", "BEX"),
    ("A3", "CORSO Vini", "CIX"),
    ("A4", "DUMAS Lefi", "DOX"),
]
MARKS = {"A1": 981, "A2": 984, "A3": 990, "A4": 1002}


def medal_table() -> list[Change]:
    """Return a table with a shared rank, an organisation that is not ranked, and more rows than are shown at first."""
    rows = []
    for number, code in enumerate(ORGANISATIONS, start=1):
        gold, silver, bronze = max(0, 12 - number), 2, number % 3
        neutral = code == "NEX"
        rows.append(MedalTableRow(
            organisation=code,
            rank=None if neutral else (3 if number in (3, 4) else number),
            tied=number in (3, 4),
            sort=number,
            rank_total=None if neutral else number,
            sort_total=13 - number,
            gold=gold,
            silver=silver,
            bronze=bronze,
            total=gold + silver + bronze,
        ))  # fmt: skip
    return [Change("medals/table", row.organisation, row) for row in rows]


def standing(marks: dict[str, int]) -> list[Change]:
    """Return the rows of the final by marks in hundredths, the best first."""
    best = min(marks.values())
    return [
        Change(
            f"result/{FINAL}",
            code,
            ResultRow(
                participant=code,
                order=int(code[1]),
                rank=rank,
                sort=rank,
                mark=f"{mark / 100:.2f}",
                gap=f"+{(mark - best) / 100:.2f}" if mark > best else "",
            ),
        )
        for rank, (code, mark) in enumerate(sorted(marks.items(), key=lambda item: item[1]), start=1)
    ]


def head(status: str = "LIVE", **extra: object) -> Change:
    """Return the head of the final."""
    return Change(f"result/{FINAL}", "@", ResultHead(unit=FINAL, status=status, model="timed", decimals=2, **extra))  # type: ignore[arg-type]


def planned(
    unit: str, name: str, start: int, status: str, venue: str, medal: int = 0, result: str = ""
) -> list[Change]:
    """Return what the schedule says of a unit, in all views that list it."""
    row = ScheduleRow(
        unit=unit, name=name, start=start, started=start if status == "RUNNING" else None, venue=venue, day=TODAY,
        medal=medal, status=status, result=result,
    )  # fmt: skip
    current: Row | None = None
    if status == "RUNNING":
        current = CurrentRow(unit=unit, status=status, name=name, started=start)
    return [
        Change(f"schedule/{unit[:3]}", unit, row),
        Change(f"schedule/day/{TODAY}", unit, row),
        Change(f"current/{venue}", unit, current),
    ]


def medal(event: str, unit: str, participant: str, organisation: str, kind: str) -> list[Change]:
    """Return what is shown of a medal."""
    row = MedallistRow(
        participant=participant, event=event, medal=kind, day=TODAY, unit=unit, organisation=organisation
    )
    return [
        Change(f"medallists/{event}", participant, row),
        Change(f"medallists/day/{TODAY}", f"{event}/{participant}", row),
    ]


def opening() -> list[Change]:
    """Return the first cut: everything as the tests find it."""
    people = [
        Change("participants/ATH", code, ParticipantRow(code=code, name=name, organisation=land))
        for code, name, land in RUNNERS
    ]
    return [
        *(Change("organisations", code, OrganisationRow(code=code, name=name)) for code, name in ORGANISATIONS.items()),
        Change("venues", "STA", VenueRow(code="STA", name="Great Stadium", offset=ZONE)),
        Change("venues", "AQU", VenueRow(code="AQU", name="Long Pool", offset=ZONE)),
        *people,
        Change(f"event/{EVENT}", "@", EventHead(event=EVENT, name="Men's 100 m")),
        Change(f"event/{OTHER_EVENT}", "@", EventHead(event=OTHER_EVENT, name="Women's 50 m Freestyle")),
        Change(f"event/{RELAY_EVENT}", "@", EventHead(event=RELAY_EVENT, name="Mixed 4 x 100 m")),
        *medal_table(),
        *planned(FINAL, "Men's 100 m, Final", NOW - 5 * MINUTE, "RUNNING", "STA", medal=1),
        *planned(OTHER, "Women's 50 m Freestyle, Heat 1", NOW - 9 * MINUTE, "RUNNING", "AQU"),
        *planned(NEXT, "Mixed 4 x 100 m, Final", NOW + 30 * MINUTE, "SCHEDULED", "AQU", medal=1),
        Change(f"schedule/day/{YESTERDAY}", OTHER.replace("000100", "000200"), ScheduleRow(
            unit=OTHER.replace("000100", "000200"), name="Women's 50 m Freestyle, Heat 2", start=NOW - 1440 * MINUTE,
            venue="AQU", day=YESTERDAY, status="FINISHED", result="OFFICIAL",
        )),
        head(),
        *standing(MARKS),
        Change(f"result/{OTHER}", "@", ResultHead(unit=OTHER, status="START_LIST", model="timed")),
        Change(f"result/{OTHER}", "B1", ResultRow(participant="B1", order=4)),
    ]  # fmt: skip


def correction(was: str, now: str, reason: str) -> Change:
    """Return a line of the corrections of the final."""
    row = CorrectionRow(
        unit=FINAL, subject="A2", kind="finish", was=was, now=now, target="STA.timing/1/7", at=NOW, reason=reason
    )
    return Change("corrections/ATH", f"STA.desk/1/{now}", row)


class Stage:
    """A source with its server, that can go away and come back on the same port."""

    def __init__(self, mode: str = "live") -> None:
        self.source = FakeSource(mode=mode)
        self.source.put(*opening())
        self.port = 0
        self._stack = contextlib.AsyncExitStack()

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"http://127.0.0.1:{self.port}/"

    def put(self, *changes: Change) -> None:
        """Let a cut happen."""
        self.source.put(*changes)

    async def start(self, source: FakeSource | None = None) -> None:
        """Serve; on the port of before, if there was one."""
        if source is not None:
            self.source = source
        self.port = await self._stack.enter_async_context(running(build(self.source), port=self.port))

    async def stop(self) -> None:
        """Serve no more."""
        await self._stack.aclose()
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Stage:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
