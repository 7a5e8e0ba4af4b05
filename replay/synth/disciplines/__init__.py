"""The disciplines of the full programme, by the way they are contested."""

from __future__ import annotations

from replay.synth.disciplines.athletics import ATHLETICS
from replay.synth.disciplines.fights import FIGHTS
from replay.synth.disciplines.judging import JUDGING
from replay.synth.disciplines.racing import RACING
from replay.synth.disciplines.tournaments import TOURNAMENTS

__all__ = ["DISCIPLINES"]

DISCIPLINES = (ATHLETICS, *FIGHTS, *JUDGING, *RACING, *TOURNAMENTS)
