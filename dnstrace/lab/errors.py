"""What can be wrong with a world before anything is asked in it."""

from __future__ import annotations


class WorldError(ValueError):
    """A world's file is wrong; the message is one line that says which file, where and what.

    `where` is the place by the keys of the file (`zone example.com.: ttl`), without the name of the file, and
    `wrong` what stands there in the file, a key or a line, as far as it is known: `lab.own` finds the number
    of the line by these.
    """

    def __init__(self, message: str, where: str = "", wrong: str = "") -> None:
        super().__init__(message)
        self.where, self.wrong = where, wrong


class UnknownWorld(LookupError, ValueError):
    """The lab has no world of this name; the message is one line, with the names that are nearest."""
