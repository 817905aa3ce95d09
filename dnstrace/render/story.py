"""A trace told for people who learn how DNS works: one plain sentence for each step, from browser to page.

Names are those of the trace; what comes from the network in them is harmless.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.rdatatype

from dnstrace.model import ROOT, Kind, Outcome, Purpose, Source
from dnstrace.reached import is_bogus, last_step, life, negative_ttl
from dnstrace.render.text import count_text, harmless, name_text, rdata_text, ttl_text

if TYPE_CHECKING:
    import dns.name
    import dns.rrset

    from dnstrace.model import Attempt, Delegation, Meaning, Step, Trace

_ADDRESSES = {dns.rdatatype.A: "address", dns.rdatatype.AAAA: "IPv6 address"}
_MOST = 3  # data that are named
_FAULTS = {
    Kind.TIMEOUT: "does not answer in time",
    Kind.ABANDONED: "is slow to answer, so that another is asked beside it",
    Kind.REFUSED: "refuses to answer",
    Kind.SERVER_FAILURE: "says that it fails",
    Kind.LAME: "does not serve the zone",
    Kind.UPWARD_REFERRAL: "points back up the tree",
    Kind.TRUNCATED: "cannot fit its reply into a datagram, so that it is asked again over TCP",
    Kind.NETWORK_UNREACHABLE: "cannot be reached from this network",
}
_ALIKE = 4  # servers whose names lie under so many top-level domains are worth a word


class Story:
    """The sentences of one trace: `opening`, one for each step, `closing`.

    The steps of the walk, and the look-ups that they need, are numbered on from the opening.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._numbers: dict[int, int] = {}
        number = len(self._opening())
        for step in trace.steps:
            if step.main:
                lookups = [s for s in trace.steps if s.parent == step.id and s.purpose is Purpose.NS_ADDRESS]
                for numbered in (*lookups[:1], step):
                    number += 1
                    self._numbers[numbered.id] = number
        self._last = number

    def opening(self) -> list[str]:
        """Who asks whom, before any server is asked."""
        return [f"{number}. {text}" for number, text in enumerate(self._opening(), 1)]

    def closing(self) -> list[str]:
        """What becomes of the answer; nothing while the trace is under way."""
        ended = self._trace.outcome is not None and not self._trace.interrupted
        texts = self._closing() if ended else []
        return [f"{number}. {text}" for number, text in enumerate(texts, self._last + 1)]

    def of(self, step: Step) -> str:
        """What came of a step, and why; empty while it has not ended, and for probes."""
        if step.outcome is None or step.purpose is Purpose.PROBE:
            return ""
        text = " ".join(filter(None, (self._why(step), _faults(step), _said(step, self._trace))))
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

    # --- the parts ------------------------------------------------------------------------------

    def _opening(self) -> list[str]:
        question = self._trace.question
        name, what = _name(question.name), dns.rdatatype.to_text(question.rdtype)
        if question.rdtype in _ADDRESSES:
            first = (
                f"A browser is to show a page of {name}, and needs the {_ADDRESSES[question.rdtype]} of that."
            )
        else:
            first = f"A program needs the {what} records of {name}."
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
        if trace.outcome is Outcome.FAILED:
            return [
                "The resolver gives up and says SERVFAIL. The browser shows that the page cannot be found."
            ]
        held = life(trace) or 0
        kept = f"It keeps that for {ttl_text(held)}, and need not ask again so long."
        if not held:
            kept = "It may not keep that."
        if trace.outcome in (Outcome.NXDOMAIN, Outcome.NODATA):
            return [f"The resolver says so, and the browser shows that the page cannot be found. {kept}"]
        if trace.question.rdtype not in _ADDRESSES or trace.outcome is not Outcome.ANSWER:
            return [f"The resolver hands the answer on. {kept}"]
        addresses = _data([r for r in trace.answer if r.rdtype == trace.question.rdtype])
        return [
            f"The resolver hands {addresses} to the browser. {kept}",
            f"The browser connects to {addresses.partition(' and ')[0]} and asks for the page of {name}",
            "The web server there sends the page, and the browser shows it.",
        ]


def _said(step: Step, trace: Trace) -> str:
    """What the servers of the zone said at last."""
    meaning = step.meaning
    if meaning is None or step.chosen is None:
        here = step is last_step(trace) or step.outcome is Outcome.FAILED
        return f"No server of {_zone(step.zone)} gives a usable answer{': it ends here' if here else ''}."
    who = _who(step, step.attempts[step.chosen])
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
    servers = count_text(len(cut.servers), "name server")
    with_glue = sum(any(a.source is Source.GLUE for a in server.addresses) for server in cut.servers)
    zones = {server.name.labels[-2:] for server in cut.servers if len(server.name) > 1}
    one = len(cut.servers) == 1
    glue = f"It gives addresses of {with_glue} of them along (glue)."
    if with_glue == len(cut.servers):
        glue = f"It gives {'its address' if one else 'their addresses'} along (glue)."
    elif one:
        glue = "It gives no address of it: its name lies in another zone."
    elif not with_glue:
        spread = ", under several top-level domains" if len(zones) >= _ALIKE else ""
        glue = f"It gives no addresses of them: their names lie in other zones{spread}."
    return f"the {servers} of {_name(cut.zone)} {glue}"


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
        return "gives what leads nowhere."
    found = _data([rrset for rrset in meaning.answer if rrset.rdtype != dns.rdatatype.CNAME])
    return f"{sure}: {rdtype} {found}."


def _negative(meaning: Meaning) -> str:
    seconds = negative_ttl(meaning)
    return "" if seconds is None else f"That it does not exist may be kept for {ttl_text(seconds)}."


def _faults(step: Step) -> str:
    """What went wrong before; of many faults the first ones."""
    told: dict[str, None] = {}
    for index, attempt in enumerate(step.attempts):
        words = _FAULTS.get(attempt.meaning.kind)
        if words is not None and index != step.chosen:
            told[f"{name_text(attempt.server)} {words}."] = None
    return " ".join(list(told)[:2])


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
