"""Reading the policies of a Games."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import schemas.policy
from desks.errors import BadPolicy
from desks.policies import read_policies
from management.aggregates import AGGREGATES

T20 = Path(schemas.policy.__path__[0], "t20")


def test_every_aggregate_has_its_policy() -> None:
    policies = read_policies(T20)
    assert {prefix: type(policy) for prefix, policy in policies.items()} == {
        prefix: aggregate.policy for prefix, aggregate in AGGREGATES.items()
    }
    assert policies["per"] is policies["dp"]


def test_whatever_is_applied_for_has_places() -> None:
    policies = read_policies(T20)
    applied_for = {name for name, category in policies["per"].categories.items() if category.functions}
    assert applied_for <= policies["ro"].categories.keys()


def test_what_is_missing_or_wrong_is_named(tmp_path: Path) -> None:
    only = {"ro": AGGREGATES["ro"]}
    with pytest.raises(BadPolicy, match=r"quota\.toml: No such file or directory"):
        read_policies(tmp_path, only)
    shutil.copy(T20 / "reservation.toml", tmp_path / "quota.toml")
    with pytest.raises(BadPolicy, match=r"quota\.toml: Object contains unknown field `kinds`"):
        read_policies(tmp_path, only)
    (tmp_path / "quota.toml").write_bytes(b"hold_s = \xff")
    with pytest.raises(BadPolicy, match=r"quota\.toml: "):
        read_policies(tmp_path, only)
