"""Running a part of a measurement in a process of its own: pinned to a core, with nothing left of the run before."""

from __future__ import annotations

import subprocess
import sys
from typing import TypeVar

import msgspec

__all__ = ["ask", "tell"]

Answer = TypeVar("Answer")


def ask(module: str, *arguments: object, answer: type[Answer], timeout: float = 1800) -> Answer:
    """Run a module with arguments and return the answer that it tells; raises where it fails."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, timeout=timeout, check=True, start_new_session=True)
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=answer)


def tell(answer: object) -> None:
    """Tell the answer to whoever asked: the last line of the output."""
    print(msgspec.json.encode(answer).decode(), flush=True)
