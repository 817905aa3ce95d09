"""Which names are probed beyond the apex of the zone asked: pure readings of the walk.

Most traces need none of these, or one: they are sent where the walk has shown what they are about.
"""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterable, Iterator
from typing import NamedTuple

import dns.rdatatype

from dnstrace.analysis.paths import latest
from dnstrace.model import (
    Address,
    Attempt,
    Delegation,
    Kind,
    Name,
    NameServer,
    Outcome,
    Probe,
    Question,
    Step,
    Trace,
)
from dnstrace.model.naming import is_below, wildcard_below
from dnstrace.model.structs import replace
from dnstrace.walk.probes import between

_MOST_ABOVE = 2  # names between the apex of a zone and a delegation in it
_MOST_WILDCARDS = 3
_BELOW_TOP = 3  # labels of a zone below a top-level domain, with the root's
_MOST_ASKED_FOR_DS = 3  # servers: enough to tell a fault of one from one of all
_NSEC3 = dns.rdatatype.NSEC3
_DENIES = frozenset({Outcome.NODATA, Outcome.NXDOMAIN})
_NOWHERE = _DENIES | {Outcome.FAILED}
_INSTEAD = frozenset({Kind.ANSWER, Kind.ALIAS, Kind.NODATA, Kind.NXDOMAIN})


class Beyond(NamedTuple):
    """A probe, the servers that it goes to, and the step that it follows from."""

    probe: Probe
    question: Question
    servers: Delegation
    after: int


def beyond(trace: Trace, ended: Iterable[Step]) -> list[Beyond]:
    """The probes that follow from the walk; `ended` are the steps in which it ended in a zone."""
    walked = [step for step in trace.steps if step.main]
    supposed = {each.zone for each in trace.supposed if each.servers}
    changed = {each.zone for each in trace.supposed}
    ended = list(ended)
    probed = {step.id for step in ended}
    last = [last_in_zone(trace, _answering(step)) or step for step in ended]
    found = [
        *(each for step in ended for each in _delegated_keys(walked, _answering(step), changed)),
        *(each for step in walked for each in _at_cuts(step, supposed)),
        *(each for step in walked if _referred_to(step) not in supposed for each in _above(step)),
        *(each for step in last for each in _wildcards(step, _DENIES)),
        *(each for step in walked if step.id not in probed for each in _like_resolvers(step)),
    ]
    if walked and walked[-1].outcome in _NOWHERE:
        found += [each for step in walked for each in _wildcards(step, {Outcome.ALIAS})]
    elif walked:  # an alias that leads back, where none of them leads on
        found += _wildcards(walked[-1], {Outcome.ALIAS})
    return list({(each.probe, each.question, each.servers): each for each in found}.values())


def elsewhere(trace: Trace) -> list[Beyond]:
    """The walk's question for servers to which it would have gone by the reply of another server.

    Those are the servers that only some of the parent's servers list, and those of a zone to which only some
    of them refer. Servers without glue come without an address.
    """
    walked = [step for step in trace.steps if step.main]
    found: list[Beyond] = []
    for step in walked:
        cut, others = step.referral, _other_servers(step)
        below = next((each for each in reversed(walked) if cut is not None and each.zone == cut.zone), None)
        if below is not None and others:
            servers = Delegation(below.zone, tuple(others))
            found.append(Beyond(Probe.ELSEWHERE, below.question, servers, below.id))
        found += [Beyond(Probe.ELSEWHERE, step.question, each, step.id) for each in _not_gone_to(step)]
    return found


def _not_gone_to(step: Step) -> list[Delegation]:
    """The zones to which other servers referred where the walk went by an answer; each delegation once."""
    if step.referral is not None or step.chosen is None:
        return []
    found = (attempt.meaning.delegation for attempt in latest(step))
    return list(
        {each.zone: Delegation(each.zone, each.servers) for each in found if each is not None}.values()
    )


def _other_servers(step: Step) -> list[NameServer]:
    """The servers in referrals to the zone to which a step referred, without those that it went by."""
    chosen = step.referral
    if chosen is None:
        return []
    known = {server.name for server in chosen.servers}
    found: dict[Name, dict[Address, None]] = {}
    for attempt in latest(step):
        other = attempt.meaning.delegation
        if other is None or other is chosen or other.zone != chosen.zone:
            continue
        for server in other.servers:
            if server.name not in known:
                found.setdefault(server.name, {}).update(dict.fromkeys(server.addresses))
    return [NameServer(name, tuple(addresses)) for name, addresses in found.items()]


def last_in_zone(trace: Trace, zone: Name) -> Step | None:
    """The last step of the walk that a zone answered; with QNAME minimisation, that with the whole name."""
    steps = (step for step in reversed(trace.steps) if step.main and step.outcome is not Outcome.REFERRAL)
    return next((step for step in steps if _answering(step) == zone), None)


def _answering(step: Step) -> Name:
    return (step.meaning.zone if step.meaning is not None else None) or step.zone


def _at_cuts(step: Step, supposed: set[Name]) -> Iterator[Beyond]:
    """Ask for the SOA at a zone cut where one server refers to it and another does not, or farther down.

    That of the zone asked then shows which of these servers are behind. It is asked for, too, where they
    refer to the same zone with different NS or DS records, or do not deny the latter alike.
    """
    leads = [(attempt, _zone_led_to(attempt)) for attempt in latest(step)]
    leads = [(attempt, zone) for attempt, zone in leads if zone not in supposed]
    for cut in sorted({zone for _, zone in leads if zone is not None}):
        instead = [
            attempt
            for attempt, zone in leads
            if (is_below(zone, cut) if zone is not None else attempt.meaning.kind in _INSTEAD)
        ]
        unlike = _are_unlike([attempt for attempt, zone in leads if zone == cut])
        if instead:
            question = Question(cut, dns.rdatatype.SOA, step.question.rdclass)
            yield Beyond(Probe.CUT, question, _only(step, instead), step.id)
        if instead or unlike:
            asked = [attempt for attempt, _ in leads if attempt.exchange.message is not None]
            version = Question(step.zone, dns.rdatatype.SOA, step.question.rdclass)
            yield Beyond(Probe.CUT, version, _only(step, asked), step.id)


def _are_unlike(referring: Iterable[Attempt]) -> bool:
    """Whether referrals to one zone have different NS records, or DS records or denials of these.

    The latter two are only in replies to queries with the DO bit (RFC 3225 section 3).
    """
    names, proofs = set[Hashable](), set[Hashable]()
    for attempt in referring:
        below = attempt.meaning.delegation
        if below is not None:
            names.add(frozenset(server.name for server in below.servers))
            rrsets = (*below.denial, *((below.ds,) if below.ds is not None else ()))
            if attempt.exchange.query.dnssec_ok:
                proofs.add(frozenset((rrset.name, frozenset(rrset)) for rrset in rrsets))
    return len(names) > 1 or len(proofs) > 1


def _like_resolvers(step: Step) -> Iterator[Beyond]:
    """Ask servers that answer like a resolver for the SOA record of their zone: they may serve it, too."""
    alike = [
        each for each in latest(step) if each.meaning.kind is Kind.LAME and each.meaning.offer is not None
    ]
    if alike:
        question = Question(step.zone, dns.rdatatype.SOA, step.question.rdclass)
        yield Beyond(Probe.TYPE, question, _only(step, alike), step.id)


def _zone_led_to(attempt: Attempt) -> Name | None:
    """The zone that a reply refers to."""
    return None if attempt.meaning.delegation is None else attempt.meaning.delegation.zone


def _referred_to(step: Step) -> Name | None:
    return None if step.referral is None else step.referral.zone


def _above(step: Step) -> Iterator[Beyond]:
    """Ask for the empty names above a delegation, unless the zone is a top-level domain or the root."""
    if step.referral is None or len(step.zone) < _BELOW_TOP:
        return
    names = between(step.zone, step.referral.zone)
    for name in dict.fromkeys((*names[: _MOST_ABOVE - 1], *names[-1:])):
        servers = _only(step, (a for a in latest(step) if a.meaning.usable))
        yield Beyond(Probe.BETWEEN, Question(name, dns.rdatatype.A), servers, step.id)


def _delegated_keys(walked: list[Step], zone: Name, supposed: Container[Name]) -> Iterator[Beyond]:
    """Ask a few of the servers that referred to a zone for its DS records, as some resolvers do.

    Those of a zone that has none are asked for where the referral proves that, unless the zone above is a
    top-level domain: resolvers behind others ask for them all the same.
    """
    above = next((step for step in reversed(walked) if _referred_to(step) == zone), None)
    if zone in supposed or above is None or above.referral is None:
        return
    if not above.referral.ds and (len(above.zone) < _BELOW_TOP or not _proves_cut(above, zone)):
        return
    referring = {a.server: a for a in reversed(latest(above)) if _zone_led_to(a) == zone}
    asked = [referring[server.name] for server in above.servers if server.name in referring]
    question = Question(zone, dns.rdatatype.DS, above.question.rdclass)
    yield Beyond(Probe.TYPE, question, _only(above, asked[:_MOST_ASKED_FOR_DS]), above.id)


def _proves_cut(step: Step, zone: Name) -> bool:
    """Whether the reply that refers to a zone has its NSEC record, or NSEC3 records: it has no DS records."""
    message = None if step.chosen is None else step.attempts[step.chosen].exchange.message
    proofs = () if message is None else message.authority
    return any(r.rdtype == _NSEC3 or (r.rdtype == dns.rdatatype.NSEC and r.name == zone) for r in proofs)


def _wildcards(step: Step, outcomes: Container[Outcome]) -> Iterator[Beyond]:
    """Ask the server that denied the data, or gave an alias, for the wildcards that may have it.

    Of an alias also for the one below it, which shows whether the name exists by itself.
    """
    zone, outcome = _answering(step), _with_loop(step)
    of = _last_alias(step, zone) if outcome is Outcome.ALIAS else step.question.name
    if outcome not in outcomes or step.chosen is None or not is_below(of, zone):
        return
    below = (of,) if outcome is Outcome.ALIAS else ()
    above = [*between(zone, of), zone]
    for name in dict.fromkeys((*below, *above[: _MOST_WILDCARDS - 1], zone)):
        wildcard = wildcard_below(name)
        question = step.question if wildcard is None else replace(step.question, name=wildcard)
        if question != step.question:
            yield Beyond(Probe.WILDCARD, question, _only(step, [step.attempts[step.chosen]], zone), step.id)


def _with_loop(step: Step) -> Outcome | None:
    """The outcome of a step; that of aliases which lead back within one reply is an alias, too."""
    loop = step.meaning is not None and step.meaning.kind is Kind.ALIAS_LOOP
    return Outcome.ALIAS if loop else step.outcome


def _last_alias(step: Step, zone: Name) -> Name:
    """The last alias in a zone of those in a reply: that of the question, if there is no other."""
    answer = () if step.meaning is None else step.meaning.answer
    aliases = [r.name for r in answer if r.rdtype == dns.rdatatype.CNAME and r.name.is_subdomain(zone)]
    return aliases[-1] if aliases else step.question.name


def _only(step: Step, attempts: Iterable[Attempt], zone: Name | None = None) -> Delegation:
    """The servers of a step, with the addresses of these attempts only."""
    asked = {attempt.address for attempt in attempts}
    known = ((server.name, _among(server.addresses, asked)) for server in step.servers)
    servers = tuple(NameServer(name, found) for name, found in known if found)
    return Delegation(zone or step.zone, servers)


def _among(addresses: tuple[Address, ...], asked: set[str]) -> tuple[Address, ...]:
    return tuple(address for address in addresses if address.text in asked)
