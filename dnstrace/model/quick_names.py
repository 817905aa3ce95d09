"""Comparing names quickly, in a process that does little else.

A check compares names a hundred thousand times, and dnspython does so label by label, letter by letter. Here
is the same for names that are mostly spelled the same: results, and hashes too, are those of dnspython. A
record is hashed once. Only the command quickens it; a program that uses the library keeps dnspython as it is.
"""

from __future__ import annotations

from typing import Any

import dns.name
import dns.rdata

from dnstrace.model.kept import kept

_MOST = 50_000  # names whose hashes are kept; after that it starts afresh
_MOST_RECORDS = 4096
_Labels = tuple[bytes, ...]

_hashes: dict[_Labels, int] = {}
_slow_hash, _slow_hash_of_record = dns.name.Name.__hash__, dns.rdata.Rdata.__hash__


def quicken() -> None:
    """Replace the comparisons of `dns.name.Name` in this process."""
    for name, method in (
        ("__hash__", _hash),
        ("__eq__", _equal),
        ("__ne__", _unequal),
        ("__lt__", _less),
        ("is_subdomain", _is_subdomain),
    ):
        setattr(dns.name.Name, name, method)
    if dns.rdata.Rdata.__hash__ is _slow_hash_of_record:
        setattr(dns.rdata.Rdata, "__hash__", kept(_MOST_RECORDS)(_slow_hash_of_record))  # noqa: B010


def _hash(self: dns.name.Name) -> int:
    known = _hashes.get(self.labels)
    if known is None:
        if len(_hashes) >= _MOST:
            _hashes.clear()
        known = _hashes[self.labels] = hash(_slow_hash(self))
    return known


def _equal(self: dns.name.Name, other: object) -> bool:
    return isinstance(other, dns.name.Name) and _same(self.labels, other.labels)


def _unequal(self: dns.name.Name, other: object) -> bool:
    return not isinstance(other, dns.name.Name) or not _same(self.labels, other.labels)


def _less(self: dns.name.Name, other: object) -> Any:
    if not isinstance(other, dns.name.Name):
        return NotImplemented
    return _order(self.labels) < _order(other.labels)


def _is_subdomain(self: dns.name.Name, other: dns.name.Name) -> bool:
    mine, its = self.labels, other.labels
    above = len(mine) - len(its)
    if above < 0 or self.is_absolute() is not other.is_absolute():
        return False
    return _same(mine[above:], its)


def _same(mine: _Labels, its: _Labels) -> bool:
    if mine == its:
        return True
    if len(mine) != len(its) or mine[0].lower() != its[0].lower():
        return False
    return [label.lower() for label in mine] == [label.lower() for label in its]


def _order(labels: _Labels) -> tuple[bool, list[bytes]]:
    """What names are sorted by (RFC 4034 section 6.1), those that are relative first."""
    return labels[-1:] == (b"",), [label.lower() for label in reversed(labels)]
