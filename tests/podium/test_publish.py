"""The published contracts: current, valid, and in agreement with what our own decoder takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from podium.publish import PUBLISHED, publish, venue_messages, views
from schemas.messages import KINDS, decode
from schemas.views import ROW_TYPES

UNIT = "ATHM100M--------------FNL-000100--"
FINISH: dict[str, Any] = {"kind": "finish", "unit": UNIT, "subject": "1234567", "mark": "9.80"}


def test_what_is_committed_is_current(tmp_path: Path) -> None:
    """``make schemas`` brings the committed files up to date."""
    for fresh in publish(tmp_path):
        assert (PUBLISHED / fresh.name).read_text() == fresh.read_text(), f"{fresh.name} is old: run `make schemas`"


@pytest.mark.parametrize("contract", [venue_messages(), views()], ids=["venue messages", "views"])
def test_a_contract_is_a_json_schema(contract: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(contract)


def test_every_kind_of_message_and_view_is_there() -> None:
    assert set(venue_messages()["discriminator"]["mapping"]) == set(KINDS)
    assert set(views()["properties"]) == set(ROW_TYPES)


@pytest.mark.parametrize(
    ("change", "good"),
    [
        ({}, True),
        ({"unheard_of": 1}, True),
        ({"place": 1}, True),
        ({"kind": "unheard_of"}, False),
        ({"unit": "ATH"}, False),
        ({"subject": ""}, False),
        ({"mark": 9.8}, False),
    ],
)
def test_contract_and_decoder_agree(change: dict[str, Any], good: bool) -> None:
    message = FINISH | change
    assert Draft202012Validator(venue_messages()).is_valid(message) is good
    try:
        decode(json.dumps(message).encode())
    except msgspec.ValidationError:
        assert not good
    else:
        assert good


def test_the_rows_of_a_view_go_by_their_contract() -> None:
    validator = Draft202012Validator(views())
    assert validator.is_valid({"result": {"@": {"unit": UNIT}, "1234567": {"participant": "1234567", "rank": 1}}})
    assert not validator.is_valid({"result": {"1234567": {"rank": 1}}})
    assert not validator.is_valid({"unheard_of": {}})
