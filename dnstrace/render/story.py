"""A trace told for people who learn how DNS works: one plain sentence for each step, from browser to page.

Names are those of the trace; what comes from the network in them is harmless. What kept servers from being of
use is in troubles.py.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

import dns.rdatatype

from dnstrace.analysis.caching import negative_ttl
from dnstrace.analysis.reached import is_bogus, last_step
from dnstrace.model import ROOT, Kind, Outcome, Probe, Purpose, Source
from dnstrace.model.security import Security
from dnstrace.render.compared import reason_text
from dnstrace.render.text import clock_text, count_text, harmless, name_text, rdata_text, ttl_text
from dnstrace.render.troubles import troubles, way

if TYPE_CHECKING:
    import dns.name
    import dns.rrset

    from dnstrace.model import Attempt, Delegation, Meaning, Step, Trace
    from dnstrace.model.report import Report

_ADDRESSES = {dns.rdatatype.A: "address", dns.rdatatype.AAAA: "IPv6 address"}
_LINKS = {dns.rdatatype.CNAME, dns.rdatatype.DNAME, dns.rdatatype.RRSIG}
_BROWSED = {*_ADDRESSES, dns.rdatatype.HTTPS}
_MOST = 3  # data that are named
_LONGEST = 60  # characters of them
_HOST = 4  # labels of a name such as ns1.example.com., the root's included
_ZONES = range(2, 5)  # servers whose names lie under so many zones are worth a word
_PROBES = {
    Probe.SOA: "which version of the zone it holds (SOA)",
    Probe.NS: "which name servers the zone itself names (NS)",
    Probe.DNSKEY: "which keys the zone has (DNSKEY)",
    Probe.CDS: "whether the zone wants another DS record from its parent (CDS)",
    Probe.CDNSKEY: "whether the zone wants another DS record from its parent (CDNSKEY)",
    Probe.ADDRESS: "which address a name server of the zone has",
    Probe.BETWEEN: "about a name between the zone and the name asked for",
    Probe.TCP: "over TCP, over which it has to answer too",
    Probe.EDNS_VERSION: "in a version of EDNS that nobody knows, which it should say",
    Probe.EDNS_OPTION: "with an option of EDNS that nobody knows, which it should ignore",
    Probe.CASE: "in capital and small letters by turns, which should not matter",
    Probe.RECURSION: "for a name of somebody else's, which it should not look up",
    Probe.TRANSFER: "for the whole zone, which it should not give to everybody",
}


class Story:
    """The sentences of one trace: `opening`, one for each step, `closing`.

    The steps of the walk, and the look-ups that they need, are numbered on from the opening.
    """

    def __init__(self, report: Report) -> None:
        self._report, self._trace = report, (trace := report.trace)
        self._numbers: dict[int, int] = {}
        number = len(self._opening())
        for step in trace.steps:
            if step.main:
                lookups = [s for s in trace.steps if s.parent == step.id and s.purpose is Purpose.NS_ADDRESS]
                for numbered in (*lookups[:1], step):
                    number += 1
                    self._numbers[numbered.id] = number
        self._last = number
        self._resolvers: dict[int, str] | None = None

    def opening(self) -> list[str]:
        """Who asks whom, before any server is asked."""
        return [f"{number}. {text}" for number, text in enumerate(self._opening(), 1)]

    def closing(self) -> list[str]:
        """What becomes of the answer; nothing while the trace is under way."""
        ended = self._trace.outcome is not None and not self._trace.interrupted
        texts = self._closing() if ended else []
        return [f"{number}. {text}" for number, text in enumerate(texts, self._last + 1)]

    def of(self, step: Step) -> str:
        """What came of a step, and why; empty while it has not ended."""
        if step.outcome is None:
            return ""
        if step.purpose is Purpose.PROBE:
            return self._probed(step)
        parts = (self._why(step), troubles(step), _said(step, self._trace), _trust(step, self._trace))
        text = " ".join(filter(None, parts))
        number = self._numbers.get(step.id)
        return text if number is None or step.purpose is Purpose.NS_ADDRESS else f"{number}. {text}"

    def of_lookup(self, first: Step) -> str:
        """Why a look-up beside the walk is made: that of which this is the first step."""
        number = self._numbers.get(first.id)
        text = ""
        if first.purpose is Purpose.NS_ADDRESS:
            text = (
                f"To ask {_name(first.question.name)}, its address has to be known, and nobody has given it: "
                f"so it is looked up first, from {_zone(first.zone)} on."
            )
        elif first.purpose is Purpose.DNSKEY:
            text = f"The keys of {_zone(first.zone)} are asked for, to check what it signs."
        elif first.purpose is Purpose.DS:
            text = f"Whether {_name(first.question.name)} is signed is asked of the zone above it."
        return f"{number}. {text}" if number is not None and text else text

    def of_probes(self, first: Step) -> str:
        """Why the servers of a zone are probed; this is the first of the probes."""
        return (
            f"Each server of {_zone(first.zone)} is asked more than the way to the answer needs, to check it."
        )

    def _probed(self, step: Step) -> str:
        """What was asked besides: a resolver, to compare, or the servers of the zone, to check them."""
        if not step.asks_resolver:
            what = "further questions" if step.probe is None else _PROBES[step.probe]
            return f"To check the servers of {_zone(step.zone)}, each is asked {what}."
        if self._resolvers is None:
            self._resolvers = {each.step.id: reason_text(each) for each in self._report.resolvers}
        address = step.servers[0].addresses[0].text
        return (
            f"The resolver {address} is asked too, to compare: {self._resolvers.get(step.id) or 'no reply'}."
        )

    # --- the parts ------------------------------------------------------------------------------

    def _opening(self) -> list[str]:
        question = self._trace.question
        name, what = _name(question.name), dns.rdatatype.to_text(question.rdtype)
        if question.rdtype in _ADDRESSES:
            first = (
                f"A browser is to show a page of {name}, and needs the {_ADDRESSES[question.rdtype]} of that."
            )
        else:
            first = f"A program needs the {what} records of {name}"
        return [
            first,
            "It asks its resolver, which knows nothing of it yet: dnstrace takes that one's place from here.",
        ]

    def _why(self, step: Step) -> str:
        """Why these servers are asked, where that is not plain."""
        if step.purpose is Purpose.PRIME:
            return "The list of root servers that it began with may be old: one of them is asked for it."
        if step.purpose is Purpose.ALIAS and step.parent is not None:
            before = self._trace.steps[step.parent - 1]
            if before.outcome is Outcome.ALIAS:
                return f"The search for the new name begins at {_zone(step.zone)}, the closest zone known."
        if step.main and step.question.name != self._trace.question.name and step.purpose is Purpose.WALK:
            return f"Only {_name(step.question.name)} is asked for: these servers need not know more."
        return ""

    def _closing(self) -> list[str]:
        trace, name = self._trace, _name(self._trace.question.name)
        if is_bogus(trace):
            return ["A resolver that validates does not believe this and says SERVFAIL; others pass it on."]
        shows = "The program has to do without."
        if trace.question.rdtype in _BROWSED:
            shows = "The browser shows that the page cannot be found."
        if trace.outcome is Outcome.FAILED:
            return [f"The resolver gives up and says SERVFAIL. {shows}"]
        if trace.outcome is Outcome.REFERRAL:
            return ["That is what the parent says; the zone's own servers were not to be asked."]
        kept = _kept(self._report)
        if trace.outcome is Outcome.NODATA and trace.question.rdtype != dns.rdatatype.A:
            asker = "browser" if trace.question.rdtype in _BROWSED else "program"
            return [f"The resolver says that there are none, and the {asker} does without them. {kept}"]
        if trace.outcome in (Outcome.NXDOMAIN, Outcome.NODATA):
            return [f"The resolver says so. {shows} {kept}"]
        if trace.question.rdtype not in _ADDRESSES or trace.outcome is not Outcome.ANSWER:
            return [f"The resolver hands the answer on. {kept}"]
        addresses = _data([r for r in trace.answer if r.rdtype == trace.question.rdtype])
        return [
            f"The resolver hands {addresses} to the browser. {kept}",
            f"The browser connects to {addresses.partition(' and ')[0]} and asks for the page of {name}",
            "The web server there sends the page, and the browser shows it.",
        ]


def _kept(report: Report) -> str:
    """For how long a resolver keeps what was found."""
    trace, held = report.trace, report.life
    if not held:
        return "It may not keep that."
    ended = trace.started.astimezone(UTC) + timedelta(seconds=trace.stats.duration)
    until = clock_text(ended, ended + timedelta(seconds=held))
    return f"It keeps that for {ttl_text(held)}, until {until}, and need not ask again so long."


def _said(step: Step, trace: Trace) -> str:
    """What the servers of the zone said at last."""
    meaning = step.meaning
    if meaning is None or step.chosen is None:
        ends = ": it ends here" if step is last_step(trace) else ""
        if not step.attempts:
            why = f" ({harmless(step.note)})" if step.note else ""
            return f"No server of {_zone(step.zone)} can be asked{why}{ends}."
        return f"No server of {_zone(step.zone)} gives a usable answer{ends}."
    who = f"{way(step)}{_who(step, step.attempts[step.chosen])}"
    if step.attempts[step.chosen].meaning.offer is not None:
        who = f"{who} seems not to serve the zone (lame), but no other gives better: it"
    if meaning.delegation is not None:
        return (
            f"{who} does not have the answer, but knows who is nearer to it: {_referral(meaning.delegation)}"
        )
    return f"{who} {_answer(step, meaning)}"


def _who(step: Step, attempt: Attempt) -> str:
    server = name_text(attempt.server)
    if step.all_servers:
        return f"Every server of {_zone(step.zone)} is asked; {server}, one of them,"
    if step.zone == ROOT:
        return f"{server}, one of {count_text(len(step.servers), 'root server')},"
    if len(step.servers) == 1:
        return f"{server}, the only name server of {_zone(step.zone)},"
    return f"{server}, picked from the {len(step.servers)} name servers of {_zone(step.zone)},"


def _referral(cut: Delegation) -> str:
    """Whom a referral names, and whether their addresses came along."""
    servers = count_text(len(cut.servers), "name server") if len(cut.servers) > 1 else "one name server"
    with_glue = sum(any(a.source is Source.GLUE for a in server.addresses) for server in cut.servers)
    inside = any(server.name.is_subdomain(cut.zone) for server in cut.servers if not server.addresses)
    one = len(cut.servers) == 1
    glue = f"It gives addresses of {with_glue} of them along (glue)."
    if with_glue == len(cut.servers):
        glue = f"It gives {'its address' if one else 'their addresses'} along (glue)."
    elif inside:
        lie = "its name lies" if one else "names of them lie"
        glue = f"It gives no address (no glue), although {lie} in that zone itself."
    elif one:
        glue = "It gives no address of it: its name lies in another zone."
    elif not with_glue:
        glue = f"It gives no addresses of them: their names lie in other zones{_spread(cut)}"
    return f"the {servers} of {_name(cut.zone)} {glue}"


def _spread(cut: Delegation) -> str:
    """Under which zones the names of the servers lie, if under several; and the end of the sentence."""
    if any(len(server.name) < _HOST for server in cut.servers):
        return "."
    zones = list(dict.fromkeys(_name(server.name.parent().parent()) for server in cut.servers))
    if len(zones) not in _ZONES:
        return "."
    return f", under {', '.join(zones[:-1])} and {zones[-1]}"


def _trust(step: Step, trace: Trace) -> str:
    """What a step shows of the chain of trust, where that was judged."""
    evidence = None if trace.judgement is None else trace.judgement.steps.get(step.id)
    if evidence is None:
        return ""
    status = evidence.security
    if status is Security.BOGUS:
        return "Here the chain of trust breaks."
    if step.outcome is Outcome.REFERRAL:
        insecure = "It vouches for no keys of that zone, so that nothing below can be checked."
        return {
            Security.SECURE: "It vouches for the keys of that zone (DS).",
            Security.INSECURE: insecure,
        }.get(status, "")
    return "The signatures are right." if status is Security.SECURE else ""


def _answer(step: Step, meaning: Meaning) -> str:
    """What a server answers."""
    zone = meaning.zone or step.zone
    sure = "answers for its own zone" if meaning.authoritative else "answers, though not with authority"
    name, rdtype = _name(meaning.target or step.question.name), dns.rdatatype.to_text(step.question.rdtype)
    if meaning.kind is Kind.ALIAS:
        return f"says that {_name(step.question.name)} is another name (an alias) of {name}"
    if meaning.kind is Kind.NXDOMAIN:
        return f"serves {_zone(zone)} and says that there is no {name} {_negative(meaning)}"
    if meaning.kind is Kind.NODATA:
        return f"serves {_zone(zone)} and says that {name} has no {rdtype} records. {_negative(meaning)}"
    if meaning.kind is not Kind.ANSWER:
        return f"gives what leads nowhere{f' ({harmless(step.note)})' if step.note else ''}."
    data = [rrset for rrset in meaning.answer if rrset.rdtype not in _LINKS] or list(meaning.answer)
    has, ttl = f"{_name(data[0].name)} has", min(rrset.ttl for rrset in meaning.answer)
    if data[0].name != step.question.name:
        has = f"{_name(step.question.name)} is another name (an alias) of {_name(data[0].name)}, which has"
    kept = f"may be kept for {ttl_text(ttl)}" if ttl else "may not be kept"
    return f"{sure}: {has} {_records(data, rdtype)}. That {kept}."


def _negative(meaning: Meaning) -> str:
    seconds = negative_ttl(meaning)
    what = "there are none" if meaning.kind is Kind.NODATA else "it does not exist"
    if seconds is None:
        return "For how long that holds is not said (no SOA record)."
    return f"That {what} may be kept for {ttl_text(seconds)}."


def _records(rrsets: list[dns.rrset.RRset], rdtype: str) -> str:
    """The records of an answer: the data where they are few and short, else how many."""
    count = sum(map(len, (rrset for rrset in rrsets if rrset.rdtype != dns.rdatatype.RRSIG)))
    if count > _MOST or len(data := _data(rrsets)) > _LONGEST:
        return f"{count:,} {rdtype} record{'s' if count > 1 else ''}"
    what = _ADDRESSES.get(rrsets[0].rdtype, f"{rdtype} record")
    return f"the {what}{'' if count == 1 else 'es' if what.endswith('ss') else 's'} {data}"


def _data(rrsets: list[dns.rrset.RRset]) -> str:
    texts = [
        harmless(rdata_text(r)) for rrset in rrsets if rrset.rdtype != dns.rdatatype.RRSIG for r in rrset
    ]
    if len(texts) > _MOST:
        return f"{', '.join(texts[:_MOST])} and {len(texts) - _MOST} more"
    return " and ".join(texts)


def _name(name: dns.name.Name) -> str:
    return name_text(name)


def _zone(name: dns.name.Name) -> str:
    return "the root" if name == ROOT else name_text(name)
