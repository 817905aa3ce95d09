"""Names that records point to, and the ones that were meant where a final dot was lost.

In a master file a name without its final dot is taken as one below the zone (RFC 1035 section 5.1). Pure
functions of records and of recorded steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import dns.name
import dns.rdata
import dns.rdatatype

from dnstrace.message.alias import alias_target
from dnstrace.model import ROOT, Attempt, Kind, Name, Outcome, Step
from dnstrace.model.naming import is_below

_FIELDS = {
    dns.rdatatype.MX: "exchange",
    dns.rdatatype.SRV: "target",
    dns.rdatatype.PTR: "target",
    dns.rdatatype.HTTPS: "target",
    dns.rdatatype.SVCB: "target",
}
_ALIASES = (dns.rdatatype.DNAME, dns.rdatatype.CNAME)
_ADDRESSES = (dns.rdatatype.A, dns.rdatatype.AAAA)
_LABELS = 4  # the root's included, of a name that is surely one of the whole tree


def pointed_at(rdata: dns.rdata.Rdata) -> Name | None:
    """The name that a record points to; None for records of other types, and for aliases."""
    field = _FIELDS.get(rdata.rdtype)
    name = None if field is None else getattr(rdata, field, None)  # RDATA may be malformed
    return name if isinstance(name, dns.name.Name) else None


def pointed_anew(rdata: dns.rdata.Rdata, anew: Mapping[Name, Name]) -> dns.rdata.Rdata:
    """The record, with another target in place of one that is a key of `anew`."""
    target = pointed_at(rdata)
    if target is None or target not in anew:
        return rdata
    return rdata.replace(**{_FIELDS[rdata.rdtype]: anew[target]})


def without_zone(name: Name, zone: Name) -> Name | None:
    """The name that was written, if the zone's was added for lack of a final dot; None if it is elsewhere."""
    return None if zone == ROOT or not is_below(name, zone) else name.relativize(zone).concatenate(ROOT)


def meant_by(target: Name, zone: Name) -> Name | None:
    """The name that was meant by one that ends in the zone, if that may be for lack of its final dot.

    No name in the whole tree ends in a number, as an address does.
    """
    meant = without_zone(target, zone)
    if meant is not None and len(meant) > 1 and meant.labels[-2].isdigit():
        return None
    return meant if meant is not None and (meant.is_subdomain(zone) or len(meant) >= _LABELS) else None


def targets(step: Step, zone: Name) -> Iterator[Name]:
    """The names below the apex of a zone to which its data in the replies of a step points.

    Left out are those of which the same reply has the addresses.
    """
    for attempt in step.attempts:
        for rrset in attempt.meaning.answer if attempt.meaning.kind is Kind.ANSWER else ():
            for rdata in rrset if rrset.name.is_subdomain(zone) else ():
                name = pointed_at(rdata)
                if name is not None and is_below(name, zone) and not _has_addresses(attempt, name):
                    yield name


def _has_addresses(attempt: Attempt, name: Name) -> bool:
    """Whether a reply has the addresses of a name in its additional section, where most servers put them."""
    message = attempt.exchange.message
    additional = () if message is None else message.additional
    return any(rrset.name == name and rrset.rdtype in _ADDRESSES for rrset in additional)


def absent_targets(steps: Iterable[Step], zone: Name) -> Iterator[Name]:
    """The names that aliases of a zone point to, that may lack a final dot, and that the walk did not find.

    The name that a DNAME record points to may be missing where one below it is.
    """
    walked = [step for step in steps if step.main]
    denied = [step.question.name for step in walked if step.outcome is Outcome.NXDOMAIN]
    for step in walked:
        answer = () if step.meaning is None else step.meaning.answer
        for rrset in answer:
            target = alias_target(rrset) if rrset.rdtype in _ALIASES else None
            if target is None or not rrset.name.is_subdomain(zone) or meant_by(target, zone) is None:
                continue
            if any(name.is_subdomain(target) for name in denied):
                yield target


def names_above(target: Name, zone: Name) -> tuple[Name, ...]:
    """The names between a target and its zone that show whether the zone has other names there.

    The one just below the apex and the one just above the target; none for a target that repeats the name of
    the zone, which nobody means.
    """
    meant = meant_by(target, zone)
    if meant is None or meant.is_subdomain(zone):
        return ()
    top = dns.name.Name(target.labels[-len(zone) - 1 :])
    return tuple(dict.fromkeys((top, target.parent())))


def is_denied(steps: Iterable[Step], name: Name) -> bool:
    """Whether servers say that a name does not exist, and none of those asked for it says otherwise."""
    asked = (attempt for step in steps if step.question.name == name for attempt in step.attempts)
    kinds = {attempt.meaning.kind for attempt in asked if attempt.meaning.usable}
    return kinds == {Kind.NXDOMAIN}


def stands_alone(steps: Iterable[Step], target: Name, zone: Name) -> bool:
    """Whether a target does not exist, nor a name above it: nothing there belongs to the zone.

    Where other names are there, the target is one that was removed or never added, and lacks no dot.
    """
    asked = tuple(steps)
    return all(is_denied(asked, name) for name in (target, *names_above(target, zone)))
