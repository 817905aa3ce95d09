"""`--replay`: a record in place of the network. `--drop`: servers of a record or the lab treated as dead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dnstrace.cli.usage import Usage, meant, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dnstrace.cli.line.choices import Choices
    from dnstrace.model import Trace
    from dnstrace.model.anchors import Anchors
    from dnstrace.model.tracing import Tracing
    from dnstrace.port import Network
    from dnstrace.record import Record

_MOST_NAMED = 12


def over_the_record(
    chosen: Choices, tracing: Tracing, anchors: Callable[[str | None], Anchors]
) -> tuple[Tracing, Network]:
    """How to walk the record again, and the network that it stands for. Raises Usage.

    `anchors` reads a file of trust anchors, or those of the package.
    """
    from dnstrace.model.anchors import NO_ANCHORS
    from dnstrace.model.structs import replace
    from dnstrace.network.replay import RecordedNetwork

    record = chosen.record
    assert record is not None  # this is for a replay only
    network = RecordedNetwork(record.course, faithful=not chosen.drop)
    own_roots = tracing.roots is not None
    tracing = replace(tracing, now=record.tracing.now, roots=tracing.roots or record.tracing.roots)
    if chosen.dnssec:
        found = anchors(chosen.anchors)
        if chosen.anchors is None:
            found = NO_ANCHORS if own_roots else record.tracing.anchors or found
        tracing = replace(tracing, anchors=found, at=chosen.at)
    return tracing, without(chosen.drop, network, record.servers, "the record")


def with_page(trace: Trace, record: Record) -> Trace:
    """The replayed trace with the page that was fetched, if it leads to an address that was asked for it."""
    from dnstrace.model.addresses import address_of
    from dnstrace.model.structs import replace

    page = record.fetched
    if page is None or trace.question != record.question:
        return trace
    found = {address_of(rdata) for rrset in trace.answer for rdata in rrset}
    return replace(trace, fetched=page) if found & {visit.address for visit in page.visits} else trace


def without(
    dropped: tuple[str, ...], network: Network, servers: Mapping[str, frozenset[str]], where: str
) -> Network:
    """The network with servers treated as dead, each given by name or by address. Raises Usage.

    `servers` holds the addresses of all servers, by name; `where` says what they are the servers of.
    """
    if not dropped:
        return network
    from dnstrace.network.replay import DeadServers

    dead: set[str] = set()
    for each in dropped:
        if not (found := addresses_of(each, servers)):
            every = (address for addresses in servers.values() for address in addresses)
            near = meant(each, (*servers, *every))
            raise Usage(f"--drop: {where} has no server {shown(each)}{near or _known(servers)}")
        dead |= found
    return DeadServers(network, dead)


def addresses_of(server: str, servers: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The addresses of a server; none where it is not among `servers`.

    It is given by name, by the first labels of its name if no other begins with them, or by address.
    """
    for name, addresses in servers.items():
        if server.lower() == name.lower():
            return addresses
    if len(found := [name for name in servers if name.lower().startswith(server.lower())]) == 1:
        return servers[found[0]]
    return frozenset(each for addresses in servers.values() for each in addresses if each == server)


def _known(servers: Mapping[str, object]) -> str:
    if not servers:
        return ": no server was asked"
    names = sorted(servers)
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"; there are {', '.join(names[:_MOST_NAMED])}{more}"
