"""The policies of a Games from its folder: one TOML file an area, named as its module in ``schemas/policy/``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from desks.errors import BadPolicy
from management.aggregates import AGGREGATES, Aggregate

__all__ = ["read_policies", "read_policy"]


P = TypeVar("P")


def read_policies(folder: Path, aggregates: Mapping[str, Aggregate] = AGGREGATES) -> dict[str, Any]:
    """Return the policy of each aggregate, by its prefix; raises ``BadPolicy``."""
    read: dict[type, Any] = {}
    for aggregate in aggregates.values():
        if aggregate.policy not in read:
            area = aggregate.policy.__module__.rpartition(".")[2]
            read[aggregate.policy] = read_policy(folder / f"{area}.toml", aggregate.policy)
    return {prefix: read[aggregate.policy] for prefix, aggregate in aggregates.items()}


def read_policy(file: Path, policy: type[P]) -> P:
    """Return the policy in a file; raises ``BadPolicy``."""
    try:
        return msgspec.toml.decode(file.read_bytes(), type=policy)
    except OSError as error:
        raise BadPolicy(str(file), error.strerror or str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadPolicy(str(file), str(error)) from error
