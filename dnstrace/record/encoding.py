"""Write a trace and its record as the octets of a file: version 1 of `record`, field by field.

Times are in nanoseconds of the loop's time since the trace began; durations that the network measured are in
seconds, with every digit. Octets are base64, the data of EDNS options hexadecimal.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC
from typing import TYPE_CHECKING

import dns.rdataclass
import dns.rdatatype

from dnstrace.model import Delegation, Edns, Exchange, Query, Settings, Trace
from dnstrace.model.anchors import Anchors
from dnstrace.model.asked import Resolver
from dnstrace.model.certificates import Secured
from dnstrace.model.report import Report
from dnstrace.model.tracing import Tracing
from dnstrace.network.recording import Course, Kept
from dnstrace.render.document import document
from dnstrace.walk.roots import root_hints

if TYPE_CHECKING:
    from dnstrace.model.documents import Document


FORMAT = 1
"""The version of `record`; a reader refuses a higher one."""

Place = list[int]


def encoded(report: Report, tracing: Tracing, course: Course, expected: tuple[str, ...]) -> bytes:
    """The octets of the file; see `dnstrace.record.packed`."""
    trace, found = report.trace, document(report)
    places = _with_wires(found, trace)
    found["record"] = {
        "format": FORMAT,
        "started": trace.started.astimezone(UTC).isoformat(timespec="microseconds"),
        "how": tracing_of(tracing, expected),
        "ticks": None if course.ticks is None else list(course.ticks),
        "cut": course.cut,
        "exchanges": [_kept_of(kept, places) for kept in course.kept],
    }
    return json.dumps(found, ensure_ascii=True, allow_nan=False).encode("ascii") + b"\n"


def _with_wires(found: Document, trace: Trace) -> dict[bytes, Place]:
    """Put the octets of each reply into its attempt, and return where each is, by step and attempt."""
    places: dict[bytes, Place] = {}
    for step, written in zip(trace.steps, found["steps"], strict=True):
        for index, attempt in enumerate(step.attempts):
            if (wire := attempt.exchange.wire) is not None:
                written["attempts"][index]["wire"] = base64.b64encode(wire).decode("ascii")
                places.setdefault(wire, [step.id, index])
    return places


def tracing_of(tracing: Tracing, expected: tuple[str, ...] = ()) -> Document:
    """How a trace is made, field by field, without the seed and the time at which it begins."""
    server, anchors = tracing.server, tracing.anchors
    return {
        "settings": _settings_of(tracing.settings),
        "limits": asdict(tracing.bounds),
        "hints": _hints_text(tracing.roots or root_hints()),
        "server": None if server is None else str(server),
        "anchors": None if anchors is None else anchors_text(anchors),
        "own_anchors": None if anchors is None else anchors.own,
        "at": tracing.at,
        "parent_only": tracing.parent_only,
        "supposed": [_supposed_of(cut) for cut in tracing.supposed],
        "resolvers": [_resolver_of(resolver) for resolver in tracing.resolvers],
        "expected": list(expected),
    }


def _settings_of(settings: Settings) -> Document:
    return {
        "families": sorted(settings.families),
        "port": settings.port,
        "tcp": settings.tcp,
        "edns": _edns_of(settings.edns),
        "timeout": settings.timeout,
        "tries": settings.tries,
        "bind": settings.bind,
        "prime": settings.prime,
        "qmin": settings.qmin,
        "all_servers": settings.all_servers,
        "probe": settings.probe,
        "adot": settings.adot,
    }


def _edns_of(edns: Edns | None) -> Document | None:
    if edns is None:
        return None
    return {
        "version": edns.version,
        "payload": edns.payload,
        "dnssec_ok": edns.dnssec_ok,
        "options": [[code, data.hex()] for code, data in edns.options],
    }


def _hints_text(roots: Delegation) -> str:
    """The root servers as a hints file has them."""
    lines = [f". NS {server.name}" for server in roots.servers]
    lines += [
        f"{server.name} {'AAAA' if each.family == 6 else 'A'} {each.text}"
        for server in roots.servers
        for each in server.addresses
    ]
    return "\n".join(lines)


def anchors_text(anchors: Anchors) -> str:
    """Trust anchors in master-file form."""
    return "\n".join(
        f"{zone} IN {dns.rdatatype.to_text(each.rdtype)} {each.to_text()}"
        for zone, records in anchors.zones.items()
        for each in records
    )


def _supposed_of(cut: Delegation) -> Document:
    return {
        "zone": str(cut.zone),
        "servers": [
            {"name": str(server.name), "addresses": [each.text for each in server.addresses]}
            for server in cut.servers
        ],
        "ds": [each.to_text() for each in cut.ds or ()],
    }


def _resolver_of(resolver: Resolver) -> Document:
    return {
        "address": resolver.address,
        "port": resolver.port,
        "transport": resolver.transport.value,
        "endpoint": resolver.endpoint,
    }


def _kept_of(kept: Kept, places: Mapping[bytes, Place]) -> Document:
    return {
        "query": _query_of(kept.query),
        "timeout": kept.timeout,
        "began": kept.began,
        "ended": kept.ended,
        "came": None
        if kept.exchange is None
        else {"place": kept.place} | _exchange_of(kept.exchange, places),
    }


def _query_of(query: Query) -> Document:
    return {
        "address": query.address,
        "port": query.port,
        "transport": query.transport.value,
        "endpoint": query.endpoint,
        "name": str(query.question.name),
        "type": dns.rdatatype.to_text(query.question.rdtype),
        "class": dns.rdataclass.to_text(query.question.rdclass),
        "rd": query.recursion_desired,
        "cd": query.checking_disabled,
        "edns": _edns_of(query.edns),
        **({"opportunistic": True} if query.opportunistic else {}),
    }


def _secured_of(secured: Secured) -> Document:
    return {
        "version": secured.version,
        "alpn": secured.alpn,
        "certificate": base64.b64encode(secured.certificate).decode("ascii"),
        "distrust": secured.distrust,
    }


def _exchange_of(exchange: Exchange, places: Mapping[bytes, Place]) -> Document:
    """The result of a query, with its octets unless the attempt already has them."""
    wire = exchange.wire
    place = None if wire is None else places.get(wire)
    return {
        "elapsed": exchange.elapsed,
        "fault": None if exchange.fault is None else exchange.fault.value,
        "detail": exchange.detail,
        "mismatched": exchange.mismatched,
        "attempt": place,
        "wire": None if wire is None or place is not None else base64.b64encode(wire).decode("ascii"),
        **({} if exchange.secured is None else {"secured": _secured_of(exchange.secured)}),
    }
