"""The entries policy: what a file of it may say."""

from __future__ import annotations

import msgspec
import pytest

from schemas.policy.entries import Delegation, OfficialsStep, Policy
from tests.management.entry_hands import T20


def test_every_event_of_the_invented_games_is_whole() -> None:
    for discipline in T20.disciplines.values():
        for code, event in discipline.events.items():
            assert (len(code), set(event.places) - set(discipline.routes)) == (34, set())
            assert event.replacement in T20.replacements
        assert set(discipline.hierarchy) - set(discipline.routes) == set()


def test_a_deadline_includes_its_whole_second() -> None:
    assert (T20.entries_until, T20.long_list_until, T20.numbers_until, T20.opens_at) == (
        1_625_497_199_999,
        1_622_473_199_999,
        1_623_682_799_999,
        1_626_998_400_000,
    )
    assert T20.places_until == 1_626_101_999_999
    assert msgspec.structs.replace(T20, places_expire=None).places_until is None


@pytest.mark.parametrize(("athletes", "officials"), [(0, 0), (1, 1), (2, 1), (3, 2), (9, 2), (10, 6), (500, 28)])
def test_the_quota_of_officials_goes_by_steps(athletes: int, officials: int) -> None:
    assert T20.delegation.quota(athletes) == officials


def test_steps_ascend() -> None:
    with pytest.raises(ValueError, match="ascend"):
        Delegation((OfficialsStep(3, 2), OfficialsStep(1, 1)))


def test_what_is_not_known_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="unknown field `lucky`"):
        msgspec.convert({"lucky": True}, type=Policy)
