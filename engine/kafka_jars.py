"""The program files of Apache Kafka, fetched from Maven Central once and kept in the user's cache.

``jgo`` finds out which files a version consists of and checks each against its published checksum. A folder of the
cache is whole or not there at all: a download that was cut short is begun again.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from engine.errors import BrokerFailed

__all__ = ["VERSION", "cache_folder", "fetch"]

VERSION = "4.3.0"
KAFKA = f"org.apache.kafka:kafka_2.13:{VERSION}"
LOGGER = "org.slf4j:slf4j-simple:1.7.36"  # without one, what a broker has to say about its end is said to nobody

Say = Callable[[str], object]


def cache_folder() -> Path:
    """Return where the program files of this version lie, or will."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root, "podium", f"kafka-{VERSION}")


def fetch(say: Say = print) -> Path:
    """Return the folder of the program files, downloading them where they are not there yet.

    Raises ``BrokerFailed`` where the extra is not installed or Maven Central cannot be reached.
    """
    folder = cache_folder()
    if folder.is_dir():
        return folder
    say(f"fetching Apache Kafka {VERSION} from Maven Central into {folder}, once")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        jars = _download(Path(work, "repository"))
        whole = Path(work, "jars")
        whole.mkdir()
        for jar in jars:
            shutil.move(jar, whole / jar.name)
        try:
            whole.rename(folder)
        except OSError:
            if not folder.is_dir():  # otherwise another process was first
                raise
    return folder


def _download(repository: Path) -> list[Path]:
    try:
        from jgo.maven import MavenContext, PythonResolver  # noqa: PLC0415 - only this one download needs them
        from requests import RequestException  # noqa: PLC0415
    except ImportError as error:
        raise BrokerFailed(f"a local broker needs the extra: pip install 'podium-games[kafka]' ({error})") from error
    context = MavenContext(resolver=PythonResolver(), repo_cache=repository, timeout=60)
    try:
        named = [context.create_dependency(name) for name in (KAFKA, LOGGER)]
        _, needed = context.resolver.resolve(named)
        return [Path(one.artifact.resolve()) for one in (*named, *needed)]
    except (RequestException, OSError, RuntimeError) as error:
        raise BrokerFailed(
            f"Apache Kafka {VERSION} is not in {cache_folder()} and cannot be fetched from Maven Central: "
            f"{_short(error)}"
        ) from error


def _short(error: BaseException) -> str:
    """Return the innermost cause, which says it in the fewest words."""
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__  # type: ignore[assignment]
    return str(error).partition("\n")[0]
