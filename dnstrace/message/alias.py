"""Following aliases inside one reply: CNAME (RFC 1034 section 3.6.2) and DNAME (RFC 6672).

A pure reading of an answer section, in whatever order its RRsets are. A CNAME that a DNAME above it implies
is checked against that DNAME, and synthesised here if it is missing or wrong: the DNAME is what the zone has
(RFC 6672 section 3.1).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import dns.name
import dns.rdataset
import dns.rdatatype
import dns.rrset
from dns.rdtypes.ANY.CNAME import CNAME

from dnstrace.model import Name, Question
from dnstrace.model.naming import folded, is_below

BESIDE = "a CNAME record and other data at the same name"
MAX_LINKS = 16  # aliases followed in one reply; the budget limits those of a whole trace
_THE_ALIAS = {dns.rdatatype.CNAME, dns.rdatatype.ANY}  # questions that a made-up CNAME answers itself
_SIGNATURES = {dns.rdatatype.RRSIG, dns.rdatatype.SIG}
_BESIDE_CNAME = {dns.rdatatype.CNAME, dns.rdatatype.RRSIG, dns.rdatatype.NSEC, dns.rdatatype.KEY}


class AliasChain(NamedTuple):
    """The RRsets from the name asked to where the reply stops, signatures included.

    `target` is the last name reached, `answered` whether the data asked for was found there. `loop`
    is set when the chain returns to an earlier name, `overflow` when a DNAME produces a name longer than
    255 octets (YXDOMAIN).
    """

    rrsets: tuple[dns.rrset.RRset, ...]
    target: Name
    answered: bool = False
    loop: bool = False
    overflow: bool = False
    note: str = ""


def follow(question: Question, answer: list[dns.rrset.RRset]) -> AliasChain:
    """Follow the aliases in `answer` from the name asked."""
    name, seen = question.name, {folded(question.name)}
    found: list[dns.rrset.RRset] = []
    notes: list[str] = []
    made = _dname_link(name, answer)
    if question.rdtype in _THE_ALIAS and made is not None and made.target is not None:
        return AliasChain(made.rrsets, name, answered=True, note=made.note)  # the alias itself was asked for
    for _ in range(MAX_LINKS):
        if data := _signed_data(name, question, answer):
            notes += [BESIDE] if _cname_beside(data[0], answer) else []
            return AliasChain((*found, *data), name, answered=True, note="; ".join(notes))
        link = _dname_link(name, answer) or _cname_link(name, answer)
        if link is None:
            return AliasChain(tuple(found), name, note="; ".join(notes))
        found += [rrset for rrset in link.rrsets if rrset not in found]
        notes += [link.note] if link.note else []
        if link.target is None:
            return AliasChain(tuple(found), name, overflow=True, note="; ".join(notes))
        name = link.target
        if folded(name) in seen:
            return AliasChain(tuple(found), name, loop=True, note="; ".join(notes))
        seen.add(folded(name))
    return AliasChain(tuple(found), name, note="; ".join(notes))


class _Link(NamedTuple):
    """One alias: the RRsets that make it, and its target; None if that name would be too long."""

    rrsets: tuple[dns.rrset.RRset, ...]
    target: Name | None
    note: str = ""


def _signed_data(
    name: Name, question: Question, answer: list[dns.rrset.RRset]
) -> tuple[dns.rrset.RRset, ...]:
    """The RRsets that answer the question at `name`, with their signatures; empty if there are none."""
    here = [rrset for rrset in answer if rrset.name == name]
    if question.rdtype == dns.rdatatype.ANY:
        return tuple(here)
    if question.rdtype in _SIGNATURES:  # each type that they cover is an RRset of its own
        return tuple(rrset for rrset in here if rrset.rdtype == question.rdtype)
    data = next((rrset for rrset in here if rrset.rdtype == question.rdtype and not rrset.covers), None)
    return () if data is None else (data, *_signatures_of(data, answer))


def _cname_beside(data: dns.rrset.RRset, answer: list[dns.rrset.RRset]) -> bool:
    """Whether there is a CNAME record too, which is not allowed (RFC 1034 section 3.6.2)."""
    aliases = (rrset for rrset in answer if rrset.rdtype == dns.rdatatype.CNAME and rrset.name == data.name)
    return data.rdtype not in _BESIDE_CNAME and next(aliases, None) is not None


def _signatures_of(covered: dns.rrset.RRset, answer: list[dns.rrset.RRset]) -> list[dns.rrset.RRset]:
    return [
        rrset
        for rrset in answer
        if rrset.rdtype == dns.rdatatype.RRSIG
        and rrset.covers == covered.rdtype
        and rrset.name == covered.name
    ]


def _cname_link(name: Name, answer: list[dns.rrset.RRset]) -> _Link | None:
    here = [rrset for rrset in answer if rrset.name == name]
    cname = next((rrset for rrset in here if rrset.rdtype == dns.rdatatype.CNAME), None)
    target = alias_target(cname)
    if cname is None or target is None:
        return None
    note = "several CNAME records at one name" if len(cname) > 1 else ""
    if any(rrset.rdtype not in _BESIDE_CNAME for rrset in here):
        note = BESIDE
    return _Link((cname, *_signatures_of(cname, answer)), target, note)


def _dname_link(name: Name, answer: list[dns.rrset.RRset]) -> _Link | None:
    """The alias that a DNAME record makes of `name`; its CNAME record is synthesised if need be."""
    made = made_by_dname(name, answer)
    if made is None:
        return None
    made_from = (made.dname, *_signatures_of(made.dname, answer))
    if made.target is None:
        return _Link(made_from, None, "the DNAME record produces a name longer than 255 octets")
    given = next((r for r in answer if r.name == name and r.rdtype == dns.rdatatype.CNAME), None)
    if given is not None and alias_target(given) == made.target:
        return _Link((*made_from, given), made.target)
    note = "the CNAME record in the reply does not match the DNAME record" if given is not None else ""
    return _Link((*made_from, _synthesised(name, made.target, made.dname)), made.target, note)


def _synthesised(name: Name, target: Name, dname: dns.rrset.RRset) -> dns.rrset.RRset:
    cname = CNAME(dname.rdclass, dns.rdatatype.CNAME, target)  # type: ignore[no-untyped-call]
    return dns.rrset.from_rdata(name, dname.ttl, cname)


class Made(NamedTuple):
    """What a DNAME record makes of a name below it; `target` is None if that would be too long."""

    dname: dns.rrset.RRset
    target: Name | None


def made_by_dname(name: Name, answer: Iterable[dns.rrset.RRset]) -> Made | None:
    """Where the DNAME record strictly above `name` leads it (RFC 6672 section 2.2); None if there is none.

    Of several in an answer it is the closest to the name.
    """
    above = (r for r in answer if r.rdtype == dns.rdatatype.DNAME and is_below(name, r.name))
    dname = max(above, key=lambda rrset: len(rrset.name), default=None)
    target = alias_target(dname)
    if dname is None or target is None:
        return None
    try:
        return Made(dname, name.relativize(dname.name).concatenate(target))
    except dns.name.NameTooLong:
        return Made(dname, None)


def alias_target(alias: dns.rrset.RRset | None) -> Name | None:
    """Where a CNAME or DNAME RRset points; None if its RDATA could not be read.

    Of several targets, which no zone may have, it is the first in canonical order: the order of records in a
    reply means nothing.
    """
    targets = (getattr(rdata, "target", None) for rdata in alias or ())
    return min((target for target in targets if isinstance(target, dns.name.Name)), default=None)
