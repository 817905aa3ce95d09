"""The Typer application: what `dnstrace.cli.app` is, made from the table of options.

Its one command hands the words to the reader of the installed command, since dig's syntax (`@server`,
`+word`, a type anywhere) is not Typer's; so both read every line alike. What Typer is given of the options is
for programs that look at an application: documentation, or the help of another application that mounts this
one.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import typer
from typer.core import TyperCommand

from dnstrace.cli.about.help import SUMMARY, SYNTAX, help_of, help_text
from dnstrace.cli.command import guarded, run
from dnstrace.cli.environment import Environment
from dnstrace.cli.exits import Exit
from dnstrace.cli.line.options import OPTIONS, Option
from dnstrace.cli.line.parsed import Parsed
from dnstrace.cli.line.syntax import parse

_PARSED = "dnstrace.parsed"  # where the words are in the `meta` of the context, and what was read


class DnstraceCommand(TyperCommand):
    """A Typer command whose words are read by `line.syntax`, and whose help is that of `dnstrace --help`."""

    def __init__(self, *arguments: Any, **how: Any) -> None:
        super().__init__(*arguments, **how)
        self.params = [*_parameters()]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words; wrong usage is one line on stderr and exit status 2, as everywhere."""
        if not ctx.resilient_parsing:  # which is how completion looks at a line
            ctx.meta[_PARSED] = args, _parsed(args)
        ctx.args = []
        return []

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help: Typer's own layout takes no width and no colours."""
        formatter.write(help_text(Environment(program=ctx.command_path)))


def application() -> typer.Typer:
    """The application, with `dnstrace` as its only command."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command(
        "dnstrace",
        cls=DnstraceCommand,
        help=SUMMARY,
        options_metavar=SYNTAX,
        context_settings={"help_option_names": []},  # the table has its own --help
    )(_dnstrace)
    return app


def _dnstrace(context: typer.Context) -> None:
    words, parsed = context.meta[_PARSED]
    environment = Environment(program=context.command_path)
    raise typer.Exit(guarded(environment, words, lambda: run(parsed, environment)))


def _parsed(words: list[str]) -> Parsed:
    """The words, read; where they are wrong, the application ends."""
    found: list[Parsed] = []

    def part() -> int:
        found.append(parse(words))
        return Exit.ANSWER

    status = guarded(Environment(), words, part)
    if not found:
        raise typer.Exit(status)
    return found[0]


@cache
def _parameters() -> tuple[Any, ...]:
    return tuple(map(_parameter, OPTIONS))


def _parameter(option: Option) -> Any:
    """The option as Typer describes one."""
    declared = typer.Option(
        "" if option.metavar else False,
        *option.typed,
        help=help_of(option),
        metavar=option.metavar or None,
        rich_help_panel=str(option.group),
        show_default=False,
    )

    # Typer makes parameters from those of a function, and only there: so each has a function of its own.
    def flag(value: bool = declared) -> None: ...

    def text(value: str = declared) -> None: ...

    alone = typer.Typer(add_completion=False)
    alone.command()(text if option.metavar else flag)
    (made, *_) = typer.main.get_command(alone).params
    made.name = option.name.replace("-", "_")
    return made
