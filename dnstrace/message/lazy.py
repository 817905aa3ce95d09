"""dnspython's message and RRset, with RDATA that becomes objects when somebody looks at it.

Owner, type and TTL are known at once (`dnstrace.message.common`). To everything that uses them these are
dnspython's own: they are equal to those, can be changed as those can, and a copy of an RRset is one of those.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from dnstrace.model import Name

_new: Final = object.__new__
_flags: Final = lru_cache(256)(dns.flags.Flag)
_rcode: Final = lru_cache(256)(dns.rcode.from_flags)


Make = Callable[[Any], dns.rdata.Rdata]
"""What makes RDATA of what was found of it: octets, a name, or a tuple of these."""


class Kind(NamedTuple):
    """How the RDATA of a type is made of what was found of it.

    Where `key` of that differs, the records differ; where it does not, or is None, only dnspython knows.
    `sound` is whether all that was found is known to be of the form of its type.
    """

    rdtype: dns.rdatatype.RdataType
    make: Make
    key: Callable[[Any], Hashable] | None = None
    sound: bool = False


class LazyRRset(dns.rrset.RRset):
    """An RRset whose RDATA is made when it is looked at."""

    __slots__ = ("_kind", "_records")
    _clone_class = dns.rrset.RRset  # what dnspython makes copies of
    _kind: Kind
    _records: list[Any] | tuple[dns.rdata.Rdata, ...] | None
    """What each record is made of; then the RDATA; None once `items` has it, which can be changed."""

    def __iter__(self) -> Iterator[dns.rdata.Rdata]:
        records = self._records
        if records is None:
            return iter(self.items)
        return iter(self._made(records) if isinstance(records, list) else records)

    def __len__(self) -> int:
        records = self._records
        if records is None:
            return len(self.items)
        return len(self._made(records) if isinstance(records, list) and len(records) > 1 else records)

    def __getitem__(self, place: Any) -> Any:
        if place == 0 and self._records:
            return next(iter(self))
        return super().__getitem__(place)  # type: ignore[no-untyped-call]

    def __getattr__(self, name: str) -> Any:
        """`items`, as dnspython has it; called only while there is no such attribute."""
        if name != "items":
            raise AttributeError(name)
        self.items: dict[dns.rdata.Rdata, None] = dict.fromkeys(self)
        self._records = None
        return self.items

    def __reduce__(self) -> Any:
        """Pickled, or copied deeply, it is an RRset of dnspython."""
        return _plain, (self.name, self.rdclass, self.rdtype, self.covers, self.ttl, list(self))

    def take(self, record: Any, ttl: int) -> None:
        """Add a record while the message is read; the lowest TTL is that of all (RFC 2181 section 5.2)."""
        assert type(self._records) is list
        self._records.append(record)
        self.ttl = min(self.ttl, ttl)

    def _made(self, records: list[Any]) -> tuple[dns.rdata.Rdata, ...]:
        """The RDATA, each once."""
        make, key = self._kind.make, self._kind.key
        made = tuple([make(record) for record in records])
        if len(made) > 1 and (key is None or len({key(record) for record in records}) < len(made)):
            made = tuple(dict.fromkeys(made))
        self._records = made
        return made


def lazy_rrset(
    name: Name,
    rdclass: dns.rdataclass.RdataClass,
    kind: Kind,
    covers: dns.rdatatype.RdataType,
    ttl: int,
    records: list[Any],
) -> LazyRRset:
    """An RRset; each of `records` is what `kind` makes RDATA of."""
    rrset: LazyRRset = _new(LazyRRset)
    rrset.name, rrset.rdclass, rrset.rdtype, rrset.covers, rrset.ttl = name, rdclass, kind[0], covers, ttl
    rrset.deleting, rrset._kind, rrset._records = None, kind, records
    return rrset


def made_of(rrset: dns.rrset.RRset) -> Hashable:
    """All that an RRset of names or addresses is made of; None where RDATA was made of it already.

    RRsets for which that is equal are equal, spelling and TTL included, and hashed in a tenth of the time.
    """
    if type(rrset) is not LazyRRset or type(rrset._records) is not list:
        return None
    records = [each.labels if isinstance(each, dns.name.Name) else each for each in rrset._records]
    return rrset.name.labels, rrset.rdtype, rrset.ttl, *records


def has_octets(rrset: dns.rrset.RRset) -> bool:
    """Whether there is RDATA in it that is kept as octets, since it does not have the form of its type."""
    if type(rrset) is LazyRRset and rrset._records is not None and rrset._kind.sound:
        return False
    return any(isinstance(rdata, dns.rdata.GenericRdata) for rdata in rrset)


def _plain(
    name: Name,
    rdclass: dns.rdataclass.RdataClass,
    rdtype: dns.rdatatype.RdataType,
    covers: dns.rdatatype.RdataType,
    ttl: int,
    records: list[dns.rdata.Rdata],
) -> dns.rrset.RRset:
    rrset = dns.rrset.RRset(name, rdclass, rdtype, covers)
    rrset.ttl, rrset.items = ttl, dict.fromkeys(records)
    return rrset


class LazyMessage(dns.message.QueryMessage):
    """A message of RRsets that are lazy. An attribute that nobody asks for is not there."""

    def __init__(
        self,
        number: int,
        flags: int,
        wire: bytes,
        sections: list[list[dns.rrset.RRset]],
        opt: dns.rrset.RRset | None,
    ) -> None:
        self.id, self.flags, self.wire, self.sections, self.opt = number, _flags(flags), wire, sections, opt

    def __getattr__(self, name: str) -> Any:
        """An attribute as a new message has it; called only while there is no such attribute."""
        fresh = {} if name.startswith("__") else vars(dns.message.QueryMessage(id=0))
        if name not in fresh:
            raise AttributeError(name)
        setattr(self, name, fresh[name])
        return fresh[name]

    def rcode(self) -> dns.rcode.Rcode:
        """The RCODE, with the octet of it that is in the OPT record (RFC 6891 section 6.1.3)."""
        return _rcode(self.flags, self.opt.ttl if self.opt else 0)
