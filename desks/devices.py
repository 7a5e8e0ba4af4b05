"""The scanners that count, with their keys: as the log has them at this moment, or as somebody says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from desks.keys import kid_of
from desks.outcome import Position
from management.command import Recorded
from management.device import DeviceEnrolled, DeviceRevoked

__all__ = ["Devices"]


class Devices:
    """A reader of events: who enrolled is here until he is revoked."""

    def __init__(self) -> None:
        self.names: dict[str, Ed25519PublicKey] = {}
        self.kids: dict[bytes, Ed25519PublicKey] = {}

    @classmethod
    def of(cls, keys: Mapping[str, Ed25519PublicKey]) -> Self:
        """Return those that somebody says, by their names."""
        devices = cls()
        for name, key in keys.items():
            devices._add(name, key)
        return devices

    def take(self, recorded: Recorded[Any], position: Position) -> None:
        """Take in the next event."""
        name = recorded.key.partition(":")[2]
        match recorded.event:
            case DeviceEnrolled(key=key):
                try:
                    self._add(name, Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)))
                except ValueError:
                    return  # bytes that are no key: nothing is ever signed by it
            case DeviceRevoked():
                if gone := self.names.pop(name, None):
                    self.kids.pop(kid_of(gone), None)

    def _add(self, name: str, key: Ed25519PublicKey) -> None:
        self.names[name] = key
        self.kids[kid_of(key)] = key
