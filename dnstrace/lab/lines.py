"""At which line of a TOML file something stands: tomllib gives values, and not where they came from."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence

Path = tuple[str, ...]

_LONG_QUOTES = ("'''", '"""')


def line_of(text: str, where: Sequence[str], wrong: str = "") -> int | None:
    """The line, counted from 1, of the key that fits `where` best; None if none fits.

    `where` is a path of keys, which may lack some; `wrong` is a key below it, or a line of the text below it.
    """
    place = _place(text, where) if where else (0, 0)
    if not wrong:
        return place[1] or None
    lines, start = text.split("\n"), max(place[1] - 1, 0)
    for number, line in enumerate(lines[start:], start + 1):
        if line.strip() == wrong.strip():
            return number
    return max(place, _place(text, (*where, wrong)))[1] or None


def _place(text: str, where: Sequence[str]) -> tuple[int, int]:
    """How many of the keys are found, and the line; the first of several lines."""
    best = (0, 0)
    for path, number in _keys(text):
        if (found := _found(where, path)) > best[0]:
            best = (found, number)
    return best


def _found(where: Sequence[str], path: Path) -> int:
    """How many of the keys, from the first one on, are in the path in this order."""
    left = iter(path)
    found = 0
    for each in where:
        if _plain(each) not in map(_plain, left):
            break
        found += 1
    return found


def _plain(key: str) -> str:
    """A key as it is compared: a name may be written with its final dot and in capitals."""
    return key.rstrip(".").lower() or key


def _keys(text: str) -> Iterator[tuple[Path, int]]:
    """The whole path of each table and key, and its line; what is within an inline table is not found."""
    table: Path = ()
    within = ""  # the quotes that end the text of several lines in which a line is
    for number, line in enumerate(text.split("\n"), 1):
        if within:
            within = "" if within in line else within
            continue
        stripped = line.strip()
        if stripped.startswith("[") and (found := _path(stripped)):
            table = found
            yield table, number
        elif found := _path(f"{line.partition('=')[0]} = 0"):
            yield (*table, *found), number
        within = next((quotes for quotes in _LONG_QUOTES if line.count(quotes) % 2), "")


def _path(text: str) -> Path:
    """The keys of one line of TOML; none where it is not a whole one."""
    try:
        value: object = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return ()
    path: list[str] = []
    while isinstance(value, dict) and value:
        (key, value) = next(iter(value.items()))
        path.append(key)
    return tuple(path)
