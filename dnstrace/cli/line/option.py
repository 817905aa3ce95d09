"""One option: what a row of the table in `options` says of it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Group(StrEnum):
    """The groups in which the help lists the options."""

    WHAT = "What to trace"
    ASK = "How to ask"
    CHECK = "What to check"
    PRINT = "What to print"
    MANY = "Many names"
    KEEP = "Keep and compare"
    ABOUT = "About"


class Completes(StrEnum):
    """What a shell offers for the value of an option that is not one of a few words."""

    NOTHING = "nothing"
    FILE = "file"
    NEW_FILE = "new file"
    TYPE = "type"
    WORLD = "world"
    WORD = "word"


Exclusion = tuple[tuple[str, ...], str]
"""Options that an option excludes, by name, and why.

In the reason, `{me}` and `{it}` stand for the option and the excluded one as they were typed. A flag's
opposite is named by its own name (`no-dnssec`).
"""

Need = tuple[tuple[str, ...], str]
"""Options, by name, one of which an option needs, and why; `{me}` stands for `it`."""

SECURITY, WORLD = "expect security", "lab world"
"""In the table: an `--expect` that only validation can decide, and a `--lab` that names a world."""


class Option(NamedTuple):
    """One option.

    `name` is the long name without dashes. `help` may hold fields of Settings and Limits in braces,
    which stand for their defaults. `short` holds the letters that mean the same after one dash.

    An option with a `metavar` takes a value, which `convert` reads; with `optional`, the value is
    taken only where the next word is one that `convert` accepts. A `phrase` takes as many of the next words
    as `convert` accepts together. An option without is a flag: it files `value`, and its opposite
    (`--no-tcp`, `--edns` for `--no-edns`) takes that back. `key` is where the value is filed, the name if
    empty. A `repeatable` option collects its values; its variable
    holds several, separated by blanks, unless it is `whole`. `plus` holds dig's words for it (`+vc`,
    `+time`), each with the converter of its value where that differs. A further word for which `another`
    holds is a value too.

    `excludes`, `needs` and `implies` say what it goes with; an exclusion stands with one of the two.
    `single` says what it does with the one question that it is for; empty if it takes any number. With
    the option, the variables of the groups and options in `disregards` do not count, nor does what the
    configuration file says of them. An option of the group "About" that `traces` is not done instead of a
    trace. What is `only_typed` has no variable, and no place in the configuration file.
    """

    name: str
    group: Group
    help: str
    short: str = ""
    metavar: str = ""
    convert: Callable[[str], object] = str
    optional: bool = False
    phrase: bool = False
    value: object = True
    key: str = ""
    repeatable: bool = False
    whole: bool = False
    choices: tuple[str, ...] = ()
    completes: Completes = Completes.NOTHING
    plus: Mapping[str, Callable[[str], object] | None] | None = None
    another: Callable[[str], bool] | None = None
    excludes: tuple[Exclusion, ...] = ()
    needs: tuple[Need, ...] = ()
    implies: tuple[str, ...] = ()
    single: str = ""
    disregards: frozenset[str] = frozenset()
    traces: bool = False
    only_typed: bool = False

    @property
    def is_instead(self) -> bool:
        """Whether it is done instead of a trace."""
        return self.group is Group.ABOUT and not self.traces

    @property
    def filed(self) -> str:
        """The key under which the value is filed."""
        return self.key or self.name

    @property
    def opposite(self) -> str:
        """The long name that takes a flag back; empty for an option that takes a value."""
        if self.metavar or self.is_instead:
            return ""
        return self.name[3:] if self.name.startswith("no-") else f"no-{self.name}"

    @property
    def variable(self) -> str:
        """The environment variable; empty for what is only typed, or done instead of a trace."""
        return "" if self.is_instead or self.only_typed else "DNSTRACE_" + self.name.upper().replace("-", "_")

    @property
    def typed(self) -> tuple[str, ...]:
        """The ways to type it, its letters first: `-a`, `--all-servers`."""
        return (*(f"-{letter}" for letter in self.short), f"--{self.name}")
