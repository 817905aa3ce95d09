"""Rules on signed denials that contradict what the same zone serves: every one is tested against all data.

Validating resolvers may keep NSEC and NSEC3 records and answer from them without asking again (RFC 8198), so
a record counts wherever it was seen, and for whatever question it came.
"""

from __future__ import annotations

from collections.abc import Iterator

import dns.rdatatype

from dnstrace.checks.advice.delegating import delegate
from dnstrace.checks.advice.remedies import RELOAD, in_zone
from dnstrace.checks.catalogue import Trait, of_cut
from dnstrace.checks.readings.answering_below import answered_below
from dnstrace.checks.readings.denied_data import (
    FOR_PARENTS,
    Denials,
    Denied,
    contradicted,
    validated_data,
    validated_denials,
)
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import counted, listed, where
from dnstrace.checks.readings.replies import HeardReply, by_server, only_server, steps_of
from dnstrace.checks.readings.signing import Judged
from dnstrace.checks.readings.statements import statements_of
from dnstrace.dnssec.denial import read_nsec, read_nsec3
from dnstrace.dnssec.nsec import Nsec
from dnstrace.dnssec.nsec3 import Nsec3
from dnstrace.dnssec.records import NSEC, type_name
from dnstrace.model import Name
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import plain, zone_text
from dnstrace.model.structs import replace

_OF_NSEC = (dns.rdatatype.NSEC, dns.rdatatype.RRSIG)


@of_cut(Level.ERROR, Blame.HOST, also=(Level.WARNING, Level.NOTICE))
def denial_contradicts_data(cut: Cut) -> Iterator[Observation]:
    """A signed NSEC or NSEC3 record denies data that the zone has.

    What it is: the zone's servers return data, and also a validly signed record by which this name does not
    exist or has no data of that type. If only the types RRSIG and NSEC are missing, which the record itself
    shows to exist, it is a warning.

    Why it matters: validating resolvers keep such records and answer from them (RFC 8198). After a query
    for a type that does not exist, they deny what does exist, until the record leaves the cache. It is a
    notice if only CDS and CDNSKEY records are denied: nobody but the parent asks for these, and most parents
    ask the servers themselves. Some servers that sign as they answer leave them out of the type list.

    How to fix it: sign the whole zone again, so that its chain of NSEC or NSEC3 records is rebuilt. If the
    server signs as it answers, the fault is in its software: the type lists have to have every type of the
    name. If the data and the record that denies it are on different servers, these have different copies of
    the zone: reload it on all of them.

    References: RFC 8198 section 5; RFC 4034 section 4.1.2; RFC 4035 section 2.3; RFC 5155 section 7.1
    """
    wrong = cut.once(contradicted)
    if not wrong:
        yield from _incomplete_lists(cut)
        return
    data, denied = next((pair for pair in wrong if pair[0].reply.step.main), wrong[0])
    others = len({each.what for each, _ in wrong}) - 1
    more = f" (and {counted(others, 'more RRset')})" if others else ""
    servers = [reply for _, denied in wrong for reply in denied.replies]
    apart = [data.reply for data, _ in wrong] if _are_apart(wrong) else []
    yield Observation(
        f"{data.what}{more} exists, but the signed {denied.record} shows that"
        f" {denied.says},"
        f" on {where(servers)}",
        steps_of([data.reply, *denied.replies]),
        server=only_server(servers),
        cure=RELOAD
        if apart
        else f"sign the whole of {zone_text(cut.zone)} again; if its servers sign as they answer, upgrade"
        " their software",
        level=Level.NOTICE if FOR_PARENTS.issuperset(each.data.rdtype for each, _ in wrong) else None,
        remedy=in_zone(cut.zone, servers=by_server([*servers, *apart])),
    )


@of_cut(Level.ERROR, Blame.HOST, Trait.BREAKS_TRUST)
def cut_denied(cut: Cut) -> Iterator[Observation]:
    """The signed zone proves that there is no delegation where its servers refer to another zone.

    What it is: the servers refer to a zone below, or answer from it because they serve it too, and validly
    signed NSEC or NSEC3 records of the zone show that the name of that zone does not exist, or is not
    delegated: the signer did not know of the delegation.

    Why it matters: what the zone below answers has no place in the signed tree. Validating resolvers take
    it for a forgery and answer SERVFAIL for everything in the zone below.

    How to fix it: add the delegation to the zone above, if it is not there, and sign that zone again. The
    operator of the zone below cannot fix it.

    References: RFC 4035 section 5.2; RFC 4035 section 2.3; RFC 5155 section 7.1; RFC 6840 section 4.1
    """
    assumed = cut.summary(_assumed)
    signed = {each.data.name for each in validated_data(cut) if each.data.rdtype == dns.rdatatype.DS}
    referrals: dict[Name, list[HeardReply]] = {}
    for found in statements_of(cut).referrals.values():
        for zone, each in found.items():
            referrals.setdefault(zone, []).append(each.reply)
    for zone, replies in referrals.items():
        if zone in assumed or zone in signed:
            continue
        if (denied := _denied_cut(cut, zone, replies, ("refers to", "refer to"))) is not None:
            yield replace(
                denied,
                cure=f"sign {zone_text(cut.zone)} again, with the delegation of {plain(zone)} in it",
                remedy=in_zone(cut.zone, servers=by_server(replies)),
            )
    for zone, replies in answered_below(cut).items():
        if zone in {*referrals, *assumed, *signed}:
            continue
        if (denied := _denied_cut(cut, zone, replies, ("answers from", "answer from"))) is not None:
            cure, records, remedy = delegate(cut, zone)
            cure += f"; then sign {zone_text(cut.zone)} again"
            yield replace(denied, cure=cure, records=records, remedy=remedy)


def _denied_cut(cut: Cut, zone: Name, replies: list[HeardReply], do: tuple[str, str]) -> Observation | None:
    """The observation, yet without a fix, that servers do so (one, several) though no cut is there."""
    denied = cut.once(Denials).of(zone, dns.rdatatype.NS, replies[0])
    if denied is None:
        return None
    one, several = do
    return Observation(
        f"{where(replies)} {one if only_server(replies) else several} {plain(zone)}, but the signed"
        f" {denied.record} of {zone_text(cut.zone)} shows that {denied.says}: there is no zone cut",
        steps_of([*replies, *denied.replies[:1]]),
    )


@of_cut(Level.ERROR, Blame.HOST, Trait.BREAKS_TRUST)
def nsec_outside_zone(cut: Cut) -> Iterator[Observation]:
    """The next name of an NSEC record lies outside its zone.

    What it is: a signed NSEC record names as the next name of the zone one that is not in the zone.

    Why it matters: such a record proves nothing, or denies names of other zones. Validating resolvers ignore
    it, and what it should prove fails.

    How to fix it: sign the whole zone again. If that does not help, the fault is in the signer: the last
    NSEC record has to name the apex of the zone.

    References: RFC 4034 section 4.1.1; RFC 4034 section 6.1; RFC 4035 section 5.4
    """
    wrong = [
        (each, rdata.next)
        for each in validated_denials(cut)
        for rdata in each.data.rrset
        if isinstance(rdata, NSEC) and not rdata.next.is_subdomain(cut.zone)
    ]
    if wrong:
        each, following = wrong[0]
        replies = [one.reply for one, _ in wrong]
        yield Observation(
            f"the NSEC record of {plain(each.data.name)} names {plain(following)} as the next name, which is"
            f" not in {zone_text(cut.zone)}, on {where(replies)}",
            steps_of(replies),
            server=only_server(replies),
            cure=f"sign the whole of {zone_text(cut.zone)} again: its last NSEC record has to name the apex",
            remedy=in_zone(cut.zone, servers=by_server(replies)),
        )


# --- the records and the data ----------------------------------------------------------------------


def _incomplete_lists(cut: Cut) -> Iterator[Observation]:
    """What is wrong with type lists that lack the types of the record's own signature, or its own."""
    lacking: dict[tuple[str, str], list[HeardReply]] = {}
    for each in validated_denials(cut):
        found: list[Nsec | Nsec3] = [*read_nsec(each.data, cut.zone), *read_nsec3(each.data, cut.zone)]
        for record in found:
            if missing := _missing_types(record):
                lacking.setdefault((str(record), listed(missing)), []).append(each.reply)
    if lacking:
        (record_text, types), replies = next(iter(lacking.items()))
        yield Observation(
            f"the signed {record_text} does not list {types} among the types of its name, which has such"
            f" records, on {where(replies)}",
            steps_of(replies),
            server=only_server(replies),
            cure=f"sign the whole of {zone_text(cut.zone)} again; if its servers sign as they answer, upgrade"
            " their software",
            level=Level.WARNING,
            remedy=in_zone(cut.zone, servers=by_server(replies)),
        )


def _missing_types(record: Nsec | Nsec3) -> list[str]:
    """The types that a record lacks although its name has them because the zone is signed.

    An NSEC record exists at its name and is signed (RFC 4035 section 2.3). An NSEC3 record has a name of
    its own, and what it is about has no signatures if it is an unsigned delegation or an empty non-terminal.
    """
    if isinstance(record, Nsec):
        return [type_name(each) for each in _OF_NSEC if each not in record.types]
    others = [each for each in record.types.listed() if each != dns.rdatatype.NS]
    unsigned = bool(others) and dns.rdatatype.RRSIG not in record.types
    return [type_name(dns.rdatatype.RRSIG)] if unsigned else []


def _are_apart(wrong: list[tuple[Judged, Denied]]) -> bool:
    """Whether no server contradicts itself: they have different copies of the zone."""
    return all(data.reply.address not in {each.address for each in denied.replies} for data, denied in wrong)


def _assumed(cut: Cut) -> frozenset[Name]:
    """The zones whose delegation is assumed."""
    return frozenset(below.zone for below in cut.evidence.trace.supposed)
