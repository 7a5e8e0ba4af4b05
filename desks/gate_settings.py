"""What one gate is: its device, its place, and the root that it trusts, in one TOML file."""

from __future__ import annotations

from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from desks.errors import BadGate
from management.gate import Direction, Gate

__all__ = ["GateSettings", "read_gate_settings"]


class GateSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of one gate."""

    games: str
    device: str  # of the scanner: with its own count it names every scan
    root: str  # the public key that signs manifests, 32 bytes in hexadecimal: the one key that is pinned
    gate: Gate
    direction: Direction = "IN"
    offline_after_s: int = 180  # without a signed time for so long, the gate counts as offline

    def __post_init__(self) -> None:
        """Refuse a root that is no key, a scanner without a name, and what this scanner cannot read."""
        if len(bytes.fromhex(self.root)) != 32:
            raise ValueError("the root is a public key of 32 bytes, in hexadecimal")
        if not self.device:
            raise ValueError("the device has a name")
        if self.gate.device:  # rather now than denying everybody: no ticket or upgrade card has a code of ours yet
            raise ValueError(f"this scanner reads cards and passes, and no {self.gate.device}")

    @property
    def root_key(self) -> Ed25519PublicKey:
        """The root's public key."""
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.root))


def read_gate_settings(file: Path) -> GateSettings:
    """Return the settings in a file; raises ``BadGate``."""
    try:
        return msgspec.toml.decode(file.read_bytes(), type=GateSettings)
    except OSError as error:
        raise BadGate(f"{file}: {error.strerror or error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadGate(f"{file}: {error}") from error
