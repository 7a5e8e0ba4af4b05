"""The kinds of sheets by name. A new one is added here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from desks.bulk.kinds.long_list import LONG_LIST
from desks.bulk.kinds.people import PEOPLE
from desks.bulk.kinds.shifts import SHIFTS
from desks.bulk.kinds.volunteers import VOLUNTEERS
from desks.bulk.setting import Kind

__all__ = ["KINDS"]

KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in (PEOPLE, VOLUNTEERS, LONG_LIST, SHIFTS)})
