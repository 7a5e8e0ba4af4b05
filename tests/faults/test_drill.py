"""Drills with seeds: any process of a Games is killed, stopped, paused, replaced, cut off, at any moment."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from engine import broker
from engine.raw import RAW
from engine.stages import EVENTS, FEED
from tests.conftest import WiredBroker
from tests.faults.drill import PROCESSES, WIRES, Drill
from tests.faults.harm import Harm, plan
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


@pytest.mark.seeds(fixed=1, share=20)
async def test_a_games_goes_on_where_leaders_of_its_partitions_are_killed(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    harms = plan(dice, list(PROCESSES), [], count=3, within=WITHIN)
    harms.append(Harm(dice.uniform(0, 5), "lose", dice.choice((RAW, EVENTS, FEED)), dice.uniform(0, 6)))
    folder = tmp_path / "brokers"
    address = broker.start(folder, 3).address
    try:
        with games_on(address, tmp_path, partitions=3) as games:
            await Drill(games, [], dice, folder).run(harms)
    finally:
        for number in (1, 2, 3):
            broker.kill(folder, number)
