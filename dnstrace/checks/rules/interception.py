"""Whether queries reach the servers that they are sent to: judged before any zone is blamed."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

import dns.flags
import dns.name

from dnstrace.checks.advice.remedies import elsewhere
from dnstrace.checks.catalogue import Trait, of_cut, of_trace
from dnstrace.checks.readings.controls import primed
from dnstrace.checks.readings.evidence import Cut, Evidence
from dnstrace.checks.readings.phrases import counted, listed
from dnstrace.checks.readings.replies import HeardReply, by_server, steps_of
from dnstrace.model import ROOT, Kind, Source, family_of
from dnstrace.model.findings import Blame, Level, Observation, Remedy
from dnstrace.model.naming import zone_text

_NETWORK = {4: 24, 6: 48}  # the smallest prefixes that networks announce
_ROOT_SERVERS = dns.name.from_text("root-servers.net.")
_OR_RESOLVERS = {
    True: ("", ""),
    False: (
        ", or these root servers of your own are resolvers",
        ", or give the addresses of servers that serve the root zone",
    ),
}
"""What else may be so, and what to do then, by whether the root servers are the public ones."""
_BELOW_TLD = 3  # labels of a name below a top-level domain, the root's included


@of_trace(Level.ERROR, Blame.NETWORK, Trait.STANDS_ALONE, Trait.SURE_AT_ONCE)
def intercepted(evidence: Evidence) -> Iterator[Observation]:
    """Something on the network answers in place of the root servers.

    What it is: replies that come from the addresses of root servers are replies that no root server
    gives: the final answer without authority, or an offer of recursion. A proxy or firewall near you
    intercepts DNS queries and answers them itself. Answers with authority are left out: root servers serve
    root-servers.net too, and a root of your own may serve any zone. With root servers of your own, all of
    them have to do it, and these may be resolvers: what also refers or has authority is not a proxy.

    Why it matters: no query reaches the servers that it was sent to, so nothing seen from here says
    anything about any zone.

    How to fix it: trace from another network, or let this machine's DNS queries pass. If these are root
    servers of your own, give the addresses of servers that serve the root zone.

    References: RFC 8906 section 4
    """
    root = evidence.cut(ROOT)
    if root is None or len(evidence.trace.question.name) < _BELOW_TLD:
        return
    hints = {a.text for s in root.servers for a in s.addresses if a.source in (Source.HINT, Source.GLUE)}
    public = all(server.name.is_subdomain(_ROOT_SERVERS) for server in root.servers)
    false = [reply for reply in root.replies if reply.address in hints and _is_no_root(reply, public)]
    if false and (public or not _serves_root(root)):
        yield Observation(
            f"{len(false)} of {len(root.replies)} root server addresses gave a reply that no root"
            f" server gives: something on this network intercepts DNS queries{_OR_RESOLVERS[public][0]}",
            steps_of(false),
            cure="let this machine's DNS queries pass (UDP and TCP port 53), or trace from another network"
            f"{_OR_RESOLVERS[public][1]}",
            zone=ROOT,
            remedy=elsewhere(),
        )


def _serves_root(root: Cut) -> bool:
    """Whether a root server of one's own refers, or has authority: nothing answers in its place."""
    meanings = (reply.meaning for reply in (*root.replies, *primed(root)))
    return any(each.kind is Kind.REFERRAL or each.authoritative for each in meanings)


@of_cut(Level.ERROR, Blame.NETWORK, Trait.NAMES_OPERATOR)
def possibly_intercepted(cut: Cut) -> Iterator[Observation]:
    """All servers of a zone, in several networks, answer like a resolver.

    What it is: the replies from every address of the zone's name servers have no authority (no AA flag) and
    offer recursion. Either none of these servers serves the zone, or something on the way, such as a proxy,
    a firewall or a rule for this zone alone, answers in their place.

    Why it matters: if the replies are not from the servers, nothing seen from here says anything about
    them, and changing the zone would be wrong.

    How to fix it: trace from another network first. If the servers answer with authority there, let DNS
    queries from this network pass. If they answer the same, configure the zone on the servers.

    References: RFC 8906 section 4; RFC 9499 section 7
    """
    heard = [reply for reply in cut.everyone if reply.message is not None]
    if cut.zone == ROOT or not heard or not all(map(_is_like_a_resolver, heard)) or _has_authority(cut):
        return
    networks = {_network(reply.address) for reply in heard}
    if len(networks) < 2 or len(by_server(heard)) < 2:
        return
    zone, servers = zone_text(cut.zone), sorted(by_server(heard))
    every = "both name servers" if len(servers) == 2 else f"all {len(servers)} name servers"
    yield Observation(
        f"{every} of {zone} that reply ({listed(servers)}, in {counted(len(networks), 'network')}) answer"
        f" like a resolver, without authority and offering recursion: either none of them serves {zone}, or"
        " something on the way answers in place of them; a trace from another network shows who needs to act",
        steps_of(heard),
        cure=f"trace from another network first; if the servers answer with authority there, this network has"
        f" to let DNS queries pass, and otherwise the operator of {zone} has to configure it on its servers",
        remedy=Remedy(Blame.NETWORK, servers=tuple(servers)),
    )


def _is_like_a_resolver(reply: HeardReply) -> bool:
    """Whether a reply offers recursion and has an answer, but no authority."""
    meaning, message = reply.meaning, reply.message
    answers = meaning.kind is Kind.LAME and meaning.offer is not None
    return answers and message is not None and bool(message.flags & dns.flags.RA)


def _has_authority(cut: Cut) -> bool:
    """Whether any server of the zone has ever answered with authority."""
    messages = (attempt.exchange.message for attempt in cut.all_attempts)
    return any(message is not None and message.flags & dns.flags.AA for message in messages)


def _network(address: str) -> object:
    return ip_network(f"{address}/{_NETWORK[family_of(address)]}", strict=False)


def _is_no_root(reply: HeardReply, public: bool) -> bool:
    """Whether a reply is one that no root server gives; those of a root of one's own may offer recursion."""
    if reply.message is None:
        return False
    flags = reply.message.flags
    final = bool(reply.message.answer) and not flags & dns.flags.AA
    return final or (public and bool(flags & dns.flags.RA))
