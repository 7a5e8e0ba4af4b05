"""The aggregates by the prefix of their keys: what a writer needs to know of each.

``per:P1`` is a key of the aggregate with the prefix ``per``. An aggregate is added to ``AGGREGATES`` and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType, ModuleType
from typing import Any

import msgspec

import schemas.policy.accounts
import schemas.policy.accreditation
import schemas.policy.entries
import schemas.policy.notices
import schemas.policy.privacy
import schemas.policy.quota
import schemas.policy.reservation
import schemas.policy.schedule
import schemas.policy.volunteers
import schemas.policy.workforce
from management import (
    account,
    competition_schedule,
    day_pass,
    delegation,
    device,
    entries,
    headcount,
    notice,
    person,
    quota,
    reservation,
    retention,
    uniform,
    volunteer,
    workforce,
)
from management.command import Received, Refusal

__all__ = ["AGGREGATES", "Aggregate", "aggregate_of", "from_module"]

Decide = Callable[[Any, Received[Any], Any], list[Any] | Refusal]


class Aggregate(msgspec.Struct, frozen=True):
    """One kind of aggregate; ``management/command.py`` says what its three functions promise."""

    prefix: str  # of its keys, before the first colon
    state: type  # made without arguments where nothing has happened yet
    command: Any  # the union of its commands, Tick among them
    event: Any  # the union of its events
    policy: type
    decide: Decide
    evolve: Callable[[Any, Any], None]
    due: Callable[[Any], int | None]
    personal: frozenset[str] = (
        frozenset()
    )  # fields of commands that are facts about a person, or secret: never kept on the log


def from_module(prefix: str, module: ModuleType, policy: type, *, personal: tuple[str, ...] = ()) -> Aggregate:
    """Return the aggregate that a module holds under the names that all of them have."""
    return Aggregate(
        prefix,
        module.State,
        module.Command,
        module.Event,
        policy,
        module.decide,
        module.evolve,
        module.due,
        frozenset(personal),
    )


AGGREGATES: Mapping[str, Aggregate] = MappingProxyType(
    {
        aggregate.prefix: aggregate
        for aggregate in (
            from_module("acct", account, schemas.policy.accounts.Policy, personal=("secret",)),
            from_module("del", delegation, schemas.policy.entries.Policy),
            from_module("dev", device, schemas.policy.accounts.Policy, personal=("secret",)),
            from_module("dp", day_pass, schemas.policy.accreditation.Policy),
            from_module("ebk", entries, schemas.policy.entries.Policy, personal=("facts",)),
            from_module("hc", headcount, schemas.policy.volunteers.Policy),
            from_module("ntc", notice, schemas.policy.notices.Policy),
            from_module("per", person, schemas.policy.accreditation.Policy, personal=("born", "document_until")),
            from_module("ret", retention, schemas.policy.privacy.Policy),
            from_module("ro", quota, schemas.policy.quota.Policy),
            from_module("sch", competition_schedule, schemas.policy.schedule.Policy),
            from_module("uni", uniform, schemas.policy.volunteers.Policy),
            from_module("uq", reservation, schemas.policy.reservation.Policy),
            from_module("vol", volunteer, schemas.policy.volunteers.Policy, personal=("born", "consent", "others")),
            from_module("wf", workforce, schemas.policy.workforce.Policy),
        )
    }
)


def aggregate_of(key: str, aggregates: Mapping[str, Aggregate] = AGGREGATES) -> Aggregate | None:
    """Return the aggregate that a key belongs to; None where its prefix is nobody's."""
    prefix, colon, rest = key.partition(":")
    return aggregates.get(prefix) if colon and rest else None
