"""Where an organisation's letters go says the policy; of whom it says nothing, nobody knows an address."""

from __future__ import annotations

from desks.addresses import Addresses
from schemas.policy.notices import decode

POLICY = b"""
remind_after = 1
reminders = 0
retry_after = 1
retries = 0
[offices]
AAA = "office@aaa.example"
"""


def test_an_organisation_has_the_address_of_the_policy() -> None:
    addresses = Addresses(None, decode(POLICY).offices)
    assert [addresses(one) for one in ("ro:AAA", "ro:BBB", "per:AAA")] == ["office@aaa.example", None, None]
