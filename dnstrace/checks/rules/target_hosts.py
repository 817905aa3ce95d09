"""Rules on the hosts that records of a zone point to, as far as these are in the zone too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import dns.rcode
import dns.rdatatype
import dns.rrset

from dnstrace.analysis.pointing import pointed_at
from dnstrace.checks.advice.remedies import in_zone
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.hosts import address_literal
from dnstrace.checks.readings.phrases import listed
from dnstrace.checks.readings.replies import HeardReply, replies_of, steps_of
from dnstrace.checks.rules.targets import absent, name_meant, point_text, pointing, records_text
from dnstrace.message.alias import alias_target, made_by_dname
from dnstrace.model import ROOT, Kind, Name, Probe
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import plain

_NO_ALIASES = (dns.rdatatype.MX, dns.rdatatype.SRV)
"""The types whose targets must not be aliases; those of SVCB and HTTPS may be (RFC 9460 section 2.4.3)."""


@of_cut(Level.WARNING, Blame.HOST, also=(Level.ERROR,))
def target_is_address(cut: Cut) -> Iterator[Observation]:
    """A record points to an address where a name is needed.

    What it is: an MX, SRV, PTR, HTTPS or SVCB record has an address, such as `192.0.2.25.`, in place of the
    name of a host.

    Why it matters: whoever follows the record takes the address for a name, looks it up and finds nothing.
    Some mail servers connect to the address all the same, most do not. If it is so of all the records asked
    for, it is an error.

    How to fix it: give the host a name with A and AAAA records, and put that name in the record.

    References: RFC 1035 section 3.3.9; RFC 5321 section 5.1; RFC 2782; RFC 1912 section 2.5
    """
    gone = cut.once(absent)
    for each in _each_rrset(cut):
        rrset, every = each.rrset, _targets(each.rrset)
        spelt = {name: address for name in every if (address := _address_at(cut, name))}
        if spelt:
            replies = each.with_targets(spelt)
            addresses, one = listed(spelt.values()), len(spelt) == 1
            are = "is an address, not a name" if one else "are addresses, not names"
            give = f"the host at {addresses} a name" if one else f"the hosts at {addresses} names"
            yield Observation(
                point_text(rrset, spelt, f"{addresses}, which {are}"),
                steps_of((*replies, *(gone[name] for name in spelt if name in gone))),
                cure=f"give {give}, and write {'it' if one else 'them'} in the {records_text(rrset)}",
                remedy=in_zone(cut.zone),
                level=_level(cut, replies, every),
            )


@of_cut(Level.WARNING, Blame.HOST, also=(Level.ERROR,))
def target_missing(cut: Cut) -> Iterator[Observation]:
    """A record points to a name of the zone that does not exist.

    What it is: an MX, SRV, PTR, HTTPS or SVCB record points to a name in its own zone, and the zone's servers
    say that there is no such name. Often a host was removed and the record stayed.

    Why it matters: whoever follows the record finds nothing. Mail servers try the next MX record; if there is
    none, mail waits and comes back. If that is so of all the records asked for, it is an error.

    How to fix it: remove the record, or publish the addresses of the name. A domain that takes no mail has
    the single record `MX 0 .`, and a service that is not offered `SRV 0 0 0 .`: these point to nothing on
    purpose.

    References: RFC 5321 section 5.1; RFC 7505 section 3; RFC 2782; RFC 1912 section 2.5
    """
    gone = cut.once(absent)
    for each in _each_rrset(cut) if gone else ():
        rrset, every = each.rrset, _targets(each.rrset)
        lost = [name for name in every if name in gone and name_meant(cut, name) is None]
        missing = [name for name in lost if not _address_at(cut, name)]
        if missing:
            replies = each.with_targets(missing)
            yield Observation(
                point_text(rrset, missing),
                steps_of((*replies, *(gone[name] for name in missing))),
                cure=f"{_removal(rrset, missing)}, or publish the addresses of {listed(missing)}",
                remedy=in_zone(cut.zone),
                level=_level(cut, replies, every),
            )


@of_cut(Level.WARNING, Blame.HOST, also=(Level.ERROR,))
def target_alias(cut: Cut) -> Iterator[Observation]:
    """An MX or SRV record points to an alias.

    What it is: the name to which an MX or SRV record of the zone points has a CNAME record.

    Why it matters: such names must not be aliases. Many mail servers follow the alias all the same. Others
    reject the mail, or do not recognise themselves by that name and send it round in a circle. If no record
    asked for leads to an address, because the aliases end at names that do not exist, it is an error.

    How to fix it: point the record at the name that the alias leads to, or publish addresses at the name
    instead of a CNAME record.

    References: RFC 2181 section 10.3; RFC 5321 section 5.1; RFC 2782; RFC 1912 section 2.4
    """
    aliases = cut.once(_aliases)
    for each in _each_rrset(cut) if aliases else ():
        rrset, every = each.rrset, _targets(each.rrset)
        found = [name for name in every if name in aliases and rrset.rdtype in _NO_ALIASES]
        nowhere = cut.once(_nowhere).intersection(found)
        if found:
            replies = each.with_targets(found)
            yield Observation(
                point_text(rrset, found, _aliases_text(found, aliases)),
                steps_of((*replies, *(aliases[name].reply for name in found))),
                cure=_without_aliases(rrset, {name: aliases[name] for name in found}),
                remedy=in_zone(cut.zone),
                level=_level(cut, replies, every) if nowhere else None,
            )


@of_cut(Level.WARNING, Blame.HOST)
def null_target_beside_others(cut: Cut) -> Iterator[Observation]:
    """An MX or SRV record says that there is no service, next to others that name a host.

    What it is: of several MX or SRV records of a name, one has a lone dot as its target: no mail is accepted
    there, or the service is not offered. The others point to hosts.

    Why it matters: what holds depends on who asks. Some mail servers return all mail at once, because the
    null MX record comes first; others deliver it.

    How to fix it: remove the record with the lone dot if there is a service, and all others if there is none.

    References: RFC 7505 section 3; RFC 7505 section 4.1; RFC 2782
    """
    for each in _each_rrset(cut):
        both = [reply for reply, rrset in each.shown if rrset.rdtype in _NO_ALIASES and _is_both(rrset)]
        if both:
            what, records = ("mail" if each.rrset.rdtype == dns.rdatatype.MX else "service"), each.rrset
            says = "accept no mail" if what == "mail" else "offer no service"
            null = next(rdata for rdata in records if pointed_at(rdata) == ROOT)
            rdtype, takes = (
                dns.rdatatype.to_text(records.rdtype),
                "accepts" if what == "mail" else "offers this",
            )
            yield Observation(
                f"one of the {records_text(records)}, {rdtype} {null}, says to {says} at"
                f" {plain(records.name)}, and others point to {listed(_hosts(records))}",
                steps_of(both),
                cure=f"remove {rdtype} {null} if {plain(records.name)} {takes} {what}, and the other"
                f" {rdtype} records if it does not",
                remedy=in_zone(cut.zone),
            )


def _is_both(rrset: dns.rrset.RRset) -> bool:
    """Whether records of one RRset point to nothing, and others to hosts."""
    return ROOT in _targets(rrset) and bool(_hosts(rrset))


def _hosts(rrset: dns.rrset.RRset) -> list[Name]:
    return [name for name in _targets(rrset) if name != ROOT]


def _aliases_text(found: list[Name], aliases: dict[Name, _Alias]) -> str:
    """Which names are aliases of which, and which of them lead to nothing."""
    are = "is an alias" if len(found) == 1 else "are aliases"
    text = f"{listed(found)}, which {are} (CNAME) of {listed(aliases[name].of for name in found)}"
    nowhere = [name for name in found if aliases[name].end is None]
    if not nowhere:
        return text
    if len(nowhere) < len(found):
        return f"{text}; {listed(nowhere)} {'leads' if len(nowhere) == 1 else 'lead'} to no address"
    return f"{text} and {'leads' if len(nowhere) == 1 else 'lead'} to no address"


def _without_aliases(rrset: dns.rrset.RRset, found: dict[Name, _Alias]) -> str:
    """How to have records point to no aliases: at their ends, if they all have one.

    Names below a DNAME record cannot have addresses of their own (RFC 6672 section 2.4). A CNAME record
    may be that of a wildcard, which has to stay for other names.
    """
    names, ends = listed(found), [each.end for each in found.values()]
    anew = (
        f"publish addresses at {names} instead of {'a CNAME record' if len(found) == 1 else 'CNAME records'}"
    )
    changed = f"write {listed(ends)} instead of {names} in the {records_text(rrset)}"
    ways = [_removal(rrset, list(found)) if None in ends else changed]
    return ", or ".join(ways + [anew] * (not any(each.made for each in found.values())))


def _removal(rrset: dns.rrset.RRset, missing: list[Name]) -> str:
    """How to have records point to none of these names: nothing is left where they have no others."""
    records = f"the {records_text(rrset)}"
    if len(missing) == len(_targets(rrset)):
        return f"remove {records}"
    return f"remove {'it' if len(missing) == 1 else 'them'} from {records}"


# --- what they look at -------------------------------------------------------------------------


class _Pointing(NamedTuple):
    """An RRset that points somewhere, with the records of all servers, and the replies that have some."""

    rrset: dns.rrset.RRset
    shown: list[tuple[HeardReply, dns.rrset.RRset]]

    def with_targets(self, names: Iterable[Name]) -> list[HeardReply]:
        """For each of these names, the first reply that points to it."""
        first = {pointed_at(rdata): reply for reply, rrset in reversed(self.shown) for rdata in rrset}
        return [first[name] for name in names]


def _each_rrset(cut: Cut) -> Iterator[_Pointing]:
    """The RRsets of the zone that point somewhere, each once, whatever server has which of its records."""
    found: dict[tuple[Name, int], list[tuple[HeardReply, dns.rrset.RRset]]] = defaultdict(list)
    for reply, rrset in cut.once(pointing):
        found[rrset.name, rrset.rdtype].append((reply, rrset))
    for (owner, _), shown in found.items():
        rdata = dict.fromkeys(each for _, rrset in shown for each in rrset)
        yield _Pointing(dns.rrset.from_rdata_list(owner, shown[0][1].ttl, list(rdata)), shown)


def _level(cut: Cut, replies: Iterable[HeardReply], every: Iterable[Name]) -> Level | None:
    """An error where none of the records asked for points to a host."""
    useless = cut.once(absent).keys() | cut.once(_nowhere)
    nothing = all(name in useless or _address_at(cut, name) for name in every)
    return Level.ERROR if nothing and any(reply.step.main for reply in replies) else None


def _address_at(cut: Cut, name: Name) -> str:
    """The address that a target spells; one with the zone's name added counts if there is no such name."""
    inside = name.is_subdomain(cut.zone)
    return address_literal(name, cut.zone) if name in cut.once(absent) or not inside else ""


def _targets(rrset: dns.rrset.RRset) -> list[Name]:
    return sorted({name for rdata in rrset if (name := pointed_at(rdata)) is not None})


class _Alias(NamedTuple):
    """A name that is an alias: of which name, and of which one in the end if that is there.

    It is `made` if it is below a DNAME record.
    """

    of: Name
    end: Name | None
    made: bool
    reply: HeardReply


def _aliases(cut: Cut) -> dict[Name, _Alias]:
    """The names that are aliases by every server that was asked for their addresses."""
    found: dict[Name, _Alias] = {}
    others: set[Name] = set()
    for step in cut.probe_steps(Probe.TYPE):
        name = step.question.name
        for reply in (each for each in replies_of(step) if each.meaning.usable):
            links = [r for r in reply.meaning.answer if r.rdtype == dns.rdatatype.CNAME]  # in their order
            of = next((alias_target(r) for r in links if r.name == name), None)
            nowhere = reply.meaning.rcode == dns.rcode.NXDOMAIN or reply.meaning.kind is Kind.ALIAS_LOOP
            if of is None:
                others.add(name)
                continue
            last = alias_target(links[-1])
            end = None if nowhere or last is None or _address_at(cut, last) else last
            made = made_by_dname(name, reply.meaning.answer) is not None
            found.setdefault(name, _Alias(of, end, made, reply))
    return {name: each for name, each in found.items() if name not in others}


def _nowhere(cut: Cut) -> frozenset[Name]:
    """The aliases that end at a name that does not exist, or nowhere."""
    return frozenset(name for name, each in cut.once(_aliases).items() if each.end is None)
