"""Processes of a Games that are harmed: killed, stopped, paused, replaced, cut off from the broker, or left by it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from engine import broker
from tests.faults.harm import Harm
from tests.faults.leader import leader_of
from tests.faults.playing import Games, Running
from tests.faults.wire import FAULTS, Wire

__all__ = ["Harmed", "Whose"]

Whose = tuple[str, tuple[str, ...]]  # the name of a wire, and the processes that it leads to the broker


class Harmed:
    """Processes by name, and what is done to them."""

    def __init__(
        self,
        games: Games,
        processes: Mapping[str, Sequence[str]],
        wires: Mapping[Whose, Wire],
        brokers: Path | None,
        *,
        session: int,
    ) -> None:
        self.games = games
        self.processes = processes  # name -> command
        self.wires = {name: wire for (name, _), wire in wires.items()}
        self.alive: dict[str, Running] = {}
        self.told: list[str] = []  # what was done
        self._whose = dict(wires.keys())
        self._session = session  # seconds of silence after which a worker's shares go to the others
        self._brokers = brokers  # the folder of a cluster that may be harmed
        self._gone: list[Running] = []  # gateways that another one stands in for, and that do not know it

    # -- processes

    async def start(self, name: str) -> None:
        """Start a process under its name, and return when it answers."""
        words = list(self.processes[name])
        if words[0] == "worker":
            words += ["--session", str(self._session), "--save-every", "0.5"]
        else:
            words += ["--port", "0"]
        if words[0] == "gateway":
            words += ["--feed-in", "0"]
        wire = next((self.wires[of] for of, whose in self._whose.items() if name in whose), None)
        url = self.games.url_by(wire.port) if wire else ""
        running = self.games.launch(*words, url=url)
        if words[0] != "worker":
            await asyncio.to_thread(running.hear)
        self.alive[name] = running

    async def restart(self, name: str, seconds: float, number: signal.Signals) -> None:
        """End a process, and start it again a while later."""
        running = self.alive.pop(name)
        code = await asyncio.to_thread(running.end, number)
        if number == signal.SIGTERM:
            assert code == 0, f"{name} ended with {code}\n{running.notes.read_text()}"
        await asyncio.sleep(seconds)
        await self.start(name)

    # -- harm

    async def suffer(self, harm: Harm) -> None:
        """Let something happen, and return when it is over."""
        await asyncio.sleep(harm.at)
        self.told.append(str(harm))
        match harm.what:
            case "kill":
                await self.restart(harm.whom, harm.lasts, signal.SIGKILL)
            case "stop":
                await self.restart(harm.whom, harm.lasts, signal.SIGTERM)
            case "pause":
                running = self.alive[harm.whom]
                running.send(signal.SIGSTOP)
                await asyncio.sleep(harm.lasts)
                running.send(signal.SIGCONT)
            case "replace":  # the first one cannot even hear that it was
                first = self.alive[harm.whom]
                first.send(signal.SIGSTOP)
                await self.start(harm.whom)
                await asyncio.sleep(harm.lasts)
                first.send(signal.SIGCONT)
                self._gone.append(first)
            case "lose":
                await self._lose_leader(harm.whom, harm.lasts)
            case fault:
                self.wires[harm.whom].harm(next(one for one in FAULTS if one == fault))
                await asyncio.sleep(harm.lasts)
                self.wires[harm.whom].heal()

    async def _lose_leader(self, topic: str, seconds: float) -> None:
        """Kill the broker that leads a topic, and start it again a while later."""
        assert self._brokers
        name = f"{self.games.prefix}.{topic}"
        leader = await asyncio.to_thread(leader_of, self.games.kafka, name)
        self.told.append(f"         broker {leader}")
        await asyncio.to_thread(broker.kill, self._brokers, leader)
        await asyncio.sleep(seconds)
        await asyncio.to_thread(broker.start, self._brokers, 3)

    def story(self) -> str:
        """Say what was done, and what the processes wrote of it."""
        lines = ["what was done:", *self.told]
        for running in self.games.processes:
            lines += [f"--- {' '.join(running.words)}, exit {running.process.poll()}"]
            lines += running.notes.read_text().splitlines()[-12:]
        return "\n".join(lines)
