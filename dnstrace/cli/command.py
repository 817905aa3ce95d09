"""The command from its arguments to its exit status: words, choices, a trace, its output."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from dnstrace.cli.environment import Environment, Unwritable, config_path
from dnstrace.cli.exits import Exit
from dnstrace.cli.line.forms import FORMATS
from dnstrace.cli.line.syntax import parse
from dnstrace.cli.usage import Usage
from dnstrace.descriptors import TOO_FEW, has_run_out

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dnstrace.cli.line.choices import Choices
    from dnstrace.cli.line.parsed import Parsed


def command(arguments: Sequence[str] | None = None, environment: Environment | None = None) -> int:
    """Run the command; its exit status. Whatever goes wrong is one line on stderr.

    `arguments` are those of the process without its name, `environment` where it runs.
    """
    environment = environment or Environment()
    words = sys.argv[1:] if arguments is None else arguments
    return guarded(environment, words, lambda: run(parse(words), environment))


def guarded(environment: Environment, words: Sequence[str], part: Callable[[], int]) -> int:
    """The exit status of a part of the command, or of what ended it, said in one line on stderr.

    `words` are those that were typed. Where they ask for a monitoring plugin, status and line are a plugin's.
    """
    configured = _configuration(environment)
    if any(
        "nagios" in text for text in (*words, environment.variables.get("DNSTRACE_FORMAT", ""), configured)
    ):
        from dnstrace.cli.plugin import guarded_plugin, is_plugin

        if is_plugin(words, environment.variables, configured):
            return guarded_plugin(environment, part)
    try:
        environment.check_writable()
        return part()
    except Usage as error:
        environment.remark(str(error))
        return Exit.USAGE
    except Unwritable as error:
        environment.remark(f"cannot write the output: {error}")
        return Exit.UNWRITTEN
    except (OSError, ImportError) as error:
        if isinstance(error, BrokenPipeError):
            return Exit.PIPE_CLOSED
        if not has_run_out(error):
            raise
        environment.remark(TOO_FEW)
        return Exit.SYSTEM
    except KeyboardInterrupt:
        return Exit.INTERRUPTED


def _configuration(environment: Environment) -> str:
    """The text of the configuration file, whatever is in it; empty if there is none that can be read."""
    path = config_path(environment.variables)
    try:
        if path and os.path.isfile(path):  # what is opened may never end, such as a pipe
            with open(path, encoding="utf-8", errors="replace") as file:
                return file.read()
    except OSError:
        pass  # said where the file is read for what it sets
    return ""


def run(words: Parsed, environment: Environment) -> int:
    """Do what was typed; the exit status. Raises Usage, Unwritable."""
    if words.about is not None:
        from dnstrace.cli.about.instead import ABOUT

        name, value = words.about
        if name == "show-config":
            value = words.said.get("no-config", "")
        return ABOUT[name](value, environment)
    from dnstrace.cli.choosing import choose

    return run_choices(choose(words, environment.variables), environment)


def run_choices(chosen: Choices, environment: Environment) -> int:
    """Do what the user chose; the exit status. Raises Usage, Unwritable."""
    for remark in chosen.remarks:
        environment.remark(remark)
    if chosen.shown.output in FORMATS and not chosen.settings.probe:
        from dnstrace.cli.reporting import unchecked

        for remark in unchecked(chosen.shown.output):
            environment.remark(remark)
    if chosen.lab in ("list", "new"):
        from dnstrace.cli.worlds import INSTEAD

        return INSTEAD[chosen.lab](environment)
    if chosen.serve is not None:
        from dnstrace.cli.serving import serve_world

        return serve_world(chosen, environment)
    if chosen.places or chosen.replayed or any(each.get("places") for each in chosen.diff):
        from dnstrace.cli.places import run_places

        return run_places(chosen, environment)
    if chosen.many is not None:
        from dnstrace.cli.many.run import trace_file

        return trace_file(chosen, chosen.many, environment)
    if chosen.diff:
        from dnstrace.cli.comparing import compare

        return compare(chosen, environment)
    if chosen.watch is not None:
        from dnstrace.cli.watching import watch

        return watch(chosen, environment)
    from dnstrace.cli.tracing import trace_all

    return trace_all(chosen, environment)
