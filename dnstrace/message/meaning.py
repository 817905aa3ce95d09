"""What a reply means: the one total classifier.

`classify(exchange, zone)` says what an exchange means for its question, judged from the zone whose
server was asked. It looks at values only: no clock, no network, no state, and it never raises. Every
other module matches on the resulting Meaning. The order of the checks follows RFC 1034 section 5.3.3 step 4
and RFC 2308 section 2:

    no reply -> fault     RCODE -> error     answer or alias     referral     negative     lame

Only records at or below the zone asked are used (RFC 2181 section 5.4.1, RFC 5452 section 6); the rest of
the message is ignored.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from dnstrace.message.alias import AliasChain, follow
from dnstrace.message.lazy import has_octets, made_of
from dnstrace.model import (
    Address,
    Delegation,
    Exchange,
    Kind,
    Meaning,
    Name,
    NameServer,
    Question,
    Source,
    Transport,
)
from dnstrace.model.addresses import address_of
from dnstrace.model.kept import once
from dnstrace.model.naming import folded, is_within

_ERRORS = {
    dns.rcode.FORMERR: Kind.FORMAT_ERROR,
    dns.rcode.SERVFAIL: Kind.SERVER_FAILURE,
    dns.rcode.NOTIMP: Kind.NOT_IMPLEMENTED,
    dns.rcode.REFUSED: Kind.REFUSED,
    dns.rcode.BADVERS: Kind.BAD_VERSION,
    dns.rcode.BADCOOKIE: Kind.BAD_COOKIE,
}
_WALKED = frozenset(map(dns.rdatatype.from_text, ("A", "AAAA", "NS", "CNAME", "DNAME", "SOA")))
_SETTLED = {dns.rcode.NOERROR, dns.rcode.NXDOMAIN, dns.rcode.YXDOMAIN}
_ADDRESSES = (dns.rdatatype.A, dns.rdatatype.AAAA)
_DENIAL = {dns.rdatatype.NSEC, dns.rdatatype.NSEC3}
_TC, _AA, _RA = map(int, (dns.flags.TC, dns.flags.AA, dns.flags.RA))
_DELEG_NOTE = "it delegates by DELEG records alone, which are not followed"
_NO_SOA_NOTE = "no SOA record: resolvers cannot cache this negative answer"
_LAME_NOTE = "it is not authoritative and offers recursion"
FROM_CHILD = "it answers a DS query from the child's side of the zone cut"
"""The note of a reply that denies DS with the records of the zone that the DS RRset would be about."""
_MOST_DELEGATIONS = 2048  # that are kept; after that it starts afresh
_delegations: dict[Hashable, Delegation] = {}


def classify(exchange: Exchange, zone: Name) -> Meaning:
    """What `exchange` means for its question when a server of `zone` was asked."""
    if exchange.message is None:
        return Meaning(Kind(exchange.fault) if exchange.fault else Kind.MALFORMED, note=exchange.detail)
    message, rcode = exchange.message, exchange.message.rcode()
    flags = int(message.flags)  # `&` would make a `dns.flags.Flag`
    if flags & _TC:
        over_tcp = exchange.query.transport is Transport.TCP
        return Meaning(Kind.TRUNCATED_OVER_TCP if over_tcp else Kind.TRUNCATED, rcode)
    if rcode not in _SETTLED:
        error = Meaning(_ERRORS.get(rcode, Kind.OTHER_RCODE), rcode, bool(flags & _AA))
        shown = rcode == dns.rcode.SERVFAIL and bool(flags & _AA)  # BIND gives up on aliases in a circle so
        return (shown and _Reply(message, rcode, exchange.query.question, zone).circle()) or error
    if unread := _unread(message, exchange.query.question.rdclass, zone):
        return Meaning(Kind.MALFORMED, rcode, note=f"{unread} in it cannot be read")
    meaning = _Reply(message, rcode, exchange.query.question, zone).meaning()
    if meaning.usable and meaning.kind is not Kind.REFERRAL and flags & _RA and not flags & _AA:
        # a resolver's answer rather than a name server's (RFC 1035 section 4.1.1)
        return Meaning(Kind.LAME, rcode, offer=meaning, note=_LAME_NOTE)
    return meaning


def _unread(message: dns.message.Message, rdclass: int, zone: Name) -> str:
    """Which record in bailiwick, of a type that the walk goes by, cannot be read; empty if every one can.

    It is of the class asked for: the walk does not go by others.

    Resolvers refuse the whole message then (format error). Of other types a record may be odd: it is kept.
    """
    for rrset in (*message.answer, *message.authority):
        walked = rrset.rdtype in _WALKED and rrset.rdclass == rdclass
        if walked and is_within(rrset.name, zone) and has_octets(rrset):
            return f"the {dns.rdatatype.to_text(rrset.rdtype)} record"
    return ""


def may_be_childs(question: Question, meaning: Meaning, zone: Name) -> bool:
    """Whether what a server of `zone` says about DS may be from the zone called like the question.

    That is so where the parent may lie below `zone`, and neither a signer nor the authority section shows
    that the data is from above the cut (RFC 4035 section 3.1.4.1).
    """
    name = question.name
    if question.rdtype != dns.rdatatype.DS or meaning.kind is Kind.REFERRAL or len(name) <= len(zone) + 1:
        return False
    signers = [rdata.signer for rrset in meaning.answer if rrset.name == name for rdata in _signatures(rrset)]
    shown = signers if meaning.zone is None else [*signers, meaning.zone]
    return not any(owner != name and name.is_subdomain(owner) for owner in shown)


def _signatures(rrset: dns.rrset.RRset) -> list[Any]:
    return [rdata for rdata in rrset if hasattr(rdata, "signer")]


class _Reply:
    """A reply without error, read from one zone's point of view."""

    def __init__(
        self, message: dns.message.Message, rcode: dns.rcode.Rcode, question: Question, zone: Name
    ) -> None:
        self.message, self.rcode, self.question, self.zone = message, rcode, question, zone
        self.authoritative = bool(int(message.flags) & _AA)
        self._believed_answer = self._believed(message.answer)
        self._believed_authority = self._believed(message.authority)

    def meaning(self) -> Meaning:
        if self.rcode == dns.rcode.YXDOMAIN and not self._chain.overflow:
            return self._as(Kind.OTHER_RCODE)
        if self.authoritative:
            return self._as_answer() or self._as_referral() or self._as_denial() or self._as_misdirected()
        # Without AA, what the zone's own servers say comes before what a parent happens to have.
        return self._as_referral() or self._as_answer() or self._as_denial() or self._as_misdirected()

    def circle(self) -> Meaning | None:
        """The aliases that lead back to where they started, if they do: no server has more to say of them."""
        return self._as_answer() if self._chain.loop else None

    def _as(self, kind: Kind, **found: Any) -> Meaning:
        """The meaning of that kind, with what a reply shows whatever it means."""
        return Meaning(
            kind, rcode=self.rcode, authoritative=self.authoritative, child=self._child_side(), **found
        )

    # --- the sections, in bailiwick -----------------------------------------------------------

    def _believed(self, section: list[dns.rrset.RRset]) -> list[dns.rrset.RRset]:
        return [
            rrset
            for rrset in section
            if is_within(rrset.name, self.zone) and rrset.rdclass == self.question.rdclass
        ]

    @once
    def _fitting_soa(self) -> dns.rrset.RRset | None:
        """The SOA of a zone that can hold the name (RFC 2308 section 2)."""
        name = self.question.name
        exists = self.rcode != dns.rcode.NXDOMAIN  # and so may be the apex of a zone
        if self.question.rdtype == dns.rdatatype.DS and name != dns.name.root and exists:
            name = name.parent()  # the child's SOA says nothing about a DS RRset
        owned = (rrset for rrset in self._believed_authority if rrset.rdtype == dns.rdatatype.SOA)
        return next((rrset for rrset in owned if name.is_subdomain(rrset.name)), None)

    @once
    def _chain(self) -> AliasChain:
        return follow(self.question, self._believed_answer)

    # --- the cases ----------------------------------------------------------------------------

    def _as_answer(self) -> Meaning | None:
        chain = self._chain
        if chain.loop:
            note = "the aliases lead back to an earlier name"
            return self._as(Kind.ALIAS_LOOP, answer=chain.rrsets, target=chain.target, note=note)
        if chain.answered:
            return self._as(Kind.ANSWER, answer=chain.rrsets, zone=self._authority_zone(), note=chain.note)
        if chain.overflow:
            return self._as(Kind.YXDOMAIN, answer=chain.rrsets, target=chain.target, note=chain.note)
        if not chain.rrsets:
            return None
        # What the rest of the reply says about the target is ignored: the target is asked for separately,
        # since a negative answer may be about another zone of the same server (RFC 6604 section 3).
        return self._as(Kind.ALIAS, answer=chain.rrsets, target=chain.target, note=chain.note)

    def _as_referral(self) -> Meaning | None:
        """A referral lies strictly below the zone asked and at or above the name asked."""
        if self._fitting_soa is not None or self.rcode == dns.rcode.NXDOMAIN:
            return None
        cut = self.question.name
        if self.question.rdtype == dns.rdatatype.DS and cut != dns.name.root:
            cut = cut.parent()  # the DS RRset is the parent's (RFC 4035 section 3.1.4.1)
        for rrset in self._believed_authority:
            if rrset.rdtype == dns.rdatatype.NS and rrset.name != self.zone and cut.is_subdomain(rrset.name):
                return self._as(Kind.REFERRAL, delegation=self._delegation(rrset))
        return None

    def _as_denial(self) -> Meaning | None:
        """NXDOMAIN and NODATA, with or without the SOA record that RFC 2308 asks for."""
        if self._fitting_soa is not None or self.rcode == dns.rcode.NXDOMAIN:
            return self._denial(self._fitting_soa)
        if not self.authoritative or self._believed_answer:
            return None
        spoken = any(rrset.name == self.zone or rrset.rdtype in _DENIAL for rrset in self._believed_authority)
        return self._denial(None) if spoken else None

    def _denial(self, soa: dns.rrset.RRset | None) -> Meaning:
        """A negative answer, from the zone of its SOA record."""
        if soa is None:
            return self._as(self._denied, note=_NO_SOA_NOTE)
        absent = self._denied is Kind.NXDOMAIN and soa.name == self.question.name  # so it is not an apex
        return self._as(self._denied, soa=soa, zone=None if absent else soa.name)

    @property
    def _denied(self) -> Kind:
        """Which negative answer a reply of this RCODE is."""
        return Kind.NXDOMAIN if self.rcode == dns.rcode.NXDOMAIN else Kind.NODATA

    def _as_misdirected(self) -> Meaning:
        """A reply that says nothing about the question, and why."""
        if (childs := self._as_childs_denial()) is not None:
            return childs
        authority = [rrset for rrset in self.message.authority if rrset.rdclass == self.question.rdclass]
        shown = self.message.answer or authority or self.message.authority
        if any(rrset.rdclass != self.question.rdclass for rrset in shown):
            return self._as(Kind.WRONG_CLASS)
        if self.message.answer:
            here = any(rrset.name == self.question.name for rrset in self.message.answer)
            return self._as(Kind.OTHER_TYPE if here else Kind.OTHER_NAME)
        referrals = [rrset.name for rrset in authority if rrset.rdtype == dns.rdatatype.NS]
        if self.zone in referrals:
            return self._as(Kind.SELF_REFERRAL)
        if any(self.zone.is_subdomain(name) for name in referrals):
            return self._as(Kind.UPWARD_REFERRAL)
        if referrals:
            return self._as(Kind.SIDEWAYS_REFERRAL)
        if any(rrset.rdtype == dns.rdatatype.SOA for rrset in authority):
            return self._as(Kind.LAME, note="it answers for another zone")
        from dnstrace.message.deleg import only_deleg  # nearly no reply needs it

        if only_deleg(self._believed_authority, self.question.name, self.zone):
            return self._as(Kind.EMPTY, note=_DELEG_NOTE)
        return self._as_empty()

    def _as_empty(self) -> Meaning:
        """Nothing at all, which is NODATA where no server says more (RFC 2308 section 2.2, type 3).

        Not where recursion is offered without authority: a resolver that has looked would have an SOA record
        to show, so this one has not, and Unbound calls it lame too.
        """
        if int(self.message.flags) & _RA and not self.authoritative:
            return self._as(Kind.EMPTY)
        return self._as(Kind.EMPTY, offer=self._offered_denial())

    def _offered_denial(self) -> Meaning:
        """What a reply without anything may stand for, where no server gives better."""
        return Meaning(self._denied, self.rcode, note=_NO_SOA_NOTE)

    def _as_childs_denial(self) -> Meaning | None:
        """A denial of DS from the child's side of the cut (RFC 4035 section 3.1.4.1).

        The parent's servers must not give it. Those of a zone above the parent may: they know no better.
        """
        name = self.question.name
        below = [rrset for rrset in self._believed_authority if rrset.name == name]
        if self.question.rdtype != dns.rdatatype.DS or name == dns.name.root or not below:
            return None
        if self.message.answer:
            return None
        if name.parent() == self.zone:
            return self._as(Kind.LAME, note=FROM_CHILD, offer=self._offered_denial())
        soa = next((rrset for rrset in below if rrset.rdtype == dns.rdatatype.SOA), None)
        return self._as(Kind.NODATA, soa=soa, zone=name, note=FROM_CHILD)

    # --- what else a reply shows --------------------------------------------------------------

    def _authority_zone(self) -> Name | None:
        """The zone that an answer is from, if its authority section names one above all its owners.

        An alias may lead to a zone below, of which the authority section is then.
        """
        owners = self._chain.target, self.question.name
        told = (r.name for r in self._believed_authority if r.rdtype in (dns.rdatatype.NS, dns.rdatatype.SOA))
        return next((zone for zone in told if all(name.is_subdomain(zone) for name in owners)), None)

    def _child_side(self) -> Delegation | None:
        """The zone's own NS RRset, at its apex, which outranks its parent's (RFC 2181 section 5.4.1)."""
        if not self.authoritative:
            return None
        for rrset in (*self._believed_answer, *self._believed_authority):
            if rrset.rdtype == dns.rdatatype.NS and rrset.name == self.zone:
                return self._delegation(rrset)
        return None

    def _delegation(self, rrset: dns.rrset.RRset) -> Delegation:
        """The delegation by an NS RRset. The replies of many names have few: each is made once."""
        if (key := self._delegated_by(rrset)) is None:
            return self._new_delegation(rrset)
        found = _delegations.get(key)
        if found is None:
            if len(_delegations) >= _MOST_DELEGATIONS:
                _delegations.clear()
            found = _delegations[key] = self._new_delegation(rrset)
        return found

    def _delegated_by(self, rrset: dns.rrset.RRset) -> Hashable:
        """All that a delegation is made of, if it is an NS RRset alone with glue; else None."""
        if len(self._believed_authority) != 1 or self._believed_authority[0] is not rrset:
            return None
        glue = (each for each in self.message.additional if each.rdtype in _ADDRESSES)
        key = self.zone.labels, *map(made_of, (rrset, *glue))
        return None if None in key else key

    def _new_delegation(self, rrset: dns.rrset.RRset) -> Delegation:
        glue = self._glue()
        names: dict[tuple[bytes, ...], Name] = {}
        for rdata in rrset:
            if rdata.rdtype == dns.rdatatype.NS:
                names.setdefault(folded(rdata.target), rdata.target)
        cut_records = [
            r
            for r in self._believed_authority
            if r.name == rrset.name or r.rdtype in _DENIAL or r.covers in _DENIAL
        ]
        return Delegation(
            zone=rrset.name,
            servers=tuple(NameServer(name, tuple(glue.get(labels, ()))) for labels, name in names.items()),
            ttl=rrset.ttl,
            ds=next((r for r in cut_records if r.rdtype == dns.rdatatype.DS), None),
            signatures=tuple(r for r in cut_records if r.rdtype == dns.rdatatype.RRSIG),
            denial=tuple(r for r in cut_records if r.rdtype in _DENIAL),
        )

    def _glue(self) -> dict[tuple[bytes, ...], list[Address]]:
        """Addresses in bailiwick, by the labels of names: in-domain and sibling glue (RFC 9499 section 7)."""
        found: dict[tuple[bytes, ...], list[Address]] = {}
        for rrset in self._believed(self.message.additional):
            if rrset.rdtype not in _ADDRESSES:
                continue
            addresses = found.setdefault(folded(rrset.name), [])
            addresses += [Address(text, Source.GLUE) for text in filter(None, map(address_of, rrset))]
        return found
