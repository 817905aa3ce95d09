"""Rules on what recursive resolvers answer, if some were asked in addition to the walk (`--resolver`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import dns.rdatatype

from dnstrace.analysis.reached import is_bogus
from dnstrace.analysis.resolvers import compared, level_of
from dnstrace.checks.catalogue import of_trace
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.phrases import counted, listed
from dnstrace.model import ROOT, Outcome
from dnstrace.model.compared import Compared, Disagreement, OtherCopy
from dnstrace.model.findings import Blame, Level, Observation, Remedy
from dnstrace.model.naming import plain
from dnstrace.model.security import Security
from dnstrace.model.structs import replace

_FAILING = {
    Disagreement.VALIDATION: "finds the answer bogus",
    Disagreement.FAILS: "has no answer",
    Disagreement.NO_ANSWER: "does not answer",
    Disagreement.REFUSES: "refuses to answer",
}
_BOGUS_TOO = "fix the chain of trust of the zone: the resolver is right"
_CURES = {
    Disagreement.VALIDATION: "check the resolver's trust anchor and its clock, flush the zone from its"
    " cache, and see its log",
    Disagreement.FAILS: "check that the resolver reaches the name servers, and see its log",
    Disagreement.NO_ANSWER: "check that the resolver is running and that queries from here reach it",
    Disagreement.REFUSES: "allow queries from this network on the resolver, or ask one that serves it",
    Disagreement.FILTERED: "if this is not intended, take the name off the resolver's list of blocked names",
    Disagreement.SPLIT_HORIZON: "if this is not intended, remove the zone or its records from the resolver,"
    " or add what is missing there",
    Disagreement.SERVERS_DIFFER: "make the servers of the zone agree: what a resolver returns depends on"
    " which of them it asks",
    Disagreement.OTHER: "if this is not intended, find out where the resolver has its answer from",
}
_DIFFERING = {
    Disagreement.FILTERED: "withholds the answer from its users (filtered)",
    Disagreement.SPLIT_HORIZON: "returns private addresses (split horizon)",
    Disagreement.SERVERS_DIFFER: "returns what another of the zone's servers has, not the walk's answer",
    Disagreement.OTHER: "returns a different answer, and its reply does not say why",
}


@of_trace(Level.NOTICE, Blame.NOBODY)
def resolver_stale(evidence: Evidence) -> Iterator[Observation]:
    """A resolver has an old answer.

    What it is: what the resolver returns differs from what the zone's servers say now, and its TTL shows
    that it was cached before. Where the name does not exist, the resolver may also redirect all such names.

    Why it matters: users of this resolver get the old data until the TTL ends.

    How to fix it: wait for the TTL to end, or ask the resolver's operator to flush the name. Before the
    next change, lower the TTL in time. Where the zone's servers give no valid answer, repair these first:
    users of the resolver have nothing but the old answer.

    References: RFC 1034 section 3.6; RFC 8767 section 4
    """
    for each in compared(evidence.trace):
        if each.difference is Disagreement.STALE:
            left = "" if each.ttl is None else f" for {counted(each.ttl, 'more second')}"
            name = plain(evidence.trace.question.name)
            cure = _renewed(evidence, each, name)
            does = f"keeps an old answer{left}"
            if each.denied:
                does = f"answers for {name}, which does not exist: it {does}, or answers for any such name"
                cure = (
                    f"ask it for other names that do not exist: if it answers, it redirects; if not, {cure}"
                )
            yield _resolver_fault(each, does, cure)


@of_trace(Level.WARNING, Blame.RESOLVER, also=(Level.ERROR,))
def resolver_keys_stale(evidence: Evidence) -> Iterator[Observation]:
    """A resolver has old DS or DNSKEY records, and finds the answer bogus for that reason.

    What it is: the DS or DNSKEY records in the resolver's cache are not those of the name servers, where the
    chain of trust holds. This is what is left of a change of keys that was quicker than the TTLs.

    Why it matters: users of this resolver get SERVFAIL until the old records expire. If every resolver that
    was asked fails, it is an error.

    How to fix it: flush the records from the resolver's cache, or wait for their TTL to end. Removing or
    changing DS records now would make it last longer. Before the next change of keys, publish the new key and
    DS record first, and keep the old ones for as long as the TTLs say.

    References: RFC 7583 section 2; RFC 6781 section 4.1; RFC 4035 section 4.5
    """
    judgement = evidence.trace.judgement
    is_secure = judgement is not None and judgement.security is Security.SECURE
    for each in compared(evidence.trace):
        if each.old:
            held = listed(
                f"{dns.rdatatype.to_text(old.rdtype)} records of {plain(old.name)}" for old in each.old
            )
            until = _clock(max(old.until for old in each.old))
            secure = " although the chain of trust holds at the name servers" if is_secure else ""
            yield _resolver_fault(
                each,
                f"has old {held}, until {until}, and finds the answer bogus{secure}",
                f"flush the {held} from the resolver's cache, or wait until they expire at {until}",
                _level(evidence, each),
                [old.step for old in each.old],
            )


@of_trace(Level.WARNING, Blame.RESOLVER, also=(Level.ERROR,))
def resolver_fails(evidence: Evidence) -> Iterator[Observation]:
    """A resolver has no answer where the walk has one.

    What it is: the resolver replies with an error, or not at all.

    Why it matters: users of this resolver do not reach the name. If every resolver that was asked fails, it
    is an error.

    How to fix it: if it finds the answer bogus, fix the chain of trust. If it cannot reach the name
    servers, check the network between. Its extended error (EDE), if any, says more.

    References: RFC 8914 section 4; RFC 9520 section 2
    """
    for each in compared(evidence.trace):
        if each.difference in _FAILING and not each.old:
            bogus = each.difference is Disagreement.VALIDATION and is_bogus(evidence.trace)
            name = plain(evidence.trace.question.name)
            cure = _BOGUS_TOO if bogus else _cure_of(each, name)
            fault = _resolver_fault(each, _FAILING[each.difference], cure, _level(evidence, each))
            yield replace(fault, blame=Blame.NOBODY, remedy=None) if bogus else fault


@of_trace(Level.NOTICE, Blame.NOBODY)
def resolver_differs(evidence: Evidence) -> Iterator[Observation]:
    """A resolver returns a different answer from the zone's servers.

    What it is: the resolver filters the name, returns an answer meant for an internal network, has the answer
    of a server that differs from the others of its zone, or returns something other than what the walk found.

    Why it matters: users of this resolver get something other than what the zone's operator published.

    How to fix it: if this is not intended, ask the resolver's operator.

    References: RFC 8914 section 4.16; RFC 9499 section 6
    """
    for each in compared(evidence.trace):
        if each.difference in _DIFFERING:
            cure = _cure_of(each, plain(evidence.trace.question.name))
            fault = _resolver_fault(each, _how_differing(each), cure)
            yield replace(fault, remedy=None) if each.difference is Disagreement.SERVERS_DIFFER else fault


def _renewed(evidence: Evidence, found: Compared, name: str) -> str:
    """How a resolver gets the present answer, where there is one: until then the old one is better."""
    if evidence.trace.outcome is Outcome.FAILED or is_bogus(evidence.trace):
        return (
            f"leave {name} in the resolver's cache until the name servers give a valid answer again: it is"
            " all that users of the resolver have"
        )
    wait = "" if found.until is None else f", or wait until {_clock(found.until)}"
    return f"flush {name} from the resolver's cache{wait}"


def _cure_of(found: Compared, name: str) -> str:
    """What to do where a resolver withholds an answer, or refuses to give one."""
    cure = _CURES[found.difference or Disagreement.OTHER]
    if not found.guarded:
        return cure
    exempt = (
        f"exempt {name} from the resolver's protection against DNS rebinding, which drops private addresses"
    )
    return (
        f"{exempt}; or, if it refuses other names as well, {cure}"
        if found.difference is Disagreement.REFUSES
        else exempt
    )


def _how_differing(found: Compared) -> str:
    """How a resolver's answer differs, as the rest of a sentence."""
    if found.copy is not None:
        return _how_other(found.copy)
    if found.same_as is not None:
        return f"has the answer of {plain(found.same_as)}: the servers of the zone differ"
    if found.newer_than is not None:
        return f"has a newer copy of the zone than {plain(found.newer_than)}"
    return _DIFFERING[found.difference or Disagreement.OTHER]


def _how_other(copy: OtherCopy) -> str:
    """Which copy of the zone a resolver has, where its SOA record is not the zone's."""
    what = (
        "a zone of its own (split horizon)"
        if copy.authoritative
        else "another copy of the zone (split horizon, or servers that the zone had before)"
    )
    theirs, servers = (plain(getattr(soa, "mname", ROOT)) for soa in (copy.theirs, copy.servers))
    where = f"the SOA record of {plain(copy.zone)} names {theirs} there, and {servers} at the name servers"
    return f"answers from {what}: {where}"


def _level(evidence: Evidence, found: Compared) -> Level | None:
    """An error if none of the resolvers that were asked has an answer; as usual for one that has none."""
    return Level.ERROR if level_of(found, compared(evidence.trace)) is Level.ERROR else None


def _clock(time: datetime) -> str:
    """The end of a TTL, to the next full minute: to the second it depends on when the reply came."""
    return f"{time + timedelta(minutes=1, microseconds=-1):%Y-%m-%d %H:%M} UTC"


def _resolver_fault(
    found: Compared, does: str, cure: str, level: Level | None = None, steps: Iterable[int] = ()
) -> Observation:
    address = found.step.servers[0].addresses[0].text if found.step.servers[0].addresses else ""
    resolver = address or plain(found.step.servers[0].name)
    return Observation(
        f"the resolver {resolver} {does}",
        (found.step.id, *steps),
        cure=cure,
        level=level,
        remedy=Remedy(Blame.RESOLVER),
    )
