"""The result of a step in sentences for learners: what the chosen server said, and what that means.

All text from the network is escaped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.rdatatype

from dnstrace.analysis.caching import negative_ttl
from dnstrace.analysis.reached import breaks_at, last_step
from dnstrace.model import ROOT, Kind, Outcome, Source
from dnstrace.model.naming import plain, zone_text
from dnstrace.model.security import Security
from dnstrace.render.negative import denied_compactly
from dnstrace.render.text import count_text, harmless, rdata_text, ttl_text, type_text
from dnstrace.render.troubles import way

if TYPE_CHECKING:
    import dns.rrset

    from dnstrace.model import Attempt, Delegation, Meaning, Step, Trace

_LINKS = {dns.rdatatype.CNAME, dns.rdatatype.DNAME, dns.rdatatype.RRSIG}
_MOST = 3  # records that are shown
_LONGEST = 60  # characters of them
_HOST = 4  # labels of a name such as ns1.example.com, the root's included
_VOUCHES = "Its DS record vouches for the keys of that zone."
_ZONES = range(2, 5)  # the zones of server names are listed if their number is in this range
ADDRESSES = {dns.rdatatype.A: "address", dns.rdatatype.AAAA: "IPv6 address"}
"""What the records that a browser needs have, in words."""


def result_words(step: Step, trace: Trace, introduced: bool = False) -> str:
    """The final answer of the servers of the zone; with `introduced`, how one was chosen has been said."""
    meaning = step.meaning
    if meaning is None or step.chosen is None:
        ends = ": the walk ends here" if step is last_step(trace) else ""
        if not step.attempts:
            why = f" ({harmless(step.note)})" if step.note and ends else ""
            return f"{_none_of(step)} can be asked{why}{ends}."
        return f"{_none_of(step)} gives a usable answer{ends}."
    who = f"{way(step)}{_chosen_server(step, step.attempts[step.chosen], introduced)}"
    if step.attempts[step.chosen].meaning.offer is not None:
        who = f"{who} appears not to serve the zone (lame), but no other server gives a better answer: it"
    if meaning.delegation is not None:
        return f"{who} {_refers(step, meaning.delegation, trace)}"
    return f"{who} {_answer_words(step, meaning)}"


def _none_of(step: Step) -> str:
    """None of the servers that a step asks, as the beginning of a sentence."""
    return "No starting server" if step.given else f"No server of {zone_text(step.zone)}"


def _chosen_server(step: Step, attempt: Attempt, introduced: bool) -> str:
    server = plain(attempt.server) if attempt.server != ROOT else attempt.address
    if introduced:
        return server
    if step.given:
        return f"{server}, the server given to start from,"
    if step.all_servers:
        return f"Every server of {zone_text(step.zone)} is asked; {server}, one of them,"
    if step.zone == ROOT:
        return f"{server}, one of {count_text(len(step.servers), 'root server')},"
    if len(step.servers) == 1:
        return f"{server}, the only name server of {zone_text(step.zone)},"
    return f"{server}, picked from the {len(step.servers)} name servers of {zone_text(step.zone)},"


def _refers(step: Step, cut: Delegation, trace: Trace) -> str:
    """That a server refers to others, as the rest of a sentence; what was explained before is short."""
    earlier = [each for each in trace.steps[: step.id - 1] if each.referral is not None]
    if any(each.referral == cut for each in earlier):
        return f"only repeats the referral to {plain(cut.zone)}."
    if not earlier:
        return f"does not have the answer, but knows who to ask next: {_referral(cut)}"
    if step.main and step.parent is not None and trace.steps[step.parent - 1] is earlier[-1]:
        return f"does not have it either, but refers to {_referral(cut)}"
    return f"refers to {_referral(cut)}"


def _referral(cut: Delegation) -> str:
    """The servers that a referral lists, and whether it includes their addresses."""
    servers = count_text(len(cut.servers), "name server") if len(cut.servers) > 1 else "only name server"
    with_glue = sum(any(a.source is Source.GLUE for a in server.addresses) for server in cut.servers)
    inside = any(server.name.is_subdomain(cut.zone) for server in cut.servers if not server.addresses)
    one = len(cut.servers) == 1
    glue = f"The reply includes addresses for {with_glue} of them (glue)."
    if with_glue == len(cut.servers):
        glue = f"The reply includes {'its address' if one else 'their addresses'} (glue)."
    elif inside and with_glue:
        glue = f"{glue[:-1]}, but not for all whose names are inside that zone."
    elif inside:
        inside_names = "its name is" if one else "some of their names are"
        glue = f"The reply includes no addresses (no glue), although {inside_names} inside that zone."
    elif one:
        glue = "The reply does not include its address: its name is in another zone."
    elif not with_glue:
        glue = f"The reply does not include their addresses: their names are in other zones{_zones_of(cut)}"
    return f"the {servers} of {plain(cut.zone)}. {glue}"


def _zones_of(cut: Delegation) -> str:
    """The zones that the names of the servers are in, if several, and the end of the sentence."""
    if any(len(server.name) < _HOST for server in cut.servers):
        return "."
    zones = list(dict.fromkeys(plain(server.name.parent().parent()) for server in cut.servers))
    if len(zones) not in _ZONES:
        return "."
    return f", under {', '.join(zones[:-1])} and {zones[-1]}."


def trust_words(step: Step, trace: Trace) -> str:
    """What a step shows about the chain of trust, if that was validated."""
    evidence = None if trace.judgement is None else trace.judgement.steps.get(step.id)
    if evidence is None:
        return ""
    status = evidence.security
    if status is Security.BOGUS:
        breaks, signed = breaks_at(trace, step), (each for each in evidence.signatures if each.valid)
        if not breaks and step.referral and any(each.covered == dns.rdatatype.DS for each in signed):
            return _VOUCHES  # what is broken is further down
        return f"The chain of trust {'breaks here' if breaks else 'is broken already'}."
    if step.outcome is Outcome.REFERRAL:
        insecure = "It vouches for no keys of that zone, so nothing below can be validated."
        return {
            Security.SECURE: _VOUCHES,
            Security.INSECURE: insecure,
        }.get(status, "")
    return "The signatures are valid." if status is Security.SECURE else ""


def _answer_words(step: Step, meaning: Meaning) -> str:
    """What a server answers, as the rest of a sentence."""
    zone = meaning.zone or step.zone
    sure = "answers with authority" if meaning.authoritative else "answers without authority"
    name, rdtype = plain(meaning.target or step.question.name), type_text(step.question.rdtype)
    if meaning.kind is Kind.ALIAS:
        return f"says that {plain(step.question.name)} is an alias of {name}."
    if meaning.kind is Kind.NXDOMAIN:
        return f"serves {zone_text(zone)} and says that {name} does not exist. {_negative_lifetime(meaning)}"
    if denied_compactly(step):
        marks = f"marks {name} as non-existent with the type NXNAME (compact denial, RFC 9824)"
        without = "A query without the DO flag may get NXDOMAIN instead."
        return f"serves {zone_text(zone)}, says NODATA, and {marks}. {without} {_negative_lifetime(meaning)}"
    if meaning.kind is Kind.NODATA:
        no_data = f"{name} has no {rdtype} records. {_negative_lifetime(meaning)}"
        return f"serves {zone_text(zone)} and says that {no_data}"
    if meaning.kind is not Kind.ANSWER:
        return f"gives an answer that leads nowhere{f' ({harmless(step.note)})' if step.note else ''}."
    data = [rrset for rrset in meaning.answer if rrset.rdtype not in _LINKS] or list(meaning.answer)
    has, ttl = f"{plain(data[0].name)} has", min(rrset.ttl for rrset in meaning.answer)
    if data[0].name != step.question.name:
        has = f"{plain(step.question.name)} is an alias of {plain(data[0].name)}, which has"
    kept = f"may be cached for {ttl_text(ttl)}" if ttl else "must not be cached"
    return f"{sure}: {has} {_record_words(data, rdtype)}. This {kept}."


def _negative_lifetime(meaning: Meaning) -> str:
    seconds = negative_ttl(meaning)
    if seconds is None:
        return "Without an SOA record in the reply, this must not be cached."
    return f"This may be cached for {ttl_text(seconds)}."


def _record_words(rrsets: list[dns.rrset.RRset], rdtype: str) -> str:
    """The records of an answer: the data if they are few and short, otherwise their number."""
    count = sum(map(len, (rrset for rrset in rrsets if rrset.rdtype != dns.rdatatype.RRSIG)))
    if count > _MOST or len(data := data_words(rrsets)) > _LONGEST:
        return f"{count:,} {rdtype} record{'s' if count > 1 else ''}"
    what = ADDRESSES.get(rrsets[0].rdtype, f"{rdtype} record")
    return f"the {what}{'' if count == 1 else 'es' if what.endswith('ss') else 's'} {data}"


def data_words(rrsets: list[dns.rrset.RRset]) -> str:
    """The data of records: of more than three, the first and how many more there are."""
    shown = (rrset for rrset in rrsets if rrset.rdtype != dns.rdatatype.RRSIG)
    texts = [_without_final_dot(harmless(rdata_text(rdata))) for rrset in shown for rdata in rrset]
    if len(texts) > _MOST:
        return f"{', '.join(texts[:_MOST])} and {len(texts) - _MOST:,} more"
    return " and ".join(texts)


def _without_final_dot(data: str) -> str:
    """Data that ends with a name, as a sentence shows it; the root itself keeps its dot."""
    return data if data.split()[-1:] == ["."] else data.removesuffix(".")
