"""The steps in the document: the servers asked, their replies, and the evidence for their security."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import dns.flags
import dns.rdatatype

from dnstrace.model import Fault
from dnstrace.render.document.values import (
    ede_of,
    iso,
    ms,
    question_of,
    rcode_of,
    referral_of,
    rrsets_of,
    server_of,
)
from dnstrace.render.edns import edns_options
from dnstrace.render.negative import denied_compactly
from dnstrace.render.text import harmless, name_text, type_text

if TYPE_CHECKING:
    import dns.message

    from dnstrace.message.options import ZoneVersion
    from dnstrace.model import Attempt, Step
    from dnstrace.model.documents import Document
    from dnstrace.model.judgement import SignatureEvidence, StepEvidence

_DO = int(dns.flags.DO)  # as a number: `&` of flags makes a `dns.flags.Flag`
_RESERVED = 0x40  # the Z bit, which has no name (RFC 6895 section 2.1)
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


def step_of(step: Step, verbose: bool, evidence: StepEvidence | None, explanation: str | None) -> Document:
    """A step with its evidence and its explanation; `verbose` adds the records of its replies."""
    return {
        **step_alone(step, evidence, explanation),
        "servers": [server_of(server) for server in step.servers],
        "attempts": [attempt_of(attempt, verbose) for attempt in step.attempts],
    }


def step_alone(step: Step, evidence: StepEvidence | None, explanation: str | None) -> Document:
    """The same with no servers and no attempts in their places."""
    referral = step.referral
    return {
        "id": step.id,
        "parent": step.parent,
        "purpose": step.purpose,
        "probe": step.probe,
        "zone": name_text(step.zone),
        "question": question_of(step.question),
        "servers": [],
        "attempts": [],
        "chosen": step.chosen,
        "outcome": step.outcome,
        "compact_denial": denied_compactly(step),
        "referral": None if referral is None else referral_of(referral),
        "security": None if evidence is None else evidence.security,
        "evidence": None if evidence is None else evidence_of(evidence),
        "note": harmless(step.note) or None,
        "explanation": explanation,
    }


def evidence_of(evidence: StepEvidence) -> Document:
    """Why a step is secure or not: keys, DS records, signatures and proofs."""
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
        "type": type_text(dns.rdatatype.RdataType.make(signature.covered)),
        "signer": name_text(signature.signer),
        "tag": signature.tag,
        "algorithm": signature.algorithm,
        "inception": iso(signature.begins, "seconds"),
        "expiration": iso(signature.ends, "seconds"),
        "valid": signature.valid,
        "reason": harmless(signature.reason) or None,
    }


def attempt_of(attempt: Attempt, verbose: bool) -> Document:
    """An attempt at one address; `verbose` adds the records of its reply."""
    exchange, message = attempt.exchange, attempt.exchange.message
    cached = {} if exchange.cached is None else {"cached": question_of(exchange.cached)}
    return {
        "server": name_text(attempt.server),
        "address": exchange.query.address,
        "port": exchange.query.port,
        "transport": exchange.query.transport,
        "start_ms": ms(exchange.start),
        "rtt_ms": ms(exchange.elapsed),
        "result": _RESULTS[exchange.fault],
        "meaning": attempt.meaning.kind,
        "rcode": rcode_of(None if message is None else message.rcode()),
        "flags": None if message is None else list(_flags(message.flags)),
        "size": None if exchange.wire is None else len(exchange.wire),
        "edns": None if message is None or message.edns < 0 else _edns(message),
        "sections": _sections(message) if verbose and message is not None else None,
        "wire": None,
        "cause": attempt.cause,
        "note": harmless(attempt.meaning.note) or None,
        **cached,
    }


@lru_cache
def _flags(flags: int) -> tuple[str, ...]:
    """The flags of a header, by their names."""
    return tuple(dns.flags.to_text(flags & ~_RESERVED).lower().split())


def _edns(message: dns.message.Message) -> Document:
    options = edns_options(message)
    return {
        "version": message.edns,
        "udp_size": message.payload,
        "do": bool(message.ednsflags & _DO),
        "nsid": None if options.nsid is None else {"hex": options.nsid.hex(), "text": options.nsid_text},
        "ede": ede_of(options.errors),
        "cookie": None if options.cookie is None else options.cookie.hex(),
        "subnet": options.subnet,
        "zone_version": _version(options.version),
        "report_channel": None if options.channel is None else name_text(options.channel),
    }


def _version(version: ZoneVersion | None) -> Document | None:
    if version is None:
        return None
    return {
        "zone": name_text(version.zone),
        "type": version.kind,
        "serial": version.serial,
        "hex": version.data.hex(),
    }


def _sections(message: dns.message.Message) -> Document:
    return {
        "answer": rrsets_of(message.answer),
        "authority": rrsets_of(message.authority),
        "additional": rrsets_of(message.additional),
    }
