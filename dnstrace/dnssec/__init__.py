"""The chain of trust (RFC 4033 to 4035): pure verdicts on recorded replies.

    verdict.py     the values            judge.py      a trace, anchors, a time -> a Judgement
    anchors.py     trust anchors         case.py       what is judged by what
    keys.py        a zone's keys         chain.py      from an anchor down to a name; delegated.py: one cut
    signature.py   one RRset             answer.py     what a reply of the walk is worth
    algorithms.py  what is supported     denial.py     what does not exist: nsec.py, nsec3.py, proof.py
    crypto.py      the one place that verifies signatures

Implemented: RFC 4033, 4034, 4035, 4509, 5155, 5702, 6605, 6840, 8080, 8624, 9276, 9824. Not: key
rollover by RFC 5011 (anchors are read, never learnt), DLV, GOST, DSA, RSAMD5, SM2.
"""

from dnstrace.dnssec.anchors import AnchorsError, parse_anchors, read_anchors, root_anchors
from dnstrace.dnssec.crypto import MissingCryptography, require_cryptography
from dnstrace.dnssec.judge import judge
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
]
