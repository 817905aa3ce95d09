"""What a delegation would be if remedies were applied: pure functions of a trace and of its findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from dnstrace.message.edited import Edited, Record, parsed
from dnstrace.model import Address, Delegation, Name, NameServer, Purpose, Source
from dnstrace.model.addresses import address_of
from dnstrace.model.naming import is_below
from dnstrace.model.structs import replace

if TYPE_CHECKING:
    from dnstrace.model import Trace
    from dnstrace.model.findings import Finding, Remedy

_NS, _DS = dns.rdatatype.NS, dns.rdatatype.DS
_GLUE = (dns.rdatatype.A, dns.rdatatype.AAAA)
_SIGNED_AGAIN = "the zone has to be signed again first"
_TTL = 86400  # seconds, of a DS RRset that is supposed; of no consequence


class Delegated(NamedTuple):
    """A delegation as the trace saw it, and the zone whose servers referred to it."""

    parent: Name
    cut: Delegation

    def is_in(self, zone: Name | None) -> bool:
        """Whether it is a zone that delegates: that of these servers, or one below that they have as well."""
        return zone is not None and zone.is_subdomain(self.parent) and is_below(self.cut.zone, zone)


class Zones:
    """What a trace saw of zones, as far as it matters to changes of them."""

    def __init__(self, trace: Trace) -> None:
        self._delegated: dict[Name, Delegated] = {}
        gone_by = [step for step in trace.steps if step.main]
        looked_up = (step for step in trace.steps if step.purpose is Purpose.NS_ADDRESS)
        for step in (*gone_by, *looked_up):
            if step.referral is not None:
                self._delegated.setdefault(step.referral.zone, Delegated(step.zone, step.referral))
        self._heard, self._signed = _heard(trace), _signed(trace)
        self._servers: dict[Name, frozenset[Name]] = {}

    def delegated(self, zone: Name | None) -> Delegated | None:
        """The delegation of a zone that the walk, or a look-up, followed; None if there was none."""
        return None if zone is None else self._delegated.get(zone)

    def why_not(self, finding: Finding) -> str:
        """Why the remedy of a finding cannot be rehearsed; empty if it can."""
        remedy, zone = finding.remedy, finding.zone
        if remedy is None:
            return "no record has to change" if finding.cure else ""
        above = self.delegated(zone)
        at_parent = above is not None and above.is_in(remedy.where)
        if not (remedy.add or remedy.change or remedy.remove):
            return _why_unknown(remedy, at_parent)
        if zone is not None and above is not None and at_parent:
            every = all(self._is_of_delegation(record, above.cut) for record in records_of(remedy))
            if not every:
                return "it changes more than a delegation"
            signs = not applied(above.cut, [remedy]).servers and above.parent in self._signed
            return _SIGNED_AGAIN if signs else ""
        if remedy.where is None or remedy.servers or remedy.where not in self._heard:
            return "the zone has to be changed first"
        return _SIGNED_AGAIN if remedy.where in self._signed else ""

    def _is_of_delegation(self, record: Record, cut: Delegation) -> bool:
        """Whether a record is one with which the parent delegates a zone."""
        if record.rdtype in (_NS, _DS):
            return bool(record.owner == cut.zone)
        if record.rdtype not in _GLUE:
            return False
        if cut.zone not in self._servers:
            self._servers[cut.zone] = frozenset(server.name for server in cut.servers)
        return record.owner.is_subdomain(cut.zone) or record.owner in self._servers[cut.zone]


def _why_unknown(remedy: Remedy, at_parent: bool) -> str:
    if remedy.servers and (remedy.where is None or at_parent):
        return f"{'a server has' if len(remedy.servers) == 1 else 'servers have'} to be changed first"
    if at_parent:
        return "the records to publish are not known"
    return "the zone has to be changed first" if remedy.where is not None else "it changes no zone"


def _signed(trace: Trace) -> set[Name]:
    """The zones of whose servers a reply has signatures, or keys, of that zone."""
    replies = ((step.zone, a.exchange.message) for step in trace.steps for a in step.attempts)
    return {
        zone
        for zone, message in replies
        if message is not None
        for rrset in message.answer
        if rrset.rdtype in (dns.rdatatype.RRSIG, dns.rdatatype.DNSKEY) and rrset.name.is_subdomain(zone)
    }


def _heard(trace: Trace) -> set[Name]:
    """The zones whose servers were asked as such, and replied."""
    return {
        step.zone
        for step in trace.steps
        if step.question.name.is_subdomain(step.zone)
        and any(attempt.exchange.message is not None for attempt in step.attempts)
    }


def of_delegation(remedy: Remedy, zone: Name) -> Remedy:
    """What a remedy in a zone means for its delegation: the NS records change in both places."""
    add, change, remove = (
        tuple(text for text in texts if _is_ns(parsed(text), zone))
        for texts in (remedy.add, remedy.change, remedy.remove)
    )
    return replace(remedy, add=add, change=change, remove=remove)


def edited(remedy: Remedy) -> Edited:
    """The change of a zone's data that a remedy is."""
    assert remedy.where is not None  # `why_not` sees to that
    add, change, remove = (map(parsed, texts) for texts in (remedy.add, remedy.change, remedy.remove))
    return Edited(remedy.where, add, change, remove)


def _is_ns(record: Record, zone: Name) -> bool:
    return bool(record.rdtype == _NS and record.owner == zone)


def records_of(remedy: Remedy) -> Iterator[Record]:
    """All records that a remedy names. Raises ValueError where one is not a record."""
    for text in (*remedy.add, *remedy.change, *remedy.remove):
        yield parsed(text)


def applied(cut: Delegation, remedies: Iterable[Remedy]) -> Delegation:
    """The delegation of a zone after remedies, in order; its DS RRset is None if they do not touch that."""
    servers = {server.name: server.addresses for server in cut.servers}
    for remedy in remedies:
        parts = [[parsed(text) for text in texts] for texts in (remedy.add, remedy.change, remedy.remove)]
        _apply(parts, servers)
        cut = replace(cut, ds=_ds_after(cut, parts))
    return replace(cut, servers=tuple(NameServer(*each) for each in servers.items()))


def supposed_for(before: Delegation, after: Delegation, whole: bool = False) -> Delegation:
    """What to suppose (`dnstrace.message.supposed`) so that the first delegation becomes the second.

    With `whole`, the referral has nothing but the servers of the second and their glue.
    """
    same = not whole and _servers_in(before) == _servers_in(after)
    return Delegation(
        before.zone, () if same else after.servers, ds=None if after.ds is before.ds else after.ds
    )


def touches_servers(remedies: Iterable[Remedy]) -> bool:
    """Whether remedies concern NS records or glue, not only DS records."""
    return any(record.rdtype != _DS for remedy in remedies for record in records_of(remedy))


def addresses_added(before: Delegation, after: Delegation) -> list[str]:
    """The addresses of name servers that only the second delegation has."""
    known = {address.text for server in before.servers for address in server.addresses}
    fresh = (address.text for server in after.servers for address in server.addresses)
    return [text for text in dict.fromkeys(fresh) if text not in known]


def _servers_in(cut: Delegation) -> set[tuple[Name, frozenset[str]]]:
    return {(server.name, frozenset(address.text for address in server.addresses)) for server in cut.servers}


def _apply(parts: list[list[Record]], servers: dict[Name, tuple[Address, ...]]) -> None:
    """Add, change and remove records of the name servers of a zone and of their glue."""
    targets = [_targets(each) for each in parts]
    if any(targets):
        after = {name: servers.get(name, ()) for name in _after(list(servers), *targets)}
        servers.clear()
        servers.update(after)
    glue = [_glue_in(each) for each in parts]
    for owner in dict.fromkeys(owner for each in glue for owner in each):
        if owner in servers:
            add, change, remove = (each.get(owner, []) for each in glue)
            servers[owner] = _addresses_after(servers[owner], add, change, remove)


def _targets(records: Iterable[Record]) -> list[Name]:
    return [record.rdata.target for record in records if record.rdtype == _NS]  # type: ignore[attr-defined]


def _after(before: list[Name], add: list[Name], change: list[Name], remove: list[Name]) -> list[Name]:
    gone = set(remove)
    kept = change or [name for name in before if name not in gone]
    return list(dict.fromkeys((*kept, *add)))


def _glue_in(records: Iterable[Record]) -> dict[Name, list[Address]]:
    """The addresses in records, by owner."""
    found: dict[Name, list[Address]] = {}
    for record in records:
        if text := address_of(record.rdata):
            found.setdefault(record.owner, []).append(Address(text, Source.GLUE))
    return found


def _addresses_after(
    before: tuple[Address, ...], add: list[Address], change: list[Address], remove: list[Address]
) -> tuple[Address, ...]:
    changed, gone = {each.family for each in change}, {each.text for each in remove}
    kept = [each for each in before if each.family not in changed and each.text not in gone]
    found = {each.text: each for each in reversed((*kept, *change, *add))}
    return tuple(reversed(found.values()))


def _ds_after(cut: Delegation, parts: list[list[Record]]) -> dns.rrset.RRset | None:
    added, changed, removed = ([r.rdata for r in each if r.rdtype == _DS] for each in parts)
    if not (added or changed or removed):
        return cut.ds
    gone = set(map(str, removed))
    kept = changed or [ds for ds in cut.ds or () if str(ds) not in gone]
    made = dns.rrset.RRset(cut.zone, dns.rdataclass.IN, _DS)
    for ds in (*kept, *added):
        made.add(ds, _TTL)
    return made
