"""Running a part of a measurement in a process of its own: pinned to a core, with nothing left of the run before."""

from __future__ import annotations

import subprocess
import sys
from typing import TypeVar

import msgspec

from bench.machine import SERVER_CORE, on_core, prefer

__all__ = ["ask", "tell"]

Answer = TypeVar("Answer")


def ask(
    module: str, *arguments: object, answer: type[Answer], core: int = SERVER_CORE, timeout: float = 1800
) -> Answer:
    """Run a module with arguments and return the answer that it tells; raises where it fails."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    with on_core(core):
        started = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
    with started as process:
        prefer(process.pid)
        try:
            out, _ = process.communicate(timeout=timeout)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return msgspec.json.decode(out.splitlines()[-1], type=answer)


def tell(answer: object) -> None:
    """Tell the answer to whoever asked: the last line of the output."""
    print(msgspec.json.encode(answer).decode(), flush=True)
