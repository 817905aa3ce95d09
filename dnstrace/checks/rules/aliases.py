"""Rules on aliases: CNAME and DNAME records, and where they lead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import dns.rdatatype

from dnstrace.checks.advice.odd_copies import as_the_others
from dnstrace.checks.advice.pointers import is_handed_over, without_pointer
from dnstrace.checks.advice.registries import registered
from dnstrace.checks.advice.remedies import in_zone
from dnstrace.checks.catalogue import of_cut, of_trace
from dnstrace.checks.readings.alias_links import (
    AliasLink,
    Source,
    links_of,
    mistyped,
    origin_of,
    owner_zone,
)
from dnstrace.checks.readings.evidence import Cut, Evidence
from dnstrace.checks.readings.hosts import address_literal
from dnstrace.checks.readings.phrases import listed, where
from dnstrace.checks.readings.replies import HeardReply, replies_of, steps_of, targets_of
from dnstrace.checks.readings.statements import Statement, statements_of
from dnstrace.checks.rules.targets import alias_meant
from dnstrace.dnssec.compact import is_absent
from dnstrace.model import Name, Outcome, Purpose, Step
from dnstrace.model.findings import Blame, Fix, Level, Observation
from dnstrace.model.naming import is_below, plain, zone_text

_CNAME, _DNAME = dns.rdatatype.CNAME, dns.rdatatype.DNAME
_ALLOWED = frozenset({_CNAME, dns.rdatatype.RRSIG, dns.rdatatype.NSEC, dns.rdatatype.KEY})
_TTL = 3600  # seconds, of records to remove; of no consequence


@of_trace(Level.ERROR, Blame.HOST, also=(Level.NOTICE,))
def alias_dangling(evidence: Evidence) -> Iterator[Observation]:
    """An alias points to a name that does not exist or cannot be reached.

    What it is: a CNAME or DNAME record points to a name that its zone says does not exist, or whose zone
    has no server that answers. Often a service was cancelled and its alias was left behind.

    Why it matters: a query for the alias gets no data. If a stranger can register the target, or claim it
    at the provider that it points to, the stranger can take over the name.

    How to fix it: remove the alias, or point it at a name that exists. In a master file, a target without its
    final dot is taken as a name below the zone. An alias in a reverse zone leaves PTR records to the user of
    that part of a network, who publishes them for the addresses in use (a notice).

    References: RFC 1034 section 3.6.2; RFC 1035 section 5.1; RFC 2308 section 2.1; RFC 2317 section 4; RFC
    6604 section 3
    """
    links = links_of(evidence)
    if not links or (why := _missing(evidence, links[-1])) is None:
        return
    last, zone = links[-1], owner_zone(evidence, links[-1])
    origin = origin_of(evidence.cut(zone), last)
    source = origin.source
    ending = [step for step in evidence.trace.steps if step.purpose is Purpose.ALIAS][-1]
    meant, is_there = alias_meant(evidence.cut(zone), source.target)
    if meant is None and is_handed_over(ending, last.owner):
        yield without_pointer(last.owner, last.target, (last.step.id, ending.id), evidence.zone_of(ending))
        return
    if meant is None and _is_redirected_well(source, ending):
        return
    led_to = len(links) > 1 and links[-2].source.rdtype != _DNAME  # below which any name may be asked for
    pointed = origin.pointed(led_to)
    cure, records = f"{pointed} at a name that exists", tuple[str, ...]()
    remedy = in_zone(zone, remove=() if led_to else origin.removable)
    if meant is not None and is_there:
        why += f": the final dot of {plain(meant)} is missing"
        rdtype = dns.rdatatype.to_text(source.rdtype)
        cure = f"write {meant.to_text()}, with the final dot, in the {rdtype} record of {origin.owner}"
        records = (str(source._replace(target=meant)),)
        remedy = in_zone(zone, change=records if origin.is_rehearsable else ())
    elif (address := address_literal(source.target, zone)) and source.rdtype == _CNAME:
        records = (f"{source.owner} {source.ttl} IN {'AAAA' if ':' in address else 'A'} {address}",)
        why += f": {address} is an address, not a name"
        cure = f"publish the address of {origin.owner} instead of an alias"
        remedy = in_zone(zone)
        if origin.is_rehearsable:
            remedy = in_zone(zone, add=records, remove=[str(source)])
    elif (wrong := mistyped(source.target)) is not None:
        why += f": {wrong.what}"
        cure = f"{pointed} at {plain(wrong.name)}, if that is meant"
    elif meant is not None:
        why += " and may lack its final dot"
    by = "" if source.owner == last.owner else f" by {origin.what}"
    yield Observation(
        f"{plain(last.owner)} is an alias of {plain(last.target)}{by}, {why}",
        (last.step.id, ending.id),
        cure=cure,
        records=() if len(origin.either) > 1 else records,
        zone=zone,
        remedy=remedy,
    )


@of_cut(Level.ERROR, Blame.HOST)
def alias_at_apex(cut: Cut) -> Iterator[Observation]:
    """The apex of the zone is an alias.

    What it is: the zone has a CNAME record at its own name, where its SOA and NS records are.

    Why it matters: a CNAME record stands for all data of its name. Resolvers that have it cached look for
    the zone's SOA, NS and MX records at the target, so mail or the whole zone fails, depending on what
    they asked before.

    How to fix it: replace the CNAME record with address records. Some DNS providers generate these from a
    target (often called ALIAS or ANAME). An HTTPS record can also point elsewhere.

    References: RFC 1034 section 3.6.2; RFC 1912 section 2.4; RFC 2181 section 10.1; RFC 9460 section
    2.4.2
    """
    showing = [reply for reply in _heard_of(cut) if reply.rrset(cut.zone, _CNAME) is not None]
    if showing:
        cure = f"replace the CNAME record at {zone_text(cut.zone)} with the addresses of its target"
        targets = (name for reply in showing for name in targets_of(reply.rrset(cut.zone, _CNAME)))
        if not all(name.is_subdomain(cut.zone) for name in targets):  # others may change them at any time
            cure += ", or with an ALIAS or ANAME record of the DNS provider, which follows them"
        yield Observation(
            f"{zone_text(cut.zone)} has a CNAME record at its apex, on {where(showing)}",
            steps_of(showing),
            **as_the_others(cut, showing, _addresses_instead(cut, showing, cure)),
        )


@of_cut(Level.ERROR, Blame.HOST)
def alias_beside_data(cut: Cut) -> Iterator[Observation]:
    """A name has a CNAME record and other data, or several CNAME records.

    What it is: a server returns a CNAME record together with other records of the same name, in one reply
    or to queries for different types; or several CNAME records; or it refers to another zone of that name.

    Why it matters: an alias has no data of its own. Which of the two a resolver uses depends on the
    resolver and on its cache, so users reach different places. With several CNAME records some resolvers
    use the first; others, such as BIND, answer SERVFAIL.

    How to fix it: remove either the CNAME record or the other records. A name that is delegated has no
    CNAME record in the zone above: either the delegation or the CNAME record has to go. If only a few servers
    do so, and not the primary, the zone itself is right: load it there again, or upgrade their software.

    References: RFC 1034 section 3.6.2; RFC 2181 section 10.1; RFC 4035 section 2.5; RFC 6672 section 2.3
    """
    found: dict[Name, list[HeardReply]] = {}
    for reply in _heard_of(cut):
        for owner in _doubled(reply, cut.zone):
            found.setdefault(owner, []).append(reply)
    for owner, replies in cut.once(_in_turn).items():
        found.setdefault(owner, []).extend(reply for reply in replies if reply not in found[owner])
    for owner, showing in found.items():
        sets = [targets_of(reply.rrset(owner, _CNAME)) for reply in showing]
        longest = max(sets, key=len)
        targets = sorted(longest)
        what, cure = (
            "and also has other data",
            f"remove the CNAME record of {plain(owner)}, or all its other records",
        )
        if len(targets) > 1:
            what = f"of {listed(targets)} at the same time"
            cure = f"remove all CNAME records of {plain(owner)} except one"
        elif any(_cut_of(reply) == owner for reply in showing):
            what = f"in {zone_text(cut.zone)} and also delegated to other servers"
            cure = one_has_to_go(owner, cut.zone)
        elif _redirects_itself(owner, targets, showing):
            what = f"of {plain(targets[0])}, where its DNAME record sends only the names below it"
            cure = (
                f"remove the CNAME record of {plain(owner)}; if {zone_text(cut.zone)} has none, upgrade the"
                " software of its servers, which make one from the DNAME record"
            )
        gone = _records_of(showing, owner, 1) if len(targets) > 1 else ()
        remedy = in_zone(cut.zone, remove=gone)
        yield Observation(
            f"{plain(owner)} is an alias {what}, on {where(showing)}",
            steps_of(showing),
            **as_the_others(cut, showing, Fix(cure=cure, records=(), remedy=remedy)),
        )


def delegated_alias(cut: Cut, name: Name) -> Name | None:
    """A name at or above `name` that is an alias in the zone of `cut` and also delegated; None if none is."""
    twice = (owner for owner, shown in cut.once(_in_turn).items() if any(_cut_of(r) == owner for r in shown))
    return next((owner for owner in twice if name.is_subdomain(owner)), None)


def one_has_to_go(owner: Name, zone: Name) -> str:
    """What to do where a name is an alias and also delegated."""
    return f"remove either the CNAME record or the NS records of {plain(owner)} in {zone_text(zone)}"


def _addresses_instead(cut: Cut, showing: list[HeardReply], cure: str) -> Fix:
    """The `cure`, with the addresses to publish instead of an alias at the apex where the trace has them."""
    trace = cut.evidence.trace
    found = [
        f"{cut.zone} {rrset.ttl} IN {dns.rdatatype.to_text(rrset.rdtype)} {rdata}"
        for rrset in (trace.answer if trace.question.name == cut.zone else ())
        if rrset.rdtype in (dns.rdatatype.A, dns.rdatatype.AAAA)
        for rdata in sorted(rrset)
    ]
    gone = _records_of(showing, cut.zone) if found else ()
    return {"cure": cure, "records": tuple(found), "remedy": in_zone(cut.zone, add=found, remove=gone)}


def _records_of(showing: Iterable[HeardReply], owner: Name, after: int = 0) -> list[str]:
    """The CNAME records of a name, in master-file format, without the first `after` of them."""
    found = dict.fromkeys(str(rdata) for reply in showing for rdata in reply.rrset(owner, _CNAME) or ())
    return [f"{owner} {_TTL} IN CNAME {rdata}" for rdata in sorted(found)[after:]]


# --- what they look at -------------------------------------------------------------------------


def _missing(evidence: Evidence, last: AliasLink) -> str | None:
    """Why the target of an alias is not there; None where it is, or where that is not known."""
    trace = evidence.trace
    ending = [step for step in trace.steps if step.purpose is Purpose.ALIAS][-1:]
    if not ending or last.target != ending[0].question.name:
        return None
    if trace.outcome in (Outcome.NXDOMAIN, Outcome.NODATA) and is_absent(ending[0]):
        return "which does not exist"
    unasked = ending[0].limited or ending[0].given  # the server to start from need not lead there
    lost = trace.outcome is Outcome.FAILED and ending[0].outcome is Outcome.FAILED and not unasked
    cut = evidence.cut(ending[0].zone)
    served = cut is not None and bool(cut.serving)  # only the type in question fails there
    if lost and not served and ending[0].zone != owner_zone(evidence, last) and ending[0].attempts:
        return f"and no server of {zone_text(ending[0].zone)} answers for it"
    return None


def _is_redirected_well(source: Source, ending: Step) -> bool:
    """Whether only the name asked is missing where a DNAME record leads: any such name can be asked for.

    The record itself is at fault if the domain that it points to is not registered.
    """
    if source.rdtype != _DNAME or not is_absent(ending) or ending.meaning is None:
        return False
    domain, above = registered(source.target), ending.meaning.zone
    return domain is None or above is None or not is_below(domain, above)


def _heard_of(cut: Cut) -> list[HeardReply]:
    """Every reply of the servers of a zone, in the walk and to probes."""
    walked = (reply for step in cut.walked for reply in replies_of(step))
    return [r for r in (*walked, *cut.probed_replies()) if r.address in cut.serving and r.message is not None]


def _doubled(reply: HeardReply, zone: Name) -> list[Name]:
    """The names below the apex that have a CNAME record and something else in one reply."""
    answer = [] if reply.message is None else reply.message.answer
    aliases = [rrset for rrset in answer if rrset.rdtype == _CNAME and rrset.name.is_subdomain(zone)]
    return [
        alias.name
        for alias in aliases
        if alias.name != zone
        and (len(alias) > 1 or any(r.name == alias.name and r.rdtype not in _ALLOWED for r in answer))
    ]


def _in_turn(cut: Cut) -> dict[Name, list[HeardReply]]:
    """The names below the apex of which one address gives a CNAME record and, asked otherwise, other data."""
    said = statements_of(cut)
    found: dict[Name, list[HeardReply]] = {}
    for (address, owner), shown in said.data.items():
        aliases = [each for each in shown if _types_at(owner, each) & {_CNAME} and not _is_made(owner, each)]
        others = [each for each in shown if _types_at(owner, each) - _ALLOWED]
        referral = said.referrals.get(address, {}).get(owner)
        others += [referral] if referral is not None else []
        if aliases and others and owner != cut.zone:
            found.setdefault(owner, []).extend((aliases[0].reply, others[0].reply))
    return found


def _redirects_itself(owner: Name, targets: list[Name], showing: Iterable[HeardReply]) -> bool:
    """Whether a DNAME record of the name has the same target: it is not for the name itself (RFC 6672)."""
    sets = (targets_of(reply.rrset(owner, _DNAME)) for reply in showing)
    return any([target] == targets for each in sets for target in each)


def _types_at(owner: Name, each: Statement) -> set[dns.rdatatype.RdataType]:
    return {rrset.rdtype for rrset in each.data if rrset.name == owner}


def _is_made(owner: Name, each: Statement) -> bool:
    """Whether a CNAME record is synthesised from a DNAME record above it."""
    return any(rrset.rdtype == _DNAME and is_below(owner, rrset.name) for rrset in each.data)


def _cut_of(reply: HeardReply) -> Name | None:
    delegation = reply.meaning.delegation
    return None if delegation is None else delegation.zone
