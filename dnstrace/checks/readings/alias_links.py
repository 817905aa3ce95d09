"""The aliases on the way of the walk, and the record of a zone that each of them comes from.

A CNAME record in a reply need not be in the zone: it may be made from a DNAME record above the name (RFC 6672
section 3.1), or from a wildcard, which the signature shows (RFC 4034 section 3.1.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

import dns.exception
import dns.name
import dns.rdatatype
import dns.rrset
from dns.rdtypes.ANY.RRSIG import RRSIG

from dnstrace.checks.readings.evidence import Cut, Evidence
from dnstrace.checks.readings.phrases import listed
from dnstrace.checks.readings.replies import HeardReply, replies_of
from dnstrace.message.alias import alias_target, follow, made_by_dname
from dnstrace.model import Kind, Meaning, Name, Probe, Step
from dnstrace.model.naming import is_below, plain, wildcard_below

_CNAME, _DNAME = dns.rdatatype.CNAME, dns.rdatatype.DNAME
_TTL = 3600  # seconds, of records to remove; of no consequence
SAFE = 8
"""Aliases in a row that every resolver and server follows."""


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
        return source_of(self.owner, self.target, self._given)

    @property
    def is_signed(self) -> bool:
        """Whether it has a signature, which shows whether it comes from a wildcard."""
        return any(rrset.name == self.owner and rrset.covers == _CNAME for rrset in self._given)

    @property
    def _given(self) -> Sequence[dns.rrset.RRset]:
        return () if self.step.meaning is None else self.step.meaning.answer


class Origin(NamedTuple):
    """The record that an alias comes from, as far as it is known.

    That is `source`, unless there are several in `either`: one of these is the record, as all that were asked
    for lead to the same target. Without the record the wildcards in `next` apply, which lead to that target
    too; then comes one with other data, if there is one `instead`.
    """

    source: Source
    either: tuple[Source, ...] = ()
    next: tuple[Source, ...] = ()
    instead: bool = False

    @property
    def what(self) -> str:
        """The record, as the object of a sentence."""
        if self.source.rdtype == _DNAME:
            return self.source.what
        one = plain(self.source.owner)
        return f"the alias {one}" if len(self.either) < 2 else f"one of the aliases {self._wildcards}"

    @property
    def owner(self) -> str:
        """The owner of the record, as a sentence names it."""
        sure = len(self.either) < 2
        return plain(self.source.owner) if sure else f"whichever of {self._wildcards} there is"

    @property
    def is_rehearsable(self) -> bool:
        """Whether other data of the record can be tried: no reply shows those of a wildcard."""
        return not self.source.owner.is_wild()

    def pointed(self, led_to: bool) -> str:
        """To remove what leads nowhere, or to point it elsewhere; only that if another alias leads to it."""
        what, it = self.what, "it"
        if len(self.either) > 1:
            what = f"whichever of the aliases {self._wildcards} there is"
        elif self.next:
            what, it = f"the aliases {listed(each.owner for each in (self.source, *self.next))}", "them"
        return f"point {what}" if led_to else f"remove {what}, or point {it}"

    @property
    def _wildcards(self) -> str:
        return listed(each.owner for each in self.either)

    @property
    def removable(self) -> tuple[str, ...]:
        """The records to remove, unless another one takes their place."""
        found = self.either or (self.source, *self.next)
        return () if self.instead else tuple(map(str, found))


def origin_of(cut: Cut | None, link: AliasLink) -> Origin:
    """The record that an alias comes from, by its signature, or by the wildcards that the zone was asked for.

    A wildcard applies only where neither the name nor one between exists (RFC 4592 section 3.3.1). So no name
    that exists has its alias from above, and a query for a wildcard may be answered by another one above it.
    """
    source = link.source
    if cut is None or source.rdtype != _CNAME or source.owner != link.owner or source.owner.is_wild():
        return Origin(source)
    above = [source.owner]
    while is_below(above[-1], cut.zone):
        above.append(above[-1].parent())
    below, wildcards = wildcard_below(source.owner), [*filter(None, map(wildcard_below, above[1:]))]
    asked = _asked_wildcards(cut)
    alike = {name for name, targets in asked.items() if source.target in targets}
    made = tuple(takewhile(lambda name: name in alike or name not in asked, wildcards))
    if not link.is_signed and below in alike and not alike.isdisjoint(made):
        return Origin(source._replace(owner=made[-1]), tuple(source._replace(owner=name) for name in made))
    there = [name for name in wildcards if asked.get(name)]
    same = tuple(source._replace(owner=name) for name in takewhile(alike.__contains__, there))
    return Origin(source, (), same, len(there) > len(same))


def _asked_wildcards(cut: Cut) -> dict[Name, frozenset[Name | None]]:
    """The wildcards that servers of the zone were asked for, each with its targets; None is other data."""
    found: dict[Name, frozenset[Name | None]] = {}
    for step in cut.probe_steps(Probe.WILDCARD):
        for reply in (each for each in replies_of(step) if each.meaning.usable):
            given = [rrset for rrset in reply.meaning.answer if rrset.name == step.question.name]
            found[step.question.name] = frozenset(
                alias_target(rrset) if rrset.rdtype == _CNAME else None
                for rrset in given
                if rrset.rdtype != dns.rdatatype.RRSIG
            )
    return found


def source_of(owner: Name, target: Name, given: Iterable[dns.rrset.RRset]) -> Source:
    """The record that an alias in a reply comes from."""
    rrsets = tuple(given)
    made = made_by_dname(owner, rrsets)
    redirected = None if made is None else alias_target(made.dname)
    if made is not None and redirected is not None:
        return Source(made.dname.name, redirected, _DNAME, made.dname.ttl)
    ttl = next((rrset.ttl for rrset in rrsets if rrset.name == owner and rrset.rdtype == _CNAME), _TTL)
    return Source(_wildcard(owner, rrsets) or owner, target, _CNAME, ttl)


def _wildcard(owner: Name, rrsets: Iterable[dns.rrset.RRset]) -> Name | None:
    """The wildcard that the signature of a CNAME record shows; None if it shows none."""
    signatures = (rdata for r in rrsets if r.name == owner and r.covers == _CNAME for rdata in r)
    labels = min((rdata.labels for rdata in signatures if isinstance(rdata, RRSIG)), default=len(owner))
    if labels >= len(owner) - 1 - owner.is_wild():
        return None
    return dns.name.Name((b"*", *owner.labels[-labels - 1 :]))


def owner_zone(evidence: Evidence, link: AliasLink) -> Name:
    """The deepest zone known at or above the owner of an alias."""
    zones = [cut.zone for cut in evidence.cuts if link.owner.is_subdomain(cut.zone)]
    return max(zones, key=len, default=link.step.zone)


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


def given_up(reply: HeardReply) -> list[Name]:
    """The names along the aliases that a server followed before it gave up with SERVFAIL; none if it did not.

    BIND follows eleven aliases by default. After fewer than what is safe, the error has another reason.
    """
    if reply.message is None or reply.meaning.kind is not Kind.SERVER_FAILURE:
        return []
    chain = follow(reply.step.question, reply.message.answer)
    owners = [rrset.name for rrset in chain.rrsets if rrset.rdtype == _CNAME]
    return [*owners, chain.target] if len(owners) > SAFE else []


def fails_for_aliases(reply: HeardReply) -> bool:
    """Whether a server gave up on aliases with SERVFAIL: those that it shows, or else that another shows.

    PowerDNS shows none of them; whoever answers the same question has a circle, or more than are safe.
    """
    if reply.meaning.kind is not Kind.SERVER_FAILURE:
        return False
    return bool(given_up(reply)) or any(_is_long(attempt.meaning) for attempt in reply.step.attempts)


def _is_long(meaning: Meaning) -> bool:
    aliases = [rrset for rrset in meaning.answer if rrset.rdtype == _CNAME]
    return meaning.kind is Kind.ALIAS_LOOP or (meaning.usable and len(aliases) > SAFE)


def _links_in(step: Step, meaning: Meaning) -> Iterator[AliasLink]:
    if step.question.rdtype in (_CNAME, dns.rdatatype.ANY):
        return
    if meaning.kind not in (Kind.ALIAS, Kind.ALIAS_LOOP, Kind.ANSWER):
        return
    for rrset in meaning.answer:
        if rrset.rdtype == _CNAME and (target := alias_target(rrset)) is not None:
            yield AliasLink(rrset.name, target, step)
