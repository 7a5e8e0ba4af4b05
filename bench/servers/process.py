"""A server in a process of its own: started, watched for what it uses, ended."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from bench.machine import SERVER_CORE, cpu_seconds, on_core, prefer, rss

__all__ = ["Server", "announce", "until_closed"]


class Server:
    """A child process that says ``ready KEY=VALUE ...`` once it serves."""

    def __init__(self, command: Sequence[object], *, core: int = SERVER_CORE, ready: str = "ready") -> None:
        """Start a command and wait for the line that begins so; "": it says nothing, and is not waited for."""
        with on_core(core):
            self._process = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=None if ready else subprocess.DEVNULL,
                start_new_session=True,
            )
        self.pid = self._process.pid
        prefer(self.pid)
        self.said = self._wait(ready) if ready else {}

    @classmethod
    def of(cls, module: str, *arguments: object, core: int = SERVER_CORE) -> Self:
        """Start a module of ours."""
        return cls([sys.executable, "-m", module, *arguments], core=core)

    def _wait(self, ready: str) -> Mapping[str, str]:
        assert self._process.stdout
        for line in self._process.stdout:
            if line.startswith(ready.encode()):
                return dict(word.split("=", 1) for word in line.decode().split() if "=" in word)
        raise RuntimeError(f"{self._process.args!r} ended with {self._process.wait()} before it served")

    @property
    def cpu(self) -> float:
        """Processor seconds used so far."""
        return cpu_seconds(self.pid)

    @property
    def memory(self) -> int:
        """Bytes resident."""
        return rss(self.pid)

    def ask(self, word: str) -> str:
        """Say a line and return the line that is answered."""
        self.send(word)
        return self.hear()

    def send(self, word: str) -> None:
        """Say a line."""
        assert self._process.stdin
        self._process.stdin.write(f"{word}\n".encode())
        self._process.stdin.flush()

    def hear(self) -> str:
        """Return the next line that it says; raises where it has ended instead."""
        assert self._process.stdout
        answer = self._process.stdout.readline().decode().strip()
        if not answer:
            raise RuntimeError(f"{self._process.args!r} ended with {self._process.wait()}")
        return answer

    def close(self) -> None:
        """End it."""
        assert self._process.stdin
        self._process.stdin.close()
        if not self.said:
            self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
        time.sleep(0.1)


def announce(**said: object) -> None:
    """Say that we serve, and where."""
    print("ready", *(f"{key}={value}" for key, value in said.items()), flush=True)


async def until_closed() -> None:
    """Return when whoever started us closes our standard input."""
    loop = asyncio.get_running_loop()
    closed = asyncio.Event()

    def heard() -> None:
        if not os.read(0, 4096):
            loop.remove_reader(0)
            closed.set()

    loop.add_reader(0, heard)
    await closed.wait()
