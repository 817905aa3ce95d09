"""What the chain of trust shows at each step, as lines: which key signed what, and until when.

At a cut, the DS record (or the proof that there is none) and who signed it; under the keys of a zone, which
of them the DS record or trust anchor means and what it signs; at an answer, the key that signed it. What is
broken is said where it broke.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dns.rdatatype
from rich.text import Text

from dnstrace.model import ROOT, Purpose
from dnstrace.model.security import Security
from dnstrace.render.layout import Node
from dnstrace.render.text import harmless, name_text
from dnstrace.render.wording import BAD, GOOD, QUIET, WARNING, joined, marked

if TYPE_CHECKING:
    from collections.abc import Iterable

    import dns.name

    from dnstrace.model import Step, Trace
    from dnstrace.model.judgement import DsEvidence, SignatureEvidence, StepEvidence

_STYLES = {Security.SECURE: GOOD, Security.BOGUS: BAD}
_DIGESTS = {1: "SHA-1", 2: "SHA-256", 4: "SHA-384"}
_CHAIN = (dns.rdatatype.DS, dns.rdatatype.NSEC, dns.rdatatype.NSEC3)


def evidence_of(trace: Trace, step: Step) -> StepEvidence | None:
    """What judging `trace` noted of `step`; None where it was not asked for or does not reach."""
    return None if trace.judgement is None else trace.judgement.steps.get(step.id)


def cut_status(evidence: StepEvidence) -> Text:
    """The status of a zone below a cut: secure, insecure, bogus or indeterminate."""
    return Text(evidence.security.value, _STYLES.get(evidence.security, WARNING))


def cut_nodes(evidence: StepEvidence) -> list[Node]:
    """What the parent's side of a cut shows: its DS records, or that there is none, and who signed that."""
    by = _signers(s for s in evidence.signatures if s.covered in _CHAIN)
    if evidence.ds:
        line = joined([Text(f"DS {', '.join(map(_ds, evidence.ds))}", QUIET), by])
    elif evidence.proof:
        line = joined([Text(f"no DS: {harmless(evidence.proof)}", QUIET), by])
    else:
        return []
    return [Node(line)]


def key_nodes(evidence: StepEvidence, zone: dns.name.Name) -> list[Node]:
    """The keys of a zone: which of them is trusted, by what, and what it signs; or what is wrong."""
    if evidence.security is Security.BOGUS:
        return [Node(marked(BAD, Text(harmless(evidence.reason), BAD)))]
    trusted = [key.tag for key in evidence.keys if key.trusted]
    if not trusted:
        return []
    matched = ", ".join(f"DS {record.tag}" for record in evidence.ds if record.matched)
    by = "the trust anchor" if zone == ROOT or not matched else matched
    does = f"signs {_keys([key.tag for key in evidence.keys])}"
    signs = _signers((s for s in evidence.signatures if s.valid), does)
    return [Node(joined([Text(f"{_keys(trusted)} matches {by}", QUIET), signs]))]


def signed_by(evidence: StepEvidence, name: dns.name.Name, rdtype: int) -> Text:
    """What to say after a record of an answer: the key that signed it, or why its signature is not valid."""
    found = [s for s in evidence.signatures if (s.owner, s.covered) == (name, rdtype)]
    if valid := [s for s in found if s.valid]:
        first = valid[0]
        return Text(f", signed by key {first.tag} of {name_text(first.signer)} until {_day(first)}", GOOD)
    if found:
        return Text(f", signature not valid: {harmless(found[0].reason)}", BAD)
    return Text("")


def proof_nodes(evidence: StepEvidence) -> list[Node]:
    """The proof of a negative answer, or of one made from a wildcard, and who signed it."""
    if not evidence.proof:
        return []
    by = _signers(s for s in evidence.signatures if s.covered in _CHAIN)
    return [Node(joined([Text(f"proof: {harmless(evidence.proof)}", QUIET), by]))]


def break_nodes(trace: Trace, step: Step, evidence: StepEvidence) -> list[Node]:
    """That the chain breaks at a step of the walk, where nothing else says so."""
    elsewhere = (evidence_of(trace, other) for other in trace.steps if other.purpose is not Purpose.WALK)
    said = {other.reason for other in elsewhere if other is not None}
    if evidence.security is not Security.BOGUS or evidence.reason in said or trace.judgement is None:
        return []
    words = evidence.reason if evidence.reason != trace.judgement.reason else "the chain of trust breaks here"
    return [Node(marked(BAD, Text(harmless(words), BAD)))]


# --- in words -----------------------------------------------------------------------------------


def _signers(signatures: Iterable[SignatureEvidence], does: str = "signed by") -> Text:
    """Who signed, each key once, until the first of the signatures ends; or why none of them is valid."""
    found = list(signatures)
    valid = [s for s in found if s.valid]
    if not valid:
        return Text(f"signature not valid: {harmless(found[0].reason)}", BAD) if found else Text("")
    until = min(valid, key=lambda s: s.expiration)
    keys = dict.fromkeys(f"key {s.tag} of {name_text(s.signer)}" for s in valid)
    who = f" {', '.join(keys)}" if does == "signed by" else ""
    return Text(f"{does}{who} until {_day(until)}", QUIET)


def _day(signature: SignatureEvidence) -> str:
    """The day on which a signature ends, UTC; a time of 32 bits (RFC 4034 section 3.1.5)."""
    return datetime.fromtimestamp(signature.expiration, UTC).strftime("%Y-%m-%d")


def _ds(record: DsEvidence) -> str:
    digest = _DIGESTS.get(record.digest_type, f"digest {record.digest_type}")
    return f"{record.tag} ({_algorithm(record.algorithm)}, {digest})"


def _keys(tags: list[int]) -> str:
    return ("key " if len(tags) == 1 else "keys ") + ", ".join(map(str, tags))


def _algorithm(number: int) -> str:
    from dnstrace.dnssec.algorithms import algorithm_name  # there already, where there is evidence

    return algorithm_name(number)
