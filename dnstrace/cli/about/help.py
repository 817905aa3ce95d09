"""The help: a Typer command made from the table of options, laid out by Typer with rich.

Typer reads no command line here: that alone takes longer than most traces (it imports pydantic), and
dig's syntax is not its own.
"""

from __future__ import annotations

from contextlib import redirect_stdout
from dataclasses import fields
from inspect import Parameter, Signature
from io import BytesIO, TextIOWrapper
from typing import TYPE_CHECKING

import typer
from typer import rich_utils

from dnstrace.cli.line.options import OPTIONS, Option
from dnstrace.model import Settings
from dnstrace.model.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dnstrace.cli.environment import Environment

SYNTAX = "[OPTIONS] [@SERVER] NAME... [TYPE]..."
"""What the command line looks like after the name of the command."""

SUMMARY = """
Walk the DNS from the root servers down, and show each step as a tree.

NAME is a domain name, a URL or an address. Words come in any order, and +word is --word, as with dig.
Each option --some-thing has a variable DNSTRACE_SOME_THING; a flag is taken back with --no-.
"""

EXAMPLES = (
    ("dnstrace www.example.com", "from the root to the address"),
    ("dnstrace --json example.com MX", "the mail servers, for a program"),
    ("dnstrace --lab", "a journey without a network"),
)
"""Command lines, and what each does."""


def help_text(environment: Environment) -> str:
    """The help as it suits the width, the colours and the characters of `environment`."""
    rich_utils.MAX_WIDTH = environment.width
    rich_utils.FORCE_TERMINAL = environment.in_color("auto")
    rich_utils.COLOR_SYSTEM = "standard" if environment.in_color("auto") else None
    page = TextIOWrapper(BytesIO(), "ascii" if environment.ascii_only else "utf-8", "backslashreplace")
    command = typer.main.get_command(_app())
    # Typer prints the help where it makes its text: to whatever stdout is at that moment.
    with command.make_context("dnstrace", [], resilient_parsing=True) as context, redirect_stdout(page):
        command.get_help(context)
    page.seek(0)
    return "".join(f"{line.rstrip()}\n" for line in page.read().strip("\n").splitlines())


def _app() -> typer.Typer:
    def dnstrace(**_: object) -> None:
        """Nothing: the command is only described."""

    parameters = [_parameter(option, defaults()) for option in OPTIONS]
    # Typer reads both, as if the options were written as parameters of the function.
    dnstrace.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    dnstrace.__annotations__ = {each.name: each.annotation for each in parameters}
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    examples = "\n\n".join(f"[bold]{line:<32}[/]{what}" for line, what in EXAMPLES)
    # The table has its own --help, in its own group.
    app.command(
        help=SUMMARY, options_metavar=SYNTAX, epilog=examples, context_settings={"help_option_names": []}
    )(dnstrace)
    return app


def defaults() -> dict[str, object]:
    """What the fields in the help of an option stand for."""
    chosen = (Settings(), Limits())
    return {field.name: getattr(each, field.name) for each in chosen for field in fields(each)}


def _parameter(option: Option, defaults: Mapping[str, object]) -> Parameter:
    shown = typer.Option(
        "" if option.metavar else False,
        f"--{option.name}",
        *(f"-{letter}" for letter in option.short),
        help=option.help.format_map(defaults),
        metavar=option.metavar or " ",  # without one, Typer calls a flag <bool>
        rich_help_panel=str(option.group),
        show_default=False,
    )
    annotation = str if option.metavar else bool
    return Parameter(
        option.name.replace("-", "_"), Parameter.KEYWORD_ONLY, default=shown, annotation=annotation
    )
