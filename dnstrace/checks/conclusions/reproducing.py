"""How to see with another tool what was found: the queries that show it, each as a dig command line.

One line shows what one server does. What parent and zone publish, or two servers answer, takes two.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator

import dns.rdatatype

from dnstrace.checks.readings.phrases import question_text
from dnstrace.model import Attempt, Edns, Kind, Name, Purpose, Query, Question, Step, Trace, Transport
from dnstrace.model.findings import Finding
from dnstrace.model.structs import replace

_OF_DS = frozenset(
    {
        "algorithm-unsupported",
        "cds-differs",
        "digest-weak",
        "dnskey-without-ds",
        "ds-digest-wrong",
        "ds-stale",
        "ds-without-dnskey",
    }
)
"""The findings on DS records: what the parent has is seen best by asking for those."""

_BETWEEN_SERVERS = frozenset(
    {
        "answers-differ",
        "cds-inconsistent",
        "dnskey-differs",
        "ns-differs-between-servers",
        "parent-servers-differ",
        "soa-differs",
    }
)
"""The findings that compare servers of one zone."""

_MOST = 2  # command lines: a claim compares two replies


def commands(trace: Trace, *found: Finding) -> str:
    """The command lines that show findings, one a line; empty if no query does."""
    queries = [query for finding in found for query in _queries(trace, finding)]
    return "\n".join(list(dict.fromkeys(map(dig, queries)))[:_MOST])


def command(trace: Trace, steps: Iterable[int]) -> str:
    """The command line that shows how steps ended; empty if no query was sent."""
    attempt = next(_telling_attempts(trace, steps, None), None)
    return "" if attempt is None else dig(attempt.exchange.query)


def sent(trace: Trace, steps: Iterable[int]) -> str:
    """The query that shows how steps ended, in words; empty if none was sent."""
    attempt = next(_telling_attempts(trace, steps, None), None)
    return "" if attempt is None else _in_words(attempt.exchange.query)


def shown_by(trace: Trace, finding: Finding) -> str:
    """The first query that shows a finding, in words; empty if none was sent."""
    query = next(_queries(trace, finding), None)
    return "" if query is None else _in_words(query)


def _in_words(query: Query) -> str:
    return f"shown by {question_text(query.question)} at {query.address}"


def _queries(trace: Trace, finding: Finding) -> Iterator[Query]:
    """The queries that show a finding: one for each zone asked, or for two servers if they differ."""
    places: set[object] = set()
    for step, attempt in _telling(trace, finding.steps, finding.server):
        place = step.zone
        if place not in places:
            places.add(place)
            yield _asking_for_ds(attempt.exchange.query, step, finding)
        if finding.code in _BETWEEN_SERVERS and len(places) == 1:
            yield from (other.exchange.query for other in _others(step, attempt))


def _asking_for_ds(query: Query, step: Step, finding: Finding) -> Query:
    """The query itself, or for DS records if the parent was asked for something else in a finding on them."""
    zone = finding.zone
    if finding.code not in _OF_DS or zone is None or step.zone == zone or not zone.is_subdomain(step.zone):
        return query
    return replace(query, question=Question(zone, dns.rdatatype.DS))


def _others(step: Step, shown: Attempt) -> list[Attempt]:
    """A usable reply of another server to the same question, unlike the one shown if there is one."""
    others = [each for each in step.attempts if each.server != shown.server and each.meaning.usable]
    unlike = [each for each in others if _data(each) != _data(shown)]
    return (unlike or others)[:1]


def _data(attempt: Attempt) -> object:
    """What a reply says, without the TTLs."""
    meaning = attempt.meaning
    sets = frozenset((rrset.name, rrset.rdtype, frozenset(rrset)) for rrset in meaning.answer)
    return meaning.kind, meaning.delegation, sets


def _telling_attempts(trace: Trace, steps: Iterable[int], server: Name | None) -> Iterator[Attempt]:
    return (attempt for _, attempt in _telling(trace, steps, server))


def _telling(trace: Trace, steps: Iterable[int], server: Name | None) -> Iterator[tuple[Step, Attempt]]:
    """The attempts that show something, each in its step; of the steps above if those have none."""
    shown = [trace.steps[number - 1] for number in steps]
    above = [trace.steps[step.parent - 1] for step in shown if step.parent is not None]
    found = False
    for step in (*shown, *above):
        if found and step not in shown:
            return
        if (attempt := _telling_of(step, server)) is not None:
            found = True
            yield step, attempt


def _telling_of(step: Step, server: Name | None) -> Attempt | None:
    """The attempt that shows it, at that server if it was asked: the first to fail as the last one did."""
    sent = [a for a in step.attempts if a.meaning.kind not in (Kind.ABANDONED, Kind.NETWORK_UNREACHABLE)]
    at_server = [attempt for attempt in sent if attempt.server == server]
    if not at_server and step.chosen is not None and step.purpose is not Purpose.PROBE:
        return step.attempts[step.chosen]
    there = at_server or sent
    telling = [attempt for attempt in there if not attempt.meaning.usable] or there
    return next((a for a in telling if a.meaning.kind is telling[-1].meaning.kind), None)


_DIG = Edns(dnssec_ok=False)  # what dig sends by default, apart from its cookie


def dig(query: Query) -> str:
    """The command line, safe to paste into a shell (POSIX): names are from the network."""
    name, rdtype = str(query.question.name), dns.rdatatype.to_text(query.question.rdtype)
    named = ["-q", name] if name[:1] in "-+@" else [name]
    port = [] if query.port == query.transport.port else ["-p", str(query.port)]
    words = ["dig", f"@{query.address}", *port, *named, rdtype, *_flags(query), *_edns(query.edns)]
    return shlex.join(words)


def _flags(query: Query) -> list[str]:
    transport = {
        Transport.UDP: [],
        Transport.TCP: ["+tcp"],
        Transport.TLS: ["+tls"],
        Transport.HTTPS: ["+https"],
    }
    return [
        *([] if query.recursion_desired else ["+norecurse"]),
        *(["+cdflag"] if query.checking_disabled else []),
        *transport[query.transport],
    ]


def _edns(edns: Edns | None) -> list[str]:
    if edns is None:
        return ["+noedns"]
    return [
        *([f"+edns={edns.version}", "+noednsnegotiation"] if edns.version else []),
        *([] if edns.payload == _DIG.payload else [f"+bufsize={edns.payload}"]),
        *(["+dnssec"] if edns.dnssec_ok else []),
        *(f"+ednsopt={code}:{data.hex()}" if data else f"+ednsopt={code}" for code, data in edns.options),
    ]
