"""Numbers, times and words on the command line: from the text of an argument to its value.

A converter takes the text and raises Usage with a message that reads on after the option's name,
such as "must be a number ...". Names, addresses and record types have modules of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dnstrace.cli.usage import Usage, harmless, meant, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from dnstrace.model.expectations import Expectation

_PLAIN_SECONDS = 10  # digits of the seconds since 1970 from 2001 to 2286
_SECONDS_DIGITS = 12
_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}  # in seconds
_PACKED = {8: "%Y%m%d", 14: "%Y%m%d%H%M%S"}  # forms of time by their number of digits


def whole(lowest: int, highest: int) -> Callable[[str], int]:
    """A converter for whole numbers from `lowest` to `highest`."""

    def convert(text: str) -> int:
        if is_digits(text) and len(text) <= 20 and lowest <= int(text) <= highest:
            return int(text)
        raise Usage(f"must be a whole number from {lowest} to {highest}, not {shown(text)}")

    return convert


def within(bounds: str) -> Callable[[str], int]:
    """A converter for whole numbers within bounds of `dnstrace.model.allowed`, such as `PORT`."""

    def convert(text: str) -> int:
        from dnstrace.model import allowed

        return whole(*getattr(allowed, bounds))(text)

    return convert


def seconds(text: str) -> float:
    """A time in seconds, more than 0 and at most a day: `5`, `0.5`, or with units, `500ms`, `5s`, `1h30m`."""
    from dnstrace.model.allowed import LONGEST

    if (found := _seconds(text.lower())) is not None and 0 < found <= LONGEST:
        return found
    bounds = f"more than 0 and at most {LONGEST:.0f} seconds"
    raise Usage(f"must be a time such as 5, 500ms, 5s, 2m or 1h, {bounds}, not {shown(text)}")


def _seconds(text: str) -> float | None:
    """The seconds of a number, or of numbers with units; None for anything else."""
    if is_digits(text.replace(".", "", 1)):
        return float(text)
    import re

    parts = re.findall(r"([0-9]+(?:\.[0-9]+)?)(ms|[smhd])", text)
    if not parts or "".join(map("".join, parts)) != text:
        return None
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def moment(text: str) -> float:
    """A time, in seconds since 1970.

    It is given as YYYYMMDD, as YYYYMMDDHHmmSS (RFC 4034 section 3.2), in ISO 8601, or as `@` and the seconds
    since 1970. Ten digits alone are such seconds too, as scripts have them: no date has ten.
    """
    from datetime import UTC, datetime

    since = text.removeprefix("@")
    if is_digits(since) and (
        len(text) == _PLAIN_SECONDS or (text[0] == "@" and len(since) <= _SECONDS_DIGITS)
    ):
        return float(since)
    try:
        packed = _PACKED[len(text)] if is_digits(text) else None
        found = datetime.strptime(text, packed) if packed else datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (KeyError, ValueError, OverflowError) as error:
        example = "2026-01-31T12:00:00Z, 20260131, 20260131120000 or @1769860800"
        wrong = f"must be a time such as {example}, not {shown(text)}"
        if is_digits(text) and len(text) not in _PACKED and len(text) <= _SECONDS_DIGITS:
            wrong += f"; for seconds since 1970 type @{text}"
        raise Usage(wrong) from error


EXIT = "exit status"
"""What `--explain` takes for the exit statuses of the command."""
_EXITS = (EXIT, "exit", "exit code", "exit codes", "status")
_INSTEAD = dict.fromkeys(("status", "http", "page"), "; --http alone ends with 5 if the page is not served")


def expectations(text: str) -> tuple[Expectation, ...]:
    """What is expected of a trace: one or several expectations."""
    from dnstrace.analysis.expectations import WORDS, ExpectationError, parse

    try:
        return parse(text)
    except ExpectationError as error:
        known = f"; the words are {', '.join(WORDS)}, and every record type such as a or mx"
        near = (_INSTEAD.get(error.word) or meant(error.word, WORDS) or known) if error.word else ""
        raise Usage(f"{shown(error.part)}: {harmless(error.why)}{near}") from error


def explained(text: str) -> str:
    """The code of a finding or of how a trace ends, the name of a term, or `list` or `words`."""
    from dnstrace.checks import CATALOGUE
    from dnstrace.cli.line.former import CODES
    from dnstrace.render.formats.entries import EXPLAINED
    from dnstrace.render.glossary import names, term

    if text in ("list", "words"):
        return text
    if text.lower().replace("-", " ").removesuffix("es") in _EXITS:
        return EXIT
    if (code := CODES.get(text.lower(), text.lower())) in CATALOGUE or code in EXPLAINED:
        return code
    if (found := term(text)) is not None:
        return found.name
    near = meant(text, [*CATALOGUE, *EXPLAINED, *names()])
    lists = "; `dnstrace --explain list` lists findings, `dnstrace --explain words` words"
    raise Usage(f"{shown(text)} is neither a finding nor a word that dnstrace explains{near or lists}")


def one_of(*words: str) -> Callable[[str], str]:
    """A converter for one of a few words."""

    def convert(text: str) -> str:
        if text in words:
            return text
        raise Usage(f"must be {', '.join(words[:-1])} or {words[-1]}, not {shown(text)}{meant(text, words)}")

    return convert


def until(text: str) -> str:
    """What ends watching."""
    if text[:1].isdigit():
        raise Usage(
            f"must be ok or change, not {shown(text)}; to accept a finding until a date, use"
            " --ignore 'lame-server until 2027-01-31'"
        )
    return one_of("ok", "change")(text)


def file(text: str) -> str:
    """The path of a file; nothing is read or written here."""
    if not text or "\0" in text:
        raise Usage(f"must be the path of a file, not {shown(text)}")
    return text


def is_file(text: str) -> bool:
    """Whether a word is the path of a file rather than a name to trace, even if there is no such file."""
    import os

    return os.path.isfile(text) or text.endswith((".json", ".gz")) or text.startswith(("/", "./", "../"))


def scheduler(text: str) -> str:
    """The address of a Dask scheduler: `host:port`, with or without a protocol before it."""
    host, colon, port = text.rpartition("://")[2].rpartition(":")
    if not host or not colon or not is_digits(port) or not text.isprintable() or " " in text:
        raise Usage(f"must be the address of a Dask scheduler, such as tcp://host:8786, not {shown(text)}")
    return text


def world(text: str) -> str:
    """The name of a world of the lab, the path of a world's file, `list` or `new`; nothing is read here."""
    from dnstrace.lab.world import is_path, names

    if is_path(text) or text in (known := (*names(), "list", "new")):
        return text
    near = meant(text, known)
    raise Usage(f"{shown(text)} is not a world of the lab{near}; `dnstrace --lab list` lists them")


def is_digits(text: str) -> bool:
    """Whether the text is digits; int() alone takes "1_000", " 7 " and the digits of other scripts."""
    return text.isascii() and text.isdigit()
