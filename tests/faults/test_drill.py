"""Drills with seeds: any process of a Games is killed, stopped, paused, replaced, cut off, at any moment."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.conftest import WiredBroker
from tests.faults.drill import PROCESSES, WIRES, Drill
from tests.faults.harm import plan
from tests.faults.playing import games_on

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

HARMS = 8
WITHIN = 10.0  # seconds


@pytest.mark.seeds(fixed=2, share=10)
async def test_whatever_befalls_a_games_it_keeps_its_word(wired_broker: WiredBroker, tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    harms = plan(dice, list(PROCESSES), list(WIRES), count=HARMS, within=WITHIN)
    with games_on(wired_broker.address, tmp_path, partitions=3) as games:
        await Drill(games, wired_broker.wires, dice).run(harms)
