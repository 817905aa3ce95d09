"""Rules on signatures: what each server signs, whether it is right, and how long it still holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import dns.dnssec
import dns.rdatatype

from dnstrace.checks.catalogue import CATALOGUE, of_cut, of_trace
from dnstrace.checks.evidence import Cut, Evidence, Reply
from dnstrace.checks.finding import Blame, Fault, Level
from dnstrace.checks.readings import (
    data_of,
    judged_at,
    keys_of,
    signed_replies,
)
from dnstrace.checks.servers import addresses, by_server
from dnstrace.dnssec.effort import Effort
from dnstrace.dnssec.records import RRSIG, type_name
from dnstrace.dnssec.signature import check, usable_key
from dnstrace.dnssec.verdict import LIMITS, Security
from dnstrace.model import Name, Probe

_SEP = 0x0001  # the flag of a key that signs keys (RFC 4034 section 2.1.1)
_WEAK = {1, 3, 5, 6, 7, 12}  # MUST NOT or NOT RECOMMENDED for signing (RFC 8624 section 3.1, RFC 9905)
_SMALL_RSA = 1024  # bits; under that it can be factored
_RSA = {1, 5, 7, 8, 10}
_SHORTLY = 0.1  # of the life of a signature
_DAY = 86400
_MANY_ITERATIONS = LIMITS.iterations
_NSEC3 = dns.rdatatype.NSEC3


@of_cut(Level.ERROR, Blame.HOST)
def signature_missing(cut: Cut) -> Iterator[Fault]:
    """A server leaves the signatures out.

    What it is: data of a signed zone comes without RRSIG records, though they were asked for.

    Why it matters: a resolver that validates has to ask another server, and gives SERVFAIL where none has
    them.

    How to mend it: have the server load the signed zone, update its software, or mend what strips signatures
    on the way.

    References: RFC 4035 section 3.1.1
    """
    bare = [r for r in signed_replies(cut) if any(not data.signatures for data in data_of(r, cut))]
    for server, replies in by_server(bare).items():
        what = ", ".join(
            dict.fromkeys(type_name(d.rdtype) for r in replies for d in data_of(r, cut) if not d.signatures)
        )
        yield Fault(
            f"{server} gives {what} of {cut.zone} without signatures at {addresses(replies)}",
            tuple(reply.step.id for reply in replies),
            server=server,
        )


@of_cut(Level.ERROR, Blame.HOST)
def signature_bad(cut: Cut) -> Iterator[Fault]:
    """A server gives data whose signatures are not valid.

    What it is: no signature of the data is right by the zone's keys and the clock: it has expired, is not
    valid yet, is by a key that is not there, or does not fit the data.

    Why it matters: a resolver that validates has to ask another server, and gives SERVFAIL where none has
    better.

    How to mend it: sign the zone again, and have every server load it; see that the signer runs and that the
    clocks are right.

    References: RFC 4035 section 5.3; RFC 6781 section 4.4.2
    """
    keys = [key for key in keys_of(cut) if usable_key(key)]
    wrong: list[tuple[Reply, str]] = []
    for reply in signed_replies(cut) if keys else ():
        for data in data_of(reply, cut):
            checked = check(data, cut.zone, keys, judged_at(cut), Effort(LIMITS)) if data.signatures else None
            if checked is not None and not checked.valid:
                wrong.append((reply, f"{data.name} {type_name(data.rdtype)}: {checked.reason}"))
    for server, replies in by_server([reply for reply, _ in wrong]).items():
        why = "; ".join(dict.fromkeys(text for reply, text in wrong if reply.server == server))
        yield Fault(
            f"{server} gives data that is not validly signed at {addresses(replies)}: {why}",
            tuple(reply.step.id for reply in replies),
            server=server,
        )


@of_cut(Level.WARNING, Blame.HOST)
def signature_expiring(cut: Cut) -> Iterator[Fault]:
    """A signature is about to expire.

    What it is: less than a tenth of the life of a signature is left, and less than two days.

    Why it matters: signers renew long before that. Where nobody does, the zone is bogus soon.

    How to mend it: see that the signer runs, and that what it signs reaches every server.

    References: RFC 6781 section 4.4.2
    """
    now = judged_at(cut)
    soon: dict[Name, list[Reply]] = {}
    ends: dict[Name, float] = {}
    for reply in signed_replies(cut):
        for data in data_of(reply, cut):
            last = max((r for r in data.signatures), key=lambda r: r.expiration, default=None)
            if last is not None and now < last.expiration and _is_shortly(last, now):
                soon.setdefault(reply.server, []).append(reply)
                ends[reply.server] = min(ends.get(reply.server, last.expiration), last.expiration)
    for server, replies in soon.items():
        when = datetime.fromtimestamp(ends[server], UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        yield Fault(
            f"{server} gives signatures of {cut.zone} that expire at {when}",
            tuple(reply.step.id for reply in replies),
            server=server,
        )


def _is_shortly(rrsig: RRSIG, now: float) -> bool:
    left = rrsig.expiration - now
    return left < 2 * _DAY and left < _SHORTLY * (rrsig.expiration - rrsig.inception)


@of_cut(Level.NOTICE, Blame.HOST)
def nsec3_iterations(cut: Cut) -> Iterator[Fault]:
    """The zone hashes names more often than once.

    What it is: the zone's NSEC3 records have additional iterations.

    Why it matters: they protect nothing and cost every resolver time. Validators treat a zone with many
    as not signed (here from 150 on), or give SERVFAIL.

    How to mend it: set iterations to 0 and the salt to none, and sign the zone again.

    References: RFC 9276 section 3.1; RFC 9276 section 3.2
    """
    found: dict[int, list[Reply]] = {}
    for reply in (*cut.replies, *cut.probe(Probe.CDS), *cut.probe(Probe.SOA)):
        for rrset in reply.message.authority if reply.message is not None else ():
            if rrset.rdtype == _NSEC3 and rrset.name.is_subdomain(cut.zone):
                found.setdefault(rrset[0].iterations, []).append(reply)
    most = max(found, default=0)
    if most and cut.probed:
        yield Fault(
            f"{cut.zone} hashes names with {most} additional iterations",
            tuple(reply.step.id for reply in found[most][:1]),
            level=Level.ERROR if most > _MANY_ITERATIONS else None,
        )


@of_trace(Level.ERROR, Blame.HOST)
def chain_broken(evidence: Evidence) -> Iterator[Fault]:
    """The chain of trust breaks.

    What it is: between the trust anchor and the answer something should be validly signed, and is not.

    Why it matters: resolvers that validate give SERVFAIL in place of the answer.

    How to mend it: as the message says.

    References: RFC 4033 section 5; RFC 4035 section 5
    """
    judgement = evidence.trace.judgement
    if judgement is None or judgement.security is not Security.BOGUS:
        return
    why = ("ds-without-dnskey", "signature-missing", "signature-bad", "dnskey-differs")
    if not any(True for code in why for _ in CATALOGUE[code].apply(evidence)):
        bogus = (number for number, step in judgement.steps.items() if step.security is Security.BOGUS)
        yield Fault(judgement.reason, tuple(bogus))
