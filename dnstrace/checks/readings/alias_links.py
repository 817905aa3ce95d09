"""The aliases on the way of the walk, and the record of a zone that each of them comes from.

A CNAME record in a reply need not be in the zone: it may be made from a DNAME record above the name (RFC 6672
section 3.1), or from a wildcard, which the signature shows (RFC 4034 section 3.1.3), or what the zone has at
the wildcards above the name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import NamedTuple

import dns.exception
import dns.name
import dns.rdatatype
import dns.rrset
from dns.rdtypes.ANY.RRSIG import RRSIG

from dnstrace.checks.readings.evidence import Cut, Evidence
from dnstrace.checks.readings.statements import Statement, statements_of
from dnstrace.dnssec.proof import wildcard_below
from dnstrace.message.alias import alias_target, made_by_dname
from dnstrace.model import Kind, Meaning, Name, Step
from dnstrace.model.naming import is_below, plain

_CNAME, _DNAME = dns.rdatatype.CNAME, dns.rdatatype.DNAME
_TTL = 3600  # seconds, of records to remove; of no consequence


class Source(NamedTuple):
    """The record of a zone that an alias comes from."""

    owner: Name
    target: Name
    rdtype: dns.rdatatype.RdataType = _CNAME
    ttl: int = _TTL

    def __str__(self) -> str:
        """The record in master-file format."""
        return f"{self.owner} {self.ttl} IN {dns.rdatatype.to_text(self.rdtype)} {self.target}"

    @property
    def what(self) -> str:
        """The record, as a sentence names it: a CNAME record by its owner alone."""
        return plain(self.owner) if self.rdtype == _CNAME else f"the DNAME record of {plain(self.owner)}"


class Mistyped(NamedTuple):
    """A target that was entered as something else than a name: `what`, and the `name` in it."""

    what: str
    name: Name


def mistyped(target: Name) -> Mistyped | None:
    """What was entered as a target that is a URL, or has a space at an end; None where it is neither."""
    given = b".".join(target.labels[:-1])
    bare = given.strip()
    what = "it has a space before or after it" if bare != given else ""
    if b"://" in bare:
        what, bare = (
            "it is a URL, not a name",
            bare.partition(b"://")[2].partition(b"/")[0].partition(b":")[0],
        )
    try:
        return Mistyped(what, dns.name.Name((*bare.split(b"."), b""))) if what else None
    except dns.exception.DNSException:
        return None


class AliasLink(NamedTuple):
    """An alias on the way of the walk: its owner, its target, the step that shows it."""

    owner: Name
    target: Name
    step: Step

    @property
    def source(self) -> Source:
        """The record that it comes from."""
        given = () if self.step.meaning is None else self.step.meaning.answer
        return source_of(self.owner, self.target, given)

    @property
    def is_signed(self) -> bool:
        """Whether the reply has a signature of the CNAME record, which shows any wildcard that it is from."""
        given = () if self.step.meaning is None else self.step.meaning.answer
        return any(rrset.name == self.owner and rrset.covers == _CNAME for rrset in given)


def source_of(owner: Name, target: Name, given: Iterable[dns.rrset.RRset]) -> Source:
    """The record that an alias in a reply comes from."""
    rrsets = tuple(given)
    made = made_by_dname(owner, rrsets)
    redirected = None if made is None else alias_target(made.dname)
    if made is not None and redirected is not None:
        return Source(made.dname.name, redirected, _DNAME, made.dname.ttl)
    ttl = next((rrset.ttl for rrset in rrsets if rrset.name == owner and rrset.rdtype == _CNAME), _TTL)
    return Source(_wildcard(owner, rrsets) or owner, target, _CNAME, ttl)


def by_wildcards(cut: Cut | None, link: AliasLink) -> tuple[Source, bool]:
    """The record that an alias comes from, by the wildcards that the zone was asked for.

    A name below a wildcard has what the wildcard has, also if its own first label is an asterisk: of all
    above the alias that give the same one, the last one upwards makes it, unless a signature shows that none
    does. With that: whether a wildcard may have something in place of the record, once that is removed.
    """
    source = link.source
    if cut is None or source.rdtype != _CNAME or source.owner.is_wild():
        return source, False
    asked = _asked_above(cut, source.owner)
    making = [] if link.is_signed else list(takewhile(lambda each: each.target == source.target, asked))
    others = any(each.has_data for each in asked[len(making) :])
    if not making or making[-1].below_gap:
        return source, others or bool(making)
    return source._replace(owner=making[-1].name), others


class _Asked(NamedTuple):
    """A wildcard above a name that the zone was asked for, and what it has.

    `below_gap` is whether the zone was not asked for the next one above it.
    """

    name: Name
    target: Name | None
    has_data: bool
    below_gap: bool


def _asked_above(cut: Cut, owner: Name) -> list[_Asked]:
    """The wildcards above a name in a zone that the zone was asked for, upwards."""
    said: dict[Name, list[Statement]] = {}
    for each in statements_of(cut).all:
        if each.name.is_wild():
            said.setdefault(each.name, []).append(each)
    found: list[_Asked] = []
    while is_below(owner, cut.zone):
        owner = owner.parent()
        name = wildcard_below(owner)
        if name is None or name not in said:
            found = [*found[:-1], *(each._replace(below_gap=True) for each in found[-1:])]
            continue
        data = [rrset for each in said[name] for rrset in each.data if rrset.name == name]
        targets = (alias_target(rrset) for rrset in data if rrset.rdtype == _CNAME)
        found.append(_Asked(name, next(targets, None), bool(data), False))
    return found


def _wildcard(owner: Name, rrsets: Iterable[dns.rrset.RRset]) -> Name | None:
    """The wildcard that the signature of a CNAME record shows; None if it shows none."""
    signatures = (rdata for r in rrsets if r.name == owner and r.covers == _CNAME for rdata in r)
    labels = min((rdata.labels for rdata in signatures if isinstance(rdata, RRSIG)), default=len(owner))
    if labels >= len(owner) - 1 - owner.is_wild():
        return None
    return dns.name.Name((b"*", *owner.labels[-labels - 1 :]))


def links_of(evidence: Evidence) -> list[AliasLink]:
    """The aliases that start at the name asked, in order; the last one may lead back."""
    links: list[AliasLink] = []
    known: dict[Name, AliasLink] = {}
    for step in evidence.trace.steps:
        if step.main and step.meaning is not None:
            for link in _links_in(step, step.meaning):
                known.setdefault(link.owner, link)
    name = evidence.trace.question.name
    while name in known and known[name] not in links:
        links.append(known[name])
        name = known[name].target
    return links


def _links_in(step: Step, meaning: Meaning) -> Iterator[AliasLink]:
    if step.question.rdtype in (_CNAME, dns.rdatatype.ANY):
        return
    if meaning.kind not in (Kind.ALIAS, Kind.ALIAS_LOOP, Kind.ANSWER):
        return
    for rrset in meaning.answer:
        if rrset.rdtype == _CNAME and (target := alias_target(rrset)) is not None:
            yield AliasLink(rrset.name, target, step)
