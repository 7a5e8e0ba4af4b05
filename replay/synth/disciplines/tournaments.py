"""Tournaments with a ball, a shuttlecock or a board: pools and brackets."""

from __future__ import annotations

import msgspec

from replay.synth.programme import DisciplinePlan, Group
from replay.synth.shapes.knockout import Knockout
from replay.synth.shapes.pools import Pools
from replay.synth.tasks.ball import Ball
from replay.synth.tasks.points import Points
from replay.synth.tasks.sets import Sets

__all__ = ["BADMINTON", "THREES", "TOURNAMENTS"]

THREES = Ball(1, 10, 3.4, (1, 1, 2), stretch=1.6)
BADMINTON = Sets(3, 21, cap=30, pace=20, plays=True)
_BASKETBALL = Ball(4, 10, 4.0, (1, 2, 2, 3), stretch=2.0, squad=5)
_FOOTBALL = Ball(periods=2, length=45, rate=0.035, stretch=1.06, squad=11)
_HANDBALL = Ball(periods=2, length=30, rate=0.95, stretch=1.3, squad=7)
_HOCKEY = Ball(periods=4, length=15, rate=0.08, stretch=1.2, squad=11)
_RUGBY = Ball(periods=2, length=7, rate=0.4, worths=(5, 5, 7), stretch=1.2, squad=7)
_WATER_POLO = Ball(4, 8, 0.7, stretch=1.9, squad=7)
_TENNIS = Sets(3, 6, cap=7, pace=210, rallies=5)
_TABLE_TENNIS = Sets(7, 11, pace=13, plays=True)
_TABLE_TEAMS = Sets(5, 11, pace=60, plays=True)
_VOLLEYBALL = Sets(5, 25, last_to=15, pace=30, plays=True)
_BEACH = Sets(3, 21, last_to=15, pace=32, plays=True)


def _league(ball: Ball, groups: int, size: int, *, penalties: bool = True) -> Pools:
    """Return a tournament whose group matches may end level."""
    group = msgspec.structs.replace(ball, draws=True)
    bracket = msgspec.structs.replace(ball, penalties=penalties)
    return Pools(groups, size, group, Knockout(8, bracket, gaps=(0, 4, 3)), gap=4, rest=3)


_CUP = Knockout(8, _BASKETBALL, gaps=(0, 4, 3))

TOURNAMENTS = (
    DisciplinePlan(
        "BKB",
        "Basketball",
        3,
        1,
        (1, 16),
        (
            Group("MTEAM5 WTEAM5", Pools(3, 4, _BASKETBALL, _CUP, gap=5, rest=4), 12, 10),
            Group("MTEAM5 WTEAM5", Pools(2, 4, _BASKETBALL, _CUP, gap=5, rest=4), 8, 10, 2),
        ),
    ),
    DisciplinePlan(
        "BK3",
        "3x3 Basketball",
        1,
        1,
        (4, 10),
        (Group("MTEAM3 WTEAM3", Pools(1, 8, THREES, Knockout(8, THREES, gaps=(0, 1, 0)), gap=1), 8, 4),),
    ),
    DisciplinePlan(
        "FBL",
        "Football",
        7,
        1,
        (1, 15),
        (
            Group("MTEAM11 WTEAM11", _league(_FOOTBALL, 4, 4), 16, 16),
            Group("MTEAM11", _league(_FOOTBALL, 2, 4), 8, 16, 1),
        ),
    ),
    DisciplinePlan(
        "HBL",
        "Handball",
        3,
        1,
        (1, 16),
        (
            Group("MTEAM7 WTEAM7", _league(_HANDBALL, 2, 6), 12, 14),
            Group("MTEAM7 WTEAM7", _league(_HANDBALL, 2, 4), 8, 9, 2),
        ),
    ),
    DisciplinePlan("HOC", "Hockey", 2, 2, (2, 15), (Group("MTEAM11 WTEAM11", _league(_HOCKEY, 2, 6), 12, 16),)),
    DisciplinePlan(
        "RU7",
        "Rugby Sevens",
        2,
        2,
        (1, 5),
        (
            Group("MTEAM7 WTEAM7", _league(_RUGBY, 3, 4, penalties=False), 12, 12),
            Group("XTEAM7", _league(_RUGBY, 2, 4, penalties=False), 8, 12, 1),
        ),
    ),
    DisciplinePlan(
        "WPO",
        "Water Polo",
        2,
        1,
        (1, 16),
        (
            Group(
                "MTEAM7 WTEAM7",
                Pools(2, 5, _WATER_POLO, Knockout(8, _WATER_POLO, gaps=(0, 4, 3)), gap=4, rest=3),
                10,
                13,
            ),
        ),
    ),
    DisciplinePlan(
        "VVO",
        "Volleyball",
        3,
        1,
        (1, 16),
        (
            Group(
                "MTEAM6 WTEAM6",
                Pools(3, 4, _VOLLEYBALL, Knockout(8, _VOLLEYBALL, gaps=(0, 4, 3)), gap=5, rest=4),
                12,
                12,
            ),
            Group(
                "MTEAM6 WTEAM6",
                Pools(2, 4, _VOLLEYBALL, Knockout(8, _VOLLEYBALL, gaps=(0, 4, 3)), gap=4, rest=4),
                8,
                12,
                2,
            ),
        ),
    ),
    DisciplinePlan(
        "VBV",
        "Beach Volleyball",
        2,
        2,
        (1, 14),
        (Group("MTEAM2 WTEAM2", Pools(6, 4, _BEACH, Knockout(16, _BEACH, gaps=(0, 3, 3, 3)), gap=4, rest=3), 24, 2),),
    ),
    DisciplinePlan(
        "BDM",
        "Badminton",
        2,
        3,
        (5, 15),
        (
            Group(
                "MSINGLES WSINGLES",
                Pools(8, 3, BADMINTON, Knockout(8, BADMINTON, gaps=(0, 3, 3), not_held=True), gap=2),
                24,
            ),
            Group(
                "MDOUBLES WDOUBLES XDOUBLES",
                Pools(4, 4, BADMINTON, Knockout(8, BADMINTON, gaps=(0, 3, 3), not_held=True), gap=2),
                16,
                2,
            ),
            Group("MSINGLES WSINGLES", Knockout(16, BADMINTON, gaps=(0, 2, 2, 1), not_held=True), 12, 0, 12),
            Group("XDOUBLES", Knockout(8, BADMINTON, gaps=(0, 2, 1), not_held=True), 8, 2, 4),
        ),
    ),
    DisciplinePlan(
        "TTE",
        "Table Tennis",
        2,
        4,
        (1, 15),
        (
            Group("MSINGLES WSINGLES", Knockout(64, _TABLE_TENNIS, gaps=(0, 2, 2, 2, 2, 2)), 64),
            Group("XDOUBLES", Knockout(16, _TABLE_TENNIS, gaps=(0, 2, 2, 1)), 16, 2),
            Group("MTEAM WTEAM", Knockout(16, _TABLE_TEAMS, gaps=(0, 2, 2, 2), wide=128), 16, 3),
            Group("MSINGLES WSINGLES", Knockout(16, Sets(5, 11, pace=13, plays=True), gaps=(0, 2, 2, 1)), 14, 0, 31),
        ),
    ),
    DisciplinePlan(
        "TEN",
        "Tennis",
        2,
        8,
        (2, 13),
        (
            Group("MSINGLES WSINGLES", Knockout(64, _TENNIS, gaps=(0, 3, 2, 2, 2, 2)), 64),
            Group("MDOUBLES WDOUBLES", Knockout(32, _TENNIS, gaps=(0, 3, 2, 2, 2)), 32, 2),
            Group("XDOUBLES", Knockout(16, _TENNIS, gaps=(0, 3, 2, 2)), 16, 2),
            Group("MSINGLES WSINGLES", Knockout(32, _TENNIS, gaps=(0, 2, 2, 2, 2)), 28, 0, 4),
            Group("MDOUBLES WDOUBLES", Knockout(16, _TENNIS, gaps=(0, 2, 2, 2)), 12, 2, 2),
        ),
    ),
    DisciplinePlan(
        "SRF",
        "Surfing",
        1,
        1,
        (2, 9),
        (
            Group(
                "MSHORTBRD WSHORTBRD",
                Knockout(
                    16,
                    Points(600, 180, rounds=6, decimals=2, take="best_2", pace=110, model="match"),
                    gaps=(0, 3, 3, 1),
                ),
                16,
            ),
        ),
    ),
)
