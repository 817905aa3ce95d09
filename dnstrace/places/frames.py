"""What passes between here and a place: a line with a word and a number, then as many octets.

A place begins with a greeting, after whatever its shell prints first.
"""

from __future__ import annotations

from typing import Protocol

PROTOCOL = 1
"""The version of what passes; both sides have the same one."""

LONGEST_LINE = 200
"""Octets of the line that begins a frame."""

GREETING = "dnstrace-place"
"""The first word of the greeting; the second is the token that was sent."""


class Stream(Protocol):
    """Where octets come from."""

    def readline(self, size: int = -1, /) -> bytes:
        """A line, or as many octets of it as there may be."""
        ...

    def read(self, size: int = -1, /) -> bytes:
        """As many octets, or fewer at the end."""
        ...


class FrameError(ValueError):
    """What came is not a frame; the message reads on after the name of the place."""


def framed(word: str, payload: bytes) -> bytes:
    """The octets of a frame."""
    return b"%s %d\n%s" % (word.encode("ascii"), len(payload), payload)


def heading(line: bytes, most: int) -> tuple[str, int]:
    """The word and the length that a line announces, at most `most` octets. Raises FrameError."""
    word, _, number = line.strip().partition(b" ")
    if not (word.isalpha() and number.isdigit() and len(number) < 12 and line.endswith(b"\n")):
        raise FrameError("sent something that is not a part of a trace")
    if int(number) > most:
        raise FrameError(f"sent more than any trace has: over {most >> 20} MiB")
    return word.decode("ascii"), int(number)


def read_frame(stream: Stream, most: int) -> tuple[str, bytes] | None:
    """The next frame of a stream, None at its end. Raises FrameError."""
    line = stream.readline(LONGEST_LINE)
    if not line:
        return None
    word, length = heading(line, most)
    payload = stream.read(length)
    if len(payload) < length:
        raise FrameError("stopped in the middle of its trace")
    return word, payload
