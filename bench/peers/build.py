"""Programs that are built where their compiler is present: the load generator and raw TCP in C, NATS in Go."""

from __future__ import annotations

import os
import shutil
import subprocess
from hashlib import blake2b
from pathlib import Path

__all__ = ["MissingError", "compile_c", "nats_server"]

SOURCES = Path(__file__).parent.parent / "load"
NATS = "github.com/nats-io/nats-server/v2@latest"


class MissingError(Exception):
    """A peer cannot be had on this machine; the sentence says why."""


def _cache() -> Path:
    """Return where built programs are kept from one run to the next."""
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = root / "podium-bench"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def compile_c(name: str) -> Path:
    """Return a program of ``bench/load``, compiled; raises ``MissingError`` where there is no compiler."""
    source = SOURCES / f"{name}.c"
    program = _cache() / f"{name}-{blake2b(source.read_bytes(), digest_size=6).hexdigest()}"
    if not program.exists():
        compiler = next((found for one in ("cc", "gcc", "clang") if (found := shutil.which(one))), None)
        if compiler is None:
            raise MissingError(f"{name}.c: there is no C compiler")
        _build([compiler, "-O2", "-o", f"{program}.new", str(source)], {}, f"{name}.c")
        Path(f"{program}.new").rename(program)
    return program


def nats_server() -> Path:
    """Return the NATS server: the one installed, or built from source by Go; raises ``MissingError``."""
    if found := shutil.which("nats-server"):
        return Path(found)
    program = _cache() / "go" / "bin" / "nats-server"
    if not program.exists():
        go = shutil.which("go")
        if go is None:
            raise MissingError("NATS: there is neither nats-server nor Go to build it with")
        _build([go, "install", NATS], {"GOPATH": str(_cache() / "go"), "GOFLAGS": "-modcacherw"}, "NATS")
    return program


def _build(command: list[str], more: dict[str, str], what: str) -> None:
    try:
        subprocess.run(command, env=os.environ | more, check=True, capture_output=True, text=True, timeout=900)
    except subprocess.CalledProcessError as error:
        raise MissingError(f"{what}: {error.stderr.strip().splitlines()[-1:]}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MissingError(f"{what}: {error}") from error
