"""Rules on which records a signed zone denies with, and on the parameters that it publishes for them."""

from __future__ import annotations

from collections.abc import Iterator

import dns.rdatatype
from dns.rdtypes.ANY.NSEC3PARAM import NSEC3PARAM

from dnstrace.checks.advice.remedies import in_zone
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import counted, listed, where
from dnstrace.checks.readings.replies import HeardReply, steps_of
from dnstrace.checks.readings.signed_data import denials_in
from dnstrace.checks.readings.signing import signing_of
from dnstrace.checks.readings.two_chains import two_chains
from dnstrace.dnssec.nsec3 import OPT_OUT, SHA1
from dnstrace.dnssec.records import NSEC3, signed
from dnstrace.model import Kind, Probe
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import zone_text

_NSEC, _NSEC3 = dns.rdatatype.NSEC, dns.rdatatype.NSEC3
_PARAM = dns.rdatatype.NSEC3PARAM

Shown = dict[str, dict[dns.rdatatype.RdataType, HeardReply]]


@of_cut(Level.WARNING, Blame.HOST, also=(Level.NOTICE,))
def denial_mixed(cut: Cut) -> Iterator[Observation]:
    """A zone proves in two ways that something does not exist.

    What it is: a server of the zone sends NSEC records in some replies and NSEC3 records in others, or NSEC
    records although the zone has an NSEC3PARAM record, or one reply has records of two chains: several for
    one name, or one that says that the name of another does not exist. Servers that differ from each other
    are a notice.

    Why it matters: a zone has one chain of NSEC or of NSEC3 records, and all its names are in it. Where there
    are two, one is usually out of date, and denies names that were added since: validating resolvers believe
    it.

    How to fix it: sign the whole zone again in one of the two ways, and load it on all servers. Several
    providers that each sign the zone may differ in this, though it is better if they do not.

    References: RFC 5155 section 7.1; RFC 5155 section 10.4; RFC 4035 section 2.3; RFC 8901 section 5
    """
    shown = _kinds_shown(cut) if cut.probed else {}
    twice = two_chains(cut) if cut.probed else {}
    both = [kinds for kinds in shown.values() if len(kinds) > 1]
    with_param = {reply.address: reply for reply, _ in _parameters(cut)}
    against = [
        (kinds[_NSEC], with_param[address])
        for address, kinds in shown.items()
        if _NSEC in kinds and address in with_param
    ]
    if both:
        replies = [reply for kinds in both for reply in kinds.values()]
        yield _mixed(cut, f"is denied with NSEC as well as with NSEC3 records, on {where(replies)}", replies)
    elif twice:
        replies = [reply for each in twice.values() for reply in each]
        yield _mixed(cut, f"has {listed(twice)}, on {where(replies)}", replies)
    elif against:
        replies = [reply for pair in against for reply in pair]
        yield _mixed(cut, f"has an NSEC3PARAM record, but uses NSEC records, on {where(replies)}", replies)
    elif len({kind for kinds in shown.values() for kind in kinds}) > 1:
        sides = (
            f"{kind.name} on {where(kinds[kind] for kinds in shown.values() if kind in kinds)}"
            for kind in (_NSEC, _NSEC3)
        )
        replies = [reply for kinds in shown.values() for reply in kinds.values()]
        yield _mixed(cut, f"uses {' and '.join(sides)}", replies, Level.NOTICE)


def _mixed(cut: Cut, what: str, replies: list[HeardReply], level: Level | None = None) -> Observation:
    zone, kinds = zone_text(cut.zone), "have all of them use NSEC, or all NSEC3"
    again = f"sign the whole of {zone} again, and load it on all its servers"
    alike = f"load the same version of {zone} on all its servers; or, if several providers sign it, {kinds}"
    return Observation(
        f"{zone} {what}",
        steps_of(replies),
        cure=alike if level is Level.NOTICE else again,
        level=level,
        remedy=in_zone(cut.zone),
    )


@of_cut(Level.WARNING, Blame.HOST)
def nsec3_unknown(cut: Cut) -> Iterator[Observation]:
    """NSEC3 records or their parameters have a hash algorithm or flags that do not exist.

    What it is: an NSEC3PARAM or NSEC3 record of the zone has a hash algorithm other than 1 (SHA-1), or flags
    that are not defined for it.

    Why it matters: servers and validators ignore such a record. NSEC3 records that are ignored prove nothing,
    and validating resolvers answer SERVFAIL where something does not exist.

    How to fix it: sign the zone with the NSEC3 parameters `1 0 0 -`.

    References: RFC 5155 section 4.1; RFC 5155 section 8.1; RFC 5155 section 8.2
    """
    odd: dict[str, list[HeardReply]] = {}
    for reply, params in _parameters(cut) if cut.probed else ():
        for each in params:
            if each.algorithm != SHA1 or each.flags:
                odd.setdefault(_text("NSEC3PARAM", each), []).append(reply)
    for reply, record in _nsec3_records(cut) if cut.probed else ():
        if record.algorithm != SHA1 or record.flags & ~OPT_OUT:
            odd.setdefault(_text("NSEC3", record), []).append(reply)
    if odd:
        replies = [reply for each in odd.values() for reply in each]
        yield Observation(
            f"{zone_text(cut.zone)} has records with an unknown hash algorithm or flags: {listed(odd)}, on"
            f" {where(replies)}",
            steps_of(replies),
            cure=f"sign {zone_text(cut.zone)} with the NSEC3 parameters `1 0 0 -`",
            remedy=in_zone(cut.zone),
        )


@of_cut(Level.NOTICE, Blame.HOST)
def nsec3param_multiple(cut: Cut) -> Iterator[Observation]:
    """The zone has several NSEC3PARAM records.

    What it is: the NSEC3PARAM RRset at the apex has more than one record that can be used.

    Why it matters: each promises a whole chain of NSEC3 records. That is in order while the parameters are
    being changed. Otherwise the zone is larger than it has to be, and servers may pick a chain that is not
    complete.

    How to fix it: remove the records of the chain that is no longer used, with its NSEC3 records.

    References: RFC 5155 section 4; RFC 5155 section 7.3; RFC 9276 section 3.1
    """
    several = [
        (reply, len(usable))
        for reply, params in (_parameters(cut) if cut.probed else ())
        if len(usable := [each for each in params if each.algorithm == SHA1 and not each.flags]) > 1
    ]
    if several:
        replies, most = [reply for reply, _ in several], max(count for _, count in several)
        yield Observation(
            f"{zone_text(cut.zone)} has {counted(most, 'NSEC3PARAM record')}, on {where(replies)}",
            steps_of(replies),
            cure=f"keep one NSEC3PARAM record in {zone_text(cut.zone)}, unless the parameters are being"
            " changed",
            remedy=in_zone(cut.zone),
        )


# --- what they look at -------------------------------------------------------------------------


def _parameters(cut: Cut) -> list[tuple[HeardReply, list[NSEC3PARAM]]]:
    """The NSEC3PARAM records of each server that has some."""
    found = []
    for reply in cut.probe(Probe.NSEC3PARAM):
        rrset = reply.rrset(cut.zone, _PARAM) if reply.meaning.kind is Kind.ANSWER else None
        if rrset is not None:
            found.append((reply, [rdata for rdata in rrset if isinstance(rdata, NSEC3PARAM)]))
    return found


def _kinds_shown(cut: Cut) -> Shown:
    """With which records each address denies, each with a reply that shows it."""
    found: Shown = {}
    for reply in signing_of(cut).replies:
        for data in reply.once(denials_in):
            if cut.zone in data.signers() and data.name.is_subdomain(cut.zone):
                found.setdefault(reply.address, {}).setdefault(data.rrset.rdtype, reply)
    return found


def _nsec3_records(cut: Cut) -> Iterator[tuple[HeardReply, NSEC3]]:
    for kinds in _kinds_shown(cut).values():
        if (reply := kinds.get(_NSEC3)) is not None and reply.message is not None:
            for data in signed(reply.message.authority, (_NSEC3,)):
                yield from ((reply, rdata) for rdata in data.rrset if isinstance(rdata, NSEC3))


def _text(what: str, record: NSEC3 | NSEC3PARAM) -> str:
    return f"{what} with hash algorithm {record.algorithm} and flags {record.flags}"
