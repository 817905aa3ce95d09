"""From the words to the choices: the words, then the files that they name, then all of it merged.

What is typed counts before what a record says, and that before what the environment says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dnstrace.cli.line.choices import Choices, choices
from dnstrace.cli.line.fitting import require_needs
from dnstrace.cli.line.merging import merged
from dnstrace.cli.line.variables import of_environment
from dnstrace.cli.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dnstrace.cli.line.parsed import Parsed


def choose(words: Parsed, variables: Mapping[str, str]) -> Choices:
    """What the user chose. Raises Usage."""
    otherwise, loaded = of_environment(variables), None
    found = merged(words, otherwise)
    if _names_the_system(found):
        _look_up(words if found.of_words("resolver") else otherwise)
        found = merged(words, otherwise)
    if found.said.keys() & {"replay", "diff"}:
        from dnstrace.cli.loading import load

        loaded = load(found, words)
        recorded = (each for each in (loaded.compared, loaded.replayed) if each is not None)
        found = merged(words, *recorded, otherwise)
    require_needs(found)
    return choices(found, loaded)


def _names_the_system(parsed: Parsed) -> bool:
    several: Any = parsed.settings.get("resolver", ())
    return () in several


def _look_up(parsed: Parsed) -> None:
    """Put the resolvers of the system where they are named. Raises Usage."""
    from dnstrace.cli.line.resolvers import system_resolvers

    several: Any = parsed.settings["resolver"]
    try:
        parsed.settings["resolver"] = [each or system_resolvers() for each in several]
    except Usage as error:
        raise Usage(f"{parsed.said['resolver']}: {error}") from error
