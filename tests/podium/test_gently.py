"""Loading gives way to others, and what loaded goes on as it was."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from podium.gently import NICE, load_gently


def niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere niceness is the process's")
def test_a_module_is_loaded_by_a_thread_that_gives_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loads = "import os, threading\nNICE = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())\n"
    (tmp_path / "loaded_gently.py").write_text(loads)
    monkeypatch.syspath_prepend(str(tmp_path))
    before = niceness()
    assert min(19, before + NICE) == load_gently("loaded_gently").NICE
    assert niceness() == before


def test_what_the_import_raises_is_raised() -> None:
    with pytest.raises(ModuleNotFoundError, match="nothing"):
        load_gently("podium.nothing")
