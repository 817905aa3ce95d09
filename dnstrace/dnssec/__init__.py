"""The chain of trust (RFC 4033 to 4035): pure verdicts on recorded replies.

    judge.py       a trace, trust anchors and a time -> a Judgement (model/judgement.py)
    case.py        the evidence for one judgement: replies.py, notes.py, effort.py (limits)
    anchors.py     trust anchors
    chain.py       from a trust anchor down to a name; one zone cut: delegated.py
    keys.py        which keys of a zone are trusted
    answer.py      the security status of one reply
    denial.py      denial of existence: nsec.py, nsec3.py, proof.py
    signature.py   whether keys sign an RRset: records.py, algorithms.py, crypto.py

Implemented: RFC 4033, 4034, 4035, 4509, 5155, 5702, 6605, 6840, 8080, 8624, 9276, 9824. Not
implemented: key rollover by RFC 5011 (anchors are read, never learnt), DLV, GOST, DSA, RSAMD5, SM2.
"""

from dnstrace.dnssec.anchors import AnchorsError, parse_anchors, read_anchors, root_anchors
from dnstrace.dnssec.crypto import MissingCryptography, require_cryptography
from dnstrace.dnssec.judge import judge, unjudged
from dnstrace.model.judgement import (
    DsEvidence,
    EffortLimits,
    Judgement,
    KeyEvidence,
    Need,
    SignatureEvidence,
    StepEvidence,
)
from dnstrace.model.security import Security

__all__ = [
    "AnchorsError",
    "DsEvidence",
    "EffortLimits",
    "Judgement",
    "KeyEvidence",
    "MissingCryptography",
    "Need",
    "Security",
    "SignatureEvidence",
    "StepEvidence",
    "judge",
    "parse_anchors",
    "read_anchors",
    "require_cryptography",
    "root_anchors",
    "unjudged",
]
