"""The policy of a volunteer programme: who may apply, how offers are answered, what is issued and has to come back."""

from __future__ import annotations

from datetime import date

import msgspec

__all__ = ["VolunteersPolicy"]


class VolunteersPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds for one programme: that of the Games, of the Paralympic Games, of a test event."""

    starts: date  # first day on which a volunteer may work
    ends: date  # last
    least_age: int  # years, on the day of the first shift
    adult_age: int  # below it a guardian consents, and there is no night shift
    least_days: int  # on which a volunteer is available
    exclusive: tuple[str, ...]  # other programmes that nobody may be engaged in on the same days
    answer_hours: int  # least time that an offer leaves for the answer
    hold_minutes: int  # how long a place is kept for an offer that has still to be made
    roles: dict[str, tuple[str, ...]]  # role -> trainings to be done before onboarding
    return_days: int  # after leaving, within which what was issued has to be back
