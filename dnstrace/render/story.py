"""A trace explained to people who are learning DNS: one plain sentence for each step, from browser to page.

All text from the network is escaped. Sentences about servers that were of no use are in troubles.py.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

import dns.rdatatype

from dnstrace.analysis.journey import ADDRESSES, ENDS
from dnstrace.analysis.reached import is_bogus
from dnstrace.model import ROOT, Outcome, Probe, Purpose, Source
from dnstrace.model.journey import Stage
from dnstrace.model.kept import once
from dnstrace.model.naming import plain, zone_text
from dnstrace.render.resolver_words import reason_text
from dnstrace.render.story_results import ADDRESSES as NAMED
from dnstrace.render.story_results import data_words, result_words, trust_words
from dnstrace.render.text import (
    clock_text,
    count_text,
    harmless,
    number_text,
    time_text,
    ttl_text,
    type_text,
)
from dnstrace.render.troubles import troubles

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    import dns.name
    import dns.rrset

    from dnstrace.model import Step
    from dnstrace.model.journey import Leg
    from dnstrace.model.report import Report

_TITLES = {
    Stage.USER: "A user types the name",
    Stage.RESOLVER: "The resolver is asked",
    Stage.REFERRAL: "The servers of {} refer to others",
    Stage.SERVER: "A name server of {} is chosen",
    Stage.ANSWER: "The servers of {} are asked for the record",
    Stage.CACHE: "The answer is returned, and cached",
    Stage.REQUEST: "The browser requests the page",
    Stage.PAGE: "The page",
    Stage.END: "There is nothing to show",
}
_OPENING = (Stage.USER, Stage.RESOLVER)
_AT_THE_START = {
    Stage.REFERRAL: "The server given refers to others",
    Stage.SERVER: "The server to start from is given",
    Stage.ANSWER: "The server given is asked for the record",
}
_BROWSED = {*NAMED, dns.rdatatype.HTTPS}
_PROBES = {
    Probe.SOA: "which version of the zone it has (SOA)",
    Probe.NS: "which name servers the zone itself lists (NS)",
    Probe.DNSKEY: "which keys the zone has (DNSKEY)",
    Probe.CDS: "whether the zone asks its parent for a new DS record (CDS)",
    Probe.CDNSKEY: "whether the zone asks its parent for a new DS record (CDNSKEY)",
    Probe.CSYNC: "whether the zone asks its parent for other NS records or glue (CSYNC)",
    Probe.ADDRESS: "which address a name server of the zone has",
    Probe.BETWEEN: "about a name between the zone and the name in question",
    Probe.WILDCARD: "about a wildcard above the name in question",
    Probe.ELSEWHERE: "the same, since only some of the parent's servers list it",
    Probe.CUT: "whether the zone below begins there, since it did not refer to that zone (SOA)",
    Probe.TYPE: "for records of another type, which it should have or deny",
    Probe.NSEC: "how it proves that a type does not exist (NSEC)",
    Probe.NSEC3PARAM: "how it proves that a name does not exist (NSEC3PARAM)",
    Probe.PLAIN: "without EDNS, because it refused a query with EDNS",
    Probe.TCP: "over TCP, which it must support too",
    Probe.EDNS_VERSION: "with an EDNS version that does not exist, which it should reject",
    Probe.EDNS_OPTION: "with an EDNS option that does not exist, which it should ignore",
    Probe.CASE: "in mixed upper and lower case, which should make no difference",
    Probe.RECURSION: "for a name outside its zones, which it should not resolve",
    Probe.TRANSFER: "for the whole zone, which it should not give to everybody",
    Probe.SIGNAL: "for a signal by which a registry may accept the first DS record of the zone (RFC 9615)",
    Probe.DSYNC: "where the parent takes notifications that the zone asks for a change (DSYNC, RFC 9859)",
    Probe.REHEARSAL: "what it would be asked if the recommended change were made",
}


class Story:
    """The sentences of one trace: `opening`, those of each step, `closing`; or leg by leg of the journey.

    In the first three, a sentence that begins a leg of the journey has its number before it. With `past`, the
    time until which the answer may be cached is said to be as of when it was traced.
    """

    def __init__(self, report: Report, past: bool = False) -> None:
        self._report, self._trace, self._past = report, report.trace, past
        self._steps = {step.id: step for step in report.trace.steps}
        self._resolvers: dict[int, str] | None = None

    @once
    def _begins(self) -> Mapping[int, list[Leg]]:
        """The legs that begin with each step, by its id."""
        begins: dict[int, list[Leg]] = defaultdict(list)
        before: Leg | None = None
        for leg in self._report.journey:
            if before is not None and before.stage is Stage.SERVER and not before.steps and leg.steps:
                begins[leg.steps[0]].append(before)
            if leg.steps:
                walked = [number for number in leg.steps if self._steps[number].main]
                begins[(walked if leg.stage is not Stage.SERVER else leg.steps)[0]].append(leg)
            before = leg
        return begins

    def opening(self) -> list[str]:
        """Who asks, and for what, before any server is asked."""
        return self._numbered(_OPENING)

    def closing(self) -> list[str]:
        """What happens with the answer; empty while the trace is in progress."""
        return self._numbered(ENDS)

    def _numbered(self, stages: Container[Stage]) -> list[str]:
        legs = [leg for leg in self._report.journey if leg.stage in stages]
        return [f"{number_text(leg.number)} {self._text_of(leg)}" for leg in legs]

    def legs(self) -> list[tuple[Leg, str, str]]:
        """The journey: each leg with a title and its sentences."""
        return [(leg, self._title_of(leg), self._text_of(leg)) for leg in self._report.journey]

    def of(self, step: Step) -> str:
        """The result of a step, and the reason; empty while the step is in progress."""
        return " ".join(self.paragraphs(step))

    def paragraphs(self, step: Step) -> list[str]:
        """The same, where two legs of the journey begin with the step in a paragraph each."""
        if step.outcome is None:
            return []
        if step.purpose is Purpose.PROBE:
            return [self._probe_text(step)]
        found = [""]
        legs = () if step.purpose is Purpose.NS_ADDRESS else self._begins.get(step.id, ())
        for leg in legs:
            choice = f" {self._choice_text(step)}" if leg.stage is Stage.SERVER else ""
            found.append(f"{number_text(leg.number)}{choice}")
        introduced = any(leg.stage is Stage.SERVER for leg in legs)
        found[-1] = " ".join(filter(None, (found[-1], self._result_text(step, introduced))))
        return list(filter(None, found))

    def of_lookup(self, first: Step) -> str:
        """Why the look-up that starts with `first` is made."""
        text = self._lookup_text(first)
        begun = self._begins.get(first.id, []) if first.purpose is Purpose.NS_ADDRESS else []
        return f"{number_text(begun[0].number)} {text}" if begun and text else text

    def _lookup_text(self, first: Step) -> str:
        if first.purpose is Purpose.NS_ADDRESS:
            return (
                f"Asking {plain(first.question.name)} requires its address, which is not known yet: "
                f"it is looked up first, starting at {zone_text(first.zone)}."
            )
        if first.purpose is Purpose.DNSKEY:
            return f"The keys of {zone_text(first.zone)} are fetched to check its signatures."
        if first.purpose is Purpose.DS:
            return f"The parent zone is asked whether {plain(first.question.name)} is signed."
        return ""

    def of_probes(self, first: Step) -> str:
        """Why the servers of a zone are probed, starting with the step `first`."""
        return f"Each server of {zone_text(first.zone)} is checked with more queries than the answer needs."

    def _probe_text(self, step: Step) -> str:
        """A query that the walk does not need: to a resolver, or to check the servers of a zone."""
        if step.at_resolver and not step.asks_resolver:
            what = f"{type_text(step.question.rdtype)} records of {plain(step.question.name)}"
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

    def _title_of(self, leg: Leg) -> str:
        """What a leg is about, in a few words."""
        if leg.zone is None:
            if self._trace.question.rdtype not in ADDRESSES and leg.stage is Stage.USER:
                return "A program needs records"
            return _TITLES[leg.stage]
        if leg.zone == ROOT and leg.stage in _AT_THE_START and any(step.given for step in self._trace.steps):
            return _AT_THE_START[leg.stage]
        return _TITLES[leg.stage].format(zone_text(leg.zone))

    def _text_of(self, leg: Leg) -> str:
        """The sentences of a leg, without its number."""
        if leg.stage in _OPENING:
            return self._opening_texts[_OPENING.index(leg.stage)]
        if leg.stage in ENDS:
            return self._closing_texts[leg.number - len(self._report.journey) - 1]
        if not leg.steps and leg.stage is Stage.SERVER:
            asked = self._report.journey[leg.number]  # the leg after it: they count from 1
            return self._choice_text(self._steps[asked.steps[0]])
        steps = [self._steps[number] for number in leg.steps]
        after_choice = leg.number > 1 and self._report.journey[leg.number - 2].stage is Stage.SERVER
        texts = [self._leg_text(step, after_choice and step is steps[0]) for step in steps]
        if (needed_by := steps[0].parent) is not None and leg.stage is Stage.SERVER:
            texts.insert(0, self._choice_text(self._steps[needed_by]))
        return " ".join(filter(None, texts))

    def _leg_text(self, step: Step, introduced: bool) -> str:
        """The sentences of a step on a leg, without numbers."""
        if step.purpose is Purpose.NS_ADDRESS:
            return self._lookup_text(step)
        return "" if step.outcome is None else self._result_text(step, introduced)

    def _result_text(self, step: Step, introduced: bool) -> str:
        """Why a step asks, and the result; with `introduced`, how a server was chosen has been said."""
        result = result_words(step, self._trace, introduced)
        said = (self._reason_for(step), troubles(step), result, trust_words(step, self._trace))
        return " ".join(filter(None, said))

    def _choice_text(self, step: Step) -> str:
        """How one of the name servers of a zone is chosen, where no address has to be looked up."""
        zone, count = zone_text(step.zone), len(step.servers)
        if step.given:
            return "The trace starts at the server given, and not at a root server."
        if step.all_servers:
            servers = count_text(count, "name server")
            return f"A resolver would pick one of {zone}'s {servers}; here, all of them are asked."
        if count == 1:
            return f"The resolver turns to the only name server of {zone}."
        sources = {address.source for server in step.servers for address in server.addresses}
        all_known = sources == {Source.GLUE} and all(server.addresses for server in step.servers)
        known = ": the referral included their addresses" if all_known else ""
        return f"The resolver picks one of the {count} name servers of {zone}{known}."

    @once
    def _opening_texts(self) -> list[str]:
        question = self._trace.question
        name, what = plain(question.name), type_text(question.rdtype)
        if question.rdtype in NAMED:
            first = f"A user types {name} into a browser, which needs its {NAMED[question.rdtype]}."
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

    @once
    def _closing_texts(self) -> list[str]:
        trace, name = self._trace, plain(self._trace.question.name)
        if is_bogus(trace):
            return [
                "A validating resolver rejects this answer and returns SERVFAIL; other resolvers pass it on."
            ]
        if trace.outcome is not Outcome.ANSWER:
            return [self._closing_without_answer()]
        kept = _cache_lifetime(self._report, self._past)
        if trace.question.rdtype not in NAMED:
            return [f"The resolver returns the answer {kept}."]
        addresses = data_words([r for r in trace.answer if r.rdtype == trace.question.rdtype])
        return [
            f"The resolver returns {addresses} to the browser {kept}.",
            *self._last_hop_texts(addresses, name),
        ]

    def _closing_without_answer(self) -> str:
        outcome, rdtype = self._trace.outcome, self._trace.question.rdtype
        shows = "The program has to do without the data."
        if rdtype in _BROWSED:
            shows = "The browser reports that it cannot find the page."
        if outcome is Outcome.FAILED:
            return f"The resolver gives up and returns SERVFAIL. {shows}"
        if outcome is Outcome.REFERRAL:
            return "That is what the parent publishes; this trace does not ask the zone's own servers."
        kept = _cache_lifetime(self._report, self._past)
        if outcome is Outcome.NODATA and rdtype != dns.rdatatype.A:
            asker = "browser" if rdtype in _BROWSED else "program"
            return f"The resolver reports that there are none {kept}. The {asker} does without them."
        return f"The resolver passes this on {kept}. {shows}"

    def _last_hop_texts(self, addresses: str, name: str) -> list[str]:
        """The browser's request and the page: as it would be, or as it was if the page was requested."""
        found = self._trace.fetched
        if found is None or not found.visits:
            first = addresses.partition(" and ")[0]
            return [
                f"The browser connects to {first} and requests the page of {name}.",
                "The web server there sends the page, and the browser shows it.",
            ]
        visit = next((each for each in found.visits if each.served), found.visits[0])
        took = "" if visit.connected is None else f" in {time_text(visit.connected)}"
        does = "tries to connect" if visit.connected is None else "connects"
        asked = f"The browser {does} to {visit.address}{took} and requests {harmless(found.request.url)}."
        if visit.status is None:
            return [asked, f"There is no page: {harmless(visit.fault) or 'no reply'}."]
        after = "" if visit.answered is None else f" after {time_text(visit.answered)}"
        status = f"{visit.status} {harmless(visit.reason)}".strip()
        shows = "the browser shows the page" if visit.served else "there is no page to show"
        return [asked, f"The web server there replies {status}{after}, and {shows}."]


def _cache_lifetime(report: Report, past: bool) -> str:
    """How long a resolver caches the result, as the end of a sentence."""
    trace, held = report.trace, report.life
    if not held:
        return "and does not cache it"
    ended = trace.started.astimezone(UTC) + timedelta(seconds=trace.stats.duration)
    until = clock_text(ended, ended + timedelta(seconds=held))
    then = ": when this was traced" if past else ""
    return f"and caches it for {ttl_text(held)}{then}, until {until}"
