"""The help, made from the table of options and laid out with rich.

Typer, which lays out such a page too, is not imported for it: that alone takes longer than most traces, and
its layout takes the width and the colours of the terminal from the process, not from `Environment`.
"""

from __future__ import annotations

from dataclasses import fields
from io import StringIO
from typing import TYPE_CHECKING

from rich import box
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from dnstrace.cli.about.rules import rules, words_of
from dnstrace.cli.line.options import OPTIONS, Option
from dnstrace.cli.line.options import Group as OptionGroup
from dnstrace.model import Settings
from dnstrace.model.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from dnstrace.cli.environment import Environment

SYNTAX = "[OPTIONS] [@SERVER] NAME... [TYPE]..."
"""What the command line looks like after the name of the command."""

SUMMARY = """
Walk the DNS from the root servers down, and show each step as a tree.

NAME is a domain name, a URL or an address. Words come in any order, and +word is --word, as with dig.
Each option --some-thing has a variable DNSTRACE_SOME_THING; --no- undoes a flag.
--show-config prints the defaults that these and a configuration file set.
"""

EXAMPLES = (
    ("dnstrace www.example.com", "from the root to the address"),
    ("dnstrace --check www.example.com", "what is wrong, and who can fix it"),
    ("dnstrace --json example.com MX", "the mail servers, for a program"),
    ("dnstrace --lab", "in the internet inside it, with no network"),
    ("dnstrace --explain exit", "the exit statuses, such as 5 for a fault"),
)
"""Command lines, and what each does."""

WORDS = "Words that options take"
"""The title of the group of the help that lists them, where the lines of the options have no room."""

TOGETHER = "What goes with what"
"""The title of the last group of the help, which says what excludes and needs what."""

_OPTION, _LETTER, _VALUE, _BORDER = "bold cyan", "bold green", "bold magenta", "dim"


def help_text(environment: Environment) -> str:
    """The help as it suits the width, the colours and the characters of `environment`."""
    page = StringIO()
    console = environment.console("auto", page)
    for part in _parts(environment.program, environment.ascii_only):
        console.print(part)
    text = page.getvalue()
    if environment.ascii_only:
        text = text.encode("ascii", "backslashreplace").decode()
    return "".join(f"{line.rstrip()}\n" for line in text.strip("\n").splitlines())


def help_of(option: Option) -> str:
    """The help of one option, with the defaults in it."""
    return option.help.format_map(_defaults())


def _defaults() -> dict[str, object]:
    chosen = (Settings(), Limits())
    return {field.name: getattr(each, field.name) for each in chosen for field in fields(each)}


def _parts(program: str, ascii_only: bool) -> Iterator[RenderableType]:
    frame = box.ASCII if ascii_only else box.ROUNDED
    yield Text.assemble("\n ", ("Usage: ", "magenta"), (f"{program} {SYNTAX}", "bold"), "\n")
    first, *others = SUMMARY.strip().split("\n\n")
    yield _indented(Text(first))
    for paragraph in others:
        yield _indented(Text(f"\n{paragraph}", "dim"))
    yield ""
    for group in OptionGroup:
        yield _panel(str(group), _options(group), frame)
    yield _panel(WORDS, _words(), frame)
    yield _panel(TOGETHER, _rules(), frame)
    yield ""
    yield _indented(_examples())


def _indented(part: RenderableType) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(width=0)
    table.add_column()
    table.add_row("", part)
    return table


def _panel(title: str, content: Table, frame: box.Box) -> Panel:
    return Panel(content, title=title, title_align="left", border_style=_BORDER, box=frame)


def _options(group: OptionGroup) -> Table:
    table = Table.grid(padding=(0, 2), pad_edge=False)
    for style in (_OPTION, _LETTER, _VALUE):
        table.add_column(style=style, no_wrap=True)
    table.add_column()
    for option in (each for each in OPTIONS if each.group is group):
        letters = " ".join(f"-{letter}" for letter in option.short)
        table.add_row(f"--{option.name}", letters, option.metavar, help_of(option))
    return table


def _examples() -> Table:
    table = Table.grid(padding=(0, 2), pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    for line, what in EXAMPLES:
        table.add_row(line, what)
    return table


def _words() -> Table:
    table = Table.grid(padding=(0, 2), pad_edge=False)
    table.add_column(style=_OPTION, no_wrap=True)
    table.add_column()
    for option in OPTIONS:
        if words := words_of(option):
            table.add_row(f"--{option.name}", words)
    return table


def _rules() -> Table:
    table = Table.grid(padding=(0, 2), pad_edge=False, expand=True)
    table.add_column(style=_OPTION, ratio=1)
    table.add_column(ratio=1)
    for options, holds in rules():
        table.add_row(", ".join(options), holds)
    return table
