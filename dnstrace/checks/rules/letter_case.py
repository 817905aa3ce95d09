"""The rule on servers to which upper-case and lower-case letters of a name are different."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import dns.rdatatype

from dnstrace.checks.advice.remedies import at_servers
from dnstrace.checks.anomalies.anomalies import result_text
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.readings.controls import unsteady
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import addresses
from dnstrace.checks.readings.replies import HeardReply, by_server, gist, replies_of, steps_of
from dnstrace.checks.readings.signed_data import to_be_signed
from dnstrace.checks.readings.signing import signing_of
from dnstrace.model import Kind, Name, Probe
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.heard import SHOWS_NOTHING
from dnstrace.model.naming import plain

_DATA = (Kind.ANSWER, Kind.ALIAS)
_SAYS_NOTHING = SHOWS_NOTHING | {Kind.HOST_UNREACHABLE, Kind.TRUNCATED, Kind.TRUNCATED_OVER_TCP}
_WITHOUT_MESSAGE = {
    Kind.MISMATCH: "sends a reply that does not match",
    Kind.MALFORMED: "sends a reply that cannot be read",
}


class _Invalid(NamedTuple):
    """An RRset without a valid signature, and why it has none."""

    what: str
    why: str


@of_cut(Level.WARNING, Blame.HOST)
def case_sensitive(cut: Cut) -> Iterator[Observation]:
    """A name server knows a name in lower case only.

    What it is: a query with some letters of the name in upper case gets no reply, an error, or a reply that
    there is no such name or data. The same query in lower case gets the data. The two replies may also differ
    in another way, or only the signatures in the reply to the query in lower case are valid.

    Why it matters: names are compared without regard to case. Some resolvers mix the case of names to make
    replies hard to forge, and users type names as they like: for them this server has no data.

    How to fix it: update the name server software, or make it compare names without regard to case, and sign
    them in lower case.

    References: RFC 4343 section 3; RFC 1035 section 2.3.3; RFC 4034 section 6.2; RFC 6840 section 5.1
    """
    found = [reply for reply in cut.probe(Probe.CASE) if _fails(cut, reply)]
    for server, replies in by_server(found).items():
        faults = " and ".join(dict.fromkeys(map(_fault, replies)))
        control = _control(cut, replies[0])
        to = f"to a query for {plain(replies[0].step.question.name)} at {addresses(replies)}"
        what = f"knows names in lower case only: it {faults} {to}"
        if control is None or control.meaning.kind not in _DATA or replies[0].meaning.kind in _DATA:
            usual = "" if control is None else f", and {_fault(control)} to one in lower case"
            what = f"does not answer alike for upper-case and lower-case letters: it {faults} {to}{usual}"
        yield Observation(
            f"{plain(server)} {what}",
            steps_of(replies),
            server=server,
            cure=f"make {plain(server)} compare names without regard to case",
            remedy=at_servers(server),
        )
    alike = (reply for reply in cut.probe(Probe.CASE) if reply not in found)
    yield from _badly_signed(cut, [(reply, bad) for reply in alike if (bad := _invalid(cut, reply))])


def _badly_signed(cut: Cut, found: list[tuple[HeardReply, _Invalid]]) -> Iterator[Observation]:
    """The observations of servers whose signatures are only valid if the names are in lower case."""
    for server, replies in by_server(reply for reply, _ in found).items():
        what, why = next(bad for reply, bad in found if reply.server == server)
        yield Observation(
            f"{plain(server)} has valid signatures of names in lower case only: its reply to a query for"
            f" {plain(replies[0].step.question.name)} at {addresses(replies)} has {what} without a valid"
            f" signature ({why}), and the reply to one in lower case has a valid one",
            steps_of(replies),
            server=server,
            cure=f"update the name server software of {plain(server)}: it has to sign names in lower case"
            " whatever the query, and to send names within NSEC records as they were signed",
            remedy=at_servers(server),
        )


def _invalid(cut: Cut, reply: HeardReply) -> _Invalid | None:
    """An RRset with no valid signature, which the reply to the query in lower case has with one.

    Where machines behind one address differ, that may be for the machine, and not for the letters.
    """
    control = _control(cut, reply)
    if control is None or not signing_of(cut).readable or reply.address in cut.once(unsteady):
        return None
    usual = {(data.name, data.rdtype): data for data in control.once(to_be_signed)}
    for data in reply.once(to_be_signed):
        well = usual.get((data.name, data.rdtype))
        if well is None or not data.signatures or cut.zone not in well.signers():
            continue
        if not signing_of(cut).check(control, well).valid:  # first, so that names are known in lower case
            continue
        checked = signing_of(cut).check(reply, data)
        if not checked.valid:
            return _Invalid(f"{plain(well.name)} {dns.rdatatype.to_text(data.rrset.rdtype)}", checked.reason)
    return None


def _fails(cut: Cut, reply: HeardReply) -> bool:
    """Whether a query in mixed case is answered differently from the same query in lower case."""
    control = _control(cut, reply)
    if control is None or reply.meaning.kind in _SAYS_NOTHING or reply.address in cut.once(unsteady):
        return False
    if gist(control) == gist(reply):
        return False
    needs_plain = control.attempt.exchange.query.edns is None
    return not (needs_plain and reply.attempt.exchange.query.edns is not None)


def _control(cut: Cut, reply: HeardReply) -> HeardReply | None:
    """The usable reply of the same address to the same question in lower case."""
    question = reply.step.question
    return cut.once(_usable).get((reply.address, question.name, question.rdtype))


def _usable(cut: Cut) -> dict[tuple[str, Name, int], HeardReply]:
    """The usable replies to queries in lower case, by address and question."""
    walked = (reply for step in cut.walked for reply in replies_of(step))
    return {
        (reply.address, reply.step.question.name, reply.step.question.rdtype): reply
        for reply in (*walked, *cut.probe(Probe.SOA))
        if reply.meaning.usable
    }


def _fault(reply: HeardReply) -> str:
    """What a server does with a name in mixed case."""
    if reply.message is None:
        return _WITHOUT_MESSAGE.get(reply.meaning.kind, "does not reply")
    without = " without AA" if reply.meaning.usable and not reply.meaning.authoritative else ""
    does = "replies" if reply.message.rcode() or reply.meaning.kind is Kind.NODATA else "sends"
    return f"{does} {result_text(reply.meaning)}{without}"
