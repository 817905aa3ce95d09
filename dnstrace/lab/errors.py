"""What can be wrong with a world before anything is asked in it."""

from __future__ import annotations


class WorldError(ValueError):
    """A world's file is wrong; the message is one line that says which file, where and what."""


class UnknownWorld(LookupError):
    """The lab has no world of this name; the message is one line, with the names that are nearest."""
