"""The rules on zones that need each other, or one more zone each time, to be found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import dns.name

from dnstrace.checks.advice.registries import has_registrar
from dnstrace.checks.advice.remedies import in_zone
from dnstrace.checks.catalogue import Trait, of_trace
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.phrases import listed
from dnstrace.model import Name, Outcome, Purpose, Step
from dnstrace.model.findings import Blame, Fix, Level, Observation
from dnstrace.model.naming import plain, zone_text

_ENDLESS = 6  # name servers looked up one within another: Unbound follows 4, BIND 7
_SHOWN = 3


@of_trace(Level.ERROR, Blame.HOST, Trait.SURE_AT_ONCE)
def cyclic_dependency(evidence: Evidence) -> Iterator[Observation]:
    """Zones need each other to be found.

    What it is: the name servers of one zone are named in another zone, whose own name servers are named
    in the first (or lead back to it through further zones), and no referral includes an address for any
    of them. If a zone has other name servers too, which have an address, they do not answer.

    Why it matters: to find either zone, a resolver would need to have found the other first. No resolver
    finds them.

    How to fix it: give one of the zones a name server inside itself, with glue in the parent zone.

    References: RFC 1034 section 4.2.1; RFC 9471 section 2
    """
    stuck = _stuck(evidence.trace.steps)
    for cut in evidence.cuts:
        if (cycle := _cycle(cut.zone, stuck)) and cycle[0] == cut.zone:
            each = (f"{plain(zone)} needs {listed(_without_address(stuck[zone]))}" for zone in cycle)
            dead = [server.name for zone in cycle for server in stuck[zone].servers if server.addresses]
            one = "another" if any(name.is_subdomain(cut.zone) for name in dead) else "a"
            yield Observation(
                message=f"{_can_be_found(dead)}: {', '.join(each)}, and no referral has an"
                f" address for any of {'these' if dead else 'them'}",
                steps=tuple(stuck[zone].id for zone in cycle),
                cure=f"give {plain(cut.zone)} {one} name server inside itself, with glue in its parent zone",
                zone=cut.zone,
                remedy=in_zone(cut.zone),
            )
            return


@of_trace(Level.ERROR, Blame.HOST, Trait.SURE_AT_ONCE)
def referral_endless(evidence: Evidence) -> Iterator[Observation]:
    """Each name server can be found only through another one, and there is no end to it.

    What it is: the referral to a zone has no address for its name servers. The look-up of a name server's
    address ends in another referral without an address, to further name servers, and so on, deeper than
    any resolver goes.

    Why it matters: resolvers follow a few such referrals, give up and answer SERVFAIL, so nobody reaches
    the zone. Servers that make up new names for each query waste the time of resolvers and name servers,
    which is a known attack on them.

    How to fix it: let the zone's servers answer for the addresses of its name servers, or include them in
    their referrals as glue. If the referrals are made up on purpose, delegate the zone to other servers.

    References: RFC 1034 section 4.2.1; RFC 9471 section 2; RFC 1035 section 7.2
    """
    steps = evidence.trace.steps
    chains = (_needing(steps, step) for step in steps if _has_no_address(step))
    longest = max(chains, key=len, default=[])
    names = [link.question.name for link in longest]
    if len(names) < _ENDLESS or len(set(names)) < len(names):
        return
    zone, asked = _needed_for(steps, longest[0]), longest[0].zone
    each = ", which needs ".join(plain(name) for name in names[:_SHOWN])
    yield Observation(
        message=f"no name server can be found: {zone_text(zone)} needs {each}, and so on: {len(names)} name"
        " servers were looked up, each only to be referred to another one without an address",
        steps=tuple(link.id for link in longest),
        zone=zone,
        **_end_of(zone, asked, longest),
    )


def _end_of(zone: Name, asked: Name, chain: list[Step]) -> Fix:
    """How the chain can end: at the servers that made all its referrals, else at the zone that needs it."""
    if has_registrar(zone) or any(link.zone != asked for link in chain):
        cure = f"give {plain(zone)} a name server inside itself, with glue in its parent zone"
        return {"cure": cure, "blame": Blame.HOST, "remedy": in_zone(zone)}
    name = plain(chain[0].question.name)
    cure = (
        f"make the servers of {zone_text(asked)} answer for the address of {name}, or include it in their"
        " referrals as glue"
    )
    servers = [server.name for server in chain[0].servers]
    return {"cure": cure, "blame": Blame.PARENT, "remedy": in_zone(asked, servers=servers)}


def _has_no_address(step: Step) -> bool:
    """Whether a step ended because none of its servers has an address."""
    return bool(
        step.outcome is Outcome.FAILED and step.servers and not step.attempts and not _any_address(step)
    )


def _needing(steps: Sequence[Step], last: Step) -> list[Step]:
    """The referrals to look-ups of name servers that a step is nested in, the outermost first."""
    found: list[Step] = []
    number = last.parent
    while number is not None:
        step = steps[number - 1]
        if step.purpose is Purpose.NS_ADDRESS and step.outcome is Outcome.REFERRAL:
            found.append(step)
        number = step.parent
    return found[::-1]


def _needed_for(steps: Sequence[Step], first: Step) -> Name:
    """The zone whose name server is looked up first."""
    return first.zone if first.parent is None else steps[first.parent - 1].zone


def _stuck(steps: Iterable[Step]) -> dict[Name, Step]:
    """The steps that failed and had name servers without an address, by zone; all others were asked."""
    found = (step for step in steps if step.outcome is Outcome.FAILED and _lacks_addresses(step))
    ordered = sorted(found, key=lambda step: (step.question.name, int(step.question.rdtype)), reverse=True)
    return {step.zone: step for step in ordered}


def _can_be_found(dead: Sequence[Name]) -> str:
    """That no name server can be found, or only those that were asked in vain."""
    if not dead:
        return "no name server can be found"
    return f"only {listed(dead)} can be found, which give{'s' if len(dead) == 1 else ''} no usable answer"


def _lacks_addresses(step: Step) -> bool:
    asked = {attempt.server for attempt in step.attempts}
    others = {server.name for server in step.servers if server.addresses}
    return bool(_without_address(step)) and others <= asked and not step.limited


def _without_address(step: Step) -> list[Name]:
    return [server.name for server in step.servers if not server.addresses]


def _any_address(step: Step) -> bool:
    return any(server.addresses for server in step.servers)


def _cycle(zone: Name, stuck: dict[Name, Step]) -> list[Name]:
    """The zones that need one another, from `zone` on; empty if it needs no other that needs it again."""
    path: list[Name] = []
    while zone in stuck and zone not in path:
        path.append(zone)
        needed = (_within(name, stuck) for name in _without_address(stuck[zone]))
        zone = next((below for below in needed if below is not None and below != zone), dns.name.empty)
    return path[path.index(zone) :] if zone in path else []


def _within(name: Name, zones: Iterable[Name]) -> Name | None:
    """The deepest of the zones that a name is in."""
    return max((zone for zone in zones if name.is_subdomain(zone)), key=len, default=None)
