"""Small competitions, made up at random: everything that any source might say about a few units, in any order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

import msgspec
from hypothesis import strategies as st

from schemas import messages as m
from schemas.rsc import event_of
from tests.projections.hand import Said, rsc

__all__ = ["SETTINGS", "Setting", "holds", "in_turn", "mixed", "plays"]

PEOPLE = ["A", "B", "C", "D", "E"]
TEAMS = ["T1", "T2"]
ORGANISATIONS = ["USA", "JAM", "FRA"]
SOURCES = ["central", "x.desk", "x.timing", "x.backup", "operations"]
STATUSES = ["START_LIST", "LIVE", "UNOFFICIAL", "OFFICIAL", "OFFICIAL", "OFFICIAL", "PROTESTED", "PROVISIONAL"]
_ALWAYS: list[type[m.Message]] = [
    m.ResultStatus,
    m.ResultStatus,
    m.ResultStatus,
    m.StartList,
    m.Irm,
    m.OrderDecided,
    m.Qualification,
    m.Participant,
    m.Organisation,
    m.MedalDecision,
    m.ParticipantReplaced,
]
_SELDOM = [cls for cls in m.KINDS.values() if cls not in (m.Correction, m.Retraction, m.SerialsLost, m.SerialsHealed)]
_HEALTH: list[type[m.Message]] = [m.SerialsLost, m.SerialsHealed]


class Setting(NamedTuple):
    """Where it takes place."""

    units: list[str]
    kinds: list[type[m.Message]]  # said most
    marks: list[str]
    ordinals: list[int]
    irms: list[str]


def _setting(units: list[str], kinds: list[type[m.Message]], marks: str, ordinals: str, irms: str) -> Setting:
    return Setting(
        units, kinds, [*marks.split(), "", "-", "x1"], [int(n) for n in ordinals.split()], ["", *irms.split()]
    )


SETTINGS: dict[str, Setting] = {
    "timed": _setting(
        [
            rsc("ATHM100M", phase, unit)
            for phase, unit in (("HEAT", "000100--"), ("HEAT", "000200--"), ("FNL-", "000100--"))
        ],
        [m.Finish, m.Finish, m.Split, m.Wind, m.Lap],
        "9.80 9.80 9.81 10.05 1:01.5",
        "1 2",
        "DNF DQ DNS",
    ),
    "distance": _setting(
        [rsc("ATHMLONGJUMP", "FNL-", "000100--")], [m.Attempt, m.Attempt], "8.00 8.00 8.05 7.9", "1 2 3", "NM DQ"
    ),
    "height": _setting(
        [rsc("ATHMHIGHJUMP", "FNL-", "000100--")], [m.Height, m.Height], "2.00", "2000 2050 2100", "NM DNS"
    ),
    "match": _setting(
        [
            rsc("FENMSABRE", phase, unit)
            for phase, unit in (("SFNL", "000100--"), ("FNL-", "000100--"), ("FNL-", "000200--"))
        ],
        [m.Period, m.Period, m.MatchDecided, m.Point, m.Draw],
        "15 14 3",
        "0 1 2",
        "DSQ DQB",
    ),
    "losers": _setting(
        [
            rsc("BOXW54KG", phase, unit)
            for phase, unit in (("SFNL", "000100--"), ("SFNL", "000200--"), ("FNL-", "000100--"))
        ],
        [m.Period, m.MatchDecided, m.MatchDecided, m.Score],
        "5 0",
        "0 1",
        "DSQ",
    ),
    "draws": _setting([rsc("FBLMTEAM11", "GPA-", "000100--")], [m.Period, m.Point, m.Clock], "1 2", "1 2", "DSQ"),
    "judged": _setting(
        [rsc("DIVM3M", "FNL-", "000100--"), rsc("DIVM3M", "SFNL", "000100--")],
        [m.JudgeMark, m.JudgeMark, m.Score],
        "8.5 9.0 7 80.25",
        "1 2",
        "DNF DNS",
    ),
    "lifting": _setting(
        [rsc("WLFM61KG", "FNL-", "000100--")],
        [m.LiftJudged, m.LiftJudged, m.LiftDeclared, m.Bodyweight],
        "100 120 121",
        "1 2 4 5",
        "DNF DSQ",
    ),
    "fleet": _setting(
        [rsc("SALMDINGHY", "PREL", f"000{n}00--") for n in (1, 2, 3, 4)]
        + [rsc("SALMDINGHY", "FNL-", "000100--"), rsc("SALMDINGHY")],
        [m.Finish, m.Finish, m.ScoreAdjusted],
        "3 2.5",
        "1 2",
        "DNF DSQ SCP RDG",
    ),
    "combined": _setting(
        [rsc("ATHMDECATH", phase, "000100--") for phase in ("100-", "LJ--", "HJ--")] + [rsc("ATHMDECATH")],
        [m.Finish, m.Attempt, m.Height, m.Score],
        "10.55 7.80 11.02",
        "1 2 2000 2050",
        "DNF DNS DQ",
    ),
    "pentathlon": _setting(
        [
            rsc("MPNMINDIVID", "RANK", "0001FE--"),
            rsc("MPNMINDIVID", "FNL-", "0001SW01"),
            rsc("MPNMINDIVID", "FNL-", "0001LR--"),
            rsc("MPNMINDIVID", "FNL-"),
        ],
        [m.Finish, m.Score, m.ScoreAdjusted],
        "220 1:59.31 2:30.50 600",
        "0",
        "DNF EL DSQ",
    ),
    "target": _setting(
        [
            rsc("SHOXAR10M", "FNL-", "000100--"),
            rsc("SHOXAR10M", "FNL-", "000200--"),
            rsc("SHOXAR10M", "QUAL", "000100--"),
        ],
        [m.Shot, m.Shot, m.ShootOff],
        "10.1 10.1 9.8",
        "1 2",
        "DNF DSQ",
    ),
    "jump_off": _setting(
        [rsc("EQUOJUMP", "FNL-", "000100--"), rsc("EQUOJUMP", "FNL-", "0002RR--")],
        [m.Score, m.Finish, m.ScoreAdjusted],
        "0 4 8",
        "0 1",
        "EL RT",
    ),
    "unknown": _setting(
        [rsc("ZZZMX", "FNL-", "000100--"), "ZZZ-A.------------------------------"],
        [m.Finish, m.Elimination, m.Score],
        "1 2",
        "0 1",
        "DNF",
    ),
}


def _values(name: str, hint: Any, cls: type[m.Message], at: Setting) -> st.SearchStrategy[Any]:
    """What a field may hold, by its name, else by its type."""
    people = st.sampled_from(PEOPLE)
    named: dict[str, Callable[[], st.SearchStrategy[Any]]] = {
        "unit": lambda: st.sampled_from(at.units),
        "event": lambda: st.sampled_from([event_of(at.units[0]), event_of(at.units[0]), at.units[0]]),
        "ordinal": lambda: st.sampled_from(at.ordinals),
        "mark": lambda: st.sampled_from(at.marks),
        "weight": lambda: st.sampled_from(at.marks),
        "amount": lambda: st.sampled_from(["1", "-2", "0.5", "+3", "x"]),
        "place": lambda: st.sampled_from([None, 1, 1, 2, 3] if cls is m.Finish else [1, 2, 3]),
        "irm": lambda: st.sampled_from(at.irms),
        "status": lambda: st.sampled_from(STATUSES if cls is m.ResultStatus else get_args(hint)),
        "winner": lambda: st.sampled_from([*PEOPLE[:3], ""]),
        "subject": lambda: people,
        "participant": lambda: people,
        "leaves": lambda: people,
        "enters": lambda: people,
        "team": lambda: st.sampled_from(TEAMS) if hint is not bool else st.booleans(),
        "judge": lambda: st.sampled_from(["J1", "J2", "J3"]),
        "code": lambda: st.sampled_from(
            {m.Participant: PEOPLE, m.Team: TEAMS, m.Organisation: ORGANISATIONS}.get(cls, ["XYZ"])
        ),
        "organisation": lambda: st.sampled_from(ORGANISATIONS),
        "discipline": lambda: st.sampled_from([at.units[0][:3], "ATH"]),
        "disciplines": lambda: st.sampled_from([(), (at.units[0][:3],)]),
        "members": lambda: (
            st.sampled_from([("A", "B"), ("C",)])
            if cls is m.Team
            else st.lists(st.builds(m.Member, participant=people, order=st.integers(1, 2)), max_size=2).map(tuple)
        ),
        "starters": lambda: st.lists(
            st.builds(m.Starter, participant=people, order=st.sampled_from([None, 1, 2, 3])),
            max_size=4,
            unique_by=lambda one: one.participant,
        ).map(tuple),
        "positions": lambda: st.lists(
            st.builds(m.Position, participant=st.sampled_from(["", *PEOPLE[:3]]), place=st.sampled_from(["", "BYE"])),
            max_size=3,
        ).map(tuple),
        "order": lambda: st.sampled_from(
            [(("A",), ("B",)), (("B",), ("A",)), (("A", "B"), ("C",)), (("C",), ("B", "A")), (("D",),), ()]
        ),
        "scores": lambda: st.dictionaries(
            st.sampled_from(PEOPLE[:3]), st.sampled_from(["0", "1", "5", "x"]), max_size=2
        ),
        "jumps": lambda: st.sampled_from(["o", "xo", "xxo", "xxx", "x-", "-"]),
        "type": lambda: st.sampled_from(["WR", "OR"]),
        "protest": lambda: st.sampled_from(["P1", "P2"]),
        "number": lambda: st.sampled_from(["1", "2"]),
        "venue": lambda: st.sampled_from(["STA", "TAC"]),
        "day": lambda: st.sampled_from(["", "2030-08-04", "2030-08-05"]),
        "start": lambda: st.sampled_from([None, 1_000_000_000_000]),
        "end": lambda: st.sampled_from([None, 1_000_000_100_000]),
        "medal": lambda: st.sampled_from(get_args(hint)),
        "reason": lambda: st.sampled_from(["", "", "judge", "video"]),
        "session": lambda: st.just("s1"),
        "source": lambda: st.sampled_from(SOURCES),
    }
    found = named.get(name)
    if found is not None and not (name == "place" and hint is str):
        return found()
    if get_origin(hint) is Literal:
        return st.sampled_from(get_args(hint))
    if hint is bool:
        return st.booleans()
    if hint is int:
        return st.integers(0, 3)
    return st.sampled_from(["", "text"]) if hint is str else st.just("some")


def message_of(cls: type[m.Message], at: Setting) -> st.SearchStrategy[m.Message]:
    """Messages of a kind."""
    hints = get_type_hints(cls)
    fields = [name for name in cls.__struct_fields__ if name != "at"]
    return st.fixed_dictionaries({name: _values(name, hints[name], cls, at) for name in fields}).map(
        lambda values: cls(**values)
    )


def _lost(draw: st.DrawFn, cls: type[m.Message]) -> m.Message:
    first = draw(st.integers(1, 4))
    last = draw(st.integers(first, 5))
    return cls(session="s1", first=first, last=last)  # type: ignore[call-arg]


class _Spoken(NamedTuple):
    source: str
    serial: int
    message: m.Message  # of an amendment: what it holds
    target: int | None  # of an amendment: number of its target
    retracts: bool = False


@st.composite
def plays(draw: st.DrawFn, *, size: int = 40, timed: bool | None = None, healing: bool = True) -> list[Said]:
    """Draw a small competition; ``timed``: whether its messages have venue times, None: either."""
    at = SETTINGS[draw(st.sampled_from(sorted(SETTINGS)))]
    has_times = draw(st.booleans()) if timed is None else timed
    kinds = st.one_of(
        st.sampled_from([*at.kinds, *_ALWAYS]),
        st.sampled_from([*at.kinds, *_ALWAYS]),
        st.sampled_from([*at.kinds, *_ALWAYS]),
        st.sampled_from(_SELDOM + (_HEALTH if healing else [])),
    )
    said: list[_Spoken] = []
    serials = dict.fromkeys(SOURCES, 0)
    count = draw(st.integers(1, size))
    for _ in range(count):
        source = draw(st.sampled_from(SOURCES))
        serials[source] += 1
        cls = draw(kinds)
        message = _lost(draw, cls) if cls in _HEALTH else draw(message_of(cls, at))
        time = draw(st.integers(1, 6)) if has_times else 0
        message = type(message)(**{**{f: getattr(message, f) for f in message.__struct_fields__}, "at": time})
        amends = draw(st.sampled_from([None, None, None, None, None, "correction", "retraction"]))
        target = draw(st.integers(0, count - 1)) if amends and cls not in _HEALTH else None
        said.append(_Spoken(source, serials[source], message, target, amends == "retraction"))
    by_source: dict[str, list[Said]] = {source: [] for source in draw(st.permutations(SOURCES))}
    for one in said:
        by_source[one.source].append((one.source, "s1", one.serial, _data(draw, one, said)))
    return mixed(by_source.values(), Random(draw(st.integers(0, 2**32))))


def _data(draw: st.DrawFn, one: _Spoken, said: list[_Spoken]) -> bytes:
    if one.target is None:
        return m.encode(one.message)
    target = said[one.target]
    name = f"{target.source}/s1/{target.serial}"
    about = getattr(target.message, "unit", "") or getattr(target.message, "event", "")
    if one.retracts:
        return m.encode(
            m.Retraction(target=name, unit=about, reason=draw(st.sampled_from(["", "typo"])), at=one.message.at)
        )
    inner = one.message
    if draw(st.integers(0, 3)):  # most corrections say what their target said, with another value
        fields = {field: getattr(target.message, field) for field in target.message.__struct_fields__}
        for field in ("mark", "irm", "place", "order", "outcome", "status", "name"):
            if type(inner) is type(target.message) and field in fields:
                fields[field] = getattr(inner, field)
        inner = type(target.message)(**fields)
    return m.encode(
        m.Correction(target=name, unit=about, message=msgspec.Raw(m.encode(inner)), reason="seen", at=one.message.at)
    )


def in_turn(said: Iterable[Said]) -> list[Said]:
    """One source after the other, each in its own order."""
    return sorted(said, key=lambda one: (SOURCES.index(one[0]), one[1]))


def mixed(by_source: Iterable[Iterable[Said]], random: Random) -> list[Said]:
    """All of it, the sources mixed at random, each in its own order."""
    waiting = [list(own)[::-1] for own in by_source]
    said: list[Said] = []
    while waiting := [one for one in waiting if one]:
        said.append(random.choice(waiting).pop())
    return said


def holds(law: Callable[[list[Said]], object], said: list[Said]) -> None:
    """Assert that a law finds nothing wrong with what is said; show the fewest messages with which it does.

    Messages are left out one by one, which Hypothesis would do by drawing thousands of competitions.
    """
    wrong = law(said)
    step = len(said) if wrong else 0
    while step := step // 2:
        start = 0
        while start < len(said):
            fewer = said[:start] + said[start + step :]
            if found := law(fewer):
                said, wrong = fewer, found
            else:
                start += step
    lines = [f"{source}/{session}/{serial} {data.decode()}" for source, session, serial, data in said]
    assert not wrong, "\n".join(["", *lines, "", str(wrong)])
