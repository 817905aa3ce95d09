"""What goes with what, in words, from the table of options: for the help and the manual."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from dnstrace.analysis.expectations import WORDS
from dnstrace.cli.line.options import BY_NAME, BY_OPPOSITE, OPTIONS, Option, excluded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Rule(NamedTuple):
    """Options, as they are typed, and what holds for each of them: `not with --x`, `only with --y`."""

    options: tuple[str, ...]
    holds: str


def rules() -> tuple[Rule, ...]:
    """Every exclusion and every need once, with options of which the same holds put together."""
    found: dict[str, list[str]] = {}
    for option in OPTIONS:
        for others, _ in option.excludes:
            named = ", ".join(_all_typed(_with_implying(others)))
            found.setdefault(f"not with {named}", []).extend(_all_typed(_with_implying([option.name])))
        for others, _ in option.needs:
            named = " or ".join(_all_typed(others))
            found.setdefault(f"only with {named}", []).append(option.typed[0])
    by_options: dict[tuple[str, ...], list[str]] = {}
    for holds, options in found.items():
        by_options.setdefault(tuple(dict.fromkeys(options)), []).append(holds)
    return tuple(Rule(options, "; ".join(holds)) for options, holds in by_options.items())


def sentences(option: Option) -> Iterator[str]:
    """The words that an option takes, and what goes with it, whichever of two the table says it of."""
    if words := words_of(option):
        yield f"{option.metavar} is {words}."
    if others := _all_typed(excluded(option.name)):
        yield f"Not with {_listed(others)}."
    if option.needs:
        yield f"Only with {_listed([' or '.join(_all_typed(others)) for others, _ in option.needs], 'and')}."
    for implied in option.implies:
        opposite = BY_NAME[implied].opposite
        taken_back = (
            "" if not opposite or opposite in excluded(option.name) else f" unless --{opposite} is given"
        )
        yield f"Implies --{implied}{taken_back}."


def words_of(option: Option) -> str:
    """The words that an option takes, where its help does not have them all; or empty."""
    if option.name == "expect":
        return f"WORD=VALUE, also with !=, >= and <=; WORD is a record type, {_listed(list(WORDS))}"
    if all(re.search(rf"\b{word}\b", option.help) for word in option.choices):
        return ""
    also = ["an address"] if option.name == "resolver" else []
    return _listed([*also, *option.choices])


def _with_implying(names: Iterable[str]) -> list[str]:
    """The names, each followed by those of the options that imply it."""
    return [
        each for name in names for each in (name, *(other.name for other in OPTIONS if name in other.implies))
    ]


def _all_typed(names: Iterable[str]) -> list[str]:
    """The options as they are typed; what the table alone knows by a name is left out."""
    return [
        BY_NAME[name].typed[0] if name in BY_NAME else f"--{name}"
        for name in names
        if name in BY_NAME or name in BY_OPPOSITE
    ]


def _listed(words: list[str], word: str = "or") -> str:
    *most, last = words
    return f"{', '.join(most)} {word} {last}" if most else last
