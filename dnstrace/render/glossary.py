"""The words of the trade that outputs use, and a few of our own, each explained to those who meet them first.

They stand in data/glossary.toml. `--explain` prints them.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from dnstrace import data

if TYPE_CHECKING:
    from dnstrace.model.documents import Content


class Term(NamedTuple):
    """A word: its `name`, what else it is called, what it means, and RFCs with their sections.

    A word of this program has no references. `findings` are the codes of those that its meaning speaks of, in
    addition to those with its name.
    """

    name: str
    also: tuple[str, ...]
    meaning: str
    references: tuple[str, ...]
    findings: tuple[str, ...] = ()


@cache
def terms() -> dict[str, Term]:
    """Every term by its name, in alphabetical order."""
    text = data.text("glossary.toml")
    return {name: _read(name, entry) for name, entry in tomllib.loads(text).items()}


def term(text: str) -> Term | None:
    """The term that a text is a name of, in any case, with hyphens or blanks, in singular or plural; `#5`."""
    wanted = "step" if re.fullmatch(r"#\d+", text.strip()) else _plain(text)
    known = {_plain(name): each for each in terms().values() for name in (*each.also, each.name)}
    return known.get(wanted) or known.get(wanted.removesuffix("s"))


def names() -> tuple[str, ...]:
    """Every name that `term` knows."""
    return tuple(name for each in terms().values() for name in (each.name, *each.also))


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("-", " ").replace("_", " ").split())


def _read(name: str, entry: Content) -> Term:
    meaning = " ".join(entry["meaning"].split())
    return Term(
        name,
        tuple(entry.get("also", ())),
        meaning,
        tuple(entry["references"]),
        tuple(entry.get("findings", ())),
    )
