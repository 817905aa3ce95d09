"""From what was typed, a record, the environment and a file to what holds: the first that sets something.

Words that exclude each other are an error. What a record, the environment or the configuration file says is
taken only as far as it fits what was typed; the rest is left out and never an error, so that a variable or a
default can be set for good.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from dnstrace.cli.line.fitting import contradiction, expected, require_fit, unmet
from dnstrace.cli.line.options import BY_NAME, Option
from dnstrace.cli.line.parsed import Parsed
from dnstrace.cli.line.questions import questions, types
from dnstrace.model import Transport
from dnstrace.model.structs import replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from dnstrace.lab.world import World


def merged(words: Parsed, *others: Parsed) -> Parsed:
    """What was typed, and what fits it of the others, the first one first.

    Raises Usage for words that exclude each other. Whether the words have what they need shows at the end:
    `fitting.require_needs`.
    """
    require_fit(words)
    found = words
    for other in others:
        if other.said or other.undone or other.servers:
            found = _with_what_fits(found, other)
    return found


def _with_what_fits(upper: Parsed, lower: Parsed) -> Parsed:
    """What is set in `upper`, and what of `lower` fits it and has what it needs."""
    barred: set[str] = set()
    while True:
        found = _one_by_one(upper, lower, barred)
        lacking = {name for name, _ in unmet(found) if name not in upper.said}
        if not lacking:
            return found
        barred |= lacking


def _one_by_one(upper: Parsed, lower: Parsed, barred: set[str]) -> Parsed:
    """What is set in `upper`, and one value of `lower` after the other, if it fits what holds by then."""
    found = upper
    if lower.servers and not upper.servers and "root-hints" not in upper.said:
        found = _if_it_fits(found, lambda trial: trial.servers.extend(lower.servers))
    for name, word in lower.undone.items():
        option = BY_NAME[name]
        if option.filed not in upper.settings and name not in upper.undone and _counts(option, found, lower):
            found = _if_it_fits(
                found, partial(Parsed.take_back, option=option, said=word, origin=lower.origin)
            )
    # First what makes other defaults count for nothing.
    for option, value in sorted(lower.each(), key=lambda each: not each[0].disregards):
        if option.filed in upper.settings or option.name in {*barred, *found.undone}:
            continue
        if _counts(option, found, lower):
            word = lower.said[option.name]
            found = _if_it_fits(
                found, partial(Parsed.file, option=option, value=value, said=word, origin=lower.origin)
            )
    return found


def _counts(option: Option, found: Parsed, lower: Parsed) -> bool:
    """Whether an option may be set: what is set for good counts for nothing where another disregards it."""
    if lower.origin not in ("variable", "file"):
        return True
    return not any({option.group, option.name} & BY_NAME[name].disregards for name in found.said)


def _if_it_fits(found: Parsed, change: Callable[[Parsed], None]) -> Parsed:
    trial = found.copied()
    change(trial)
    return trial if not contradiction(trial) and _tellable(trial) and _in_the_world(trial) else found


def _tellable(trial: Parsed) -> bool:
    """Whether some question can tell each thing that is expected, as far as the questions are known."""
    about_types = [each for each in expected(trial.settings) if each.rdtype is not None]
    if not about_types:
        return True
    asked = questions(trial.settings)
    if not asked and (world := world_of(trial)) is not None:
        own = world.question
        asked = tuple(replace(own, rdtype=each) for each in types(trial.settings) or (own.rdtype,))
    return not asked or all(any(map(each.concerns, asked)) for each in about_types)


def _in_the_world(trial: Parsed) -> bool:
    """Whether the world of the lab has the resolvers."""
    several: Any = trial.settings.get("resolver", ())
    if not several or (world := world_of(trial)) is None:
        return True
    resolvers = [each for some in several for each in some]
    return all(
        (each.transport, each.port) == (Transport.UDP, Transport.UDP.port) and each.address in world.addresses
        for each in resolvers
    )


def world_of(parsed: Parsed) -> World | None:
    """The world that the trace is in; None for the network or a record. Raises Usage."""
    name = parsed.settings.get("lab")
    if not isinstance(name, str) or name in ("list", "new"):
        return None
    from dnstrace.cli.worlds import world_named

    return world_named(name)
