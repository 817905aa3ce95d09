"""How long a resolver would cache what a trace saw."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from dnstrace.analysis.caching import life, lives, negative_ttl, signed_ttl
from dnstrace.api import trace
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Trace
from dnstrace.model.judgement import Judgement
from dnstrace.model.lives import Held
from dnstrace.model.security import Security
from tests.render import traces
from tests.replies import rrset

SIGNED = "www.example.com. 300 A 192.0.2.44"


def in_the_lab(world: str) -> Trace:
    loaded = load(world)
    return trace(loaded.question.name, loaded.question.rdtype, network=LabNetwork(loaded), seed=1)


def rrsig(original_ttl: int, expiration: int) -> str:
    return f"www.example.com. 300 RRSIG A 13 3 {original_ttl} {expiration} 0 1 example.com. AAAA"


def judged(security: Security, *signatures: str) -> Trace:
    """An answer with a TTL of 300 s, judged at the time 1000."""
    found = traces.answer(SIGNED)
    records = (rrset(SIGNED), *map(rrset, signatures))
    return replace(found, answer=records, judgement=Judgement(security, at=1000.0))


@pytest.mark.parametrize(
    ("records", "seconds"),
    [
        (["www.example.com. 300 A 192.0.2.44"], 300),
        (["www.example.com. 60 CNAME a.example.com.", "a.example.com. 9 A 192.0.2.1"], 9),
        (["www.example.com. 0 A 192.0.2.44"], 0),
    ],
)
def test_the_lowest_ttl_counts(records: list[str], seconds: int) -> None:
    assert life(traces.answer(*records)) == seconds


def test_a_negative_answer_lives_for_the_lower_of_ttl_and_minimum() -> None:
    """RFC 2308 section 5: the SOA record has a TTL of 900 s and a MINIMUM of 86400, then the reverse."""
    assert life(traces.nxdomain()) == 900
    assert life(traces.nodata()) == 900


def test_without_an_soa_record_a_negative_answer_is_not_cached() -> None:
    found = traces.nodata()
    meaning = found.steps[-1].meaning
    assert meaning is not None
    assert negative_ttl(replace(meaning, soa=None)) is None


@pytest.mark.parametrize(
    ("security", "signatures", "seconds"),
    [
        (Security.SECURE, [rrsig(200, 9000)], 200),  # the Original TTL
        (Security.SECURE, [rrsig(300, 1050)], 50),  # until the signature expires
        (Security.SECURE, [rrsig(300, 2**32 - 1)], 0),  # a moment before 1970, in 32 bits
        (Security.SECURE, [rrsig(300, 1050), rrsig(250, 9000)], 250),  # the best of the signatures
        (Security.SECURE, [rrsig(300, 900)], 0),
        (Security.INSECURE, [rrsig(200, 9000)], 300),
    ],
)
def test_secure_data_live_no_longer_than_their_signature(
    security: Security, signatures: list[str], seconds: int
) -> None:
    found = judged(security, *signatures)
    assert signed_ttl(found, found.answer[0]) == seconds


def test_lives_are_listed_from_the_delegation_to_the_answer() -> None:
    found = in_the_lab("in-domain")
    held = [(each.what, each.name.to_text(), each.ttl) for each in lives(found)]
    assert held == [
        (Held.DELEGATION, "example.com.", 172800),
        (Held.GLUE, held[1][1], 172800),
        (Held.ANSWER, "www.example.com.", 300),
    ]
    assert held[1][1] in ("ns1.example.com.", "ns2.example.com.")
    ended = found.started + timedelta(seconds=found.stats.duration)
    assert [each.until for each in lives(found)] == [ended + timedelta(seconds=ttl) for *_, ttl in held]


def test_a_failed_trace_has_no_life() -> None:
    assert life(in_the_lab("all-refuse")) is None
