"""Racing in water, on wheels and under sail."""

from __future__ import annotations

from replay.synth.disciplines.recipes import ladder, like, ms, races, single
from replay.synth.programme import DisciplinePlan, Group
from replay.synth.shapes.combined import Combined, Part
from replay.synth.shapes.knockout import Knockout
from replay.synth.shapes.rounds import Round, Rounds
from replay.synth.tasks.fleet import Fleet
from replay.synth.tasks.points import Points
from replay.synth.tasks.timed import Timed

__all__ = ["OMNIUM", "RACING", "series"]

_POOL = Timed(0, splits=1, spread=0.012)
_LONG = Timed(0, splits=3, spread=0.012)
_TRACK = Timed(0, breaks=True, decimals=3, spread=0.01, dns=0.0, dnf=0.0, dsq=0.0)

_SWIMMING = DisciplinePlan(
    "SWM",
    "Swimming",
    2,
    1,
    (1, 13),
    (
        *races(
            "M50MFR=21.3 W50MFR=23.7 M100MFR=46.9 W100MFR=52.3 M100MBA=52.0 W100MBA=57.5 M100MBR=58.8 W100MBR=65.0 "
            "M100MBF=50.0 W100MBF=55.6",
            (("HEAT", 5, 8), ("SFNL", 2, 8), ("FNL-", 1, 8)),
            40,
            _POOL,
        ),
        *races(
            "M200MFR=1:44.5 W200MFR=1:53.5 M200MBA=1:54.5 W200MBA=2:04 M200MBR=2:06 W200MBR=2:19.5 M200MBF=1:52 "
            "W200MBF=2:04 M200MIM=1:55 W200MIM=2:07",
            (("HEAT", 4, 8), ("SFNL", 2, 8), ("FNL-", 1, 8)),
            32,
            _LONG,
        ),
        *races(
            "M400MFR=3:42 W400MFR=3:59 M400MIM=4:07 W400MIM=4:31",
            (("HEAT", 3, 8), ("FNL-", 1, 8)),
            24,
            Timed(0, splits=7, spread=0.012),
        ),
        *races(
            "M800MFR=7:40 W800MFR=8:14 M1500MFR=14:36 W1500MFR=15:35",
            (("HEAT", 3, 8), ("FNL-", 1, 8)),
            24,
            Timed(0, splits=15, spread=0.012),
        ),
        *races(
            "M4X100MFR=3:10 W4X100MFR=3:30 M4X200MFR=7:00 W4X200MFR=7:42 M4X100MMD=3:28 W4X100MMD=3:53 X4X100MMD=3:40",
            (("HEAT", 2, 8), ("FNL-", 1, 8)),
            16,
            Timed(0, splits=7, spread=0.012),
            members=4,
        ),
        *races(
            "M50MFR=25 W50MFR=28 M100MFR=55 W100MFR=62 M100MBA=62 W100MBA=70 "
            "M100MBR=68 W100MBR=78 M100MBF=60 W100MBF=68",
            (("HEAT", 2, 8), ("FNL-", 1, 8)),
            16,
            _POOL,
            classes=100,
        ),
        *races("M200MIM=2:20 W200MIM=2:38 M400MFR=4:20 W400MFR=4:50", (("FNL-", 1, 8),), 8, _LONG, classes=41),
    ),
)

_ROWING = DisciplinePlan(
    "ROW",
    "Rowing",
    1,
    1,
    (1, 9),
    (
        *(
            Group(kind, ladder(Timed(ms(base), splits=19, breaks=True), *rounds, finals=finals), size, members)
            for kinds, members, size, rounds, finals in (
                (
                    "MSCULL1=6:40 WSCULL1=7:20",
                    0,
                    24,
                    (("HEAT", 4, 6), ("QFNL", 4, 6), ("SFNL", 2, 6), ("FNL-", 2, 6)),
                    (1, 1),
                ),
                (
                    "MSCULL2=6:12 WSCULL2=6:50 MSCULL2-L=6:12 WSCULL2-L=6:48 MNOCOX2=6:25 WNOCOX2=7:00",
                    2,
                    15,
                    (("HEAT", 3, 5), ("SFNL", 2, 6), ("FNL-", 2, 6)),
                    (1, 1),
                ),
                (
                    "MSCULL4=5:42 WSCULL4=6:15 MNOCOX4=5:50 WNOCOX4=6:20",
                    4,
                    10,
                    (("HEAT", 2, 5), ("FNL-", 2, 5)),
                    (1, 1),
                ),
                ("MCOXED8=5:24 WCOXED8=5:58", 9, 7, (("HEAT", 2, 4), ("REP-", 1, 7), ("FNL-", 1, 6)), ()),
            )
            for kind, base in (one.split("=") for one in kinds.split())
        ),
        *races(
            "MSCULL1=8:50 WSCULL1=9:50",
            (("HEAT", 2, 6), ("FNL-", 1, 6)),
            12,
            Timed(0, splits=19, breaks=True),
            classes=2,
        ),
        *races(
            "XSCULL2=8:10", (("HEAT", 2, 5), ("FNL-", 1, 6)), 10, Timed(0, splits=19, breaks=True), members=2, classes=3
        ),
    ),
)

_SPRINT_CANOES = DisciplinePlan(
    "CSP",
    "Canoe Sprint",
    1,
    1,
    (11, 16),
    (
        *races(
            "MK1-1000M=3:25 MC1-1000M=3:45 WK1-500M=1:49 WC1-200M=45",
            (("HEAT", 4, 7), ("QFNL", 3, 8), ("SFNL", 2, 8), ("FNL-", 1, 8)),
            28,
            Timed(0, splits=9, breaks=True),
        ),
        *races(
            "MK2-500M=1:27 WK2-500M=1:38 MC2-500M=1:39 WC2-500M=1:53",
            (("HEAT", 2, 8), ("SFNL", 2, 8), ("FNL-", 1, 8)),
            16,
            Timed(0, splits=4, breaks=True),
            members=2,
        ),
        *races(
            "MK4-500M=1:19 WK4-500M=1:30",
            (("HEAT", 2, 5), ("FNL-", 1, 8)),
            10,
            Timed(0, splits=4, breaks=True),
            members=4,
        ),
        *races(
            "MK1-200M=41 WK1-200M=48 MV1-200M=52 WV1-200M=60",
            (("HEAT", 2, 6), ("FNL-", 1, 8)),
            12,
            Timed(0, breaks=True),
            classes=10,
        ),
    ),
)

_SLALOM = DisciplinePlan(
    "CSL",
    "Canoe Slalom",
    1,
    1,
    (1, 9),
    (
        *(
            Group(
                kind,
                ladder(
                    Timed(ms(base), spread=0.04, interval=75, splits=1),
                    ("HEAT", 2, 12),
                    ("SFNL", 1, 18),
                    ("FNL-", 1, 12),
                ),
                24,
            )
            for kind, base in (("MK1", "88"), ("WK1", "97"), ("MC1", "93"), ("WC1", "105"))
        ),
        *(
            Group(
                kind,
                Rounds(
                    (
                        Round(
                            "QUAL", 1, 32, Timed(ms("70"), spread=0.03, interval=45, breaks=True, dns=0, dnf=0, dsq=0)
                        ),
                        Round("HEAT", 8, 4, Fleet(ms("65"), model="order"), by_place=2),
                        Round("QFNL", 4, 4, Fleet(ms("65"), model="order"), by_place=2),
                        Round("SFNL", 2, 4, Fleet(ms("65"), model="order"), gap=0, by_place=2),
                        Round("FNL-", 1, 4, Fleet(ms("65"), model="order"), gap=0),
                    )
                ),
                32,
            )
            for kind in ("MX1", "WX1")
        ),
    ),
)

_ROAD = DisciplinePlan(
    "CRD",
    "Cycling Road",
    3,
    2,
    (1, 15),
    (
        *races(
            "MRR=6:19:00 WRR=4:00:00",
            (("FNL-", 1, 90),),
            90,
            Timed(0, splits=27, decimals=0, breaks=True, dnf=0.15, spread=0.01),
        ),
        *races(
            "MTT=36:12 WTT=39:30", (("FNL-", 1, 35),), 35, Timed(0, splits=3, interval=90, breaks=True, spread=0.03)
        ),
        *races(
            "MRR=2:20:00 WRR=2:10:00",
            (("FNL-", 1, 14),),
            14,
            Timed(0, splits=16, decimals=0, breaks=True, spread=0.02),
            classes=17,
        ),
        *races(
            "MTT=25:00 WTT=27:00",
            (("FNL-", 1, 12),),
            12,
            Timed(0, splits=2, interval=60, breaks=True, spread=0.03),
            classes=17,
        ),
    ),
)

_KEIRIN = Fleet(ms("1:30"), model="order")
_DUEL = Fleet(ms("1:20"), model="order")


def _pursuit(base: str, laps: int) -> Rounds:
    task = like(_TRACK, base=ms(base), splits=laps, laps=True)
    heats = like(_TRACK, base=ms(base), splits=laps, laps=True, interval=300)
    return Rounds(
        (Round("QUAL", 1, 8, heats), Round("RND1", 4, 2, task), Round("FNL-", 4, 2, task)), (1, 3, 5, 7), bronze=True
    )


OMNIUM = Combined(
    (
        Part("SCR-", Fleet(ms("11:00"), model="order"), name="Scratch"),
        Part("TEMP", Points(6, 8, decimals=0, pace=30), name="Tempo"),
        Part("ELIM", Fleet(ms("12:00"), model="order", out=True), name="Elimination"),
        Part("PTS-", Points(20, 22, decimals=0, pace=60), name="Points"),
    ),
    formula="omnium",
)

_TRACK_CYCLING = DisciplinePlan(
    "CTR",
    "Cycling Track",
    1,
    1,
    (10, 16),
    (
        *(
            Group(
                kind,
                Knockout(
                    16,
                    _DUEL,
                    qualification=Round("QUAL", 1, 24, like(_TRACK, base=ms(base), interval=80)),
                    gaps=(1, 1, 2, 1),
                    wide=8,
                    small_final=3,
                ),
                24,
            )
            for kind, base in (("MSPRINT", "9.1"), ("WSPRINT", "10.1"))
        ),
        *(
            Group(
                kind,
                ladder(_KEIRIN, ("RND1", 5, 6), ("QFNL", 3, 6), ("SFNL", 2, 6), ("FNL-", 2, 6), finals=(1, 7)),
                30,
            )
            for kind in ("MKEIRIN", "WKEIRIN")
        ),
        Group("MMADISON WMADISON", single(Points(18, 16, pace=90), 15), 15, 2),
        Group("MOMNIUM WOMNIUM", OMNIUM, 22),
        Group("MPURTEAM4", _pursuit("3:43", 7), 8, 4),
        Group("WPURTEAM4", _pursuit("4:05", 7), 8, 4),
        Group("MSPRTEAM3", _pursuit("41.5", 2), 8, 3),
        Group("WSPRTEAM3", _pursuit("45.5", 2), 8, 3),
        Group("MKEIRIN WKEIRIN", ladder(_KEIRIN, ("RND1", 2, 6), ("FNL-", 1, 6)), 12, classes=17),
    ),
)


def series(
    races_: int, size: int, minutes: int, medal: int = 10, *, board: bool = False, spread: int = 4, sail_two: int = 7
) -> Combined:
    """Return a sailing series: races over some days, then a last one for the best."""
    race = Fleet(
        minutes * 60_000,
        roundings=6,
        irms=("BFD", "DNF", "UFD", "DSQ", "DNS", "OCS", "RET"),
        rate=0.05,
    )
    last = Fleet(minutes * 45_000, roundings=3)
    parts = [
        Part("PREL", race, (f"{n:04}00--",), gap=2 if n % spread == 1 and n > 1 else 0, name=f"Race {n}")
        for n in range(1, races_ + 1)
    ]
    factor = 1 if board else 2
    parts.append(Part("FNL-", last, gap=2, best=medal, name="Medal race", factor=factor))
    return Combined(
        tuple(parts),
        formula="low_point",
        low=True,
        discards=(4, sail_two) if board else (4,),
        decimals=1,
        within="part" if board else "total",
    )


_SAILING = DisciplinePlan(
    "SAL",
    "Sailing",
    3,
    3,
    (2, 14),
    (
        Group("MILCA7 WILCA6", series(8, 40, 50), 40),
        Group("M49ER W49ERFX XNACRA17", series(12, 20, 30), 20, 2),
        Group("X470", series(8, 19, 50), 19, 2),
        Group("MFORMKITE WFORMKITE", series(7, 20, 12, 4, board=True), 20),
        Group("MIQFOIL WIQFOIL", series(12, 24, 15, 3, board=True, sail_two=12), 24),
    ),
)

RACING = (
    _SWIMMING,
    DisciplinePlan(
        "OWS",
        "Marathon Swimming",
        2,
        1,
        (12, 14),
        tuple(
            races(
                "M10KM=1:50:00 W10KM=2:03:00",
                (("FNL-", 1, 28),),
                28,
                Timed(0, splits=11, decimals=1, breaks=True, dnf=0.05),
            )
        ),
    ),
    _ROWING,
    _SPRINT_CANOES,
    _SLALOM,
    _ROAD,
    _TRACK_CYCLING,
    DisciplinePlan(
        "MTB",
        "Cycling Mountain Bike",
        1,
        1,
        (2, 4),
        tuple(
            races(
                "MXCTRY=1:26:00 WXCTRY=1:26:30",
                (("FNL-", 1, 36),),
                36,
                Timed(0, splits=15, laps=True, decimals=0, breaks=True, spread=0.03),
            )
        ),
    ),
    DisciplinePlan(
        "BMX",
        "Cycling BMX Racing",
        1,
        1,
        (6, 8),
        tuple(
            Group(
                kind,
                Rounds(
                    (
                        Round("QFNL", 4, 8, like(_TRACK, base=ms(base), splits=3), by_place=4),
                        Round("SFNL", 2, 8, like(_TRACK, base=ms(base), splits=3), by_place=4),
                        Round("FNL-", 1, 8, like(_TRACK, base=ms(base), splits=3), gap=0),
                    )
                ),
                32,
            )
            for kind, base in (("MINDVRACE", "31.4"), ("WINDVRACE", "34.2"))
        ),
    ),
    DisciplinePlan(
        "TRI",
        "Triathlon",
        2,
        1,
        (4, 13),
        (
            *races(
                "MOLYMPIC=1:43:30 WOLYMPIC=1:54:50",
                (("FNL-", 1, 55),),
                55,
                Timed(0, splits=24, decimals=0, breaks=True, dnf=0.06),
            ),
            *races("XTEAM4=1:25:30", (("FNL-", 1, 15),), 15, Timed(0, splits=15, decimals=0, breaks=True), members=4),
            *races(
                "MSPRINT=58:00 WSPRINT=1:05:00",
                (("FNL-", 1, 11),),
                11,
                Timed(0, splits=8, decimals=0, breaks=True, spread=0.03),
                classes=11,
            ),
        ),
    ),
    _SAILING,
)
