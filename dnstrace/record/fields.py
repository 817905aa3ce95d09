"""Read JSON that anybody may have written: each value by its key, type and bounds."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

import dns.exception
import dns.name

from dnstrace.model import Name
from dnstrace.model.addresses import canonical
from dnstrace.record.files import RecordError

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")
_LONGEST = 2**24  # characters of one text
_MOST = 2**20  # entries of one list
_LAST = 2**62  # nanoseconds: a century and a half


class Fields:
    """A JSON object; every method raises RecordError if a value does not have the right type or bounds.

    `where` is what errors call the object.
    """

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise RecordError(f"is damaged: {where} is not an object")
        self._values, self._where = value, where

    def wrong(self, key: str) -> RecordError:
        """The error for a wrong value of a key."""
        return RecordError(f"is damaged: {self._where}.{key} is missing or wrong")

    def has(self, key: str) -> bool:
        """Whether the key exists with a value other than null."""
        return self._values.get(key) is not None

    def text(self, key: str, longest: int = _LONGEST) -> str:
        """An ASCII text."""
        value = self._values.get(key)
        if not isinstance(value, str) or len(value) > longest or not value.isascii():
            raise self.wrong(key)
        return value

    def word(self, key: str, longest: int = 1000) -> str:
        """A short printable text on one line, not limited to ASCII."""
        value = self._values.get(key)
        if not isinstance(value, str) or len(value) > longest or not value.isprintable():
            raise self.wrong(key)
        return value

    def flag(self, key: str) -> bool:
        """True or false."""
        value = self._values.get(key)
        if not isinstance(value, bool):
            raise self.wrong(key)
        return value

    def whole(self, key: str, lowest: int = 0, highest: int = _LAST) -> int:
        """A whole number within bounds."""
        value = self._values.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
            raise self.wrong(key)
        return value

    def number(self, key: str, lowest: float = 0, highest: float = 1e9) -> float:
        """A number within bounds, as it was written: 2 stays whole."""
        value = self._values.get(key)
        if not isinstance(value, int | float) or isinstance(value, bool) or not lowest <= value <= highest:
            raise self.wrong(key)
        return value

    def one_of(self, key: str, values: type[E]) -> E:
        """A word of an enumeration."""
        return self.converted(key, values)

    def name(self, key: str) -> Name:
        """An absolute domain name in presentation format."""
        text = self.text(key, 1100)  # 255 octets, each as \DDD
        try:
            found = dns.name.from_text(text, origin=None)
        except (dns.exception.DNSException, UnicodeError, ValueError, IndexError) as error:
            raise self.wrong(key) from error
        if not found.is_absolute():
            raise self.wrong(key)
        return found

    def address(self, key: str) -> str:
        """An IPv4 or IPv6 address in its canonical form."""
        text = self.text(key, 100)
        if not _is_address(text):
            raise self.wrong(key)
        return text

    def octets(self, key: str) -> bytes:
        """Octets in base64."""
        try:
            return base64.b64decode(self.text(key), validate=True)
        except binascii.Error as error:
            raise self.wrong(key) from error

    def converted(self, key: str, convert: Callable[[str], T]) -> T:
        """A converted text; the converter raises ValueError or dnspython's errors if the text is wrong."""
        text = self.text(key)
        try:
            return convert(text)
        except (dns.exception.DNSException, ValueError, IndexError, RecursionError) as error:
            raise self.wrong(key) from error

    def object(self, key: str) -> Fields:
        """A further object."""
        return Fields(self._values.get(key), f"{self._where}.{key}")

    def octets_of(self, key: str) -> bytes:
        """A further object, as JSON in octets."""
        return json.dumps(self.object(key)._values).encode("ascii")

    def list(self, key: str) -> list[Any]:
        """A list of anything."""
        value = self._values.get(key)
        if not isinstance(value, list) or len(value) > _MOST:
            raise self.wrong(key)
        return value

    def wholes(self, key: str) -> tuple[int, ...]:
        """A list of non-negative whole numbers."""
        values = self.list(key)
        if not all(type(each) is int and 0 <= each <= _LAST for each in values):
            raise self.wrong(key)
        return tuple(values)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of short texts on one line."""
        values = self.list(key)
        if not all(isinstance(e, str) and e.isprintable() and len(e) <= _LONGEST for e in values):
            raise self.wrong(key)
        return tuple(values)

    def addresses(self, key: str) -> tuple[str, ...]:
        """A list of addresses in their canonical form."""
        values = self.texts(key)
        if not all(map(_is_address, values)):
            raise self.wrong(key)
        return values

    def objects(self, key: str) -> Iterator[Fields]:
        """A list of objects."""
        for number, value in enumerate(self.list(key), 1):
            yield Fields(value, f"{self._where}.{key} {number}")


def _is_address(text: str) -> bool:
    try:
        return canonical(text) == text
    except ValueError:
        return False


def parse_moment(text: str) -> datetime:
    """A moment in UTC, from ISO 8601 with its time zone. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or not 1970 < moment.year < 9000:
        raise ValueError(text)
    return moment.astimezone(UTC)
