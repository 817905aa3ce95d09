"""/etc/resolv.conf as the C library reads it: resolv.conf(5).

A line that the library does not understand is ignored, whatever is in it; which lines those are is reported,
unlike there. Addresses in the old forms that inet_aton(3) takes (`1.2.3`, octal `010.0.0.1`) are refused too:
nobody means what they stand for.
"""

from __future__ import annotations

from pathlib import Path

from dnstrace.cli.line.addresses import endpoint, is_address
from dnstrace.cli.usage import Usage, shown

PATH = "/etc/resolv.conf"
_KEYWORD = "nameserver"
_BLANKS = " \t"
_MOST = 3  # MAXNS of resolv.h
_LONGEST = 2**20  # octets that are read


def nameservers(path: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The addresses of the resolvers in the file, and a remark on each line skipped. Raises OSError."""
    with Path(path).open("rb") as file:
        lines = file.read(_LONGEST).decode("utf-8", "replace").split("\n")
    found: list[str] = []
    remarks: list[str] = []
    for number, line in enumerate(lines, 1):
        if (word := _value(line)) is None:
            continue
        try:
            found.append(_usable(line, word, found))
        except Usage as error:
            remarks.append(f"{path}, line {number} is skipped: {error}")
    return tuple(found), tuple(remarks)


def _value(line: str) -> str | None:
    """What follows the keyword, up to the next blank; None if the line is about something else."""
    keyword, _, rest = line.replace("\t", " ").strip(" ").partition(" ")
    return rest.strip(" ").partition(" ")[0] if keyword == _KEYWORD else None


def _usable(line: str, word: str, before: list[str]) -> str:
    """The address on a line. Raises Usage, as said of the line."""
    if line.startswith(tuple(_BLANKS)):
        raise Usage(f"{_KEYWORD} must be at the beginning of the line")
    if len(before) == _MOST:
        raise Usage(f"only the first {_MOST} name servers count")
    if not is_address(word):
        raise Usage(f"{shown(word)} is not an address")
    return endpoint(word)
