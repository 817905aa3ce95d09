"""The chain of trust in the tree: at each zone cut, at the keys, at the answer, and where it breaks."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache

import pytest

from dnstrace import Trace, trace
from dnstrace.api import report
from dnstrace.dnssec import parse_anchors
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load, names
from dnstrace.model.jobs import without_job
from dnstrace.model.judgement import DsEvidence, SignatureEvidence, StepEvidence
from dnstrace.render.document import document, to_json
from dnstrace.render.layout import TIMES
from dnstrace.render.tree import tree
from dnstrace.render.trust import cut_nodes, signed_by
from tests.checks.checking import checked_by_name
from tests.render.looks import look
from tests.render.validating import VALIDATOR
from tests.replies import name

SIGNED = [each for each in names() if each.startswith("dnssec-")]


@lru_cache(maxsize=64)  # a trace holds all that it saw
def traced(world: str) -> Trace:
    there = load(world)
    asked, network = there.question, LabNetwork(there, signed=True)
    anchors = parse_anchors(there.anchors_text, world)
    return trace(asked.name, asked.rdtype, network=network, anchors=anchors, now=there.now, seed=1)


def shown(world: str) -> str:
    return _wide(world, 160)


def _wide(world: str, width: int = 300) -> str:
    return look(tree(report(traced(world))), width).replace(TIMES, "x")


def test_a_good_chain_from_the_anchor_to_the_answer() -> None:
    assert (
        shown("dnssec-good").splitlines()
        == """\
www.example.com. A

. ─ 13 servers, from the root hints
├─ l.root-servers.net. 2001:500:9f::42 · 13 ms · 1 of 13 (hint)
├─ . DNSKEY: asked too, 1 query, 13 ms
│  └─ key 36206 matches the trust anchor · signs keys 36206, 14443 until 2026-01-29
└─ com. ─ NS x13 · TTL 2d · secure
   ├─ DS 25471 (ECDSAP256SHA256, SHA-256) · signed by key 14443 of the root zone until 2026-01-29
   ├─ m.gtld-servers.net. 192.55.83.30 · 30 ms · 1 of 13 (glue)
   ├─ com. DNSKEY: asked too, 1 query, 30 ms
   │  └─ key 25471 matches DS 25471 · signs keys 25471, 30261 until 2026-01-29
   └─ example.com. ─ NS x2 · TTL 2d · secure
      ├─ DS 33677 (ECDSAP256SHA256, SHA-256) · signed by key 30261 of com until 2026-01-29
      ├─ ns1.example.com. 192.0.2.53 · 15 ms · 1 of 2 (glue)
      ├─ example.com. DNSKEY: asked too, 1 query, 15 ms
      │  └─ key 33677 matches DS 33677 · signs keys 33677, 59920 until 2026-01-29
      └─ www.example.com. 5m A 192.0.2.44   authoritative, \
signed by key 59920 of example.com until 2026-01-29

secure
192.0.2.44 · 3 zones · 6 queries · 58 ms
an answer cached now lives until 14:05:00 UTC""".splitlines()
    )


@pytest.mark.parametrize(
    ("world", "line"),
    [
        ("dnssec-missing-key", "│  └─ ✗ com publishes a DS record for key 33677, but example.com has only"),
        ("dnssec-expired", "│  └─ ✗ key 33677 of example.com is trusted but does not validly sign"),
        ("dnssec-altered-data", "authoritative, not validly signed:"),
        ("dnssec-altered-data", "└─ ✗ the chain of trust breaks here"),
        ("dnssec-unsigned-data", "└─ ✗ the chain of trust breaks here"),
        ("dnssec-opt-out", "├─ no DS: NSEC3 besh654v… has the opt-out flag, so there may be"),
        ("dnssec-opt-out", "child.example.com. ─ NS x1 · TTL 1h · insecure"),
        ("dnssec-nsec-nxdomain", "└─ proof: NSEC "),
        ("dnssec-bad-nsec", "├─ no proof: no NSEC record shows"),
        ("dnssec-unknown-algorithm", "(unsupported algorithm 100, SHA-256) · signed by key "),
        ("dnssec-algorithm-18", "(unsupported MLDSA44, SHA-256) · signed by key "),
    ],
)
def test_what_is_said_where(world: str, line: str) -> None:
    assert line in shown(world)


def test_a_broken_chain_is_told_once_at_its_place_and_once_at_the_end() -> None:
    judgement = traced("dnssec-missing-key").judgement
    assert judgement is not None and _wide("dnssec-missing-key").count(judgement.reason) == 2


def test_a_bogus_answer_has_no_cache_lifetime() -> None:
    expired = shown("dnssec-expired")
    assert "\nvalidating resolvers return SERVFAIL instead\n" in expired and "cached now" not in expired
    assert "cached now" in shown("dnssec-good") and "cached now" in shown("dnssec-opt-out")


@pytest.mark.share(4)
@pytest.mark.parametrize("world", SIGNED)
def test_the_document_holds_the_evidence(world: str) -> None:
    found = traced(world)
    written = document(report(found), verbose=True)
    VALIDATOR.validate(written)
    assert found.judgement is not None
    noted = {step["id"] for step in written["steps"] if step["evidence"] is not None}
    assert noted == set(found.judgement.steps) and written["reason"] == (
        without_job(found.judgement.reason) or None
    )


def test_evidence_in_the_document() -> None:
    keys = next(
        step["evidence"] for step in document(report(traced("dnssec-good")))["steps"] if step["id"] == 6
    )
    assert keys == {
        "reason": None,
        "keys": [
            {"tag": 33677, "algorithm": 13, "flags": 257, "bits": 256, "trusted": True},
            {"tag": 59920, "algorithm": 13, "flags": 256, "bits": 256, "trusted": False},
        ],
        "ds": [{"tag": 33677, "algorithm": 13, "digest_type": 2, "matched": True}],
        "signatures": [
            {
                "name": "example.com.", "type": "DNSKEY", "signer": "example.com.", "tag": 33677,
                "algorithm": 13, "inception": "2026-01-08T14:00:00Z", "expiration": "2026-01-29T14:00:00Z",
                "valid": True, "reason": None,
            }
        ],
        "proof": None,
    }  # fmt: skip


def test_text_from_the_network_is_harmless_and_any_time_can_be_shown() -> None:
    signature = SignatureEvidence(name("a."), 43, name("\\027[2J."), 1, 250, 0, 2**32 - 1, True)
    evidence = StepEvidence("bogus", ds=(DsEvidence(1, 250, 99),), signatures=(signature,))  # type: ignore[arg-type]
    (node,) = cut_nodes(evidence)
    assert node.line.plain == (
        "DS 1 (unsupported algorithm 250, digest 99) · signed by key 1 of \\027[2J until 2106-02-07"
    )
    broken = replace(signature, valid=False, reason="\x1b[2J")
    said = signed_by(replace(evidence, signatures=(broken,)), name("a."), 43).plain
    assert said == ", not validly signed: \\027[2J"


def test_who_needs_to_act_is_for_the_verdict_which_knows_the_cause() -> None:
    trace = checked_by_name("intercepted")
    drawn = look(tree(report(trace)), 250)
    assert "could not be fetched: no root server gave a usable answer" in drawn
    assert "needs to fix this" in drawn and "the operator of the root zone" not in drawn
    assert drawn.count("26 addresses of 13 servers") == 3  # of the walk, of the keys, of the NS records


@pytest.mark.parametrize("world", ["intercepted", "dnssec-keys-need-tcp", "dnssec-expired"])
def test_the_document_names_nobody_else_than_the_verdict_to_fix_it(world: str) -> None:
    found = traced(world)
    assert found.judgement is not None and " needs to " in found.judgement.reason
    for brief in (False, True):
        written = json.loads(to_json(report(found), brief=brief))
        assert "needs to" not in f"{written['error']} {written.get('reason')}"
        assert written["error"] and found.judgement.reason.startswith(written["error"])
