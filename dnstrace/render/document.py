"""A trace as JSON: version 1 of the document, written field by field.

`data/dnstrace-1.schema.json` describes it. Names are absolute, in A-label form; RDATA is in
presentation format; times are milliseconds or ISO 8601 UTC; TTLs are seconds. Nothing here imports
rich: programs that read JSON do not wait for it.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import dns.flags
import dns.rdataclass
import dns.rdatatype

from dnstrace import __version__
from dnstrace.lives import lives
from dnstrace.model import Fault, Outcome
from dnstrace.reached import delegation_reached, is_bogus, went_wrong
from dnstrace.render.compared import reason_text, resolver_text
from dnstrace.render.edns import edns_options
from dnstrace.render.expected import expected_text, value_text
from dnstrace.render.text import harmless, name_text, rcode_text, rdata_text
from dnstrace.resolvers import compared

if TYPE_CHECKING:
    from collections.abc import Iterable

    import dns.message
    import dns.rrset

    from dnstrace.checks.finding import Finding
    from dnstrace.checks.reconciliation import Addressed, Server
    from dnstrace.dnssec.verdict import SignatureEvidence, StepEvidence
    from dnstrace.expect import Met
    from dnstrace.lives import Life
    from dnstrace.model import Attempt, Delegation, NameServer, Question, Stats, Step, Trace
    from dnstrace.pages import Fetched, Visit
    from dnstrace.paths import Share
    from dnstrace.resolvers import Compared

_RESERVED = 0x40  # the Z bit, which has no name (RFC 6895 section 2.1)
SCHEMA = "dnstrace/1"
_SCHEMA_FILE = "dnstrace-1.schema.json"

Document = dict[str, Any]

_OUTCOMES = {outcome.value for outcome in Outcome}

_RESULTS = {
    None: "response",
    Fault.TIMEOUT: "timeout",
    Fault.ABANDONED: "abandoned",
    Fault.PORT_UNREACHABLE: "unreachable",
    Fault.NETWORK_UNREACHABLE: "unreachable",
    Fault.HOST_UNREACHABLE: "unreachable",
    Fault.CONNECTION_LOST: "unreachable",
    Fault.CERTIFICATE: "unreachable",
    Fault.MALFORMED: "malformed",
    Fault.MISMATCH: "mismatch",
    Fault.KNOWN_SILENT: "known-silent",
    Fault.NOT_RECORDED: "not-recorded",
}


def to_json(trace: Trace, *, verbose: bool = False, explain: bool = False, indent: int | None = None) -> str:
    """The document as ASCII text without a line end: on one line, or indented by `indent` spaces.

    `verbose` adds the records of every reply, `explain` a sentence on each step.
    """
    whole = document(trace, verbose=verbose, explain=explain)
    return json.dumps(whole, ensure_ascii=True, allow_nan=False, indent=indent)


def schema() -> str:
    """The JSON Schema (draft 2020-12) of the document, as text."""
    from importlib.resources import files

    return (files("dnstrace") / "data" / _SCHEMA_FILE).read_text("utf-8")


def document(trace: Trace, *, verbose: bool = False, explain: bool = False) -> Document:
    """The trace as values that JSON knows; `verbose` adds the records of every reply, `explain` sentences."""
    told = _explained(trace) if explain else {}
    cut = delegation_reached(trace)
    judged = {} if trace.judgement is None else trace.judgement.steps
    return {
        "schema": SCHEMA,
        "version": __version__,
        "question": _question(trace.question),
        "started": _iso(trace.started, "milliseconds"),
        "seed": trace.seed,
        "interrupted": trace.interrupted,
        "outcome": None if trace.outcome is None else trace.outcome.value,
        "rcode": _rcode(trace.rcode),
        "security": None if trace.judgement is None else trace.judgement.security.value,
        "reason": None if trace.judgement is None else harmless(trace.judgement.reason) or None,
        "answer": _rrsets(trace.answer),
        "delegation": None if cut is None else _referral(cut),
        "supposed": [_referral(supposed) for supposed in trace.supposed],
        "verdict": _verdict(trace),
        "steps": [_step(step, verbose, judged.get(step.id), told.get(step.id)) for step in trace.steps],
        "findings": [_finding(finding) for finding in trace.findings or ()],
        "reconciliation": None if trace.findings is None else _reconciliation(trace),
        "lives": [_life(life) for life in lives(trace)],
        "expectations": None if trace.expectations is None else [_met(met) for met in trace.expectations],
        "resolvers": [_resolver(each) for each in compared(trace)] or None,
        "paths": _paths(trace),
        "http": None if trace.fetched is None else _fetched(trace.fetched),
        "stats": _stats(trace.stats),
        "error": harmless(trace.error or _bogus(trace)) or None,
        "record": None,
    }


def _paths(trace: Trace) -> list[Document] | None:
    """What the paths come to, the largest share first; None where not every address was asked."""
    if not any(step.all_servers for step in trace.steps):
        return None
    from dnstrace.paths import shares

    return [_share(share) for share in shares(trace.steps)] or None


def _resolver(found: Compared) -> Document:
    """One resolver beside the walk; what it did not say is null."""
    attempt = found.attempt
    query = None if attempt is None else attempt.exchange.query
    message = None if attempt is None else attempt.exchange.message
    meaning = None if attempt is None else attempt.meaning
    address = found.step.servers[0].addresses[0].text
    return {
        "resolver": address if query is None else resolver_text(query),
        "address": address,
        "port": None if query is None else query.port,
        "transport": None if query is None else query.transport.value,
        "step": found.step.id,
        "rtt_ms": None if attempt is None or message is None else _ms(attempt.exchange.elapsed),
        "rcode": _rcode(None if message is None else message.rcode()),
        "outcome": None if found.step.outcome is None else found.step.outcome.value,
        "answer": _rrsets(() if meaning is None else meaning.answer),
        "ttl": found.ttl,
        "authoritative_ttl": found.authoritative_ttl,
        "age": found.age,
        "until": None if found.until is None else _iso(found.until, "seconds"),
        "ad": message is not None and bool(message.flags & dns.flags.AD),
        "ede": [] if message is None else _ede(message),
        "difference": None if found.difference is None else found.difference.value,
        "reason": reason_text(found) or None,
    }


def _share(share: Share) -> Document:
    outcome = share.meaning.kind.value if share.meaning.kind.value in _OUTCOMES else Outcome.FAILED.value
    return {
        "share": str(share.share),
        "percent": round(float(share.share * 100), 3),
        "outcome": outcome,
        "answer": _rrsets(share.meaning.answer if share.meaning.usable else ()),
        "fault": share.meaning.kind.value if outcome == Outcome.FAILED.value else None,
        "zone": name_text(share.zone),
        "step": share.step,
        "servers": [name_text(server) for server in share.servers],
    }


def _finding(finding: Finding) -> Document:
    return {
        "code": finding.code,
        "level": finding.level.value,
        "zone": None if finding.zone is None else name_text(finding.zone),
        "server": None if finding.server is None else name_text(finding.server),
        "message": harmless(finding.message),
        "steps": list(finding.steps),
        "references": list(finding.references),
        "blame": finding.blame.value,
        "cure": harmless(finding.cure) or None,
        "records": [harmless(record) for record in finding.records],
    }


def _verdict(trace: Trace) -> Document | None:
    """What is wrong in one sentence, and what shows it."""
    if not went_wrong(trace):
        return None
    from dnstrace.checks.verdict import verdict

    if (found := verdict(trace)) is None:
        return None
    return {
        "text": harmless(found.text),
        "blame": found.blame.value,
        "zone": None if found.zone is None else name_text(found.zone),
        "server": None if found.server is None else name_text(found.server),
        "steps": list(found.steps),
        "reproduce": harmless(found.reproduce) or None,
        "records": [harmless(record) for record in found.records],
    }


def _reconciliation(trace: Trace) -> list[Document]:
    """The servers of each zone that was probed: what parent and zone say of them, and what they answer."""
    from dnstrace.checks.reconciliation import reconciled

    return [
        {
            "zone": name_text(zone.zone),
            "parent": None if zone.parent is None else name_text(zone.parent),
            "servers": [_reconciled(server) for server in zone.servers],
        }
        for zone in reconciled(trace)
    ]


def _reconciled(server: Server) -> Document:
    return {
        "name": name_text(server.name),
        "at_parent": server.parent,
        "at_zone": server.zone,
        "addresses": [_addressed(each) for each in server.addresses],
    }


def _addressed(each: Addressed) -> Document:
    attempt = each.attempt
    answered = attempt if each.asked else None
    heard = attempt is not None and attempt.exchange.message is not None
    return {
        "address": each.address,
        "at_parent": each.glue,
        "at_zone": each.own,
        "serial": each.serial,
        "rtt_ms": _ms(attempt.exchange.elapsed) if attempt is not None and heard else None,
        "authoritative": answered.meaning.authoritative if answered is not None and heard else None,
        "meaning": None if answered is None else answered.meaning.kind.value,
        "answer": _rrsets(() if answered is None else answered.meaning.answer),
    }


def _fetched(found: Fetched) -> Document:
    """The last hop: the page asked for, and what each address gave."""
    return {
        "url": harmless(found.request.url),
        "notes": [harmless(note) for note in found.notes],
        "services": _rrsets(found.services),
        "beside": [
            {
                "question": _question(trace.question),
                "outcome": None if trace.outcome is None else trace.outcome.value,
                "answer": _rrsets(trace.answer),
                "queries": trace.stats.queries,
            }
            for trace in found.beside
        ],
        "visits": [_visit(visit) for visit in found.visits],
    }


def _visit(visit: Visit) -> Document:
    shown = visit.certificate
    return {
        "address": visit.address,
        "connected_ms": None if visit.connected is None else _ms(visit.connected),
        "secured_ms": None if visit.secured is None else _ms(visit.secured),
        "answered_ms": None if visit.answered is None else _ms(visit.answered),
        "status": visit.status,
        "reason": harmless(visit.reason) or None,
        "location": harmless(visit.location) or None,
        "certificate": None
        if shown is None
        else {
            "names": [harmless(name) for name in shown.names],
            "issuer": harmless(shown.issuer),
            "expires": None if shown.expires is None else _iso(shown.expires, "seconds"),
        },
        "fault": harmless(visit.fault) or None,
    }


def _life(life: Life) -> Document:
    return {
        "what": life.what.value,
        "name": name_text(life.name),
        "type": dns.rdatatype.to_text(life.rdtype),
        "ttl": life.ttl,
        "until": _iso(life.until, "seconds"),
    }


def _explained(trace: Trace) -> dict[int, str]:
    """A sentence for each step, by its id."""
    from dnstrace.render.story import Story

    story = Story(trace)
    sentences = {step.id: (story.of_lookup(step), story.of(step)) for step in trace.steps}
    return {number: " ".join(filter(None, each)) for number, each in sentences.items()}


def _bogus(trace: Trace) -> str:
    """Why the trace did not validate."""
    return trace.judgement.reason if trace.judgement is not None and is_bogus(trace) else ""


def _step(step: Step, verbose: bool, evidence: StepEvidence | None, told: str | None) -> Document:
    return {
        "id": step.id,
        "parent": step.parent,
        "purpose": step.purpose.value,
        "probe": None if step.probe is None else step.probe.value,
        "zone": name_text(step.zone),
        "question": _question(step.question),
        "servers": [_server(server) for server in step.servers],
        "attempts": [_attempt(attempt, verbose) for attempt in step.attempts],
        "chosen": step.chosen,
        "outcome": None if step.outcome is None else step.outcome.value,
        "referral": None if step.referral is None else _referral(step.referral),
        "security": None if evidence is None else evidence.security.value,
        "evidence": None if evidence is None else _evidence(evidence),
        "note": harmless(step.note) or None,
        "explanation": told,
    }


def _evidence(evidence: StepEvidence) -> Document:
    return {
        "reason": harmless(evidence.reason) or None,
        "keys": [
            {
                "tag": key.tag,
                "algorithm": key.algorithm,
                "flags": key.flags,
                "bits": key.bits,
                "trusted": key.trusted,
            }
            for key in evidence.keys
        ],
        "ds": [
            {
                "tag": ds.tag,
                "algorithm": ds.algorithm,
                "digest_type": ds.digest_type,
                "matched": ds.matched,
            }
            for ds in evidence.ds
        ],
        "signatures": [_signature(signature) for signature in evidence.signatures],
        "proof": harmless(evidence.proof) or None,
    }


def _signature(signature: SignatureEvidence) -> Document:
    return {
        "name": name_text(signature.owner),
        "type": dns.rdatatype.to_text(dns.rdatatype.RdataType.make(signature.covered)),
        "signer": name_text(signature.signer),
        "tag": signature.tag,
        "algorithm": signature.algorithm,
        "inception": _iso(datetime.fromtimestamp(signature.inception, UTC), "seconds"),
        "expiration": _iso(datetime.fromtimestamp(signature.expiration, UTC), "seconds"),
        "valid": signature.valid,
        "reason": harmless(signature.reason) or None,
    }


def _iso(time: datetime, to: str) -> str:
    return time.astimezone(UTC).isoformat(timespec=to).replace("+00:00", "Z")


def _attempt(attempt: Attempt, verbose: bool) -> Document:
    exchange, message = attempt.exchange, attempt.exchange.message
    return {
        "server": name_text(attempt.server),
        "address": exchange.query.address,
        "port": exchange.query.port,
        "transport": exchange.query.transport.value,
        "start_ms": _ms(exchange.start),
        "rtt_ms": _ms(exchange.elapsed),
        "result": _RESULTS[exchange.fault],
        "meaning": attempt.meaning.kind.value,
        "rcode": _rcode(None if message is None else message.rcode()),
        "flags": None if message is None else dns.flags.to_text(message.flags & ~_RESERVED).lower().split(),
        "size": None if exchange.wire is None else len(exchange.wire),
        "edns": None if message is None or message.edns < 0 else _edns(message),
        "sections": _sections(message) if verbose and message is not None else None,
        "wire": None,
        "cause": None if attempt.cause is None else attempt.cause.value,
        "note": harmless(attempt.meaning.note) or None,
    }


def _edns(message: dns.message.Message) -> Document:
    options = edns_options(message)
    return {
        "version": message.edns,
        "udp_size": message.payload,
        "do": bool(message.ednsflags & dns.flags.DO),
        "nsid": None if options.nsid is None else {"hex": options.nsid.hex(), "text": options.nsid_text},
        "ede": _ede(message),
        "cookie": None if options.cookie is None else options.cookie.hex(),
        "subnet": options.subnet,
    }


def _ede(message: dns.message.Message) -> list[Document]:
    """The extended errors of a reply (RFC 8914)."""
    errors = edns_options(message).errors
    return [{"code": error.code, "name": error.name, "text": error.text} for error in errors]


def _sections(message: dns.message.Message) -> Document:
    return {
        "answer": _rrsets(message.answer),
        "authority": _rrsets(message.authority),
        "additional": _rrsets(message.additional),
    }


def _referral(delegation: Delegation) -> Document:
    return {
        "zone": name_text(delegation.zone),
        "ttl": delegation.ttl,
        "ns": [name_text(server.name) for server in delegation.servers],
        "glue": [
            {"name": name_text(server.name), "address": address.text}
            for server in delegation.servers
            for address in server.addresses
        ],
        "ds": [] if delegation.ds is None else [rdata_text(rdata) for rdata in delegation.ds],
    }


def _server(server: NameServer) -> Document:
    return {
        "name": name_text(server.name),
        "addresses": [{"address": each.text, "source": each.source.value} for each in server.addresses],
    }


def _question(question: Question) -> Document:
    return {
        "name": name_text(question.name),
        "type": dns.rdatatype.to_text(question.rdtype),
        "class": dns.rdataclass.to_text(question.rdclass),
    }


def _rrsets(rrsets: Iterable[dns.rrset.RRset]) -> list[Document]:
    return [
        {
            "name": name_text(rrset.name),
            "type": dns.rdatatype.to_text(rrset.rdtype),
            "class": dns.rdataclass.to_text(rrset.rdclass),
            "ttl": rrset.ttl,
            "rdata": [rdata_text(rdata) for rdata in rrset],
        }
        for rrset in rrsets
    ]


def _met(met: Met) -> Document:
    return {
        "text": expected_text(met),
        "what": met.expectation.what,
        "operator": met.expectation.operator.value,
        "value": value_text(met.expectation.value),
        "met": met.met,
        "found": None if met.found is None else [value_text(each) for each in met.found],
    }


def _stats(stats: Stats) -> Document:
    return {
        "queries": stats.queries,
        "retries": stats.retries,
        "timeouts": stats.timeouts,
        "tcp": stats.tcp,
        "bytes_out": stats.bytes_out,
        "bytes_in": stats.bytes_in,
        "zones": stats.zones,
        "duration_ms": _ms(stats.duration),
        "critical_path_ms": _ms(stats.critical_path),
    }


def _rcode(rcode: int | None) -> str | None:
    return None if rcode is None else rcode_text(rcode)


def _ms(seconds: float) -> float:
    """Milliseconds to a microsecond."""
    return round(seconds * 1000, 3)
