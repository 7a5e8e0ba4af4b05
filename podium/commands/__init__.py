"""The commands of ``podium``, a file for each group; only the file of the command that is asked for is loaded."""

from __future__ import annotations

from importlib import import_module

import typer

__all__ = ["FILES", "command_line"]

FILES = {  # and the words that each adds
    "accounts": ("accounts",),
    "audit": ("audit",),
    "config": ("config",),
    "desks": ("accredit", "volunteers", "shifts", "entries", "schedule"),
    "distributed": ("gateway", "worker", "edge"),
    "epoch": ("epoch",),
    "games": ("import", "synth", "replay", "export"),
    "gate": ("gate",),
    "history": ("historian", "history"),
    "kafka": ("kafka",),
    "look": ("medals", "show", "why", "digest"),
    "people": ("people",),
    "prove": ("verify",),
    "run": ("serve", "demo", "bench"),
    "soc": ("soc",),
    "source": ("source",),
    "up": ("up",),
}


def command_line(word: str = "") -> typer.Typer:
    """Return the command line: what is in the file of a word, and all of it where that is none of ours."""
    app = typer.Typer(
        name="podium",
        help="Live results, standings, medal tables and feeds of a multi-sport Games, from one immutable log.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        add_completion=True,
    )
    app.callback()(_nothing)  # without one, a single command would be the whole command line
    for name in [name for name, words in FILES.items() if word in words] or FILES:
        import_module(f"podium.commands.{name}").add_to(app)
    return app


def _nothing() -> None:
    pass
