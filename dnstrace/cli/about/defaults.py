"""The defaults that are set by the environment and by the configuration file, and where each one is set."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dnstrace.cli.environment import config_path
from dnstrace.cli.line.options import OPTIONS
from dnstrace.cli.line.variables import of_environment
from dnstrace.cli.usage import harmless

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_WIDEST = 40  # characters of a default whose place stands in one column with others


def lines(variables: Mapping[str, str], left_out: str = "") -> tuple[str, ...]:
    """One line for each default, with its place behind a `#`, as a configuration file could have it.

    `left_out` is the option that leaves the file out, if it was typed. Raises Usage for a variable or a file
    that is wrong.
    """
    of_environment(variables)  # which says what is wrong with a variable
    set_here = {each.name: each.variable for each in OPTIONS if variables.get(each.variable, "").strip()}
    rows = [(f"{name} = {_written(variables[variable])}", variable) for name, variable in set_here.items()]
    path = config_path(variables)
    there = bool(path) and os.path.exists(path)
    first = (
        f"# {harmless(path)}" if path else "# no configuration file: neither XDG_CONFIG_HOME nor HOME is set"
    )
    if there:
        rows += _of_file(path, variables, set_here, left_out)
    elif path:
        first += " (there is no such file)"
    longest = max((len(row) for row, _ in rows if len(row) <= _WIDEST), default=0)
    return (first, *(f"{harmless(row):<{longest}}  # {harmless(place)}" for row, place in rows))


def _of_file(
    path: str, variables: Mapping[str, str], above: Mapping[str, str], left_out: str
) -> Iterator[tuple[str, str]]:
    from dnstrace.cli.configuring import read

    unused = left_out or of_environment(variables).said.get("no-config")
    for entry in read(path, variables.get("HOME", "")).entries:
        place = f"line {entry.line}"
        if unused:
            place += f", not used: {unused} is set"
        elif entry.name in above:
            place += f", not used: {above[entry.name]} is set"
        yield f"{entry.name} = {_written(entry.value)}", place


def _written(value: object) -> str:
    """A value as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return str(value)
