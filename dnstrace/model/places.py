"""Places that a question is traced from: here, over ssh, or by a command that runs another there."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from dnstrace.model.structs import Struct

if TYPE_CHECKING:
    from dnstrace.model.report import Report

_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,63}")
_HOST = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}|[0-9A-Fa-f:]{2,45}(?:%[A-Za-z0-9_.-]{1,32})?")


class Way(StrEnum):
    """How a place is reached."""

    HERE = "here"
    SSH = "ssh"
    COMMAND = "command"


class Place(Struct):
    """A place, as the user wrote it, and its parts.

    `words` are those of a command that runs the words after it at the place. `user` is empty and `port` None
    where the configuration of ssh decides. Raises ValueError, in words that read on after the text, for a
    user or host that ssh or a shell could take for something else.
    """

    text: str
    way: Way = Way.HERE
    host: str = ""
    user: str = ""
    port: int | None = None
    words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.way is Way.SSH and not _HOST.fullmatch(self.host):
            raise ValueError("needs the name or address of a host: letters, digits, `.`, `-` and `_`")
        if self.user and not _USER.fullmatch(self.user):
            raise ValueError("has a user that ssh could misread: use letters, digits, `.`, `-` and `_`")
        if self.way is Way.COMMAND and not self.words:
            raise ValueError("needs a command, such as `command:docker exec -i web`")

    @property
    def name(self) -> str:
        """What it is called in a table and in sentences."""
        if self.way is Way.SSH:
            return self.host if self.port is None else f"{self.host}:{self.port}"
        return self.text.removeprefix("command:").strip()


HERE = Place("here")


class PlaceTrace(Struct):
    """What was found from a place: its trace, judged here from the octets that came back.

    `by` is what traced there, such as `dnstrace 1.0.0`; empty where that is not known.
    """

    place: Place
    report: Report
    by: str = ""


class Failure(Struct):
    """A place without a trace, and why, in one line that may hold text from there."""

    place: Place
    why: str


Seen = PlaceTrace | Failure
"""What became of one place."""


class Stage(Struct):
    """How far a place is: what it does, the zone whose servers it asks, and the queries that it has sent."""

    doing: str
    zone: str = ""
    queries: int = 0
