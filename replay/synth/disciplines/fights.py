"""Fights: one against one on a mat, a piste, a ring or a floor."""

from __future__ import annotations

from replay.synth.programme import DisciplinePlan, Group
from replay.synth.shapes.knockout import Knockout
from replay.synth.shapes.pools import Pools
from replay.synth.tasks.arrows import Arrows
from replay.synth.tasks.bout import Bout

__all__ = ["FIGHTS", "JUDO"]

JUDO = Bout(1, 240, 0.5, (1, 1, 10), limit=10)
_BOXING = Bout(3, 180, judges=True)
_TAEKWONDO = Bout(3, 120, 5.0, (1, 2, 3), by_rounds=True)
_WRESTLING = Bout(2, 180, 1.2, (1, 1, 2, 4), limit=10)
_FENCING = Bout(3, 180, 6.0, limit=15)
_TEAM_FENCING = Bout(9, 120, 5.0, limit=45)
_BREAKING = Bout(3, 60, judges=True)

_JUDO_KINDS = "M60KG M66KG M73KG M81KG M90KG M100KG MO100KG W48KG W52KG W57KG W63KG W70KG W78KG WO78KG"
_WRESTLERS = (
    "MFS57KG MFS65KG MFS74KG MFS86KG MFS97KG MFS125KG MGR60KG MGR67KG MGR77KG MGR87KG MGR97KG MGR130KG "
    "WFS50KG WFS53KG WFS57KG WFS62KG WFS68KG WFS76KG"
)

FIGHTS = (
    DisciplinePlan(
        "JUD",
        "Judo",
        2,
        3,
        (4, 13),
        (
            Group(_JUDO_KINDS, Knockout(32, JUDO, "repechage", gaps=(0, 0, 0, 1, 0)), 26),
            Group("XTEAM6", Knockout(16, JUDO, "repechage", gaps=(0, 0, 1, 0), wide=128), 16, 6),
            Group(_JUDO_KINDS, Knockout(16, JUDO, "repechage", gaps=(0, 0, 1, 0)), 12, classes=16),
        ),
    ),
    DisciplinePlan(
        "TKW",
        "Taekwondo",
        2,
        2,
        (12, 16),
        (
            Group(
                "M58KG M68KG M80KG MO80KG W49KG W57KG W67KG WO67KG",
                Knockout(16, _TAEKWONDO, "repechage", gaps=(0, 0, 1, 0)),
                16,
            ),
            Group(
                "M58KG W49KG M70KG W57KG MO80KG",
                Knockout(16, _TAEKWONDO, "repechage", gaps=(0, 0, 1, 0)),
                12,
                classes=10,
            ),
        ),
    ),
    DisciplinePlan(
        "WRE",
        "Wrestling",
        2,
        4,
        (10, 16),
        (Group(_WRESTLERS, Knockout(16, _WRESTLING, "repechage", gaps=(0, 0, 1, 1), repechage="REP2"), 16),),
    ),
    DisciplinePlan(
        "BOX",
        "Boxing",
        2,
        1,
        (1, 16),
        (
            Group(
                "M51KG M57KG M63KG M71KG M80KG M92KG MO92KG W50KG W54KG W57KG W60KG W66KG W75KG",
                Knockout(32, _BOXING, "losers", gaps=(0, 4, 4, 6, 4)),
                22,
            ),
        ),
    ),
    DisciplinePlan(
        "FEN",
        "Fencing",
        2,
        4,
        (3, 14),
        (
            Group("MEPEE WEPEE MFOIL WFOIL MSABRE WSABRE", Knockout(64, _FENCING, gaps=(0, 0, 0, 0, 1, 0)), 36),
            Group(
                "MTEAMEPEE WTEAMEPEE MTEAMFOIL WTEAMFOIL MTEAMSABR WTEAMSABR",
                Knockout(8, _TEAM_FENCING, gaps=(0, 0, 1)),
                8,
                4,
            ),
            Group("MEPEE WEPEE MFOIL WFOIL MSABRE WSABRE", Knockout(16, _FENCING, gaps=(0, 0, 1, 0)), 14, classes=16),
        ),
    ),
    DisciplinePlan(
        "BKG",
        "Breaking",
        1,
        1,
        (14, 15),
        (
            Group(
                "MINDIVID WINDIVID",
                Pools(4, 4, Bout(2, 60, judges=True), Knockout(8, _BREAKING, gaps=(0,)), gap=0, rest=1),
                16,
            ),
        ),
    ),
    DisciplinePlan(
        "ARC",
        "Archery",
        2,
        4,
        (4, 15),
        (
            Group("MINDIVID WINDIVID", Knockout(64, Arrows(), gaps=(2, 4, 2, 2, 1, 0)), 64),
            Group("MTEAM3 WTEAM3", Knockout(16, Arrows(5, 6), gaps=(0, 0, 1, 0)), 12, 3),
            Group("XTEAM2", Knockout(16, Arrows(5, 4), gaps=(0, 0, 1, 0)), 16, 2),
            Group("MINDIVID WINDIVID", Knockout(16, Arrows(), gaps=(0, 0, 1, 0)), 14, classes=20),
        ),
    ),
)
