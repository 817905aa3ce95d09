"""The rule on servers to which upper-case and lower-case letters of a name are different."""

from __future__ import annotations

from collections.abc import Iterator

import dns.rcode

from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.controls import unsteady
from dnstrace.checks.evidence import Cut
from dnstrace.checks.phrases import addresses
from dnstrace.checks.remedies import at_servers
from dnstrace.checks.replies import HeardReply, by_server, replies_of, steps_of
from dnstrace.model import Kind, Name, Probe
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import plain

_DATA = (Kind.ANSWER, Kind.ALIAS)
_NO_DATA = (Kind.NODATA, Kind.NXDOMAIN)
_SAYS_NOTHING = (
    Kind.ABANDONED,
    Kind.KNOWN_SILENT,
    Kind.NOT_RECORDED,
    Kind.NETWORK_UNREACHABLE,
    Kind.HOST_UNREACHABLE,
    Kind.TRUNCATED,
    Kind.TRUNCATED_OVER_TCP,
    Kind.MALFORMED,
)


@of_cut(Level.WARNING, Blame.HOST)
def case_sensitive(cut: Cut) -> Iterator[Observation]:
    """A name server knows a name in lower case only.

    What it is: a query with some letters of the name in upper case gets no reply, an error, or a reply that
    there is no such name or data. The same query in lower case gets the data.

    Why it matters: names are compared without regard to case. Some resolvers mix the case of names to make
    replies hard to forge, and users type names as they like: for them this server has no data.

    How to fix it: update the name server software, or make it compare names without regard to case.

    References: RFC 4343 section 3; RFC 1035 section 2.3.3
    """
    found = [reply for reply in cut.probe(Probe.CASE) if _fails(cut, reply)]
    for server, replies in by_server(found).items():
        faults = " and ".join(dict.fromkeys(map(_fault, replies)))
        yield Observation(
            f"{plain(server)} knows names in lower case only: it {faults} to a query for"
            f" {plain(replies[0].step.question.name)} at {addresses(replies)}",
            steps_of(replies),
            server=server,
            cure=f"make {plain(server)} compare names without regard to case",
            remedy=at_servers(server),
        )


def _fails(cut: Cut, reply: HeardReply) -> bool:
    """Whether a query in mixed case fails where the same query in lower case gives data."""
    if reply.meaning.kind in (*_DATA, *_SAYS_NOTHING):
        return False
    question = reply.step.question
    control = cut.once(_with_data).get((reply.address, question.name, question.rdtype))
    if control is None or reply.address in cut.once(unsteady):
        return False
    needs_plain = control.attempt.exchange.query.edns is None
    return not (needs_plain and reply.attempt.exchange.query.edns is not None)


def _with_data(cut: Cut) -> dict[tuple[str, Name, int], HeardReply]:
    """The replies with data to queries in lower case, by address and question."""
    walked = (reply for step in cut.walked for reply in replies_of(step))
    return {
        (reply.address, reply.step.question.name, reply.step.question.rdtype): reply
        for reply in (*walked, *cut.probe(Probe.SOA))
        if reply.meaning.kind in _DATA
    }


def _fault(reply: HeardReply) -> str:
    """What a server does with a name in mixed case."""
    if reply.message is None:
        return (
            "sends a reply that does not match" if reply.meaning.kind is Kind.MISMATCH else "does not reply"
        )
    if reply.meaning.kind in _NO_DATA:
        return f"replies {reply.meaning.kind.value.upper()}"
    rcode = reply.message.rcode()
    return "sends an empty reply" if rcode == dns.rcode.NOERROR else f"replies {dns.rcode.to_text(rcode)}"
