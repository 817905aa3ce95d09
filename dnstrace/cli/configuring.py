"""The configuration file: defaults for options by their names, and names for resolvers.

    timeout = "5s"
    check = true
    resolver = ["system", "office"]

    [resolvers]
    office = ["192.0.2.53", "tls://192.0.2.54#dns.example"]

It is TOML. What is wrong with it is one line that names the file and the line in it.
"""

from __future__ import annotations

import os
import re
import tomllib
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from dnstrace.cli.line.options import BY_NAME, BY_OPPOSITE, Option
from dnstrace.cli.line.parsed import Parsed
from dnstrace.cli.line.syntax import converted
from dnstrace.cli.usage import Usage, meant, shown
from dnstrace.model.structs import Struct, replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dnstrace.model.asked import Resolver
    from dnstrace.model.documents import Document

_RESOLVERS = "resolvers"  # the one table
_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_TABLE = re.compile(r"\s*\[\s*([^\]]+?)\s*\]")


class Entry(NamedTuple):
    """One key of the file, as it is written there: its name, its value, and its line, from 1."""

    name: str
    value: object
    line: int


class Configured(Struct):
    """What a file says: its options as set, the resolvers that it names, and each key as it is written."""

    path: str
    parsed: Parsed
    resolvers: Mapping[str, tuple[Resolver, ...]]
    entries: tuple[Entry, ...]

    @property
    def called(self) -> dict[str, str]:
        """The names of resolvers by their addresses."""
        return {each.address: name for name, several in self.resolvers.items() for each in several}


def read(path: str, home: str = "") -> Configured:
    """Read the file; `~/` at the beginning of a value stands for `home`. Raises Usage."""
    if not os.path.isfile(path):  # what is opened may never end, such as a pipe
        raise Usage(f"{path} is not a regular file; --no-config leaves it out")
    try:
        with open(path, "rb") as file:
            text = file.read().decode("utf-8")
        return _Reader(path, text, home).read(tomllib.loads(text))
    except UnicodeDecodeError as error:
        raise Usage(f"{path}: it is not text in UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        line = int(place[1]) if place and place[1] else text.count("\n") + 1
        raise Usage(f"{path}:{line}: it is not valid TOML: {_PLACE.sub('', str(error))}") from error
    except (RecursionError, ValueError) as error:  # nested too deeply, or a number of thousands of digits
        raise Usage(f"{path}: it is not valid TOML: {error}") from error
    except OSError as error:
        raise Usage(f"{path} cannot be read: {error.strerror}; --no-config leaves it out") from error


class _Reader:
    """One file, while it is read."""

    def __init__(self, path: str, text: str, home: str) -> None:
        self._path, self._lines, self._home = path, text.splitlines(), home
        self._parsed = Parsed("file")
        self._named: dict[str, tuple[str, ...]] = {}

    def read(self, values: Document) -> Configured:
        resolvers = self._resolvers(values.pop(_RESOLVERS, {}))
        for name, value in values.items():
            self._option(name, value)
        entries = [Entry(name, value, self._line_of(name)) for name, value in values.items()]
        entries += [
            Entry(f"{_RESOLVERS}.{name}", [*texts], self._line_of(name, _RESOLVERS))
            for name, texts in self._named.items()
        ]
        return Configured(self._path, self._parsed, resolvers, tuple(entries))

    def _option(self, name: str, value: object) -> None:
        option = BY_NAME.get(name) or BY_OPPOSITE.get(name)
        if option is None:
            self._wrong(
                name, f"unknown option {shown(name)}{meant(name, [*BY_NAME, *BY_OPPOSITE, _RESOLVERS])}"
            )
        if not option.variable or option.traces:
            self._wrong(name, f"{name} can only be typed")
        said = f"{self._path}:{self._line_of(name)}: {name}"
        if not option.metavar:
            self._flag(option, said, value, opposite=name != option.name)
            return
        if option.optional and isinstance(value, bool):
            if value:
                self._parsed.file(option, option.value, said)
            return
        for text in self._texts(name, value, several=option.repeatable):
            said = f"{self._path}:{self._line_of(name, text=text)}: {name}"
            value = converted(said, option.convert, text)
            if hasattr(value, "place"):  # it is reported with where it was written
                value = replace(value, place=said.removesuffix(f" {name}"))  # type: ignore[type-var]
            self._parsed.file(option, value, said)

    def _flag(self, option: Option, said: str, value: object, opposite: bool) -> None:
        if not isinstance(value, bool):
            raise Usage(f"{said} must be true or false, without quotation marks")
        if value is opposite:
            self._parsed.take_back(option, said)
        else:
            self._parsed.file(option, option.value, said)

    def _resolvers(self, table: object) -> dict[str, tuple[Resolver, ...]]:
        """What the file names: each name with the addresses and URLs that it stands for."""
        from dnstrace.cli.line.resolvers import is_name, resolvers

        if not isinstance(table, dict):
            self._wrong(
                _RESOLVERS, f'{_RESOLVERS} must be a table: [{_RESOLVERS}], then office = "192.0.2.53"'
            )
        found: dict[str, tuple[Resolver, ...]] = {}
        for name, value in table.items():
            said = f"{self._path}:{self._line_of(name, _RESOLVERS)}: {_RESOLVERS}.{name}"
            if not is_name(name) or name == "system":
                raise Usage(f"{said}: a name must be small letters, digits and hyphens, and not 'system'")
            texts = [*self._texts(name, value, several=True, table=_RESOLVERS)]
            if wrong := next(filter(is_name, texts), ""):
                raise Usage(f"{said} must be addresses or URLs, not the name {shown(wrong)}")
            self._named[name] = tuple(texts)
            several: list[Any] = [converted(said, resolvers, text) for text in texts]
            found[name] = tuple(each for some in several for each in some)
        return found

    def _texts(self, name: str, value: object, several: bool, table: str = "") -> Iterator[str]:
        """The values of a key as they would be typed."""
        values: list[object] = value if isinstance(value, list) else [value]
        if (isinstance(value, list) and not several) or not values:
            self._wrong(name, f"{name} needs one value", table)
        for each in values:
            if isinstance(each, date):
                yield each.isoformat()
            elif isinstance(each, str) or (isinstance(each, int | float) and not isinstance(each, bool)):
                text = str(each)
                yield os.path.join(self._home, text[2:]) if text.startswith("~/") else text
            else:
                self._wrong(name, f"{name} must be text or a number", table)

    def _wrong(self, name: str, why: str, table: str = "") -> NoReturn:
        raise Usage(f"{self._path}:{self._line_of(name, table)}: {why}")

    def _line_of(self, name: str, table: str = "", text: str = "") -> int:
        """The line of a key, or of the `text` in its list; 1 where a key is written in an unusual way."""
        key = re.compile(rf"\s*([\"']?){re.escape(name)}\1\s*[=.]")
        dotted = re.compile(rf"\s*{re.escape(table)}\s*\.\s*([\"']?){re.escape(name)}\1\s*=")
        inside, found = "", 0
        for number, line in enumerate(self._lines, 1):
            if not found:
                if match := _TABLE.match(line):
                    inside = match[1]
                here = inside == table and key.match(line)
                if here or (table and not inside and dotted.match(line)) or line.strip() == f"[{name}]":
                    found = number
            if found and (not text or f'"{text}"' in line or f"'{text}'" in line):
                return number
        return found or 1
