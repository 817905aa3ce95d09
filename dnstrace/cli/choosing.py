"""From the words to the choices: the words, then the files that they name, then all of it merged.

What is typed counts before what a record says, that before what the environment says, and that before what
the configuration file says.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from dnstrace.cli.environment import config_path
from dnstrace.cli.line.choices import Choices, choices
from dnstrace.cli.line.fitting import families, require_fit, require_needs
from dnstrace.cli.line.variables import of_environment
from dnstrace.cli.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dnstrace.cli.configuring import Configured
    from dnstrace.cli.line.parsed import Parsed
    from dnstrace.record import Record


_FURTHER = {"replay", "diff", "resolver"}  # what may name a file, or a resolver


def choose(words: Parsed, variables: Mapping[str, str]) -> Choices:
    """What the user chose. Raises Usage."""
    otherwise, loaded = of_environment(variables), None
    configured = configuration(words, otherwise, variables)
    if not otherwise.origins and configured is None and not words.said.keys() & _FURTHER:
        require_fit(words)
        require_needs(words)
        return choices(words)
    # Imported here, since most runs end above.
    from dnstrace.cli.line.merging import merged

    remarks: tuple[str, ...] = ()
    defaults = (otherwise,) if configured is None else (otherwise, configured.parsed)
    found = merged(words, *defaults)
    if _named(found):
        sources = {each.origin: each for each in (words, *defaults)}
        remarks = _look_up(sources[found.origins["resolver"]], found, configured)
        found = merged(words, *defaults)
    if found.said.keys() & {"replay", "diff"}:
        from dnstrace.cli.loading import load

        loaded = load(found, words)
        recorded = (each for each in (loaded.compared, loaded.replayed) if each is not None)
        found = merged(words, *recorded, *defaults)
    require_needs(found)
    if found.origins.get("drop") in ("variable", "file"):
        _leave_out_unknown(found, loaded.record if loaded else None)
    chosen = choices(found, loaded)
    called = {} if configured is None else configured.called
    return chosen._replace(
        remarks=chosen.remarks + (remarks if "resolver" in found.said else ()), called=called
    )


def configuration(words: Parsed, otherwise: Parsed, variables: Mapping[str, str]) -> Configured | None:
    """What the configuration file says; None if there is no such file, or it is left out. Raises Usage."""
    path = config_path(variables)
    typed = words if words.of_words("no-config") else otherwise
    if "no-config" in typed.said or not path or not os.path.exists(path):
        return None
    from dnstrace.cli.configuring import read

    return read(path, variables.get("HOME", ""))


def _leave_out_unknown(found: Parsed, record: Record | None) -> None:
    """Leave out servers that a default drops and that the record, or the world, does not have."""
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


def _named(parsed: Parsed) -> bool:
    """Whether resolvers are named that have to be looked up."""
    several: Any = parsed.settings.get("resolver", ())
    return any(not each for each in several)


def _look_up(parsed: Parsed, found: Parsed, configured: Configured | None) -> tuple[str, ...]:
    """Put resolvers where they are named in what was `parsed`; what users should know of them. Raises Usage.

    In the lab, those of the system are those of the world: nothing there asks the machine's own.
    """
    from dnstrace.cli.line.merging import world_of
    from dnstrace.cli.line.resolver_names import is_system, look_up, of_the_world

    several: Any = parsed.settings["resolver"]
    own = {} if configured is None else configured.resolvers
    remarks: list[str] = []
    for place, each in enumerate(several):
        if each or ("from" in parsed.said and is_system(each)):
            continue
        try:
            if is_system(each) and (world := world_of(found)) is not None:
                several[place] = of_the_world(world)
                continue
            several[place], said = look_up(each.name, families(found), own)
        except Usage as error:
            raise Usage(f"{parsed.said['resolver']}: {error}") from error
        remarks += said
    return tuple(remarks)
