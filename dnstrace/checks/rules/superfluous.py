"""The rule on addresses in a referral that no name server of the zone has."""

from __future__ import annotations

from collections.abc import Iterator

import dns.rdatatype

from dnstrace.checks.advice.glue_fixes import registering
from dnstrace.checks.advice.remedies import at_parent
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import listed, parent_text
from dnstrace.checks.readings.replies import HeardReply, steps_of
from dnstrace.model import Name
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import zone_text

_ADDRESSES = (dns.rdatatype.A, dns.rdatatype.AAAA)


@of_cut(Level.NOTICE, Blame.REGISTRAR)
def glue_superfluous(cut: Cut) -> Iterator[Observation]:
    """A referral includes addresses of hosts that are not name servers of the zone.

    What it is: the additional section of the referral has A or AAAA records for names that are not in its
    NS RRset.

    Why it matters: resolvers ignore these addresses. They take up room in the reply, and point to a
    forgotten host object at the registry.

    How to fix it: have the addresses deleted that belong to no name server: at the registrar of the domain
    that the host is in, or by the operator of the parent zone if that is not a registry's. First make sure
    that no other zone has the host as a name server, since it would lose its glue. If one has, the fault is
    in the software of the parent's servers, which put glue into referrals that do not need it.

    References: RFC 1034 section 4.2.1; RFC 2181 section 5.4.1
    """
    found: dict[Name, HeardReply] = {}
    for reply in cut.referrals:
        for name in reply.once(_superfluous):
            found.setdefault(name, reply)
    if found:
        one, first = len(found) == 1, next(iter(found))
        which = "which is not a name server of it" if one else "which are not name servers of it"
        other = "it is not a name server" if one else "they are not name servers"
        yield Observation(
            message=f"the referral to {zone_text(cut.zone)} includes addresses of {listed(found)}, {which}",
            steps=steps_of(found.values()),
            cure=f"make sure that {other} of another zone either, which would lose its glue; then have"
            f" {parent_text(cut)} delete the addresses of {listed(found)}",
            remedy=at_parent(cut, remove=_addresses_in(found)),
            operator=registering(cut, first),
        )


def _superfluous(reply: HeardReply) -> list[Name]:
    """The owners of addresses in a referral that its NS RRset does not name."""
    delegation, message = reply.meaning.delegation, reply.message
    if delegation is None or message is None:
        return []
    servers = {server.name for server in delegation.servers}
    owners = (rrset.name for rrset in message.additional if rrset.rdtype in _ADDRESSES)
    return [owner for owner in owners if owner not in servers]


def _addresses_in(found: dict[Name, HeardReply]) -> Iterator[str]:
    """The address records of these owners, each in a reply, in master-file format."""
    for owner, reply in found.items():
        for rrset in () if reply.message is None else reply.message.additional:
            if rrset.name == owner and rrset.rdtype in _ADDRESSES:
                yield from (f"{owner} {rrset.ttl} IN {rrset.rdtype.name} {rdata}" for rdata in sorted(rrset))
