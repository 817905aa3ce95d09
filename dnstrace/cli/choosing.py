"""From the words to the choices: the words, then the files that they name, then all of it merged.

What is typed counts before what a record says, and that before what the environment says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dnstrace.cli.line.choices import Choices, choices
from dnstrace.cli.line.fitting import require_fit, require_needs
from dnstrace.cli.line.variables import of_environment
from dnstrace.cli.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dnstrace.cli.line.parsed import Parsed
    from dnstrace.record import Record


_FURTHER = {"replay", "diff", "resolver"}  # what may name a file


def choose(words: Parsed, variables: Mapping[str, str]) -> Choices:
    """What the user chose. Raises Usage."""
    otherwise, loaded = of_environment(variables), None
    if not otherwise.origins and not words.said.keys() & _FURTHER:
        require_fit(words)
        require_needs(words)
        return choices(words)
    # Imported here, since most runs end above.
    from dnstrace.cli.line.merging import merged

    remarks: tuple[str, ...] = ()
    found = merged(words, otherwise)
    if _names_the_system(found):
        remarks = _look_up(words if found.of_words("resolver") else otherwise)
        found = merged(words, otherwise)
    if found.said.keys() & {"replay", "diff"}:
        from dnstrace.cli.loading import load

        loaded = load(found, words)
        recorded = (each for each in (loaded.compared, loaded.replayed) if each is not None)
        found = merged(words, *recorded, otherwise)
    require_needs(found)
    if found.origins.get("drop") == "variable":
        _leave_out_unknown(found, loaded.record if loaded else None)
    chosen = choices(found, loaded)
    return chosen._replace(remarks=chosen.remarks + (remarks if "resolver" in found.said else ()))


def _leave_out_unknown(found: Parsed, record: Record | None) -> None:
    """Leave out servers that a variable drops and that the record, or the world, does not have."""
    from dnstrace.cli.line.merging import world_of
    from dnstrace.cli.replaying import addresses_of

    if record is not None:
        servers = record.servers
    elif (world := world_of(found)) is not None:
        servers = {str(each.name): frozenset(each.rtt) for each in world.servers}
    else:
        return
    dropped: Any = found.settings["drop"]
    found.settings["drop"] = [each for each in dropped if addresses_of(each, servers)]


def _names_the_system(parsed: Parsed) -> bool:
    several: Any = parsed.settings.get("resolver", ())
    return () in several


def _look_up(parsed: Parsed) -> tuple[str, ...]:
    """Put the resolvers of the system where they are named; what users should know of these. Raises Usage."""
    from dnstrace.cli.line.resolvers import system_resolvers

    several: Any = parsed.settings["resolver"]
    try:
        found = system_resolvers()
        parsed.settings["resolver"] = [each or found.resolvers for each in several]
        return found.remarks
    except Usage as error:
        raise Usage(f"{parsed.said['resolver']}: {error}") from error
