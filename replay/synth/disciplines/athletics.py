"""Athletics: track, road, field and the combined events."""

from __future__ import annotations

from replay.synth.disciplines.recipes import like, ms, races, single
from replay.synth.programme import DisciplinePlan, Group
from replay.synth.shapes.combined import Combined, Part
from replay.synth.shapes.rounds import Round, Rounds
from replay.synth.tasks.distance import Distance
from replay.synth.tasks.height import Height
from replay.synth.tasks.timed import Timed

__all__ = ["ATHLETICS", "field", "jumps"]

_SPRINT = Timed(0, breaks=True, wind=True, dsq_word="DQ", spread=0.013, splits=4)
_RUN = Timed(0, breaks=True, dsq_word="DQ", spread=0.012)
_SAFE = Timed(0, dns=0.0, dnf=0.0, dsq=0.0)


def field(kind: str, base: int, *, wind: bool = False, size: int = 24, classes: int = 0) -> Group:
    """Return a throw or a long jump: a qualification in two groups and a final, or a final alone."""
    if classes or size <= 12:
        return Group(kind, single(Distance(base, wind=wind, breaks=True), 12), min(size, 12), 0, classes)
    rounds = (
        Round("QUAL", 2, size // 2, Distance(base, rounds=3, wind=wind, breaks=True), codes=("A00100--", "B00100--")),
        Round("FNL-", 1, 12, Distance(base, wind=wind, breaks=True), gap=3),
    )
    return Group(kind, Rounds(rounds), size)


def jumps(kind: str, first: int, step: int, size: int = 24, classes: int = 0) -> Group:
    """Return a jump for height."""
    final = Height(first, step, breaks=True)
    if classes or size <= 12:
        return Group(kind, single(final, 12), min(size, 12), 0, classes)
    heats = Height(first - 2 * step, step, heights=5, breaks=True)
    rounds = (
        Round("QUAL", 2, size // 2, heats, codes=("A00100--", "B00100--")),
        Round("FNL-", 1, 12, final, gap=4),
    )
    return Group(kind, Rounds(rounds), size)


def _track(phase: str, base: str, name: str, *, gap: int = 0, heats: int = 3, wind: bool = False) -> Part:
    codes = tuple(f"{n:04}00--" for n in range(1, heats + 1))
    return Part(phase, like(_SAFE, base=ms(base), wind=wind, breaks=True, spread=0.03), codes, gap, name=name)


def _throw(phase: str, base: int, name: str, gap: int = 0) -> Part:
    return Part(phase, Distance(base, rounds=3, spread=0.06, breaks=True), ("A00100--", "B00100--"), gap, name=name)


def _jump(phase: str, first: int, step: int, name: str, gap: int = 0) -> Part:
    return Part(phase, Height(first, step, heights=8, breaks=True), ("A00100--", "B00100--"), gap, name=name)


_DECATHLON = Combined(
    (
        _track("100-", "10.6", "100 m", wind=True),
        _throw("LJ--", 7600, "Long jump"),
        _throw("SP--", 15000, "Shot put"),
        _jump("HJ--", 1800, 40, "High jump", gap=1),
        _track("400-", "47.5", "400 m"),
        _track("110H", "14.0", "110 m hurdles", gap=1, wind=True),
        _throw("DT--", 46000, "Discus"),
        _jump("PV--", 4200, 100, "Pole vault"),
        _throw("JT--", 62000, "Javelin", gap=1),
        _track("1500", "4:25", "1500 m", heats=1),
    ),
    formula="decathlon",
    breaks=False,
)

_HEPTATHLON = Combined(
    (
        _track("100H", "13.0", "100 m hurdles", wind=True),
        _jump("HJ--", 1620, 30, "High jump"),
        _throw("SP--", 14000, "Shot put", gap=1),
        _track("200-", "23.6", "200 m", wind=True),
        _throw("LJ--", 6400, "Long jump", gap=1),
        _throw("JT--", 46000, "Javelin"),
        _track("800-", "2:06", "800 m", gap=1, heats=2),
    ),
    formula="heptathlon",
    breaks=False,
)

ATHLETICS = DisciplinePlan(
    "ATH",
    "Athletics",
    3,
    4,
    (3, 16),
    (
        *races("M100M=9.85 W100M=10.8", (("PREL", 4, 8), ("RND1", 6, 8), ("SFNL", 3, 8), ("FNL-", 1, 8)), 32, _SPRINT),
        *races(
            "M200M=19.7 W200M=22.0 M110MHURD=13.0 W100MHURD=12.4",
            (("RND1", 5, 8), ("SFNL", 3, 8), ("FNL-", 1, 8)),
            40,
            _SPRINT,
        ),
        *races(
            "M400M=43.9 W400M=49.2 M400MHURD=47.0 W400MHURD=52.0 M800M=1:43 W800M=1:57",
            (("RND1", 5, 8), ("SFNL", 3, 8), ("FNL-", 1, 8)),
            40,
            like(_RUN, splits=1),
        ),
        *races(
            "M1500M=3:30 W1500M=3:55",
            (("RND1", 3, 14), ("SFNL", 2, 12), ("FNL-", 1, 12)),
            42,
            like(_RUN, splits=3, laps=True),
        ),
        *races(
            "M3000MST=8:08 W3000MST=8:58 M5000M=13:10 W5000M=14:30",
            (("RND1", 2, 18), ("FNL-", 1, 16)),
            36,
            like(_RUN, splits=10, laps=True),
        ),
        *races("M10000M=26:50 W10000M=30:40", (("FNL-", 1, 25),), 25, like(_RUN, splits=24, laps=True)),
        *races(
            "M20KMWALK=1:19:00 W20KMWALK=1:26:30 MMARATHON=2:06:30 WMARATHON=2:23:00",
            (("FNL-", 1, 80),),
            80,
            like(_RUN, splits=42, decimals=0, dnf=0.06),
        ),
        *races("X42KWALKT=2:51:00", (("FNL-", 1, 25),), 25, like(_RUN, splits=42, decimals=0), members=2),
        *races(
            "M4X100M=37.5 W4X100M=41.9 M4X400M=2:55 W4X400M=3:19 X4X400M=3:09",
            (("RND1", 2, 8), ("FNL-", 1, 8)),
            16,
            like(_RUN, splits=3, laps=True),
            members=4,
        ),
        field("MLONGJUMP", 8350, wind=True),
        field("WLONGJUMP", 6950, wind=True),
        field("MTRPLJUMP", 17600, wind=True),
        field("WTRPLJUMP", 14800, wind=True),
        field("MSHOTPUT", 22300),
        field("WSHOTPUT", 20000),
        field("MDISCUS", 69000),
        field("WDISCUS", 68000),
        field("MHAMMER", 80000),
        field("WHAMMER", 76000),
        field("MJAVELIN", 89000),
        field("WJAVELIN", 66000),
        jumps("MHIGHJUMP", 2150, 40),
        jumps("WHIGHJUMP", 1830, 40),
        jumps("MPLEVAULT", 5400, 100),
        jumps("WPLEVAULT", 4400, 100),
        Group("MDECATH", _DECATHLON, 22),
        Group("WHEPTATH", _HEPTATHLON, 22),
        *races(
            "M100M=10.9 W100M=12.2 M200M=22.0 W200M=25.0 M400M=49.0 W400M=56.5",
            (("RND1", 2, 8), ("FNL-", 1, 8)),
            16,
            _SPRINT,
            classes=66,
        ),
        *races(
            "M800M=1:53 M1500M=3:52 W1500M=4:30 M5000M=14:50 W800M=2:10",
            (("FNL-", 1, 12),),
            12,
            like(_RUN, splits=3, laps=True),
            classes=28,
        ),
        *races(
            "MMARATHON=2:30:00 WMARATHON=2:55:00", (("FNL-", 1, 14),), 14, like(_RUN, splits=42, decimals=0), classes=4
        ),
        field("MLONGJUMP", 6600, wind=True, classes=9),
        field("WLONGJUMP", 5300, wind=True, classes=9),
        field("MSHOTPUT", 14500, classes=12),
        field("WSHOTPUT", 11000, classes=11),
        field("MDISCUS", 45000, classes=7),
        field("WDISCUS", 36000, classes=6),
        field("MJAVELIN", 50000, classes=6),
        field("WJAVELIN", 33000, classes=4),
        jumps("MHIGHJUMP", 1650, 40, classes=2),
    ),
)
