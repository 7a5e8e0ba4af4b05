"""Contests that are all alike, as many as wanted: a Games that can be made ten times as large and stay what it is."""

from __future__ import annotations

from collections.abc import Iterator

from schemas import messages as m

__all__ = ["CONTEST", "Said", "contest", "organisations", "rsc"]

STARTERS = 8
SPLITS = 3
NATIONS = 40
DISCIPLINES = ("SWM", "ATH", "ROW", "CSP", "CTR")
START = 1_900_000_000_000  # ms

Said = tuple[str, str, int, bytes]  # source, session, serial, data


def rsc(event: str, phase: str = "", unit: str = "") -> str:
    """Return a code of 34 characters."""
    return event.ljust(22, "-") + phase.ljust(4, "-") + unit.ljust(8, "-")


def organisations() -> Iterator[Said]:
    """Yield what is said before the first contest."""
    for number in range(NATIONS):
        code = f"N{number:02}"
        yield "central", "bench", number + 1, m.encode(m.Organisation(code=code, name=f"Nation {number}", at=START))


def contest(number: int) -> list[Said]:
    """Return all messages of one contest: an event with one final, from its entries to its medals."""
    discipline = DISCIPLINES[number % len(DISCIPLINES)]
    event = f"{discipline}{'WM'[number % 2]}B{number:05}"
    unit = rsc(event, "FNL-", "000100--")
    people = [f"{5_000_000 + number * STARTERS + lane}" for lane in range(STARTERS)]
    at = START + number * 600_000
    said = [
        *_announced(event, unit, people, at),
        *_held(unit, people, at),
        m.ResultStatus(unit=unit, status="OFFICIAL", at=at + 400_000),
    ]
    return [
        (f"V{number:05}.{discipline}.timing", "bench", serial, m.encode(message))
        for serial, message in enumerate(said, 1)
    ]


def _announced(event: str, unit: str, people: list[str], at: int) -> Iterator[m.Message]:
    yield m.Event(event=rsc(event), name=event, at=at)
    for lane, code in enumerate(people):
        nation = f"N{(int(code) * 7) % NATIONS:02}"
        yield m.Participant(code=code, name=f"NAME{code} Given", organisation=nation, disciplines=(event[:3],), at=at)
        yield m.Entry(event=rsc(event), participant=code, at=at + lane)
    yield m.UnitScheduled(unit=unit, name="Final", start=at, end=at + 300_000, venue="VEN", at=at)
    starters = tuple(m.Starter(participant=code, order=lane) for lane, code in enumerate(people, 1))
    yield m.StartList(unit=unit, starters=starters, at=at)


def _held(unit: str, people: list[str], at: int) -> Iterator[m.Message]:
    yield m.ResultStatus(unit=unit, status="START_LIST", at=at)
    yield m.Start(unit=unit, at=at)
    for split in range(1, SPLITS + 1):
        for lane, code in enumerate(people):
            mark = f"{20 * split + (lane * 5 + split * 3) % STARTERS}.{lane}{split}"
            yield m.Split(unit=unit, subject=code, ordinal=split, mark=mark, at=at + split * 20_000 + lane)
    for lane, code in enumerate(people):
        yield m.Finish(unit=unit, subject=code, mark=f"{80 + lane * 3 % STARTERS}.{lane}0", at=at + 90_000 + lane)


CONTEST = len(contest(0))  # messages
