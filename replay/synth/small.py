"""The programme of a small Games: one afternoon, one or two events of every result model.

The last day of a discipline stands here for the minutes that it waits, so that the medals do not fall together.
"""

from __future__ import annotations

from replay.synth.disciplines.athletics import field, jumps
from replay.synth.disciplines.fights import JUDO
from replay.synth.disciplines.judging import AIR_FINAL, VAULT, dives
from replay.synth.disciplines.racing import OMNIUM, series
from replay.synth.disciplines.recipes import races, single
from replay.synth.disciplines.tournaments import THREES
from replay.synth.programme import DisciplinePlan, Group
from replay.synth.shapes.knockout import Knockout
from replay.synth.shapes.pools import Pools
from replay.synth.shapes.rounds import Round, Rounds
from replay.synth.tasks.bout import Bout
from replay.synth.tasks.lifting import Lifting
from replay.synth.tasks.sets import Sets
from replay.synth.tasks.target import Target
from replay.synth.tasks.timed import Timed

__all__ = ["SMALL"]

_ROUND = Target(6, 1060, 25, decimals=1, inner=9, pace=300, breaks=True)

SMALL = (
    DisciplinePlan(
        "ATH",
        "Athletics",
        1,
        3,
        (1, 20),
        (
            *races("W100M=10.8", (("RND1", 3, 8), ("FNL-", 1, 8)), 24, Timed(0, breaks=True, wind=True, dsq_word="DQ")),
            *races("M1500M=3:30", (("FNL-", 1, 12),), 12, Timed(0, splits=3, laps=True, breaks=True, dsq_word="DQ")),
            field("MLONGJUMP", 8350, wind=True, size=10),
            jumps("WHIGHJUMP", 1830, 40, size=10),
        ),
    ),
    DisciplinePlan(
        "SWM",
        "Swimming",
        1,
        1,
        (1, 5),
        tuple(races("W200MFR=1:53.5 M100MBA=52.0", (("HEAT", 2, 8), ("FNL-", 1, 8)), 16, Timed(0, splits=3))),
    ),
    DisciplinePlan("DIV", "Diving", 1, 1, (1, 10), (Group("M3M", single(dives(4), 8), 8),)),
    DisciplinePlan(
        "GAR", "Artistic Gymnastics", 1, 1, (1, 90), (Group("W1APVT", single(VAULT, 8, code="000001--"), 8),)
    ),
    DisciplinePlan(
        "SHO",
        "Shooting",
        1,
        1,
        (1, 0),
        (Group("WAPW", Rounds((Round("QUAL", 1, 12, _ROUND), Round("FNL-", 1, 8, AIR_FINAL))), 12),),
    ),
    DisciplinePlan("WLF", "Weightlifting", 1, 1, (1, 125), (Group("M73KG", single(Lifting(152, 188, 73), 8), 8),)),
    DisciplinePlan("JUD", "Judo", 1, 2, (1, 40), (Group("W57KG", Knockout(16, JUDO, "repechage", gaps=(0,)), 12),)),
    DisciplinePlan(
        "WRE",
        "Wrestling",
        1,
        2,
        (1, 150),
        (
            Group(
                "WFS50KG",
                Knockout(8, Bout(2, 120, 1.2, (1, 1, 2, 4), limit=10), "repechage", gaps=(0,), repechage="REP2"),
                8,
            ),
        ),
    ),
    DisciplinePlan(
        "BDM",
        "Badminton",
        1,
        3,
        (1, 60),
        (Group("WSINGLES", Knockout(8, Sets(3, 15, cap=21, pace=16, plays=True), gaps=(0,), not_held=True), 8),),
    ),
    DisciplinePlan(
        "TTE",
        "Table Tennis",
        1,
        2,
        (1, 30),
        (Group("MSINGLES", Knockout(8, Sets(5, 11, pace=11, plays=True), gaps=(0,)), 7),),
    ),
    DisciplinePlan(
        "BK3",
        "3x3 Basketball",
        1,
        2,
        (1, 15),
        (Group("WTEAM3", Pools(2, 3, THREES, Knockout(4, THREES, gaps=(0,)), gap=0, rest=0), 6, 4),),
    ),
    DisciplinePlan("SAL", "Sailing", 1, 1, (1, 0), (Group("XNACRA17", series(4, 12, 25), 12, 2),)),
    DisciplinePlan(
        "CTR",
        "Cycling Track",
        1,
        1,
        (1, 110),
        (Group("WOMNIUM", OMNIUM, 12),),
    ),
)
