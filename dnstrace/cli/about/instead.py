"""What the command does instead of a trace: the options of the group "About"."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from dnstrace.cli.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Callable

    from dnstrace.cli.environment import Environment

_COLUMNS = 80


def version(_: str, environment: Environment) -> int:
    """Print the version, without importing anything for it."""
    from dnstrace import __version__

    environment.write(f"dnstrace {__version__}\n")
    return Exit.ANSWER


def show_help(_: str, environment: Environment) -> int:
    """Print the help."""
    from dnstrace.cli.about.help import help_text

    environment.write(help_text(environment))
    return Exit.ANSWER


def schema(_: str, environment: Environment) -> int:
    """Print the JSON Schema of `--json`."""
    from dnstrace.render.document import schema as text

    environment.write(text().rstrip("\n") + "\n")
    return Exit.ANSWER


def show_completion(shell: str, environment: Environment) -> int:
    """Print the completion script for a shell, or for the user's own."""
    from dnstrace.cli.about.completion import script
    from dnstrace.cli.about.install import shell_of

    environment.write(script(shell or shell_of(environment.variables)))
    return Exit.ANSWER


def install_completion(shell: str, environment: Environment) -> int:
    """Install the completion script for a shell, or for the user's own, where the shell finds it."""
    from dnstrace.cli.about.install import install, shell_of

    for line in install(shell or shell_of(environment.variables), environment.variables):
        environment.remark(line)
    return Exit.ANSWER


def explain(code: str, environment: Environment) -> int:
    """Print what a finding means, why it matters and how to fix it; `list` lists them all."""
    from dnstrace.checks import CATALOGUE

    if code == "list":
        longest = max(map(len, CATALOGUE))
        rules = CATALOGUE.values()
        environment.write("".join(f"{r.code:<{longest}}  {r.level.value:<7}  {r.title}\n" for r in rules))
        return Exit.ANSWER
    rule = CATALOGUE[code]
    sections = ((heading, text[:1].upper() + text[1:]) for heading, text in rule.sections.items())
    parts = [(f"{rule.code} ({rule.level.value})", rule.title), *sections]
    wrapped = (fill(line, _COLUMNS, break_on_hyphens=False) for part in parts for line in (*part, ""))
    environment.write("\n".join(wrapped).rstrip("\n") + "\n")
    return Exit.ANSWER


ABOUT: dict[str, Callable[[str, Environment], int]] = {
    "version": version,
    "help": show_help,
    "schema": schema,
    "show-completion": show_completion,
    "install-completion": install_completion,
    "explain": explain,
}
"""By the name of the option."""
