"""Where settings come from: the command line, then the environment, then one TOML file, then the defaults.

The environment names a setting ``PODIUM_SECTION_KEY``: ``PODIUM_SERVE_PORT=8081`` is ``port`` under ``[serve]``. An
empty variable says nothing. The file is named by ``--config`` or ``PODIUM_CONFIG``; none is read unasked, so that a
file that happens to lie somewhere changes nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from msgspec import inspect
from msgspec.structs import FieldInfo, fields

from podium.errors import OperatorError
from podium.settings import SECRET, Settings

__all__ = ["DEFAULT", "FILE_VARIABLE", "Config", "Setting", "allowed", "each", "load", "variable"]

FILE_VARIABLE = "PODIUM_CONFIG"
DEFAULT = "default"
FIELDS: Mapping[str, Mapping[str, FieldInfo]] = {
    section.name: {field.name: field for field in fields(section.type)} for section in fields(Settings)
}


class Setting(NamedTuple):
    """One setting as it holds."""

    key: str  # section.key
    value: Any
    origin: str  # who says so: "default", "podium.toml", "PODIUM_SERVE_PORT", "command line"

    @property
    def shown(self) -> str:
        """The value as it may be shown: JSON, which TOML reads as well where there is one."""
        return '"***"' if self.key in SECRET and self.value else msgspec.json.encode(self.value).decode()


class Config(NamedTuple):
    """The settings, and who said each."""

    settings: Settings
    origins: Mapping[str, str]  # section.key -> origin, of what is no default

    def each(self) -> Iterator[Setting]:
        """Yield every setting, in the order of the sections."""
        for key in each():
            section, _, name = key.partition(".")
            value = getattr(getattr(self.settings, section), name)
            yield Setting(key, value, self.origins.get(key, DEFAULT))


def each() -> Iterator[str]:
    """Yield the name of every setting, ``section.key``."""
    for section, keys in FIELDS.items():
        yield from (f"{section}.{key}" for key in keys)


def variable(key: str) -> str:
    """Return the variable of the environment that says a setting."""
    return "PODIUM_" + key.upper().replace(".", "_")


def allowed(key: str) -> str:
    """Say what a setting may be."""
    section, _, name = key.partition(".")
    return _said(inspect.type_info(FIELDS[section][name].type))


def load(file: Path | None, environment: Mapping[str, str], given: Mapping[str, Any] | None = None) -> Config:
    """Return the settings that hold; ``given`` is what the command line says, by ``section.key``, None for nothing.

    Raises ``OperatorError`` with a line for each thing that is wrong.
    """
    if file is None and (named := environment.get(FILE_VARIABLE)):
        file = Path(named)
    wrong: list[str] = []
    said: dict[str, tuple[str, Any]] = {}  # key -> origin, value
    if file is not None:
        said |= {key: (str(file), value) for key, value in _of_file(file, wrong)}
    said |= {key: (variable(key), text) for key, text in _of_environment(environment, wrong)}
    said |= {key: ("command line", value) for key, value in (given or {}).items() if value is not None}
    values: dict[str, dict[str, Any]] = {section: {} for section in FIELDS}
    for key, (origin, value) in said.items():
        section, _, name = key.partition(".")
        try:
            # A variable is text, whatever it means.
            lax = origin == variable(key)
            values[section][name] = msgspec.convert(value, FIELDS[section][name].type, strict=not lax)
        except msgspec.ValidationError:
            shown = "what it says" if key in SECRET else repr(value)
            wrong.append(f"{origin}: {key} cannot be {shown}; allowed: {allowed(key)}")
    if wrong:
        raise OperatorError("\n".join(wrong))
    return Config(msgspec.convert(values, Settings), {key: origin for key, (origin, _) in said.items()})


def _of_file(file: Path, wrong: list[str]) -> Iterator[tuple[str, Any]]:
    try:
        document = tomllib.loads(file.read_text())
    except FileNotFoundError:
        raise OperatorError(f"there is no configuration at {file}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OperatorError(f"{file}: not TOML: {error}") from error
    for section, keys in document.items():
        if section not in FIELDS:
            wrong.append(f"{file}: there is no section [{section}]; allowed: {', '.join(FIELDS)}")
        elif not isinstance(keys, dict):
            wrong.append(f"{file}: {section} is a section; write [{section}] and its keys below it")
        else:
            for key, value in keys.items():
                if key in FIELDS[section]:
                    yield f"{section}.{key}", value
                else:
                    wrong.append(_unknown(f"{file}: {section}.{key}", section))


def _of_environment(environment: Mapping[str, str], wrong: list[str]) -> Iterator[tuple[str, str]]:
    for name, text in environment.items():
        section, underscore, key = name.removeprefix("PODIUM_").lower().partition("_")
        if name.startswith("PODIUM_") and underscore and section in FIELDS and text:
            if key in FIELDS[section]:
                yield f"{section}.{key}", text
            else:
                wrong.append(_unknown(name, section))


def _unknown(what: str, section: str) -> str:
    return f"{what}: there is no such setting; [{section}] has {', '.join(FIELDS[section])}"


def _said(kind: inspect.Type) -> str:
    match kind:
        case inspect.UnionType(types):
            return ", or ".join(_said(one) for one in types if not isinstance(one, inspect.NoneType))
        case inspect.LiteralType(values):
            return ", ".join(map(str, values))
        case inspect.IntType():
            return "a whole number" + _range(kind)
        case inspect.FloatType():
            return "a number" + _range(kind)
        case inspect.Metadata(type=inner, extra_json_schema={"examples": examples}):
            return f"{_said(inner)} such as {', '.join(examples)}"
        case _:
            return "a text"


def _range(kind: inspect.IntType | inspect.FloatType) -> str:
    if kind.gt is not None:
        return f" above {kind.gt:g}"
    if kind.ge is not None and kind.le is not None:
        return f" from {kind.ge:g} to {kind.le:g}"
    return f" of {kind.ge:g} or more" if kind.ge is not None else ""
