"""The worlds of `--lab`: finding one, and what the command prints of them instead of a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dnstrace.cli.exits import Exit
from dnstrace.cli.usage import Usage, harmless

if TYPE_CHECKING:
    from collections.abc import Callable

    from dnstrace.cli.environment import Environment
    from dnstrace.lab.world import World


def world_named(lab: str) -> World:
    """The world that follows `--lab`: a name, the path of a file, or nothing. Raises Usage."""
    from dnstrace.lab.errors import UnknownWorld, WorldError
    from dnstrace.lab.own import find

    try:
        return find(lab)
    except (UnknownWorld, WorldError) as error:
        raise Usage(harmless(str(error))) from error


def print_list(environment: Environment) -> int:
    """Print the worlds of the lab, one line each where that fits."""
    from dnstrace.lab.world import summaries

    environment.write_list(summaries())
    return Exit.ANSWER


def print_new(environment: Environment) -> int:
    """Print a commented world, for a file of the user's own."""
    from dnstrace.lab.world import new

    environment.write(new())
    return Exit.ANSWER


INSTEAD: dict[str, Callable[[Environment], int]] = {"list": print_list, "new": print_new}
"""What is printed, by the word after `--lab`."""
