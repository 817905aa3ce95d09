"""`--ignore` and the lines of an `--ignore-file`: which findings are accepted, until when, and why.

    lame-server@example.com@ns3.example.net until 2026-03-31 The host replaces it in March.

After the code, the zone and the server, each of which may be left out, a line of a file has the reason and
may have the last day (UTC) before that. Blank lines, and those that begin with `#`, mean nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dnstrace.cli.line import names
from dnstrace.cli.line.addresses import is_address
from dnstrace.cli.line.former import CODES
from dnstrace.cli.line.values import is_file
from dnstrace.cli.usage import Usage, meant, shown
from dnstrace.model.structs import replace

if TYPE_CHECKING:
    from datetime import date

    from dnstrace.model import Name
    from dnstrace.model.accepting import Ignore

_FORM = "CODE[@ZONE][@SERVER]"
_AT = re.compile(r"(?<!\\)@")  # in a name it has a backslash before it
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ANY = "*"
_FILE = "to read a file of them, type --ignore-file"
_LARGEST = 2**20  # octets of a file
_SAID = 5  # wrong lines that are reported


def ignore(text: str) -> Ignore:
    """What `--ignore` accepts; a last day and a reason may follow. Raises Usage."""
    from dnstrace.model.accepting import Ignore

    words = text.split()
    if not words:
        raise Usage(f"must be {_FORM}, such as lame-server@example.com, not {shown(text)}")
    what = _which(words[0])
    until, reason = _until_and_reason(words[1:])
    return Ignore(words[0], what.code, what.zone, what.server, reason, until)


def ignores_in(path: str) -> tuple[Ignore, ...]:
    """What the lines of a file accept. Raises Usage, which names the lines that are wrong."""
    found, wrong = list["Ignore"](), list[str]()
    for number, line in _lines(path):
        try:
            each = ignore(line)
            if not each.reason:
                raise Usage(f"gives no reason: write why {shown(each.text)} is accepted")
            found.append(replace(each, place=f"{path} line {number}:"))
        except Usage as error:
            wrong.append(f"line {number}: {error}")
    if not wrong:
        return tuple(found)
    more = f"; and {len(wrong) - _SAID} more" if len(wrong) > _SAID else ""
    raise Usage(f"--ignore-file {shown(path)}: {'; '.join(wrong[:_SAID])}{more}")


def _lines(path: str) -> Iterator[tuple[int, str]]:
    """The lines that say something, each with its number. Raises Usage."""
    try:
        with Path(path).open("rb") as file:
            octets = file.read(_LARGEST + 1)
    except OSError as error:
        raise Usage(f"--ignore-file: {shown(path)} cannot be read: {error.strerror}") from error
    if len(octets) > _LARGEST:
        raise Usage(f"--ignore-file: {shown(path)} is larger than {_LARGEST >> 20} MiB")
    try:
        text = octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = octets.count(b"\n", 0, error.start) + 1
        raise Usage(f"--ignore-file {shown(path)}: line {where}: is not UTF-8") from error
    for number, line in enumerate(text.split("\n"), 1):
        if (said := line.strip()) and not said.startswith("#"):
            yield number, said


class _Which(NamedTuple):
    """The findings that are meant; None stands for any."""

    code: str | None
    zone: Name | None
    server: Name | None


def _which(text: str) -> _Which:
    code, *places = _AT.split(text)
    if len(places) > 2 or (places and not places[-1]):
        raise Usage(f"must be {_FORM}, such as lame-server@example.com, not {shown(text)}")
    zone, server = (*places, "", "")[:2]
    if server and is_address(server):
        raise Usage(f"{shown(text)}: give the server by its name, not by its address")
    return _Which(_code(code), names.name(zone) if zone else None, names.name(server) if server else None)


def _code(text: str) -> str | None:
    """The code of a finding; None for those of any code."""
    from dnstrace.checks import CATALOGUE

    if text == _ANY:
        return None
    text = CODES.get(text, text)
    if text in CATALOGUE:
        return text
    if not text:
        raise Usage(f"must begin with the code of a finding, or with {_ANY} for any: {_FORM}; {_FILE}")
    if is_file(text):
        raise Usage(f"{shown(text)} is not a finding; {_FILE}")
    near = meant(text, CATALOGUE)
    raise Usage(f"{shown(text)} is not a finding{near or '; `dnstrace --explain list` lists them'}")


def _until_and_reason(words: list[str]) -> tuple[date | None, str]:
    """The last day, if the words begin with one, and the reason."""
    if not words or words[0] != "until":
        if words and _DAY.fullmatch(words[0]):
            raise Usage(f"write 'until {words[0]}' for the last day on which it is accepted")
        return None, " ".join(words)
    return _day(words[1] if len(words) > 1 else ""), " ".join(words[2:])


def _day(text: str) -> date:
    from datetime import date

    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError as error:
        raise Usage(f"'until' must be followed by a day such as 2026-03-31, not {shown(text)}") from error
