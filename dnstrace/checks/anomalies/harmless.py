"""Anomalies that are harmless: each reason is a function, and its docstring says why."""

from __future__ import annotations

from collections.abc import Callable

import dns.rdatatype

from dnstrace.analysis.paths import lead, shares
from dnstrace.analysis.reached import ended_unasked
from dnstrace.checks.anomalies.anomalies import is_supposed
from dnstrace.checks.anomalies.known import Known
from dnstrace.checks.readings.agreement import ends_alike, goes_on, groups
from dnstrace.checks.readings.anomaly import SHAPED, Anomaly, Sort
from dnstrace.checks.readings.replies import HeardReply, replies_of
from dnstrace.checks.readings.signed_apart import agrees_with_own
from dnstrace.checks.readings.signed_data import keys_in, signers_of_data
from dnstrace.checks.readings.statements import statements_of
from dnstrace.checks.readings.unlike import FOR_SERVERS_ALONE, MADE_FOR_THE_QUERY
from dnstrace.model import Kind, Name, Outcome, Probe, Purpose, Step, Trace
from dnstrace.model.heard import DROPPED, SHOWS_NOTHING
from dnstrace.model.naming import is_below

_NOT_FOR_SERVERS = frozenset({Probe.SIGNAL, Probe.DSYNC, Probe.TYPE, Probe.ADDRESS})
_CHOSEN = frozenset({dns.rdatatype.ANY, dns.rdatatype.RRSIG})
_LOST = frozenset({Kind.TIMEOUT, Kind.MISMATCH, Kind.CONNECTION_LOST})


def _nothing_asked(known: Known, anomaly: Anomaly) -> bool:
    """No query was sent, its reply was not awaited or not recorded, or its address family has no route here.

    An address that is known to be silent is not asked again: the step that found that out shows it.
    """
    unheard = known.evidence.unheard
    return bool(anomaly.replies) and all(
        reply.meaning.kind in SHOWS_NOTHING or reply.attempt.exchange.query.family in unheard
        for reply in anomaly.replies
    )


def _supposed(known: Known, anomaly: Anomaly) -> bool:
    """A server that is only taken as dead (`--drop`)."""
    silent = [reply for reply in anomaly.replies if not reply.meaning.usable]
    return bool(silent) and all(reply.meaning.note == DROPPED for reply in silent)


def _lookup_not_made(known: Known, anomaly: Anomaly) -> bool:
    """A name server could not be looked up for our own reasons: a limit, a record, a family that is off."""
    if anomaly.sort is not Sort.LOOKUP:
        return False
    trace = known.evidence.trace
    steps = [trace.steps[number - 1] for number in anomaly.steps]
    failed = [step for step in steps if step.outcome is Outcome.FAILED]
    return bool(failed) and all(step.id in known.limited or _asked_nothing(trace, step) for step in failed)


def _asked_nothing(trace: Trace, step: Step) -> bool:
    """Whether a step could send no query, because of the address families that are asked."""
    kinds = {attempt.meaning.kind for attempt in step.attempts}
    return kinds <= SHOWS_NOTHING if kinds else bool(ended_unasked(trace, [step]))


def _not_needed(known: Known, anomaly: Anomaly) -> bool:
    """A server of some other zone, asked for the address of a name server: what counts is what that found.

    If no look-up found the address, that is an anomaly of its own.
    """
    return anomaly.sort is not Sort.LOOKUP and all(
        reply.step.purpose is Purpose.NS_ADDRESS for reply in anomaly.replies
    )  # fmt: skip


def _within_another(known: Known, anomaly: Anomaly) -> bool:
    """A name needed only to look up another one, for a signal, or as what a target may mean.

    What counts is the end of that. The walk does not pass a zone that only queries for keys or DS records
    led to, by the referral of one server: that the servers above differ is what counts.
    """
    if anomaly.sort is not Sort.LOOKUP:
        return False
    return all(_is_within(known, number, anomaly.question.name) for number in anomaly.steps)


def _is_within(known: Known, number: int, name: Name) -> bool:
    """Whether the outermost look-up that a step is part of seeks another name, or no name server's."""
    steps = known.evidence.trace.steps
    first = steps[number - 1]
    while first.parent is not None and steps[first.parent - 1].purpose is Purpose.NS_ADDRESS:
        first = steps[first.parent - 1]
    after = None if first.parent is None else steps[first.parent - 1]
    if after is not None and after.purpose in (Purpose.DS, Purpose.DNSKEY) and after.zone not in known.cuts:
        return True
    beside = after is not None and (after.probe in _NOT_FOR_SERVERS or _is_only_meant(after, first))
    return beside or first.question.name != name


def _is_only_meant(after: Step, lookup: Step) -> bool:
    """Whether a name was looked up after a referral in which no name server has it: one may have meant it."""
    cuts = [attempt.meaning.delegation for attempt in after.attempts]
    listed = [*after.servers, *(server for cut in cuts if cut is not None for server in cut.servers)]
    return (
        after.main
        and after.referral is not None
        and all(server.name != lookup.question.name for server in listed)
    )


def _only_for_keys(known: Known, anomaly: Anomaly) -> bool:
    """A server of a zone off the path that was asked for keys or DS records, which another server gave."""
    return bool(anomaly.replies) and all(
        reply.step.purpose in (Purpose.DS, Purpose.DNSKEY)
        and reply.step.zone not in known.cuts
        and reply.step.chosen is not None
        for reply in anomaly.replies
    )


def _lost_datagram(known: Known, anomaly: Anomaly) -> bool:
    """A datagram was lost: a later try at the same address had a usable reply, perhaps over TCP."""
    if anomaly.sort is not Sort.ANOTHER_WAY:
        return False
    step, address = anomaly.replies[0].step, anomaly.replies[0].address
    tries = [a for a in step.attempts if a.address == address]
    if any(a.cause for a in tries) or not any(a.meaning.kind in _LOST for a in tries):
        return False
    return all(a.meaning.usable or a.meaning.kind in _LOST | {Kind.TRUNCATED} for a in tries)


def _lost_in_passing(known: Known, anomaly: Anomaly) -> bool:
    """A query that another server answered in its place, to an address that replied to other queries.

    A truncated reply is one of these: another server may answer before it has been repeated over TCP.
    """
    if anomaly.sort is not Sort.UNUSABLE:
        return False
    shown = anomaly.replies[0]
    passed = not shown.step.all_servers and shown.step.chosen is not None
    return passed and shown.meaning.kind in _LOST | {Kind.TRUNCATED} and shown.address in known.heard


def _usual_retry(known: Known, anomaly: Anomaly) -> bool:
    """A truncated reply that came whole over TCP, or a cookie that the server had to give first."""
    if anomaly.sort is not Sort.ANOTHER_WAY:
        return False
    step, address = anomaly.replies[0].step, anomaly.replies[0].address
    tries = [a for a in step.attempts if a.address == address]
    usual = {Kind.TRUNCATED, Kind.BAD_COOKIE}
    return all(a.meaning.usable or a.meaning.kind in usual for a in tries) and not any(a.cause for a in tries)


def _transfer_refused(known: Known, anomaly: Anomaly) -> bool:
    """A zone transfer that does not come about: most servers refuse it, in one way or another."""
    return anomaly.sort is Sort.UNUSABLE and anomaly.replies[0].step.probe is Probe.TRANSFER


def _recursion_declined(known: Known, anomaly: Anomaly) -> bool:
    """A name server that does not answer for zones that it does not serve: none has to, in any way."""
    return anomaly.sort is Sort.UNUSABLE and anomaly.replies[0].step.probe is Probe.RECURSION


def _of_the_start(known: Known, anomaly: Anomaly) -> bool:
    """The server given to start from: which zones it should serve is not known, so nobody can be blamed.

    The tree shows what it says, and the verdict that it is of no use if it is.
    """
    return bool(anomaly.replies) and all(reply.step.given for reply in anomaly.replies)


def _version_rejected(known: Known, anomaly: Anomaly) -> bool:
    """BADVERS to a version of EDNS that does not exist: the right reply (RFC 6891 section 6.1.3)."""
    shown = anomaly.replies[0] if anomaly.replies else None
    return (
        anomaly.sort is Sort.UNUSABLE
        and shown is not None
        and shown.step.probe is Probe.EDNS_VERSION
        and shown.meaning.kind is Kind.BAD_VERSION
    )


def _made_for_the_query(known: Known, anomaly: Anomaly) -> bool:
    """TTLs of addresses: a server that looks up or chooses addresses for each query counts them down."""
    return anomaly.sort is Sort.TTL and all(
        rrset.rdtype in MADE_FOR_THE_QUERY for reply in anomaly.replies for rrset in reply.meaning.answer
    )


def _for_servers_alone(known: Known, anomaly: Anomaly) -> bool:
    """NSEC and NSEC3PARAM records that differ: each signer of a zone makes its own (RFC 8901 section 5).

    No resolver asks for them (RFC 5155 section 4). Whether they are right is judged by rules of their own.
    """
    return (
        anomaly.sort in (Sort.TTL, Sort.DATA, Sort.EXISTENCE)
        and anomaly.question.rdtype in FOR_SERVERS_ALONE
        and (anomaly.sort is Sort.TTL or anomaly.question.rdtype != dns.rdatatype.RRSIG)
        and all(
            rrset.rdtype in FOR_SERVERS_ALONE for reply in anomaly.replies for rrset in reply.meaning.answer
        )
    )


def _own_entry_keys(known: Known, anomaly: Anomaly) -> bool:
    """DNSKEY records that differ in secure entry points only: each signer may have its own (RFC 8901).

    Whether DS records name them, and they sign, is judged by rules of their own.
    """
    if (anomaly.sort, anomaly.question.rdtype) != (Sort.DATA, dns.rdatatype.DNSKEY):
        return False
    return len({signers_of_data(reply.once(keys_in)) for reply in anomaly.replies}) == 1


def _any_as_they_like(known: Known, anomaly: Anomaly) -> bool:
    """Replies to ANY that give different RRsets: each server chooses which (RFC 8482 section 4).

    So it is with the signatures in replies to RRSIG.
    """
    if anomaly.question.rdtype not in _CHOSEN or anomaly.sort not in (Sort.DATA, Sort.PATHS):
        return False
    step = known.evidence.trace.steps[anomaly.steps[0] - 1]
    return len(groups(reply for reply in replies_of(step) if reply.meaning.usable)) == 1


def _serves_child_too(known: Known, anomaly: Anomaly) -> bool:
    """A server of the parent zone that serves the child as well answers, where the others have to refer.

    It is listed as a server of the child, says the same as the child's servers, or serves a zone below it.
    What it says may be a referral to a zone farther down, or to one that is only supposed.
    """
    if anomaly.sort not in (Sort.CUT, Sort.AUTHORITY, Sort.PATHS):
        return False
    step = known.evidence.trace.steps[anomaly.steps[0] - 1]
    replies = [reply for reply in replies_of(step) if reply.meaning.usable]
    if anomaly.sort is Sort.PATHS and not all(reply.meaning.usable for reply in anomaly.replies):
        return False
    referrals = [reply.meaning.delegation for reply in replies if reply.meaning.delegation is not None]
    cuts = [cut for cut in referrals if not any(is_below(cut.zone, other.zone) for other in referrals)]
    zones = {cut.zone for cut in cuts}
    answering = [r for r in replies if (cut := r.meaning.delegation) is None or cut.zone not in zones]
    names = {server.name for cut in cuts for server in cut.servers}
    addresses = {a.text for cut in cuts for server in cut.servers for a in server.addresses}
    names |= {reply.server for reply in answering if reply.address in addresses}  # at another address, too
    return bool(answering and cuts) and all(
        reply.server in names
        or reply.address in addresses
        or is_supposed(known.evidence, reply)
        or any(lead(reply.meaning) in known.said[cut.zone, reply.step.question] for cut in cuts)
        or any(_serves_alike(known, reply, cut.zone) for cut in cuts)
        for reply in answering
    )


def _serves_alike(known: Known, reply: HeardReply, zone: Name) -> bool:
    """Whether a server has a zone below `zone`, or has that zone as its own servers do."""
    cut, name = known.cuts.get(reply.step.zone), reply.step.question.name
    if cut is None:
        return False
    beneath = statements_of(cut).hosts_beneath(reply.address, zone, name)
    return beneath or agrees_with_own(cut, reply, zone)


def _referral_with_authority(known: Known, anomaly: Anomaly) -> bool:
    """The AA flag of a referral, which some servers set although the data is not theirs (RFC 1034 6.2.6).

    Resolvers know a referral by its NS records. Servers that have the zone below answer instead.
    """
    return anomaly.sort is Sort.AUTHORITY and all(
        reply.meaning.delegation is not None for reply in anomaly.replies
    )


def _alias_followed_further(known: Known, anomaly: Anomaly) -> bool:
    """An alias into a zone that some of the servers have too: only these add what its target has."""
    ends = shares(known.evidence.trace.steps)
    usual = next((share for share in ends if share.meaning.usable), None)
    if anomaly.sort is not Sort.PATHS or usual is None or not anomaly.replies:
        return False
    shown = anomaly.replies[0]
    other = known.evidence.trace.steps[usual.step - 1]
    if other is shown.step:
        return goes_on(other.zone, shown.meaning, usual.meaning)
    return ends_alike(shown.step.question.name, shown.meaning, usual.meaning) or ends_alike(
        other.question.name, usual.meaning, shown.meaning
    )


def _of_version(known: Known, anomaly: Anomaly) -> bool:
    """SOA records of servers that disagree on a delegation: they show which of these are behind."""
    return bool(anomaly.replies) and all(
        reply.step.probe is Probe.CUT and reply.step.question.name == reply.step.zone
        for reply in anomaly.replies
    )


def _not_its_server(known: Known, anomaly: Anomaly) -> bool:
    """A server of the parent zone that was probed for a child that another server of the parent answered for.

    Neither a referral to the child nor the child itself names it: the child's servers do not include it.
    """
    if anomaly.sort is not Sort.UNUSABLE or anomaly.replies[0].step.purpose is not Purpose.PROBE:
        return False
    zone, server = anomaly.replies[0].step.zone, anomaly.replies[0].server
    cut = known.cuts.get(zone)
    named = known.delegated.get(zone)
    return cut is not None and named is not None and server not in named and server not in cut.child


def _as_its_control(known: Known, anomaly: Anomaly) -> bool:
    """A probe that meets what a plain query met at the same address: that is an anomaly itself.

    The plain query is the one for SOA, or one that puts the same question. A truncated reply is among these:
    the plain query is then sent again over TCP, a probe is not.
    """
    shown = anomaly.replies[0] if anomaly.replies else None
    if anomaly.sort is not Sort.UNUSABLE or shown is None or shown.step.purpose is not Purpose.PROBE:
        return False
    same = known.controls.get((shown.address, shown.step.question), set())
    of_soa = known.plain.get((shown.step.zone, shown.address), set())
    kind = shown.meaning.kind
    return (shown.step.probe in SHAPED and kind in same) or (
        shown.step.probe is not Probe.SOA and kind in of_soa
    )


def _too_large_for_a_probe(known: Known, anomaly: Anomaly) -> bool:
    """A probe over UDP with a truncated reply, at an address that answers over TCP: as it should be."""
    if anomaly.sort is not Sort.UNUSABLE or anomaly.replies[0].meaning.kind is not Kind.TRUNCATED:
        return False
    shown = anomaly.replies[0]
    return shown.step.purpose is Purpose.PROBE and (shown.step.zone, shown.address) in known.over_tcp


HARMLESS: tuple[Callable[[Known, Anomaly], bool], ...] = (
    _nothing_asked, _supposed, _lookup_not_made, _not_needed, _within_another, _only_for_keys,
    _lost_datagram, _lost_in_passing, _usual_retry, _transfer_refused, _recursion_declined, _version_rejected,
    _of_the_start, _any_as_they_like, _own_entry_keys, _made_for_the_query, _for_servers_alone,
    _serves_child_too, _referral_with_authority, _alias_followed_further, _of_version, _not_its_server,
    _as_its_control, _too_large_for_a_probe,
)  # fmt: skip
"""Why an anomaly is harmless, each by its docstring."""


def is_harmless(known: Known, anomaly: Anomaly) -> bool:
    """Whether there is a reason to leave an anomaly out."""
    return any(reason(known, anomaly) for reason in HARMLESS)
