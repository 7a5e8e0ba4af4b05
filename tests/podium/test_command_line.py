"""Which commands there are, and that no command waits for what others need."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest
import typer
from typer.main import get_command

from podium.commands import FILES, command_line


def words_of(app: typer.Typer) -> set[str]:
    """Return the commands of a command line."""
    command = get_command(app)
    return set(getattr(command, "commands", {}))


@pytest.mark.parametrize("name", FILES)
def test_each_file_adds_the_words_that_are_said_of_it(name: str) -> None:
    app = typer.Typer()
    app.callback()(lambda: None)
    import_module(f"podium.commands.{name}").add_to(app)
    assert words_of(app) == set(FILES[name])


@pytest.mark.parametrize("word", ["", "--help", "wroker"])
def test_what_is_no_command_gets_all_of_them(word: str) -> None:
    assert words_of(command_line(word)) == {word for words in FILES.values() for word in words}


def test_of_a_command_only_its_own_file_is_loaded() -> None:
    program = "import sys; from podium.commands import command_line; command_line('gate'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    loaded = {name for name in done.stdout.split() if name.startswith("podium.commands.")}
    assert loaded == {"podium.commands.gate"}
    assert "litestar" not in done.stdout.split()
