"""Rules on what DNAME records make: names that are too long, or aliases that lead elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import dns.rdatatype
import dns.rrset

from dnstrace.checks.advice.remedies import in_zone
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import where
from dnstrace.checks.readings.replies import HeardReply, by_server, replies_of, steps_of
from dnstrace.message.alias import alias_target, made_by_dname
from dnstrace.model import Kind, Name, Probe
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import plain, zone_text

_CNAME, _DNAME = dns.rdatatype.CNAME, dns.rdatatype.DNAME


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


@of_cut(Level.ERROR, Blame.HOST)
def cname_unlike_dname(cut: Cut) -> Iterator[Observation]:
    """A reply has a DNAME record, and a CNAME record that leads elsewhere.

    What it is: a DNAME record stands for a CNAME record at each name below it, with the target in place of
    its own name. A server sends both, and its CNAME record leads to another name.

    Why it matters: resolvers that know DNAME records go by these, others by the CNAME record: their users
    reach different places. Validating resolvers accept only the name that the DNAME record makes.

    How to fix it: remove CNAME and other records below the DNAME record from the zone: names there have no
    data of their own. If there are none, the fault is in the server's software.

    References: RFC 6672 section 2.2; RFC 6672 section 2.4; RFC 6672 section 3.1; RFC 4035 section 3.2.3
    """
    steps = (*cut.walked, *cut.probe_steps(Probe.TYPE))
    replies = (r for step in steps for r in replies_of(step) if r.address in cut.serving)
    found = [(reply, unlike) for reply in replies if (unlike := _unlike(cut.zone, reply)) is not None]
    for server, shown in by_server(reply for reply, _ in found).items():
        each = next(unlike for reply, unlike in found if reply.server == server)
        name, dname = plain(each.owner), plain(each.dname)
        yield Observation(
            f"{where(shown)} sends an alias of {name} to {plain(each.given)}, but its DNAME record of {dname}"
            f" leads to {plain(each.implied)}",
            steps_of(shown),
            server=server,
            cure=f"remove the records of {name} from {zone_text(cut.zone)}, if it has any, since it is below"
            f" the DNAME record of {dname}; otherwise update the name server software of {plain(server)}",
            remedy=in_zone(cut.zone, servers=[server]),
        )


class _Unlike(NamedTuple):
    """An alias that is below a DNAME record: where it leads, and where it should."""

    owner: Name
    dname: Name
    given: Name
    implied: Name


def _unlike(zone: Name, reply: HeardReply) -> _Unlike | None:
    """The first alias of a reply in a zone that is not the one which its DNAME record implies."""
    every = [] if reply.message is None else reply.message.answer
    answer = [rrset for rrset in every if rrset.name.is_subdomain(zone)]  # others: a zone on the same servers
    for cname in (rrset for rrset in answer if rrset.rdtype == _CNAME):
        made, given = made_by_dname(cname.name, answer), alias_target(cname)
        implied = None if made is None else made.target
        if made is not None and given is not None and implied is not None and given != implied:
            return _Unlike(cname.name, made.dname.name, given, implied)
    return None


def _too_long(reply: HeardReply) -> dns.rrset.RRset | None:
    """The DNAME record that makes the name asked too long; None if there is none."""
    if reply.meaning.kind is not Kind.YXDOMAIN:
        return None
    records = [rrset for rrset in reply.meaning.answer if rrset.rdtype == _DNAME]
    return records[-1] if records else None
