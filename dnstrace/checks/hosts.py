"""What is known of the hosts that serve a zone: by its own servers, or by look-ups beside the walk."""

from __future__ import annotations

from dataclasses import dataclass

import dns.rdatatype

from dnstrace.checks.evidence import Cut
from dnstrace.model import Kind, Name, Outcome, Probe, Step


@dataclass(frozen=True, slots=True)
class Host:
    """What the look-ups of a name server's name brought, beside the walk.

    `addresses` are those that its own zone gives; `denied` the address families of which that zone has
    none; `alias` says that the name is one; `failed` are the steps at which look-ups ended for want of a
    usable answer, `steps` all that tell of it.
    """

    name: Name
    addresses: tuple[str, ...] = ()
    denied: frozenset[int] = frozenset()
    nxdomain: bool = False
    alias: bool = False
    failed: tuple[Step, ...] = ()
    steps: tuple[int, ...] = ()

    @property
    def absent(self) -> bool:
        """Whether its own zone has no address for it, of either family."""
        return not self.addresses and not self.alias and (self.nxdomain or len(self.denied) == len(_FAMILIES))


_FAMILIES = {dns.rdatatype.A: 4, dns.rdatatype.AAAA: 6}


def host_of(cut: Cut, name: Name) -> Host:
    """What is known of a name server of a zone: of one within it by its own servers, else by look-ups."""
    probed = [reply for reply in cut.probe(Probe.ADDRESS) if reply.step.question.name == name]
    lookups = [] if probed else cut.evidence.lookups.get(name, [])
    told = [(reply.step, reply.meaning) for reply in probed]
    told += [(step, step.meaning) for step in lookups if step.meaning is not None]
    kinds = {meaning.kind for _, meaning in told}
    rrsets = [rrset for _, meaning in told for rrset in meaning.answer if rrset.name == name]
    data = (rdata for rrset in rrsets if rrset.rdtype in _FAMILIES for rdata in rrset)
    return Host(
        name=name,
        addresses=tuple(dict.fromkeys(rdata.address for rdata in data)),
        denied=frozenset(_FAMILIES[s.question.rdtype] for s, meaning in told if meaning.kind is Kind.NODATA),
        nxdomain=Kind.NXDOMAIN in kinds,
        alias=any(rrset.rdtype == dns.rdatatype.CNAME for rrset in rrsets),
        failed=tuple(s for s in lookups if s.outcome is Outcome.FAILED and _heard(s, cut.evidence.unheard)),
        steps=tuple(dict.fromkeys((*(step.id for step, _ in told), *(step.id for step in lookups)))),
    )


def _heard(step: Step, unheard: frozenset[int]) -> bool:
    """Whether a step failed by what servers did, and not for want of a route or of budget."""
    return any(
        attempt.exchange.query.family not in unheard
        and attempt.meaning.kind not in (Kind.NETWORK_UNREACHABLE, Kind.ABANDONED, Kind.NOT_RECORDED)
        for attempt in step.attempts
    )


def named(cut: Cut) -> list[Name]:
    """The name servers of a zone by what the parent says, then those that only the zone itself names."""
    return list(dict.fromkeys((*_of_parent(cut), *cut.child)))


def _of_parent(cut: Cut) -> list[Name]:
    servers = cut.servers if cut.delegation is None else cut.delegation.servers
    return [server.name for server in servers]
