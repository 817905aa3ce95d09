"""What one trace shows for sure that traces from other places can be compared with."""

from __future__ import annotations

from collections.abc import Iterator

import dns.edns
import dns.flags
import dns.rdatatype

from dnstrace.analysis.reached import last_step
from dnstrace.message.presentation import presented
from dnstrace.model import ROOT, Attempt, Kind, Name, Outcome, Source, Step, Trace
from dnstrace.model.across import Row
from dnstrace.model.families import Unasked
from dnstrace.model.naming import plain, zone_text
from dnstrace.model.places import PlaceTrace
from dnstrace.model.structs import Struct

_SILENT = {Kind.TIMEOUT}
_UNREACHED = {Kind.NETWORK_UNREACHABLE, Kind.HOST_UNREACHABLE, Kind.PORT_UNREACHABLE}
_NOTHING_SHOWN = {Kind.ABANDONED, Kind.KNOWN_SILENT, Kind.NOT_RECORDED, Kind.TRUNCATED}
_SIGNATURES = {dns.rdatatype.RRSIG}
_TLD, _BELOW_TLD = 2, 3  # labels of a top-level domain and of a name below one, the root's included


class Fact(Struct):
    """One thing that a trace shows.

    Facts with the same `key` are about the same thing, and are equal if their texts are. `what` is a word
    for programs, `zone` the zone whose servers show it, None where it is about the whole trace. A fact
    `is_trouble` if it is a fault by itself.
    """

    key: tuple[object, ...]
    what: str
    zone: Name | None
    text: str
    is_trouble: bool = False


def facts(trace: Trace) -> tuple[Fact, ...]:
    """All of them, in the order of the walk."""
    found = (*_families(trace), *_of_servers(trace), *_delegations(trace), *_of_whole(trace))
    return tuple({fact.key: fact for fact in found}.values())


def row(seen: PlaceTrace) -> Row:
    """The line of a place in the table."""
    trace, report = seen.report.trace, seen.report
    last = last_step(trace)
    used = None if last is None or last.chosen is None else last.attempts[last.chosen]
    wanted = [rrset for rrset in trace.answer if rrset.rdtype not in _SIGNATURES]
    return Row(
        seen.place,
        server=None if used is None else used.server,
        address=None if used is None else used.address,
        nsid=None if used is None else _nsid(used),
        rtt=None if used is None else used.exchange.elapsed,
        answer=tuple(presented(rdata) for rrset in wanted for rdata in rrset),
        ttl=min((rrset.ttl for rrset in wanted), default=None),
        resolvers=tuple(
            (each.attempt.address, "" if each.difference is None else each.difference.value)
            for each in report.resolvers
            if each.attempt is not None
        ),
    )


def is_intercepted(trace: Trace) -> bool:
    """Whether something answers in place of the root servers: with data, or with an offer of recursion."""
    if len(trace.question.name) < _BELOW_TLD:
        return False
    return any(_is_no_root(attempt, step) for step in trace.steps if step.main for attempt in step.attempts)


def _is_no_root(attempt: Attempt, step: Step) -> bool:
    message, address = attempt.exchange.message, attempt.address
    if step.zone != ROOT or message is None:
        return False
    roots = {a.text for server in step.servers for a in server.addresses if a.source is Source.HINT}
    return address in roots and bool(message.answer or message.flags & dns.flags.RA)


def _nsid(attempt: Attempt) -> bytes | None:
    message = attempt.exchange.message
    options = () if message is None else message.options
    return next((each.to_wire() for each in options if each.otype == dns.edns.OptionType.NSID), None)


def _families(trace: Trace) -> Iterator[Fact]:
    for family, why in sorted(trace.unasked.items()):
        if why is Unasked.NO_ROUTE:
            yield Fact(("unasked", family), "unasked", None, f"IPv{family} has no route", True)
        elif why is Unasked.SILENT:
            yield Fact(("unasked", family), "unasked", None, f"no IPv{family} address replies", True)


def _of_servers(trace: Trace) -> Iterator[Fact]:
    """How the servers of each zone answer, over each family that was asked."""
    if is_intercepted(trace):  # what follows is not about any server
        yield Fact(("interceptor",), "interceptor", ROOT, "an interceptor answers for the root", True)
        return
    attempts: dict[tuple[Name, int], list[Attempt]] = {}
    for step in (step for step in trace.steps if step.main):
        for attempt in step.attempts:
            attempts.setdefault((step.zone, attempt.exchange.query.family), []).append(attempt)
    for (zone, family), asked in attempts.items():
        if state := _state(asked):
            servers = "the root servers" if zone == ROOT else f"the {_dotted(zone)} servers"
            trouble = state != "answer"
            text = f"{servers} {state} over IPv{family}"
            yield Fact(("family", zone, family), "family", zone, text, trouble)


def _dotted(zone: Name) -> str:
    return f".{plain(zone)}" if len(zone) == _TLD else plain(zone)


def _state(attempts: list[Attempt]) -> str:
    """What servers do, as a sentence says it; empty where nothing is shown for sure."""
    kinds = {attempt.meaning.kind for attempt in attempts} - _NOTHING_SHOWN
    if any(attempt.meaning.usable for attempt in attempts):
        return "answer"
    if not kinds:
        return ""
    if kinds <= _SILENT:
        return "time out"
    if kinds <= _UNREACHED | _SILENT:
        return "cannot be reached"
    said = sorted(kind.value.replace("-", " ") for kind in kinds - _SILENT - _UNREACHED)
    return f"give no usable answer ({', '.join(said)})"


def _delegations(trace: Trace) -> Iterator[Fact]:
    """What the parent says of each zone on the way."""
    for step in trace.steps:
        if not step.main or (cut := step.referral) is None:
            continue
        of = zone_text(cut.zone)
        names = ", ".join(sorted(plain(server.name) for server in cut.servers))
        yield Fact(("ns", cut.zone), "delegation", cut.zone, f"{of} is delegated to {names}")
        ds = "; ".join(sorted(map(presented, cut.ds or ())))
        text = f"{of} has the DS records {ds}" if ds else f"{of} has no DS record"
        yield Fact(("ds", cut.zone), "ds", cut.zone, text)


def _of_whole(trace: Trace) -> Iterator[Fact]:
    asked = f"{plain(trace.question.name)} {dns.rdatatype.to_text(trace.question.rdtype)}"
    if trace.outcome is Outcome.ANSWER:
        data = ", ".join(sorted(_data(trace)))
        yield Fact(("outcome",), "answer", None, f"{asked} is {data}")
    elif trace.outcome is Outcome.FAILED:
        yield Fact(("outcome",), "outcome", None, f"{asked} has no answer: {trace.error}", True)
    elif trace.outcome is not None:
        yield Fact(("outcome",), "outcome", None, f"{asked} ends with {_in_words(trace.outcome)}")
    if trace.judgement is not None:
        bogus = trace.judgement.security.value == "bogus"
        yield Fact(("security",), "security", None, f"the answer is {trace.judgement.security.value}", bogus)


def _in_words(outcome: Outcome) -> str:
    return "a referral" if outcome is Outcome.REFERRAL else outcome.value.upper()


def _data(trace: Trace) -> Iterator[str]:
    """The data of the type asked for; of everything but signatures where there are none."""
    wanted = [each for each in trace.answer if each.rdtype == trace.question.rdtype]
    for rrset in wanted or [each for each in trace.answer if each.rdtype not in _SIGNATURES]:
        yield from map(presented, rrset)
