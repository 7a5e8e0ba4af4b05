"""The command line: ``podium`` and ``python -m podium``.

Errors are one sentence on standard error and a non-zero exit, never a traceback; ``PODIUM_DEBUG=1`` shows it.
"""

from __future__ import annotations

import os
import sys

from engine.collector import relax
from engine.errors import EngineError
from podium.commands import command_line
from podium.errors import OperatorError
from podium.log_lines import set_up
from replay.archive import ArchiveError

__all__ = ["main"]


def main() -> None:
    """Run a command; turn what went wrong into one sentence and an exit code."""
    relax()
    set_up(level="warning")  # until a command has read its settings
    try:
        command_line(*sys.argv[1:2])()
    except (OperatorError, EngineError, ArchiveError) as error:
        _fail(str(error))
    except OSError as error:
        _fail(f"{error.filename or 'the system'}: {error.strerror or error}")
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if os.environ.get("PODIUM_DEBUG"):
            raise
        while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:  # of a group of tasks, what one raised
            (error,) = error.exceptions
        _fail(f"a bug, please report it: {type(error).__name__}: {error} (PODIUM_DEBUG=1 shows where)")


def _fail(sentence: str) -> None:
    print(f"podium: {sentence}", file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main()
