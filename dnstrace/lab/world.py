"""The worlds of the lab, by name: one TOML file in `worlds/` each (worldfile.py describes the format)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING

from dnstrace.lab.errors import UnknownWorld, WorldError
from dnstrace.lab.internet import NOW, Foreseen, World, WorldServer

if TYPE_CHECKING:
    from dnstrace.model.documents import Content


__all__ = [
    "DEFAULT",
    "NEW",
    "NOW",
    "Foreseen",
    "World",
    "WorldServer",
    "is_path",
    "load",
    "names",
    "new",
    "read",
    "summaries",
]

DEFAULT = "textbook"
"""The world of `--lab` alone."""

NEW = "_new"
"""The file of a world to begin with: see `new`."""

_SUFFIX = ".toml"


def names() -> tuple[str, ...]:
    """The names of the worlds, the default one first, without reading them."""
    found = (entry.name for entry in _directory().iterdir())
    worlds = (n.removesuffix(_SUFFIX) for n in found if n.endswith(_SUFFIX) and not n.startswith("_"))
    return tuple(sorted(worlds, key=lambda name: (name != DEFAULT, name)))


def summaries() -> tuple[tuple[str, str], ...]:
    """Name and title of each world, the default one first. Raises WorldError."""
    return tuple((name, str(read(name).get("title", ""))) for name in names())


def is_path(text: str) -> bool:
    """Whether a text stands for the file of a world rather than for the name of one."""
    return "://" not in text and (text.endswith(_SUFFIX) or text.startswith(("/", "./", "../")))


def new() -> str:
    """The text of a commented world, for users to begin with."""
    return (_directory() / f"{NEW}{_SUFFIX}").read_text(encoding="utf-8")


@cache
def load(name: str = DEFAULT) -> World:
    """The world of that name, read once. Raises UnknownWorld, or WorldError when its file is wrong.

    The records of a zone are read when they are first needed, so that a trace pays only for the zones that it
    visits; WorldError may be raised then. `World.check` reads them all.
    """
    if name not in (known := names()):
        from difflib import get_close_matches

        near = get_close_matches(name, known, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else f"the worlds are {', '.join(known)}"
        raise UnknownWorld(f"the lab has no world called {name!r}: {hint}")
    from dnstrace.lab.worldfile import build

    return build(name, read(name), read)


@cache
def read(name: str) -> Content:
    """The content of a world's file. Raises WorldError."""
    try:
        return tomllib.loads((_directory() / f"{name}{_SUFFIX}").read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WorldError(f"{name}{_SUFFIX}: {error}") from error
    except OSError as error:
        raise WorldError(f"{name}{_SUFFIX}: {error.strerror}") from error


def _directory() -> Traversable:
    return resources.files("dnstrace.lab") / "worlds"
