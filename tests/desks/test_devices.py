"""The scanners that count, as the log has them."""

from __future__ import annotations

from typing import Any

from desks.devices import Devices
from desks.keys import kid_of
from desks.outcome import Position
from management.command import Recorded
from management.device import DeviceEnrolled, DeviceRevoked
from tests.desks.test_keys import key

KEY = key(7).public
RAW = KEY.public_bytes_raw().hex()


def take(devices: Devices, name: str, event: Any) -> None:
    devices.take(Recorded("e", f"dev:{name}", 1, event, "c", "P-LEA", 1), Position(0, 1))


def test_who_enrolled_counts_until_he_is_revoked() -> None:
    devices = Devices()
    take(devices, "SCAN-1", DeviceEnrolled("STA", RAW, "P-LEA"))
    assert (devices.names, devices.kids) == ({"SCAN-1": KEY}, {kid_of(KEY): KEY})
    take(devices, "SCAN-2", DeviceRevoked("LOST", "P-LEA"))  # never enrolled
    take(devices, "SCAN-1", DeviceRevoked("LOST", "P-LEA"))
    assert (devices.names, devices.kids) == ({}, {})


def test_what_is_no_key_signs_nothing() -> None:
    devices = Devices()
    take(devices, "SCAN-1", DeviceEnrolled("STA", "00", "P-LEA"))
    assert devices.names == {}
