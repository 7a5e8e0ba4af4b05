"""The command line: ``podium`` and ``python -m podium``.

Errors are one sentence on standard error and a non-zero exit, never a traceback; ``PODIUM_DEBUG=1`` shows it.
"""

from __future__ import annotations

import os
import sys

import typer

from engine.collector import relax
from engine.errors import EngineError
from podium.commands import (
    accounts,
    audit,
    config,
    desks,
    distributed,
    epoch,
    games,
    gate,
    history,
    kafka,
    look,
    people,
    prove,
    run,
    soc,
    source,
    up,
)
from podium.errors import OperatorError
from podium.log_lines import set_up
from replay.archive import ArchiveError

__all__ = ["app", "main"]

app = typer.Typer(
    name="podium",
    help="Live results, standings, medal tables and feeds of a multi-sport Games, from one immutable log.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=True,
)
for group in (
    accounts,
    audit,
    config,
    desks,
    distributed,
    epoch,
    games,
    gate,
    history,
    kafka,
    look,
    people,
    prove,
    run,
    soc,
    source,
    up,
):
    group.add_to(app)


def main() -> None:
    """Run a command; turn what went wrong into one sentence and an exit code."""
    relax()
    set_up(level="warning")  # until a command has read its settings
    try:
        app()
    except (OperatorError, EngineError, ArchiveError) as error:
        _fail(str(error))
    except OSError as error:
        _fail(f"{error.filename or 'the system'}: {error.strerror or error}")
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if os.environ.get("PODIUM_DEBUG"):
            raise
        _fail(f"a bug, please report it: {type(error).__name__}: {error} (PODIUM_DEBUG=1 shows where)")


def _fail(sentence: str) -> None:
    print(f"podium: {sentence}", file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main()
