"""The evidence for the chain of trust at each step, as lines: which key signed what, and until when.

At a zone cut: the DS record, or the proof that there is none, and who signed it. At the keys of a zone: which
of them matches the DS record or trust anchor, and what it signs. At an answer: the key that signed it. A
fault is shown where the chain breaks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.rdatatype
from rich.text import Text

from dnstrace.analysis.reached import breaks_at
from dnstrace.model import ROOT
from dnstrace.model.jobs import without_job
from dnstrace.model.naming import zone_text
from dnstrace.model.security import Security
from dnstrace.render.layout import Node
from dnstrace.render.text import harmless
from dnstrace.render.wording import BAD, GOOD, QUIET, WARNING, joined, marked

if TYPE_CHECKING:
    from collections.abc import Iterable

    import dns.name

    from dnstrace.model import Step, Trace
    from dnstrace.model.judgement import DsEvidence, SignatureEvidence, StepEvidence

_STYLES = {Security.SECURE: GOOD, Security.BOGUS: BAD, Security.INSECURE: ""}
_DIGESTS = {1: "SHA-1", 2: "SHA-256", 4: "SHA-384"}
_CHAIN = (dns.rdatatype.DS, dns.rdatatype.NSEC, dns.rdatatype.NSEC3)


def evidence_of(trace: Trace, step: Step) -> StepEvidence | None:
    """The evidence that validation noted for `step`; None if there is none."""
    return None if trace.judgement is None else trace.judgement.steps.get(step.id)


def cut_status(evidence: StepEvidence) -> Text:
    """The security status of the zone below a cut: secure, insecure, bogus or indeterminate."""
    return Text(evidence.security.value, _STYLES.get(evidence.security, WARNING))


def cut_nodes(evidence: StepEvidence) -> list[Node]:
    """The parent's side of a cut: its DS records, or the proof that there are none, and who signed it."""
    by = _signers_text(s for s in evidence.signatures if s.covered in _CHAIN)
    if evidence.ds:
        line = joined([Text(f"DS {', '.join(map(_ds_text, evidence.ds))}", QUIET), by])
    elif evidence.proof:
        line = joined([Text(f"no DS: {harmless(evidence.proof)}", QUIET), by])
    else:
        return []
    return [Node(line)]


def key_nodes(evidence: StepEvidence, zone: dns.name.Name) -> list[Node]:
    """The keys of a zone: which of them is trusted and why, and what it signs; or the fault."""
    if evidence.security is Security.BOGUS:
        return [Node(marked(BAD, Text(without_job(harmless(evidence.reason)), BAD)))]
    trusted = [key.tag for key in evidence.keys if key.trusted]
    if not trusted:
        return []
    matched = ", ".join(f"DS {record.tag}" for record in evidence.ds if record.matched)
    by = "the trust anchor" if zone == ROOT or not matched else matched
    does = f"signs {_keys_text([key.tag for key in evidence.keys])}"
    signs = _signers_text((s for s in evidence.signatures if s.valid), does)
    return [Node(joined([Text(f"{_keys_text(trusted)} matches {by}", QUIET), signs]))]


def signed_by(evidence: StepEvidence, name: dns.name.Name, rdtype: int) -> Text:
    """The remark after a record of an answer: the key that signed it, or why its signature is not valid."""
    found = [s for s in evidence.signatures if (s.owner, s.covered) == (name, rdtype)]
    if valid := [s for s in found if s.valid]:
        first = valid[0]
        return Text(
            f", signed by key {first.tag} of {zone_text(first.signer)} until {_expiry_day(first)}", GOOD
        )
    if found:
        return Text(f", not validly signed: {harmless(found[0].reason)}", BAD)
    return Text("")


def proof_nodes(evidence: StepEvidence) -> list[Node]:
    """The proof of a negative answer or a wildcard expansion, and who signed it."""
    if not evidence.proof:
        return []
    by = _signers_text(s for s in evidence.signatures if s.covered in _CHAIN)
    label = "no proof" if evidence.security is Security.BOGUS else "proof"
    return [Node(joined([Text(f"{label}: {harmless(evidence.proof)}", QUIET), by]))]


def break_nodes(trace: Trace, step: Step, evidence: StepEvidence) -> list[Node]:
    """A line that the chain breaks at this step of the walk, unless another line shows it."""
    if evidence.security is not Security.BOGUS or trace.judgement is None or not breaks_at(trace, step):
        return []
    words = evidence.reason if evidence.reason != trace.judgement.reason else "the chain of trust breaks here"
    return [Node(marked(BAD, Text(without_job(harmless(words)), BAD)))]


# --- in words -----------------------------------------------------------------------------------


def _signers_text(signatures: Iterable[SignatureEvidence], does: str = "signed by") -> Text:
    """The signing keys and the day when the first signature expires; or why no signature is valid."""
    found = list(signatures)
    valid = [s for s in found if s.valid]
    if not valid:
        return Text(f"not validly signed: {harmless(found[0].reason)}", BAD) if found else Text("")
    until = min(valid, key=lambda s: s.ends)
    keys = dict.fromkeys(f"key {s.tag} of {zone_text(s.signer)}" for s in valid)
    who = f" {', '.join(keys)}" if does == "signed by" else ""
    return Text(f"{does}{who} until {_expiry_day(until)}", QUIET)


def _expiry_day(signature: SignatureEvidence) -> str:
    """The day on which a signature expires, in UTC."""
    return signature.ends.strftime("%Y-%m-%d")


def _ds_text(record: DsEvidence) -> str:
    return f"{record.tag} ({algorithm_text(record.algorithm)}, {digest_text(record.digest_type)})"


def digest_text(number: int) -> str:
    """The name of a digest algorithm (RFC 4509 and others), or its number."""
    return _DIGESTS.get(number, f"digest {number}")


def _keys_text(tags: list[int]) -> str:
    return ("key " if len(tags) == 1 else "keys ") + ", ".join(map(str, tags))


def algorithm_text(number: int) -> str:
    """The mnemonic of a signature algorithm, or its number; and that the validator does not know it."""
    from dnstrace.dnssec.algorithms import SUPPORTED, algorithm_name  # already imported if there is evidence

    return f"{'' if number in SUPPORTED else 'unsupported '}{algorithm_name(number)}"
