"""The settings of a gate: read whole, or refused with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from desks.errors import BadGate
from desks.gate_settings import GateSettings, read_gate_settings
from management.gate import Gate
from tests.desks.gate_hands import ROOT

TEXT = f"""
games = "T20"
device = "SCAN-1"
root = "{ROOT.public.public_bytes_raw().hex()}"
direction = "OUT"

[gate]
id = "SWC-1"
venue = "SWC"
zone = "2"
perimeter = "SWC"
passback = "DENY"
"""


def test_the_settings_are_read(tmp_path: Path) -> None:
    file = tmp_path / "gate.toml"
    file.write_text(TEXT)
    found = read_gate_settings(file)
    root = ROOT.public.public_bytes_raw()
    assert found == GateSettings("T20", "SCAN-1", root.hex(), Gate("SWC-1", "SWC", "2", "SWC", "DENY"), "OUT")
    assert found.root_key.public_bytes_raw() == root


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"OUT"', '"UP"', "Invalid enum value 'UP' - at `$.direction`"),
        ('"SCAN-1"', '""', "the device has a name"),
        ('root = "', 'root = "00', "the root is a public key of 32 bytes, in hexadecimal"),
        ('"DENY"', '"DENY"\ndevice = "TICKET"', "this scanner reads cards and passes, and no TICKET"),
        ("games", "game", "Object contains unknown field `game`"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, old: str, new: str, reason: str) -> None:
    file = tmp_path / "gate.toml"
    file.write_text(TEXT.replace(old, new))
    with pytest.raises(BadGate) as refused:
        read_gate_settings(file)
    assert str(refused.value) == f"{file}: {reason}"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadGate) as refused:
        read_gate_settings(tmp_path / "none.toml")
    assert str(refused.value) == f"{tmp_path / 'none.toml'}: No such file or directory"
