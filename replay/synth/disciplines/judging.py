"""Judged, aimed and lifted: panels, scores, shots and weights."""

from __future__ import annotations

from replay.synth.disciplines.recipes import like, single
from replay.synth.programme import DisciplinePlan, Group
from replay.synth.shapes.combined import Combined, Part
from replay.synth.shapes.knockout import Knockout
from replay.synth.shapes.rounds import Round, Rounds
from replay.synth.tasks.judged import Judged
from replay.synth.tasks.lifting import Lifting
from replay.synth.tasks.points import Points
from replay.synth.tasks.target import Target
from replay.synth.tasks.timed import Timed

__all__ = ["AIR_FINAL", "AIR_ROUND", "JUDGING", "VAULT", "dives"]


def dives(count: int) -> Judged:
    """Return a round of dives: seven judges, the middle three marks by the difficulty."""
    return Judged(count, 7, 750, 110, step=50, drop=2, difficulty=(24, 39), pace=40)


VAULT = Points(14200, 500, rounds=1, decimals=3, pace=120, deduct=100, model="judged")
AIR_ROUND = Target(60, 107, 6, decimals=1, inner=1, pace=70, breaks=True)
AIR_FINAL = Target(24, 109, 7, decimals=1, pace=50, out_from=12, breaks=True)
_CLAY = Target(5, 25, 3, pace=1500, breaks=True)
_CLAY_FINAL = Target(12, 5, 2, pace=110, out_from=5, out_every=1, breaks=True)
_PAIR_FINAL = Target(12, 209, 12, decimals=1, pace=50, breaks=True)


def _shooting(kind: str, size: int, *, clay: bool = False, classes: int = 0) -> Group:
    qualification, final = (_CLAY, _CLAY_FINAL) if clay else (AIR_ROUND, AIR_FINAL)
    rounds = Rounds((Round("QUAL", 1, size, qualification), Round("FNL-", 1, 6 if clay else 8, final, gap=1)))
    return Group(kind, rounds, size, 0, classes)


def _apparatus(kinds: str) -> Group:
    return Group(kinds, single(VAULT, 8, code="000001--"), 8)


def _hoops(phase: str, count: int) -> tuple[Part, ...]:
    task = Judged(1, 6, 4600, 250, step=50, decimals=3, pace=110)
    return tuple(Part(phase, task, (f"A000010{n}",), name=f"Apparatus {n}") for n in range(1, count + 1))


def _routines(count: int) -> Combined:
    task = Judged(1, 5, 580000, 30000, step=2500, decimals=4, pace=240)
    parts = tuple(
        Part("FNL-", task, (f"{n:04}00--",), gap=1 if n > 1 else 0, name=f"Routine {n}") for n in range(1, count + 1)
    )
    return Combined(parts, "FNL---------", decimals=4, breaks=False)


_PENTATHLON = Combined(
    (
        Part("RANK", Points(220, 22, pace=40), ("0001FE--",), name="Fencing, ranking round"),
        Part("FNL-", Points(8, 4, pace=15), ("0001FE--",), gap=1, name="Fencing, bonus round"),
        Part("FNL-", Points(270, 18, pace=70), ("0001EQ--",), name="Riding"),
        Part(
            "FNL-",
            Timed(118_000, splits=3, spread=0.03, dns=0, dnf=0, dsq=0),
            ("0001SW01", "0001SW02", "0001SW03"),
            name="Swimming",
        ),
        Part("FNL-", Points(690, 15, pace=45), ("0001LR--",), name="Laser run"),
    ),
    "FNL---------",
    formula="pentathlon",
)

_RIDE = Points(2800, 350, decimals=2, low=True, pace=420)
_CROSS = Points(600, 500, decimals=2, low=True, pace=240)
_FENCES = Points(500, 420, decimals=2, low=True, pace=150)
_DRESSAGE = Judged(1, 5, 14800, 700, step=10, decimals=3, pace=480)

_EQUESTRIAN = DisciplinePlan(
    "EQU",
    "Equestrian",
    2,
    1,
    (2, 15),
    (
        Group("ODRESINDV", Rounds((Round("GP--", 3, 10, _DRESSAGE), Round("GPFR", 1, 18, _DRESSAGE, gap=4))), 30),
        Group("ODRESTEAM", single(_DRESSAGE, 10, "GPSP"), 10, 3),
        Group(
            "OEVENINDV",
            Combined(
                (
                    Part("DRSS", _RIDE, name="Dressage"),
                    Part("XC--", _CROSS, gap=2, name="Cross-country"),
                    Part("JUMP", _FENCES, ("000200--",), gap=2, name="Jumping"),
                    Part("JUMP", _FENCES, gap=1, best=25, name="Jumping, individual final"),
                ),
                low=True,
                decimals=2,
            ),
            44,
        ),
        Group(
            "OEVENTEAM",
            Combined(
                (
                    Part("DRSS", _RIDE, name="Dressage"),
                    Part("XC--", _CROSS, gap=2, name="Cross-country"),
                    Part("JUMP", _FENCES, gap=2, name="Jumping"),
                ),
                low=True,
                decimals=2,
            ),
            16,
            3,
        ),
        Group("OJUMPINDV", Rounds((Round("QUAL", 1, 50, _FENCES), Round("FNL-", 1, 30, _FENCES, gap=2))), 50),
        Group("OJUMPTEAM", Rounds((Round("QUAL", 1, 20, _FENCES), Round("FNL-", 1, 10, _FENCES, gap=2))), 20, 3),
        Group("ODRESINDV", single(_DRESSAGE, 12, "GPFR"), 12, classes=11),
    ),
)

_BODIES = "M61KG M73KG M89KG M102KG MO102KG W49KG W59KG W71KG W81KG WO81KG"


def _lifts(classes: int = 0) -> list[Group]:
    groups = []
    for kind in _BODIES.split():
        body = int(kind.strip("MWOKG"))
        good = int((78 if kind[0] == "M" else 60) + body * (1.0 if kind[0] == "M" else 0.75))
        task = Lifting(good, good * 124 // 100, body)
        groups.append(Group(kind, single(task, 12 if not classes else 8), 12 if not classes else 8, 0, classes // 10))
    return groups


_BOULDER = Points(60, 18, decimals=1, pace=100)
_SPEED = Timed(0, decimals=3, spread=0.03, dns=0.0, dnf=0.0, dsq=0.0)

JUDGING = (
    DisciplinePlan(
        "DIV",
        "Diving",
        2,
        1,
        (1, 15),
        (
            Group(
                "M10M M3M",
                Rounds(
                    (
                        Round("PREL", 1, 26, dives(6)),
                        Round("SFNL", 1, 18, dives(6), gap=2),
                        Round("FNL-", 1, 12, dives(6)),
                    )
                ),
                26,
            ),
            Group(
                "W10M W3M",
                Rounds(
                    (
                        Round("PREL", 1, 28, dives(5)),
                        Round("SFNL", 1, 18, dives(5), gap=2),
                        Round("FNL-", 1, 12, dives(5)),
                    )
                ),
                28,
            ),
            Group("M10MTEAM2 M3MTEAM2", single(dives(6), 8), 8, 2),
            Group("W10MTEAM2 W3MTEAM2", single(dives(5), 8), 8, 2),
        ),
    ),
    DisciplinePlan(
        "SWA",
        "Artistic Swimming",
        0,
        1,
        (10, 15),
        (Group("WTEAM2", _routines(2), 18, 2), Group("OTEAM8", _routines(3), 10, 8)),
    ),
    DisciplinePlan(
        "GAR",
        "Artistic Gymnastics",
        1,
        2,
        (1, 10),
        (
            Group(
                "M1AA W1AA",
                Combined((Part("FNL-", VAULT, ("000001--",)),), "FNL---------", "given", decimals=3, breaks=True),
                24,
            ),
            Group(
                "MTEAM WTEAM",
                Combined((Part("FNL-", VAULT, ("000001--",)),), "FNL---------", "given", decimals=3, breaks=True),
                8,
                5,
            ),
            _apparatus("M1APFX M1APPH M1APSR M1APVT M1APPB M1APHB W1APVT W1APUB W1APBB W1APFX"),
        ),
    ),
    DisciplinePlan(
        "GRY",
        "Rhythmic Gymnastics",
        1,
        1,
        (13, 15),
        (
            Group("W1AA", Combined(_hoops("FNL-", 4), "FNL---------", decimals=3, breaks=True), 10),
            Group("W5AA", Combined(_hoops("FNL-", 2), "FNL---------", decimals=3, breaks=True), 8, 5),
        ),
    ),
    DisciplinePlan(
        "GTR",
        "Trampoline Gymnastics",
        1,
        1,
        (7, 7),
        (
            Group(
                "M1TRA W1TRA",
                Rounds(
                    (
                        Round(
                            "QUAL",
                            1,
                            16,
                            Judged(2, 5, 11500, 700, step=10, decimals=3, take="best"),
                            codes=("000001--",),
                        ),
                        Round(
                            "FNL-",
                            1,
                            8,
                            Judged(1, 5, 11800, 500, step=10, decimals=3, take="best"),
                            gap=0,
                            codes=("000001--",),
                        ),
                    )
                ),
                16,
            ),
        ),
    ),
    DisciplinePlan(
        "SKB",
        "Skateboarding",
        1,
        1,
        (2, 12),
        (
            Group(
                "MPARK WPARK",
                Rounds(
                    (
                        Round(
                            "QUAL", 1, 22, Points(8300, 700, rounds=3, decimals=2, take="best", pace=55, model="judged")
                        ),
                        Round(
                            "FNL-", 1, 8, Points(8500, 600, rounds=3, decimals=2, take="best", pace=60, model="judged")
                        ),
                    )
                ),
                22,
            ),
            Group(
                "MSTREET WSTREET",
                Rounds(
                    (
                        Round("QUAL", 1, 22, Points(8300, 700, rounds=3, decimals=2, pace=55, model="judged")),
                        Round("FNL-", 1, 8, Points(8500, 600, rounds=3, decimals=2, pace=60, model="judged")),
                    )
                ),
                22,
            ),
        ),
    ),
    DisciplinePlan(
        "BMF",
        "Cycling BMX Freestyle",
        0,
        1,
        (4, 5),
        (
            Group(
                "MINDVFRST WINDVFRST",
                Rounds(
                    (
                        Round(
                            "QUAL", 1, 12, Points(8400, 600, rounds=2, decimals=2, take="best", pace=90, model="judged")
                        ),
                        Round(
                            "FNL-", 1, 9, Points(8700, 500, rounds=2, decimals=2, take="best", pace=90, model="judged")
                        ),
                    )
                ),
                12,
            ),
        ),
    ),
    _EQUESTRIAN,
    DisciplinePlan(
        "GLF",
        "Golf",
        1,
        1,
        (6, 15),
        (
            Group(
                "MSTROKE WSTROKE",
                Combined(
                    tuple(
                        Part(
                            "FNL-",
                            Points(4, 2, rounds=18, low=True, pace=16, floor=2, unique=False),
                            (f"{n:04}00--",),
                            gap=2 if n > 1 else 0,
                            name=f"Round {n}",
                        )
                        for n in range(1, 5)
                    ),
                    low=True,
                    breaks=False,
                ),
                60,
            ),
        ),
    ),
    DisciplinePlan(
        "CLB",
        "Sport Climbing",
        1,
        2,
        (10, 15),
        (
            Group(
                "MBLCOMB WBLCOMB",
                Combined(
                    (Part("FNL-", _BOULDER, name="Boulder"), Part("FNL-", _BOULDER, ("000200--",), name="Lead")),
                    "FNL---------",
                    decimals=1,
                ),
                8,
            ),
            *(
                Group(
                    kind,
                    Knockout(
                        8,
                        like(_SPEED, base=base, model="match"),
                        qualification=Round(
                            "QUAL",
                            1,
                            14,
                            like(_SPEED, base=base, breaks=True, interval=60),
                            codes=("0001SD--",),
                        ),
                        gaps=(2, 0, 0),
                    ),
                    14,
                )
                for kind, base in (("MSPEED", 4800), ("WSPEED", 6300))
            ),
        ),
    ),
    DisciplinePlan(
        "SHO",
        "Shooting",
        1,
        2,
        (2, 15),
        (
            _shooting("MAPM WAPW MARM WARW MR3PM WR3PW WSPW MRFPM", 36),
            _shooting("MTRM WTRW MSKM WSKW", 28, clay=True),
            Group(
                "XAPMT XARMT XSKMT",
                Rounds(
                    (Round("QUAL", 1, 16, AIR_ROUND), Round("FNL-", 2, 2, _PAIR_FINAL, gap=1)),
                    finals=(1, 3),
                    bronze=True,
                ),
                16,
                2,
            ),
            _shooting("MAPM WAPW MARM WARW", 20, classes=13),
        ),
    ),
    DisciplinePlan("WLF", "Weightlifting", 2, 1, (10, 16), (*_lifts(), *_lifts(20))),
    DisciplinePlan("MPN", "Modern Pentathlon", 1, 1, (12, 16), (Group("MINDIVID WINDIVID", _PENTATHLON, 18),)),
)
