"""The rule on DNAME records whose result is too long to be a name."""

from __future__ import annotations

from collections.abc import Iterator

import dns.rdatatype
import dns.rrset

from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.evidence import Cut
from dnstrace.checks.phrases import where
from dnstrace.checks.remedies import in_zone
from dnstrace.checks.replies import HeardReply, replies_of, steps_of
from dnstrace.message.alias import alias_target
from dnstrace.model import Kind
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import plain

_DNAME = dns.rdatatype.DNAME


@of_cut(Level.ERROR, Blame.HOST)
def dname_too_long(cut: Cut) -> Iterator[Observation]:
    """A DNAME record leads to a name that is too long.

    What it is: the name asked is below a DNAME record, and with the target in its place it would be longer
    than 255 octets, which no name may be. Often the target is below the record itself, so that the name
    grows each time the record is applied.

    Why it matters: servers and resolvers answer YXDOMAIN, an error: the name has no data. If the target is
    below the record itself, no name below it has any.

    How to fix it: point the DNAME record at a name that is not below it, or at a shorter one.

    References: RFC 6672 section 2.2; RFC 6672 section 2.4; RFC 1035 section 2.3.4
    """
    walked = (reply for step in cut.walked for reply in replies_of(step))
    showing = [(reply, dname) for reply in walked if (dname := _too_long(reply)) is not None]
    if not showing:
        return
    replies, dname = [reply for reply, _ in showing], showing[0][1]
    target = alias_target(dname)
    grows = target is not None and target.is_subdomain(dname.name)
    below = ", whose target is below it," if grows else ""
    elsewhere = f"a name that is not below {plain(dname.name)}" if grows else "a shorter name"
    yield Observation(
        f"the DNAME record of {plain(dname.name)}{below} turns"
        f" {plain(replies[0].step.question.name)} into a name longer than 255 octets, on {where(replies)}",
        steps_of(replies),
        cure=f"point the DNAME record of {plain(dname.name)} at {elsewhere}",
        remedy=in_zone(cut.zone),
    )


def _too_long(reply: HeardReply) -> dns.rrset.RRset | None:
    """The DNAME record that makes the name asked too long; None if there is none."""
    if reply.meaning.kind is not Kind.YXDOMAIN:
        return None
    records = [rrset for rrset in reply.meaning.answer if rrset.rdtype == _DNAME]
    return records[-1] if records else None
