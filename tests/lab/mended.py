"""Worlds to which a remedy was applied, as whoever it is for would do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import dns.rdatatype
import dns.rrset

from dnstrace.lab.internet import World, WorldServer
from dnstrace.lab.tls import Tls
from dnstrace.lab.zone import LabZone, Node, Sign
from dnstrace.message.edited import Record, parsed
from dnstrace.model import Name
from dnstrace.model.findings import Finding, Remedy

_NONE, _DS = dns.rdatatype.NONE, dns.rdatatype.DS
_TTL = 3600


def applied(world: World, finding: Finding, remedy: Remedy) -> World:
    """The world after the remedy of a finding; signed again where its zones are signed."""
    if remedy.where is not None and (remedy.add or remedy.change or remedy.remove):
        world = _each_zone(world, remedy.where, lambda zone: _edited(zone, remedy))
        if (
            remedy.where == finding.zone
        ):  # whoever changes the NS records of a zone changes them in both places
            ns = _only_ns(remedy)
            for above in {each.origin for each in world.zones if finding.zone in each.nodes} - {remedy.where}:
                world = _each_zone(world, above, lambda zone: _edited(zone, ns))
        if finding.zone is not None and _lost_ds(remedy, finding.zone):
            world = _each_zone(world, finding.zone, _without_ds)
    elif remedy.where is not None:
        world = _each_zone(world, remedy.where, _signed_again)
    for server in remedy.servers:
        world = _repaired(world, server, remedy.where or finding.zone)
    return replace(world, name=f"{world.name} after {finding.code}")


def _each_zone(world: World, origin: Name, change: Callable[[LabZone], LabZone]) -> World:
    made = {id(zone): change(zone) if zone.origin == origin else zone for zone in world.zones}
    servers = (replace(each, zones=tuple(made[id(zone)] for zone in each.zones)) for each in world.servers)
    return replace(world, zones=tuple(made.values()), servers=tuple(servers))


def _repaired(world: World, name: Name, zone: Name | None) -> World:
    """A server without misbehaviour, with the first version of the zone, signed as it should be."""
    if zone is not None:
        world = _each_zone(world, zone, _signed_again)
    right = [each for each in world.zones if each.origin == zone][:1]

    def repaired(server: WorldServer) -> WorldServer:
        if server.name != name:
            return server
        kept = tuple(each for each in server.zones if each.origin != zone)
        tls = None if server.tls is None else Tls(server.tls.names)
        return replace(server, does=(), zones=(*right, *kept), tls=tls)

    return replace(world, servers=tuple(map(repaired, world.servers)))


def _signed_again(zone: LabZone) -> LabZone:
    if zone.sign is None:
        return zone
    strong = zone.sign.algorithm if zone.sign.algorithm > 7 else 13
    usual = Sign()
    sign = replace(zone.sign, broken=(), valid=usual.valid, iterations=0, algorithm=strong)
    return LabZone(zone.origin, _text(zone.nodes), zone.ttl, sign=sign)


def _without_ds(zone: LabZone) -> LabZone:
    if zone.sign is None:
        return zone
    return LabZone(zone.origin, _text(zone.nodes), zone.ttl, sign=replace(zone.sign, ds="none", broken=()))


def _lost_ds(remedy: Remedy, zone: Name) -> bool:
    """Whether DS records are removed and none published: the lab would put in those of the keys."""
    there = {parsed(text).rdtype for text in (*remedy.add, *remedy.change)}
    return _DS in {parsed(text).rdtype for text in remedy.remove} - there


def _edited(zone: LabZone, remedy: Remedy) -> LabZone:
    nodes: dict[Name, Node] = {name: dict(node) for name, node in zone.nodes.items()}
    for record in map(parsed, remedy.remove):
        kind = (record.rdtype, _NONE)
        node = nodes.get(record.owner, {})
        left = [rdata for rdata in node.pop(kind, ()) if str(rdata) != str(record.rdata)]
        if left:
            node[kind] = dns.rrset.from_rdata_list(record.owner, _TTL, left)
    for record in map(parsed, remedy.change):
        nodes.setdefault(record.owner, {}).pop((record.rdtype, _NONE), None)
    for record in map(parsed, (*remedy.change, *remedy.add)):
        _put(nodes, record)
    return LabZone(zone.origin, _text(nodes), zone.ttl, sign=zone.sign)


def _only_ns(remedy: Remedy) -> Remedy:
    add, change, remove = (
        tuple(text for text in texts if parsed(text).rdtype == dns.rdatatype.NS)
        for texts in (remedy.add, remedy.change, remedy.remove)
    )
    return replace(remedy, add=add, change=change, remove=remove)


def _put(nodes: dict[Name, Node], record: Record) -> None:
    kind = (record.rdtype, _NONE)
    node = nodes.setdefault(record.owner, {})
    if kind not in node:
        node[kind] = dns.rrset.RRset(record.owner, record.rdata.rdclass, *kind)
    node[kind].add(record.rdata, _TTL)


def _text(nodes: dict[Name, Node]) -> str:
    return "\n".join(
        f"{name} {rrset.ttl} {dns.rdatatype.to_text(rrset.rdtype)} {rdata}"
        for name, node in nodes.items()
        for rrset in node.values()
        for rdata in rrset
    )
