r"""A zone of the lab: its records, read when they are first needed, and looking them up.

The records are master-file text (RFC 1035 section 5.1), kept to one record a line: owner, TTL in seconds
and class if needed, type, RDATA. A line that begins with a blank is for the previous owner, `@` is the
origin, a name without a dot at its end is below the origin, `;` at the start of a line begins a comment.
There are no parentheses and no directives: reading takes a fifth of the time that a general reader needs, and
a zone that is wrong on purpose (a CNAME together with other data) can still be served. So can RDATA that does
not fit its type, in the generic form of RFC 3597 section 5: `www LOC \# 1 01`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import NamedTuple

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from dnstrace.lab.errors import WorldError
from dnstrace.model import Name
from dnstrace.model.naming import plain
from dnstrace.model.structs import Struct

Kind = tuple[dns.rdatatype.RdataType, dns.rdatatype.RdataType]
Node = dict[Kind, dns.rrset.RRset]

_NONE = dns.rdatatype.NONE
_IN = dns.rdataclass.IN
_WILDCARD = dns.name.Name([b"*"])


class _Line(NamedTuple):
    """A record as it stands in the text."""

    owner: str
    ttl: int
    rdtype: str
    rdata: str
    text: str


class Sign(Struct):
    """How a zone is signed; worldfile.py explains each of these."""

    algorithm: int = 13
    keys: str = "ksk+zsk"
    denial: str = "nsec"
    iterations: int = 0
    salt: str = ""
    valid: tuple[float, float] = (-7, 14)
    ds: str = "auto"
    broken: tuple[str, ...] = ()


class LabZone:
    """A zone: its origin and its RRsets by owner, type and, for signatures, the type covered.

    `text` has the records, `ttl` is the TTL in seconds of those without one, and `where` is what errors call
    the zone. `sign` says how it is signed, if it is (signing.py), and changes nothing here. The records are
    read at the first access, which raises WorldError for a line that is not a record or is outside the zone.
    """

    compact = False
    """Whether a name that does not exist is one without data to those who ask with DO (RFC 9824)."""

    def __init__(
        self, origin: Name, text: str, ttl: int = 3600, where: str = "", sign: Sign | None = None
    ) -> None:
        self.origin, self.ttl, self.sign, self._text = origin, ttl, sign, text
        self._where = where or f"zone {plain(origin)}"

    def apex_servers(self) -> list[Name]:
        """The names in the zone's own NS RRset, without reading the rest."""
        apex = ("@", self.origin.to_text())
        found = (line for line in self._lines() if line.owner in apex and line.rdtype == "NS")
        return list(dict.fromkeys(self._name(line.rdata, line) for line in found))

    def check(self) -> None:
        """Read the zone; raises WorldError if a record is wrong, or the apex lacks its SOA or NS RRset."""
        for rdtype in (dns.rdatatype.SOA, dns.rdatatype.NS):
            if self.rrset(self.origin, rdtype) is None:
                raise WorldError(f"{self._where}: its {rdtype.name} record is missing", self._where)

    @cached_property
    def nodes(self) -> dict[Name, Node]:
        """The RRsets by owner."""
        nodes: dict[Name, Node] = {}
        for name, ttl, rdata in self._records():
            kind = (rdata.rdtype, rdata.covers())
            node = nodes.setdefault(name, {})
            if kind not in node:
                node[kind] = dns.rrset.RRset(name, rdata.rdclass, *kind)
            node[kind].add(rdata, ttl)
        return nodes

    @cached_property
    def names(self) -> frozenset[Name]:
        """Every name that exists, empty non-terminals included (RFC 4592 section 2.2.2)."""
        found = {self.origin}
        for name in self.nodes:
            while name not in found:
                found.add(name)
                name = name.parent()
        return frozenset(found)

    def rrset(
        self, name: Name, rdtype: dns.rdatatype.RdataType, covers: dns.rdatatype.RdataType = _NONE
    ) -> dns.rrset.RRset | None:
        """The RRset of that owner and type, glue included; no wildcard, no alias."""
        return self.nodes.get(name, {}).get((rdtype, covers))

    def cut(self, name: Name) -> Name | None:
        """The highest zone cut at or above `name`, which is at or below the origin."""
        cuts = (above for above in self._up(name) if self.rrset(above, dns.rdatatype.NS) is not None)
        return next(reversed(list(cuts)), None)

    def dname(self, name: Name) -> dns.rrset.RRset | None:
        """The DNAME RRset strictly above `name`, the highest one (RFC 6672 section 3.2)."""
        above = [*self._up(name), self.origin]
        found = (self.rrset(owner, dns.rdatatype.DNAME) for owner in reversed(above) if owner != name)
        return next((rrset for rrset in found if rrset is not None), None)

    def node(self, name: Name) -> Node | None:
        """The RRsets at `name`, made from a wildcard where one applies; None if the name does not exist."""
        if name in self.names:
            return self.nodes.get(name, {})
        source = _WILDCARD.concatenate(self.encloser(name))
        if source not in self.names:
            return None
        return {kind: _expanded_at(name, rrset) for kind, rrset in self.nodes.get(source, {}).items()}

    def matching(self, name: Name, node: Node, rdtype: dns.rdatatype.RdataType) -> list[dns.rrset.RRset]:
        """The RRsets of a type in a node, which is that of a name."""
        return [rrset for rrset in node.values() if rdtype in (rrset.rdtype, dns.rdatatype.ANY)]

    def signature(self, rrset: dns.rrset.RRset, node: Node) -> dns.rrset.RRset | None:
        """The signatures of an RRset, which belongs to the node or is made from it."""
        return node.get((dns.rdatatype.RRSIG, rrset.rdtype))

    def denial(self, name: Name, expanded: bool = False) -> list[dns.rrset.RRset]:
        """The records that prove that a name or its data does not exist.

        With `expanded`, only that the name itself does not, for an answer from a wildcard. An unsigned zone
        has none.
        """
        return []

    def encloser(self, name: Name) -> Name:
        """The closest encloser: the longest existing ancestor of a name that does not exist."""
        name = name.parent()
        while name not in self.names:
            name = name.parent()
        return name

    def _up(self, name: Name) -> Iterator[Name]:
        """`name` and the names above it, up to but without the origin."""
        while name != self.origin:
            yield name
            name = name.parent()

    def _records(self) -> Iterator[tuple[Name, int, dns.rdata.Rdata]]:
        for line in self._lines():
            owner = self._name(line.owner, line)
            try:
                rdata = _rdata(line.rdtype, line.rdata, self.origin)
            except (dns.exception.DNSException, ValueError) as error:
                raise self._no_record(line, error) from error
            if not owner.is_subdomain(self.origin):
                why = f"{self._where}: {plain(owner)} is outside the zone"
                raise WorldError(why, self._where, line.text)
            yield owner, line.ttl, rdata

    def _name(self, text: str, line: _Line) -> Name:
        try:
            return dns.name.from_text(text.strip(), self.origin)
        except (dns.exception.DNSException, UnicodeError) as error:
            raise self._no_record(line, error) from error

    def _lines(self) -> Iterator[_Line]:
        owner = "@"
        for line in self._text.splitlines():
            rest = line.lstrip()
            if not rest or rest.startswith(";"):
                continue
            try:
                if rest == line:
                    owner, rest = line.split(None, 1)
                yield self._line(owner, rest, line)
            except ValueError as error:
                why = f"{line.strip()[:60]!r} is not a record: owner, type and RDATA are needed"
                raise WorldError(f"{self._where}: {why}", self._where, line) from error

    def _line(self, owner: str, rest: str, text: str) -> _Line:
        ttl = self.ttl
        first, rest = rest.split(None, 1)
        if first.isdigit():
            ttl = int(first)
            first, rest = rest.split(None, 1)
        if first == _IN.name:
            first, rest = rest.split(None, 1)
        return _Line(owner, ttl, first, rest, text)

    def _no_record(self, line: _Line, why: Exception) -> WorldError:
        text = f"{line.owner} {line.rdtype} {line.rdata}"
        return WorldError(f"{self._where}: {text[:60]!r} is not a record: {why}", self._where, line.text)


@lru_cache(maxsize=8192)  # hundreds of worlds have the same root and the same top-level domains
def _rdata(rdtype: str, text: str, origin: Name) -> dns.rdata.Rdata:
    """The RDATA of a record; the generic form also where the octets do not fit the type."""
    try:
        return dns.rdata.from_text(_IN, rdtype, text, origin, False)
    except (dns.exception.DNSException, ValueError):
        marker, _, rest = text.partition(" ")
        length, _, octets = rest.partition(" ")
        if marker != r"\#" or not length.isdigit() or len(data := bytes.fromhex(octets)) != int(length):
            raise
        return dns.rdata.GenericRdata(_IN, dns.rdatatype.from_text(rdtype), data)


def _expanded_at(name: Name, source: dns.rrset.RRset) -> dns.rrset.RRset:
    """The RRset of a wildcard as it appears at a name that the wildcard covers (RFC 4592 section 3.3.1)."""
    made = dns.rrset.RRset(name, source.rdclass, source.rdtype, source.covers)
    for rdata in source:
        made.add(rdata, source.ttl)
    return made
