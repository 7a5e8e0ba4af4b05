"""A synthetic Games for those who have no data: fictional organisations and athletes, realistic marks and rhythms."""

from __future__ import annotations

from replay.synth.manifest import Manifest
from replay.synth.synthesis import Scale, Synthesis, synthesise

__all__ = ["Manifest", "Scale", "Synthesis", "synthesise"]
