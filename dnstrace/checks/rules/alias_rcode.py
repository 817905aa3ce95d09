"""The rule on replies that deny a name and answer at the same time."""

from __future__ import annotations

from collections.abc import Iterator

import dns.rcode

from dnstrace.checks.advice.remedies import at_servers
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import question_text, where
from dnstrace.checks.readings.replies import HeardReply, by_server, steps_of
from dnstrace.checks.readings.statements import statements_of
from dnstrace.model import Kind, Name, Outcome, Step
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import plain

_THERE = (Outcome.ANSWER, Outcome.NODATA, Outcome.ALIAS)


@of_cut(Level.WARNING, Blame.HOST)
def nxdomain_with_answer(cut: Cut) -> Iterator[Observation]:
    """A reply says that a name does not exist, and has an answer too.

    What it is: the reply has RCODE NXDOMAIN, and in its answer section there is data of the name asked, or
    an alias whose target exists. The RCODE is about the name at which the aliases end, and a server that
    does not serve the target's zone has to leave it at NOERROR.

    Why it matters: most resolvers go by the answer section. Those that go by the RCODE tell their users that
    the name does not exist.

    How to fix it: make the server answer NOERROR. If it has an old copy of the zone of the target, remove
    that. Otherwise the fault is in its software, often that of a load balancer.

    References: RFC 6604 section 3; RFC 2308 section 2.1; RFC 1034 section 4.3.2
    """
    told = (each.reply for each in statements_of(cut).of_kind((Kind.ANSWER, Kind.ALIAS)))
    denied = [reply for reply in told if reply.meaning.rcode == dns.rcode.NXDOMAIN]
    there = _existing(cut) if denied else {}
    for server, replies in by_server(reply for reply in denied if _exists(reply, there)).items():
        first = replies[0]
        yield Observation(
            f"{where(replies)} answers {question_text(first.step.question)} with RCODE NXDOMAIN and"
            f" {_answer_text(first)}",
            (*steps_of(replies), *_shown(first, there)),
            server=server,
            cure=f"make {plain(server)} answer with RCODE NOERROR; if it has an old copy of the zone of the"
            " alias's target, remove that"
            if first.meaning.kind is Kind.ALIAS
            else f"make {plain(server)} answer with RCODE NOERROR where it has data",
            remedy=at_servers(server),
        )


def _existing(cut: Cut) -> dict[Name, Step]:
    """The names that the walk found to exist, in any zone, each with a step that shows it."""
    steps = (step for step in cut.evidence.trace.steps if step.main and step.outcome in _THERE)
    return {step.question.name: step for step in steps}


def _exists(reply: HeardReply, there: dict[Name, Step]) -> bool:
    """Whether the name at which the answer ends is known to exist."""
    return reply.meaning.kind is Kind.ANSWER or reply.meaning.target in there


def _shown(reply: HeardReply, there: dict[Name, Step]) -> tuple[int, ...]:
    found = None if reply.meaning.target is None else there.get(reply.meaning.target)
    return () if found is None or reply.meaning.kind is Kind.ANSWER else (found.id,)


def _answer_text(reply: HeardReply) -> str:
    target = reply.meaning.target
    if reply.meaning.kind is Kind.ANSWER or target is None:
        return "the data that was asked for"
    return f"an alias of {plain(target)}, which exists"
