"""The rule on servers that answer for DS records from the wrong side of a zone cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import dns.rdatatype

from dnstrace.checks.advice.remedies import at_servers
from dnstrace.checks.catalogue import Trait, of_cut
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import listed, where
from dnstrace.checks.readings.replies import HeardReply, by_server, steps_of
from dnstrace.checks.readings.signed_data import from_child
from dnstrace.checks.readings.signing import signing_of
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import zone_text


@of_cut(Level.ERROR, Blame.HOST, Trait.BREAKS_TRUST, also=(Level.NOTICE,))
def ds_from_child(cut: Cut) -> Iterator[Observation]:
    """A server answers queries for DS records from the zone below, not from its own.

    What it is: the server has a zone and also the one below it, and when it is asked for the DS records of
    the lower one, it looks in that zone; or it knows no DS records, and refers the query to the servers of
    the lower zone. But DS records belong to the zone above, which alone can prove that there are none.

    Why it matters: if the upper zone is signed, validating resolvers get neither DS records nor a proof that
    there are none. They reject all data of the lower zone and answer SERVFAIL.

    How to fix it: update the name server software: it does not fully support DNSSEC. Until then, serve the
    two zones on different servers, if it has both. Signing the data again does not help.

    References: RFC 4035 section 3.1.4.1; RFC 4035 section 5.2; RFC 3658 section 2.2.1
    """
    signed = signing_of(cut).readable
    for server, replies in by_server(from_child(cut.steps, cut.zone)).items():
        below = listed(dict.fromkeys(reply.step.question.name for reply in replies))
        said, instead = _said(replies, below)
        yield Observation(
            f"{where(replies)} {said} from {zone_text(cut.zone)}: only the latter can publish or deny them",
            steps_of(replies),
            server=server,
            cure=f"make {listed([server])} answer queries for the DS records of {below} from"
            f" {zone_text(cut.zone)}: update its software{instead}",
            level=None if signed else Level.NOTICE,
            remedy=at_servers(server),
        )


def _said(replies: Iterable[HeardReply], below: str) -> tuple[str, str]:
    """What the server did, and what helps other than an update: it may not have the zone below at all."""
    if all(map(_refers, replies)):
        return (
            f"replies to the query for the DS records of {below} with a referral to {below}, not an answer",
            "",
        )
    whence = f"answers the query for the DS records of {below} from {below} itself, not"
    return whence, ", or serve the two zones on different servers"


def _refers(reply: HeardReply) -> bool:
    """Whether a reply has the name servers of the zone below, and not its SOA record."""
    name, authority = reply.step.question.name, () if reply.message is None else reply.message.authority
    types = {rrset.rdtype for rrset in authority if rrset.name == name}
    return dns.rdatatype.NS in types and dns.rdatatype.SOA not in types
