"""A recorded trace, as the rules look at it: by zone cut, and within a cut by address.

Nothing here judges; what a rule needs to compare is found here once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import dns.message
import dns.rdatatype
import dns.rrset

from dnstrace.analysis.paths import by_address, unheard
from dnstrace.model import (
    Attempt,
    Delegation,
    Kind,
    Meaning,
    Name,
    NameServer,
    Outcome,
    Probe,
    Purpose,
    Step,
    Trace,
)

if TYPE_CHECKING:
    from dnstrace.checks.signing import Signing

_SERVES = frozenset({Kind.ANSWER, Kind.ALIAS, Kind.NODATA, Kind.NXDOMAIN, Kind.REFERRAL, Kind.YXDOMAIN})


@dataclass(frozen=True, slots=True)
class HeardReply:
    """What one address came to at last within one step, be it that no reply came."""

    step: Step
    attempt: Attempt

    @property
    def server(self) -> Name:
        """The name server asked."""
        return self.attempt.server

    @property
    def address(self) -> str:
        """Its address."""
        return self.attempt.exchange.query.address

    @property
    def message(self) -> dns.message.Message | None:
        """The reply, None where there was none."""
        return self.attempt.exchange.message

    @property
    def meaning(self) -> Meaning:
        """What it means."""
        return self.attempt.meaning

    def rrset(self, name: Name, rdtype: dns.rdatatype.RdataType) -> dns.rrset.RRset | None:
        """The RRset of the answer section with that owner and type."""
        found = () if self.message is None else self.message.answer
        return next((r for r in found if r.name == name and r.rdtype == rdtype), None)


class Cut:
    """A zone cut that the walk went through, or the root.

    `referrals` are the replies of the parent's servers that refer to the zone; `walked` the steps of the walk
    that asked the zone's own servers; both are empty where there were none, as `referrals` where parent and
    child are on the same servers.
    """

    def __init__(self, evidence: Evidence, zone: Name) -> None:
        self.evidence, self.zone = evidence, zone
        main = [step for step in evidence.trace.steps if step.main]
        self.walked = tuple(step for step in main if evidence.zone_of(step) == zone)
        above = (step for step in main if any(_refers(attempt, zone) for attempt in step.attempts))
        self.referrals = tuple(
            reply for step in above for reply in replies_of(step) if _refers(reply.attempt, zone)
        )
        self._probes = [
            step
            for step in evidence.trace.steps
            if step.purpose is Purpose.PROBE and step.probe is not None and step.zone == zone
        ]

    @property
    def probed(self) -> bool:
        """Whether the servers of the zone were probed: what only probes can tell is known then."""
        return bool(self._probes)

    @cached_property
    def delegation(self) -> Delegation | None:
        """The delegation that the walk went by; None for the root and where no referral was seen."""
        gone_by = (r.step.referral for r in self.referrals)
        return next((cut for cut in gone_by if cut is not None and cut.zone == self.zone), None)

    @property
    def parent(self) -> Name | None:
        """The zone whose servers referred to this one."""
        return self.referrals[0].step.zone if self.referrals else None

    @property
    def servers(self) -> tuple[NameServer, ...]:
        """The name servers by which the walk knew the zone, with all addresses that it knew or looked up."""
        return self.walked[-1].servers if self.walked else ()

    @cached_property
    def replies(self) -> tuple[HeardReply, ...]:
        """What each address of the zone's servers came to when the walk asked it last.

        Addresses of a family that has no route from here are left out, and those that a record which is
        replayed does not have: they say nothing of the zone.
        """
        last: dict[str, HeardReply] = {}
        for step in self.walked:
            last |= {reply.address: reply for reply in replies_of(step)}
        return tuple(filter(self._tells, last.values()))

    def _tells(self, reply: HeardReply) -> bool:
        """Whether that there is no reply would say anything of the server."""
        family = reply.attempt.exchange.query.family
        return family not in self.evidence.unheard and reply.meaning.kind is not Kind.NOT_RECORDED

    @cached_property
    def everyone(self) -> tuple[HeardReply, ...]:
        """What each address came to at last: in the walk, or when probed where only the zone names it."""
        walked = {reply.address for reply in self.replies}
        return (*self.replies, *(r for r in self._of(Probe.SOA) if r.address not in walked))

    @cached_property
    def serving(self) -> frozenset[str]:
        """The addresses that gave an answer or referral of the zone, and are no resolver."""
        walked = {reply.address for reply in self.replies if reply.meaning.kind in _SERVES}
        beside = {reply.address for reply in self._of(Probe.SOA) if reply.meaning.kind is Kind.ANSWER}
        unasked = {reply.address for reply in self.replies}
        return frozenset(walked | (beside - unasked))

    def probe(self, probe: Probe, all_servers: bool = False) -> tuple[HeardReply, ...]:
        """The last replies to a probe by address, of those that serve the zone, or of all."""
        return tuple(r for r in self._of(probe) if all_servers or r.address in self.serving)

    @cached_property
    def all_attempts(self) -> tuple[Attempt, ...]:
        """Every attempt at the zone's servers, in the walk and in probes."""
        return tuple(attempt for step in (*self.walked, *self._probes) for attempt in step.attempts)

    @cached_property
    def heard(self) -> frozenset[str]:
        """The addresses that replied to the walk at least once, be it with a truncated reply."""
        attempts = (attempt for step in self.walked for attempt in step.attempts)
        return frozenset(a.exchange.query.address for a in attempts if a.exchange.message is not None)

    def probed_replies(self) -> tuple[HeardReply, ...]:
        """The last replies to every probe by address, of those that serve the zone."""
        return tuple(reply for probe in Probe for reply in self.probe(probe))

    def _of(self, probe: Probe) -> list[HeardReply]:
        steps = (step for step in self._probes if step.probe is probe)
        found = (reply for step in steps for reply in replies_of(step))
        return list(filter(self._tells, found))

    @cached_property
    def child(self) -> dict[Name, list[HeardReply]]:
        """The name servers that the zone itself names, each with the replies that name it."""
        found: dict[Name, list[HeardReply]] = {}
        for reply in self.probe(Probe.NS):
            if (rrset := reply.rrset(self.zone, dns.rdatatype.NS)) is not None:
                for rdata in rrset:
                    found.setdefault(rdata.target, []).append(reply)
        return found

    @cached_property
    def signing(self) -> Signing:
        """How the zone is signed, and what is wrong with that."""
        from dnstrace.checks.signing import Signing

        return Signing(self)


class Evidence:
    """A trace and its zone cuts, from the root down, in the order in which the walk came to them."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        main = [step for step in trace.steps if step.main]
        self.unheard = unheard(step for step in main if step.all_servers)
        zones: dict[Name, None] = {}
        for step in main:
            zones |= dict.fromkeys((step.zone, self.zone_of(step)))
            if step.referral is not None:
                zones[step.referral.zone] = None
        self.cuts = tuple(Cut(self, zone) for zone in zones)

    def zone_of(self, step: Step) -> Name:
        """The zone that a step's reply is from: below the one asked where the same servers serve both."""
        meaning = step.meaning
        return step.zone if meaning is None or meaning.zone is None else meaning.zone

    def cut(self, zone: Name) -> Cut | None:
        """The cut of a zone that the walk went through."""
        return next((cut for cut in self.cuts if cut.zone == zone), None)

    @cached_property
    def lookups(self) -> dict[Name, list[Step]]:
        """The steps at which look-ups of a name server's address ended, by its name."""
        found: dict[Name, list[Step]] = {}
        for step in self.trace.steps:
            if step.purpose is Purpose.NS_ADDRESS and step.outcome not in (None, Outcome.REFERRAL):
                found.setdefault(step.question.name, []).append(step)
        return found


def replies_of(step: Step) -> Iterable[HeardReply]:
    """What each address asked in a step came to at last, in the order in which they are recorded."""
    return [HeardReply(step, step.attempts[indices[-1]]) for indices in by_address(step).values()]


def _refers(attempt: Attempt, zone: Name) -> bool:
    delegation = attempt.meaning.delegation
    return delegation is not None and delegation.zone == zone


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


def listed(names: Iterable[object], most: int = 6) -> str:
    """Names or addresses in a sentence: `a, b and c`; of more than `most` only the first, and the count."""
    texts = [str(name) for name in names]
    if len(texts) > most:
        texts = [*texts[:most], f"{len(texts) - most} more"]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}" if texts else "none"


def by_server(replies: Iterable[HeardReply]) -> dict[Name, list[HeardReply]]:
    """Replies by the name server that gave them."""
    found: dict[Name, list[HeardReply]] = {}
    for reply in replies:
        found.setdefault(reply.server, []).append(reply)
    return found


def where(replies: Iterable[HeardReply]) -> str:
    """The servers that gave replies, with their addresses: `ns1.example.com. (192.0.2.53, 2001:db8::53)`."""
    return listed(
        f"{server} ({', '.join(dict.fromkeys(reply.address for reply in each))})"
        for server, each in by_server(replies).items()
    )


def steps_of(replies: Iterable[HeardReply]) -> tuple[int, ...]:
    """The ids of the steps in which replies came, each once."""
    return tuple(dict.fromkeys(reply.step.id for reply in replies))


def addresses(replies: Iterable[HeardReply]) -> str:
    """The addresses of replies, as a list in words."""
    *first, last = dict.fromkeys(reply.address for reply in replies)
    return f"{', '.join(first)} and {last}" if first else last
