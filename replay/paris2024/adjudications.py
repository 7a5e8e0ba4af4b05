"""What was decided outside the results: four cases that no rule of ranking covers.

Each is found in the data by its unit and by what the rows there say; a folder without the unit has no such case.
"""

from __future__ import annotations

import msgspec

from replay.paris2024.files import milliseconds
from replay.paris2024.scene import Scene
from replay.paris2024.times import MINUTE, SECOND
from schemas import messages as m

__all__ = ["say_adjudications"]

OPERATIONS = "operations"

SEMIFINAL = "BDMWSINGLES-----------SFNL000200--"
BRONZE_MATCH = "BDMWSINGLES-----------FNL-000200--"

FLOOR = "GARW1APFX-------------FNL-000001--"
FLOOR_MARKS = ("13.766", "13.666")  # with the inquiry, and without it
REVIEWED = milliseconds("2024-08-10T19:00:00+02:00")
DECIDED = milliseconds("2024-08-11T11:00:00+02:00")

WRESTLING = "WREWFS50KG------------"
WEIGHED = milliseconds("2024-08-07T08:30:00+02:00")


def say_adjudications(scene: Scene) -> None:
    """Say the four, as far as the data have their units."""
    _jump_off(scene)
    _no_bronze_match(scene)
    _inquiry_out_of_time(scene)
    _excluded_finalist(scene)


def _jump_off(scene: Scene) -> None:
    """Jumping: three share the first place of the final; the jump-off is a unit of its own and needs no decision."""
    if "EQUOJUMPINDV----------FNL-0002RR--" in scene.units:
        scene.report.notes.append("Jumping individual: the jump-off is a unit with marks; the medal rule names it.")


def _no_bronze_match(scene: Scene) -> None:
    """Badminton: who leads the semi-final retires; nobody is left for the bronze match against the other loser."""
    retired = any(row.irm == "RET" for row in scene.units[SEMIFINAL].rows) if SEMIFINAL in scene.units else False
    if not retired or BRONZE_MATCH in scene.units:
        return
    at = scene.times[SEMIFINAL].official + 10 * MINUTE
    reason = "one of the semi-final losers has retired injured"
    scene.out.put(at, scene.venues[SEMIFINAL].desk, m.UnitNotHeld(unit=BRONZE_MATCH, reason=reason))
    scene.report.add("adjudication", BRONZE_MATCH, reason, stated="bronze match not held")


def _inquiry_out_of_time(scene: Scene) -> None:
    """Floor: 10 August, the inquiry that raised a score is void (CAS); 11 August, the IOC reallocates the bronze."""
    unit = scene.units.get(FLOOR)
    raised, original = FLOOR_MARKS
    holder = next((row for row in unit.rows if row.rank == 3 and row.mark == raised), None) if unit else None
    following = next((row for row in unit.rows if row.rank == 4), None) if unit else None
    if unit is None or holder is None or following is None:
        return
    reason = "inquiry out of time: the score before it stands (CAS, 10 August 2024)"
    review = m.MedalDecision(
        event=unit.event, subject=holder.participant, decision="review", medal="ME_BRONZE", reason=reason
    )
    scene.out.put(REVIEWED, OPERATIONS, review)
    score = m.Score(unit=FLOOR, subject=holder.participant, mark=original, at=REVIEWED)

    def correct(target: str) -> m.Message:
        inner = msgspec.Raw(m.encode(score))
        return m.Correction(at=REVIEWED + SECOND, target=target, unit=FLOOR, message=inner, reason=reason)

    scene.out.put_about(REVIEWED + SECOND, OPERATIONS, f"{FLOOR} {holder.participant}", correct)
    award = m.MedalDecision(
        event=unit.event,
        subject=following.participant,
        decision="award",
        medal="ME_BRONZE",
        reason="bronze reallocated after the corrected result (IOC, 11 August 2024)",
    )
    scene.out.put(DECIDED, OPERATIONS, award)
    scene.report.add("adjudication", FLOOR, reason, stated=f"{raised} -> {original}")
    scene.report.add("medal", unit.event, "the medal stands under review", stated="review")
    scene.report.add("medal", unit.event, award.reason, stated="award")
    scene.report.notes.append("Women's floor: ranks as published are those before the correction of 10 August.")


def _excluded_finalist(scene: Scene) -> None:
    """Wrestling: a semi-final winner is excluded at the weigh-in; the loser of that semi-final takes the place."""
    final = next((unit for code, unit in scene.units.items() if code[:26] == WRESTLING + "FNL-"), None)
    if final is None:
        return
    finalists = {row.participant for row in final.rows}
    semifinals = [unit for code, unit in scene.units.items() if code[:26] == WRESTLING + "SFNL"]
    winners = [row for unit in semifinals for row in unit.rows if row.wlt == "W"]
    for unit in semifinals:
        winner = next((row for row in unit.rows if row.wlt == "W"), None)
        loser = next((row for row in unit.rows if row.wlt == "L"), None)
        if winner is None or loser is None or winner.participant in finalists or loser.participant not in finalists:
            continue
        drawn = max(scene.times[one.code].official for one in semifinals) + 5 * MINUTE
        starters = tuple(m.Starter(row.participant, number) for number, row in enumerate(winners, start=1))
        scene.out.put(drawn, scene.venues[final.code].desk, m.StartList(unit=final.code, starters=starters))
        reason = "excluded at the second weigh-in; the semi-final loser takes the place (UWW rules, article 11)"
        replaced = m.ParticipantReplaced(
            unit=final.code, leaves=winner.participant, enters=loser.participant, reason=reason
        )
        scene.out.put(WEIGHED, OPERATIONS, replaced)
        scene.report.add("adjudication", final.code, reason, stated="participant replaced")
