"""Names that remember what they are compared by.

dnspython folds the letters of two names, label by label, each time that these are compared, and hashes a name
octet by octet each time that it is looked up. The names in replies are few, and compared a hundred thousand
times by one check: each name that is read, from octets, hints or the command line, is of this kind. Others,
such as those of a user of the library, compare with them as with dnspython's.
"""

from __future__ import annotations

from typing import Any, Final

import dns.name

NAMES: Final[dict[tuple[bytes, ...], KnownName]] = {}
"""The names made last, by their labels as they were spelled."""
LABELS: Final = 38
"""The most labels of a name that is remembered.

To read such names again never costs more than `dnstrace.message.rdata.work_allowed` allows: a record with one
name has at least 11 octets, with two names 14, with three 36.
"""
_MOST = 8192
_new, _set = object.__new__, object.__setattr__
_BARE = {slot for kind in dns.name.Name.__mro__ for slot in getattr(kind, "__slots__", ())} == {"labels"}


class KnownName(dns.name.Name):
    """An absolute name, which is equal to that of dnspython; pickled or copied, it is one of dnspython."""

    __slots__ = ("folded", "hashed")
    folded: tuple[bytes, ...]
    """The labels in lower case: names are equal if these are (RFC 4343)."""
    hashed: int

    def __getattr__(self, name: str) -> Any:
        """`hashed`; called only while there is no such attribute."""
        if name != "hashed":
            raise AttributeError(name)
        value = super().__hash__()
        _set(self, "hashed", value)
        return value

    def __hash__(self) -> int:
        return self.hashed

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if isinstance(other, KnownName):
            return self.folded == other.folded
        return isinstance(other, dns.name.Name) and self.folded == _folded(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __lt__(self, other: object) -> Any:
        if isinstance(other, KnownName):
            return self.folded[::-1] < other.folded[::-1]  # RFC 4034 section 6.1
        return self.fullcompare(other)[1] < 0 if isinstance(other, dns.name.Name) else NotImplemented

    def is_subdomain(self, other: dns.name.Name) -> bool:
        """Whether it is at or below `other`."""
        above = _folded(other)
        return bool(above) and self.folded[-len(above) :] == above

    def is_superdomain(self, other: dns.name.Name) -> bool:
        """Whether it is at or above `other`."""
        return _folded(other)[-len(self.folded) :] == self.folded

    def parent(self) -> dns.name.Name:
        """The name without its first label; raises dns.name.NoParent for the root."""
        above = self.labels[1:]
        if not above:
            raise dns.name.NoParent
        return NAMES.get(above) or remember(above)

    def __reduce__(self) -> Any:
        return dns.name.Name, (self.labels,)


def _folded(name: dns.name.Name) -> tuple[bytes, ...]:
    return name.folded if isinstance(name, KnownName) else tuple(map(bytes.lower, name.labels))


def remember(labels: tuple[bytes, ...]) -> KnownName:
    """The name with these labels, which are known to make an absolute one."""
    if len(NAMES) >= _MOST:
        NAMES.clear()
    if _BARE:
        name: KnownName = _new(KnownName)
        _set(name, "labels", labels)
    else:  # a dnspython whose names hold more
        name = KnownName(labels)
    text = b"".join(labels)
    _set(name, "folded", labels if text == text.lower() else tuple(map(bytes.lower, labels)))
    NAMES[labels] = name
    return name


def known(name: dns.name.Name) -> dns.name.Name:
    """The same name, one that remembers if it is absolute and not overlong."""
    if len(name.labels) > LABELS or not name.is_absolute():
        return name
    return NAMES.get(name.labels) or remember(name.labels)
