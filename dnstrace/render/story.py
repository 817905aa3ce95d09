"""A trace explained to people who are learning DNS: one plain sentence for each step, from browser to page.

All text from the network is escaped. Sentences about servers that were of no use are in troubles.py.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

import dns.rdatatype

from dnstrace.analysis.caching import negative_ttl
from dnstrace.analysis.reached import is_bogus, last_step
from dnstrace.model import ROOT, Kind, Outcome, Probe, Purpose, Source
from dnstrace.model.naming import plain, zone_text
from dnstrace.model.security import Security
from dnstrace.render.resolver_words import reason_text
from dnstrace.render.text import clock_text, count_text, harmless, rdata_text, ttl_text
from dnstrace.render.troubles import troubles, way

if TYPE_CHECKING:
    import dns.name
    import dns.rrset

    from dnstrace.model import Attempt, Delegation, Meaning, Step, Trace
    from dnstrace.model.report import Report

_ADDRESSES = {dns.rdatatype.A: "address", dns.rdatatype.AAAA: "IPv6 address"}
_LINKS = {dns.rdatatype.CNAME, dns.rdatatype.DNAME, dns.rdatatype.RRSIG}
_BROWSED = {*_ADDRESSES, dns.rdatatype.HTTPS}
_MOST = 3  # records that are shown
_LONGEST = 60  # characters of them
_HOST = 4  # labels of a name such as ns1.example.com, the root's included
_ZONES = range(2, 5)  # the zones of server names are listed if their number is in this range
_PROBES = {
    Probe.SOA: "which version of the zone it has (SOA)",
    Probe.NS: "which name servers the zone itself lists (NS)",
    Probe.DNSKEY: "which keys the zone has (DNSKEY)",
    Probe.CDS: "whether the zone asks its parent for a new DS record (CDS)",
    Probe.CDNSKEY: "whether the zone asks its parent for a new DS record (CDNSKEY)",
    Probe.ADDRESS: "which address a name server of the zone has",
    Probe.BETWEEN: "about a name between the zone and the name in question",
    Probe.WILDCARD: "about a wildcard above the name in question",
    Probe.ELSEWHERE: "the same, since only some of the parent's servers list it",
    Probe.CUT: "whether the zone below begins there, since it did not refer to that zone (SOA)",
    Probe.TYPE: "for records of another type, which it should have or deny",
    Probe.NSEC3PARAM: "how it proves that a name does not exist (NSEC3PARAM)",
    Probe.PLAIN: "without EDNS, because it refused a query with EDNS",
    Probe.TCP: "over TCP, which it must support too",
    Probe.EDNS_VERSION: "with an EDNS version that does not exist, which it should reject",
    Probe.EDNS_OPTION: "with an EDNS option that does not exist, which it should ignore",
    Probe.CASE: "in mixed upper and lower case, which should make no difference",
    Probe.RECURSION: "for a name outside its zones, which it should not resolve",
    Probe.TRANSFER: "for the whole zone, which it should not give to everybody",
    Probe.REHEARSAL: "what it would be asked if the recommended change were made",
}


class Story:
    """The sentences of one trace: `opening`, one for each step, `closing`.

    The numbering continues through the steps of the walk and their look-ups.
    """

    def __init__(self, report: Report) -> None:
        self._report, self._trace = report, (trace := report.trace)
        self._numbers: dict[int, int] = {}
        number = len(self._opening_texts())
        for step in trace.steps:
            if step.main:
                lookups = [s for s in trace.steps if s.parent == step.id and s.purpose is Purpose.NS_ADDRESS]
                for numbered in (*lookups[:1], step):
                    number += 1
                    self._numbers[numbered.id] = number
        self._last = number
        self._resolvers: dict[int, str] | None = None

    def opening(self) -> list[str]:
        """Who asks, and for what, before any server is asked."""
        return [f"{number}. {text}" for number, text in enumerate(self._opening_texts(), 1)]

    def closing(self) -> list[str]:
        """What happens with the answer; empty while the trace is in progress."""
        ended = self._trace.outcome is not None and not self._trace.interrupted
        texts = self._closing_texts() if ended else []
        return [f"{number}. {text}" for number, text in enumerate(texts, self._last + 1)]

    def of(self, step: Step) -> str:
        """The result of a step, and the reason; empty while the step is in progress."""
        if step.outcome is None:
            return ""
        if step.purpose is Purpose.PROBE:
            return self._probe_text(step)
        parts = (
            self._reason_for(step),
            troubles(step),
            _result(step, self._trace),
            _trust_words(step, self._trace),
        )
        text = " ".join(filter(None, parts))
        number = self._numbers.get(step.id)
        return text if number is None or step.purpose is Purpose.NS_ADDRESS else f"{number}. {text}"

    def of_lookup(self, first: Step) -> str:
        """Why the look-up that starts with `first` is made."""
        number = self._numbers.get(first.id)
        text = ""
        if first.purpose is Purpose.NS_ADDRESS:
            text = (
                f"Asking {plain(first.question.name)} requires its address, which is not known yet: "
                f"it is looked up first, starting at {zone_text(first.zone)}."
            )
        elif first.purpose is Purpose.DNSKEY:
            text = f"The keys of {zone_text(first.zone)} are fetched to check its signatures."
        elif first.purpose is Purpose.DS:
            text = f"The parent zone is asked whether {plain(first.question.name)} is signed."
        return f"{number}. {text}" if number is not None and text else text

    def of_probes(self, first: Step) -> str:
        """Why the servers of a zone are probed, starting with the step `first`."""
        return f"Each server of {zone_text(first.zone)} is checked with more queries than the answer needs."

    def _probe_text(self, step: Step) -> str:
        """A query that the walk does not need: to a resolver, or to check the servers of a zone."""
        if step.at_resolver and not step.asks_resolver:
            what = f"{dns.rdatatype.to_text(step.question.rdtype)} records of {plain(step.question.name)}"
            return f"The resolver is asked for the {what} too, which may explain why it differs."
        if not step.asks_resolver:
            what = "further questions" if step.probe is None else _PROBES[step.probe]
            return f"To check the servers of {zone_text(step.zone)}, each is asked {what}."
        if self._resolvers is None:
            self._resolvers = {each.step.id: reason_text(each) for each in self._report.resolvers}
        address = step.servers[0].addresses[0].text
        compares = self._resolvers.get(step.id) or "no reply"
        return f"The resolver {address} is asked too, for comparison: {compares}."

    # --- the parts ------------------------------------------------------------------------------

    def _opening_texts(self) -> list[str]:
        question = self._trace.question
        name, what = plain(question.name), dns.rdatatype.to_text(question.rdtype)
        if question.rdtype in _ADDRESSES:
            first = f"A browser is about to open {name} and needs its {_ADDRESSES[question.rdtype]}."
        else:
            first = f"A program needs the {what} records of {name}."
        return [
            first,
            "It asks its resolver, whose cache is empty: from here on, dnstrace acts as that resolver.",
        ]

    def _reason_for(self, step: Step) -> str:
        """Why these servers are asked, if that is not obvious."""
        if step.purpose is Purpose.PRIME:
            return "The built-in list of root servers may be old: one of them is asked for the current list."
        if step.purpose is Purpose.ALIAS and step.parent is not None:
            before = self._trace.steps[step.parent - 1]
            if before.outcome is Outcome.ALIAS:
                return (
                    f"The search for the new name starts at {zone_text(step.zone)}, the closest known zone."
                )
        if step.main and step.question.name != self._trace.question.name and step.purpose is Purpose.WALK:
            return (
                f"The query is for {plain(step.question.name)} only: these servers do not need the full name."
            )
        return ""

    def _closing_texts(self) -> list[str]:
        trace, name = self._trace, plain(self._trace.question.name)
        if is_bogus(trace):
            return [
                "A validating resolver rejects this answer and returns SERVFAIL; other resolvers pass it on."
            ]
        shows = "The program has to do without the data."
        if trace.question.rdtype in _BROWSED:
            shows = "The browser reports that it cannot find the page."
        if trace.outcome is Outcome.FAILED:
            return [f"The resolver gives up and returns SERVFAIL. {shows}"]
        if trace.outcome is Outcome.REFERRAL:
            return ["That is what the parent publishes; this trace does not ask the zone's own servers."]
        kept = _cache_lifetime(self._report)
        if trace.outcome is Outcome.NODATA and trace.question.rdtype != dns.rdatatype.A:
            asker = "browser" if trace.question.rdtype in _BROWSED else "program"
            return [f"The resolver reports that there are none {kept}. The {asker} does without them."]
        if trace.outcome in (Outcome.NXDOMAIN, Outcome.NODATA):
            return [f"The resolver passes this on {kept}. {shows}"]
        if trace.question.rdtype not in _ADDRESSES or trace.outcome is not Outcome.ANSWER:
            return [f"The resolver returns the answer {kept}."]
        addresses = _data_words([r for r in trace.answer if r.rdtype == trace.question.rdtype])
        return [
            f"The resolver returns {addresses} to the browser {kept}.",
            f"The browser connects to {addresses.partition(' and ')[0]} and requests the page of {name}.",
            "The web server there sends the page, and the browser shows it.",
        ]


def _cache_lifetime(report: Report) -> str:
    """How long a resolver caches the result, as the end of a sentence."""
    trace, held = report.trace, report.life
    if not held:
        return "and does not cache it"
    ended = trace.started.astimezone(UTC) + timedelta(seconds=trace.stats.duration)
    until = clock_text(ended, ended + timedelta(seconds=held))
    return f"and caches it for {ttl_text(held)}, until {until}"


def _result(step: Step, trace: Trace) -> str:
    """The final answer of the servers of the zone."""
    meaning = step.meaning
    if meaning is None or step.chosen is None:
        ends = ": the walk ends here" if step is last_step(trace) else ""
        if not step.attempts:
            why = f" ({harmless(step.note)})" if step.note else ""
            return f"No server of {zone_text(step.zone)} can be asked{why}{ends}."
        return f"No server of {zone_text(step.zone)} gives a usable answer{ends}."
    who = f"{way(step)}{_chosen_server(step, step.attempts[step.chosen])}"
    if step.attempts[step.chosen].meaning.offer is not None:
        who = f"{who} appears not to serve the zone (lame), but no other server gives a better answer: it"
    if meaning.delegation is not None:
        return f"{who} does not have the answer, but knows who to ask next: {_referral(meaning.delegation)}"
    return f"{who} {_answer_words(step, meaning)}"


def _chosen_server(step: Step, attempt: Attempt) -> str:
    server = plain(attempt.server)
    if step.all_servers:
        return f"Every server of {zone_text(step.zone)} is asked; {server}, one of them,"
    if step.zone == ROOT:
        return f"{server}, one of {count_text(len(step.servers), 'root server')},"
    if len(step.servers) == 1:
        return f"{server}, the only name server of {zone_text(step.zone)},"
    return f"{server}, picked from the {len(step.servers)} name servers of {zone_text(step.zone)},"


def _referral(cut: Delegation) -> str:
    """The servers that a referral lists, and whether it includes their addresses."""
    servers = count_text(len(cut.servers), "name server") if len(cut.servers) > 1 else "only name server"
    with_glue = sum(any(a.source is Source.GLUE for a in server.addresses) for server in cut.servers)
    inside = any(server.name.is_subdomain(cut.zone) for server in cut.servers if not server.addresses)
    one = len(cut.servers) == 1
    glue = f"The reply includes addresses for {with_glue} of them (glue)."
    if with_glue == len(cut.servers):
        glue = f"The reply includes {'its address' if one else 'their addresses'} (glue)."
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


def _trust_words(step: Step, trace: Trace) -> str:
    """What a step shows about the chain of trust, if that was validated."""
    evidence = None if trace.judgement is None else trace.judgement.steps.get(step.id)
    if evidence is None:
        return ""
    status = evidence.security
    if status is Security.BOGUS:
        return "The chain of trust breaks here."
    if step.outcome is Outcome.REFERRAL:
        insecure = "It vouches for no keys of that zone, so nothing below can be validated."
        return {
            Security.SECURE: "Its DS record vouches for the keys of that zone.",
            Security.INSECURE: insecure,
        }.get(status, "")
    return "The signatures are valid." if status is Security.SECURE else ""


def _answer_words(step: Step, meaning: Meaning) -> str:
    """What a server answers, as the rest of a sentence."""
    zone = meaning.zone or step.zone
    sure = "answers with authority" if meaning.authoritative else "answers without authority"
    name, rdtype = plain(meaning.target or step.question.name), dns.rdatatype.to_text(step.question.rdtype)
    if meaning.kind is Kind.ALIAS:
        return f"says that {plain(step.question.name)} is an alias of {name}."
    if meaning.kind is Kind.NXDOMAIN:
        return f"serves {zone_text(zone)} and says that {name} does not exist. {_negative_lifetime(meaning)}"
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
    if count > _MOST or len(data := _data_words(rrsets)) > _LONGEST:
        return f"{count:,} {rdtype} record{'s' if count > 1 else ''}"
    what = _ADDRESSES.get(rrsets[0].rdtype, f"{rdtype} record")
    return f"the {what}{'' if count == 1 else 'es' if what.endswith('ss') else 's'} {data}"


def _data_words(rrsets: list[dns.rrset.RRset]) -> str:
    texts = [
        harmless(rdata_text(r)) for rrset in rrsets if rrset.rdtype != dns.rdatatype.RRSIG for r in rrset
    ]
    if len(texts) > _MOST:
        return f"{', '.join(texts[:_MOST])} and {len(texts) - _MOST} more"
    return " and ".join(texts)
