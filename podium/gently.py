"""Loading a program while others work: what a process consists of takes a second of processor time to load.

Where a process starts beside others on the same processors, as one that is started again after it was killed, that
second would be taken from those who serve. On Linux each thread has a niceness of its own and may raise it: so a thread
that gives way loads, and the process goes on with the one that never did.
"""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from types import ModuleType

__all__ = ["load_gently"]

NICE = 10  # a ninth of the share of whoever else wants a processor


def load_gently(module: str) -> ModuleType:
    """Import a module and return it, giving way to others meanwhile; raises what the import raises."""
    with ThreadPoolExecutor(1, initializer=_give_way) as thread:
        return thread.submit(import_module, module).result()


def _give_way() -> None:
    if sys.platform == "linux":
        own = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, own, min(19, os.getpriority(os.PRIO_PROCESS, own) + NICE))
