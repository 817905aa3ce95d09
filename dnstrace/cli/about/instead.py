"""What the command does instead of a trace: the options of the group "About"."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from dnstrace.cli.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from dnstrace.cli.environment import Environment

_COLUMNS = 80  # of text, at most, however wide the terminal is


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


def show_config(left_out: str, environment: Environment) -> int:
    """Print the defaults that are set, and where. Raises Usage for a file that is wrong."""
    from dnstrace.cli.about.defaults import lines

    environment.write("".join(f"{line}\n" for line in lines(environment.variables, left_out)))
    return Exit.ANSWER


def explain(word: str, environment: Environment) -> int:
    """Print what a finding or a word of the DNS means; `list` lists the findings, `words` the words."""
    from dnstrace.checks import CATALOGUE
    from dnstrace.cli.line.values import EXIT

    if word == "list":
        environment.write_list([(rule.code, rule.levels, rule.title) for rule in CATALOGUE.values()])
        environment.remark("`dnstrace --explain words` lists the words of the DNS that it explains")
        return Exit.ANSWER
    if word == "words":
        from dnstrace.render.glossary import terms

        environment.write("".join(f"{', '.join((each.name, *each.also))}\n" for each in terms().values()))
        return Exit.ANSWER
    if word == EXIT:
        environment.write(_wrapped(((f"{each.value}: {each.meaning}",) for each in Exit), environment.width))
        return Exit.ANSWER
    from dnstrace.render.formats.entries import EXPLAINED

    of = _of_finding if word in CATALOGUE else _of_ending if word in EXPLAINED else _of_term
    environment.write(_wrapped(of(word), environment.width))
    return Exit.ANSWER


def _of_finding(code: str) -> Iterator[tuple[str, ...]]:
    """The paragraphs on a finding, each of which is a few lines."""
    from dnstrace.checks import CATALOGUE

    rule = CATALOGUE[code]
    yield f"{rule.code} ({rule.levels})", rule.title
    for heading, text in rule.sections.items():
        yield heading, text[:1].upper() + text[1:]


def _of_ending(code: str) -> Iterator[tuple[str, ...]]:
    """The paragraphs on a code that reports have for how a trace ended."""
    from dnstrace.cli.line.forms import FORMATS
    from dnstrace.render.formats.entries import EXPLAINED, NEGATIVE, NO_ANSWER

    yield f"{code} (in reports)", EXPLAINED[code]
    formats = ", ".join(each.value for each in FORMATS)
    yield "Where it is", f"The reports of --format ({formats}) tell by it how a name fared."
    rest = "It is an error there. No rule finds it, so --ignore does not accept it"
    if code in (NO_ANSWER, NEGATIVE):
        rest += "; --expect outcome=WORD makes it what is wanted"
    if code == NEGATIVE:
        rest = f"{rest}. Of several names it is only a notice, and the run does not fail because of it"
    yield "What it does", f"{rest}."


def _of_term(name: str) -> Iterator[tuple[str, ...]]:
    """The paragraphs on a word, and the findings that are named after it."""
    from dnstrace.checks import CATALOGUE
    from dnstrace.render.glossary import terms

    term = terms()[name]
    yield ", ".join((term.name, *term.also)), term.meaning
    if term.references:
        yield "References", "; ".join(term.references)
    parts = {each.lower() for each in (term.name, *term.also)}
    named = (code for code in CATALOGUE if parts & {code, *code.split("-")})
    if codes := list(dict.fromkeys((*named, *term.findings))):
        yield "Findings (dnstrace --explain CODE)", ", ".join(codes)


def _wrapped(paragraphs: Iterable[tuple[str, ...]], width: int) -> str:
    columns = min(_COLUMNS, width)
    lines = (fill(line, columns, break_on_hyphens=False) for each in paragraphs for line in (*each, ""))
    return "\n".join(lines).rstrip("\n") + "\n"


def as_place(token: str, _: Environment) -> int:
    """Trace what a dnstrace on another machine asks for, on the streams of this process."""
    import gc
    import sys

    from dnstrace.places.there import answer_to, versions

    gc.enable()
    if token == "version":
        sys.stdout.buffer.write(versions())
    else:
        answer_to(token, sys.stdin.buffer, sys.stdout.buffer)
    return Exit.ANSWER


ABOUT: dict[str, Callable[[str, Environment], int]] = {
    "version": version,
    "help": show_help,
    "schema": schema,
    "show-completion": show_completion,
    "install-completion": install_completion,
    "explain": explain,
    "as-place": as_place,
    "show-config": show_config,
}
"""By the name of the option."""
