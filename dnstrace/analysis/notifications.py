"""Where a parent takes notifications that a zone asks for a change (RFC 9859), as a trace recorded it.

The parent says so in DSYNC records below its name: `example._dsync.com`, which a wildcard may stand for, and
if there are none, `_dsync.com`.
"""

from __future__ import annotations

from typing import NamedTuple

import dns.name
import dns.rdatatype

from dnstrace.model import Kind, Name, Probe, Trace

_NOTIFY = 1  # the scheme; others are for private use, or not assigned
_LABEL = b"_dsync"


class Endpoint(NamedTuple):
    """Where a parent takes notifications about records of one type."""

    rdtype: int
    target: Name
    port: int


def dsync_names(zone: Name, parent: Name) -> list[Name]:
    """The names at which a parent may have DSYNC records for a zone, in the order in which they are asked."""
    child, above = zone.relativize(parent).labels, (_LABEL, *parent.labels)
    try:
        return [dns.name.Name((*child, *above)), dns.name.Name(above)]
    except dns.name.NameTooLong:
        return []


def endpoints(trace: Trace, zone: Name, parent: Name) -> list[Endpoint]:
    """The endpoints for a zone, by the first name that has DSYNC records."""
    for name in dsync_names(zone, parent):
        found = [
            rdata
            for step in trace.steps
            if step.probe is Probe.DSYNC and step.question.name == name and step.meaning is not None
            for rrset in (step.meaning.answer if step.meaning.kind is Kind.ANSWER else ())
            if rrset.rdtype == dns.rdatatype.DSYNC
            for rdata in rrset
        ]
        if found:
            read = (each for each in found if hasattr(each, "scheme") and each.target != dns.name.root)
            notify = (each for each in read if each.scheme == _NOTIFY)
            return sorted(Endpoint(int(each.rrtype), each.target, each.port) for each in notify)
    return []
