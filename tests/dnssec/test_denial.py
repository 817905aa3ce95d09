from __future__ import annotations

from typing import Any

import dns.dnssec
import dns.rrset
import pytest

from dnstrace.dnssec.denial import Denial, marked_absent, read_denial
from dnstrace.dnssec.effort import Effort
from dnstrace.dnssec.proof import ProofResult
from dnstrace.dnssec.signature import Checked, check
from dnstrace.model.judgement import LIMITS, EffortLimits
from tests.dnssec.zones import NOW, TTL, RRset, T, Zone, name

OWNER = name("no.example.")


def zone(denial: str = "nsec", **how: Any) -> Zone:
    return Zone(name("example."), "www A 192.0.2.1\n*.w A 192.0.2.1\n", denial=denial, **how)


def read(rrsets: list[RRset], made: Zone, limits: EffortLimits = LIMITS) -> Denial:
    effort = Effort(limits)
    keys = [key.dnskey for key in made.keys]
    return read_denial(rrsets, made.origin, lambda data: check(data, made.origin, keys, NOW, effort), effort)


def absence(made: Zone) -> list[RRset]:
    return made.deny(*made.absence(OWNER), name("*.example."))


@pytest.mark.parametrize("kind", ["nsec", "nsec3"])
def test_validated_records_prove(kind: str) -> None:
    made = zone(kind)
    found = read(absence(made), made)
    assert found.nxdomain(OWNER).shown is ProofResult.PROVED
    assert found.nodata(OWNER, T.A).shown is ProofResult.UNPROVED
    assert found.signatures and all(one.valid for one in found.signatures)
    denied = read(made.deny(name("www.example.")), made)
    assert denied.nodata(name("www.example."), T.TXT).shown is ProofResult.PROVED
    assert denied.no_ds(name("www.example.")).shown is ProofResult.NO_CUT
    wild = read(made.deny(*made.absence(name("a.w.example."))), made)
    assert wild.wildcard_answer(name("a.w.example."), name("w.example.")).shown is ProofResult.PROVED


@pytest.mark.parametrize("kind", ["nsec", "nsec3"])
def test_records_that_are_not_valid_are_ignored_and_reported(kind: str) -> None:
    made = zone(kind)
    unsigned = [rrset for rrset in absence(made) if rrset.rdtype != T.RRSIG]
    assert "no signature" in read(unsigned, made).nxdomain(OWNER).text
    late = zone(kind, expiration=NOW - 1)
    assert "expired" in read(absence(late), late).nxdomain(OWNER).text


def expanded(made: Zone, owner: str) -> list[dns.rrset.RRset]:
    """The NSEC record of the wildcard *.w.example. and its signature, at another name."""
    parts = made.signed(made.deny(name("*.w.example."))[0])
    return [dns.rrset.from_rdata_list(name(owner), TTL, list(part)) for part in parts]


def test_denial_is_never_made_from_a_wildcard() -> None:
    """CVE-2017-15105: an NSEC record of a wildcard, expanded, would deny what exists."""
    made = zone()
    assert read(made.deny(name("*.w.example.")), made).nsec
    found = read(expanded(made, "a.w.example."), made)
    assert found.nsec == () and "expanded from a wildcard, so it proves nothing" in found.trouble
    assert found.signatures[0].valid


def test_nothing_proves_nothing() -> None:
    found = read([], zone())
    assert found.nxdomain(OWNER).shown is ProofResult.UNPROVED
    assert "no NSEC or NSEC3" in found.nxdomain(OWNER).text


def test_nsec3_counts_where_nsec_does_not_prove() -> None:
    made, other = zone("nsec3"), zone("nsec")
    both = [*other.deny(name("www.example.")), *absence(made)]
    assert read(both, made).nxdomain(OWNER).shown is ProofResult.PROVED


def test_records_of_other_zones_are_passed_over() -> None:
    """A validly signed record of a zone below says nothing of its parent."""
    made = zone()
    accept = lambda data: Checked(True)  # noqa: E731
    found = read_denial(absence(made), name("other.example."), accept, Effort(EffortLimits()))
    assert not found.nsec and not found.nsec3.records
    hashed = zone("nsec3")
    deeper = Zone(name("x.example."), "", denial="nsec3")
    found = read_denial(deeper.deny(name("x.example.")), hashed.origin, accept, Effort(EffortLimits()))
    assert not found.nsec3.records


def test_records_of_other_zones_are_no_trouble() -> None:
    made, foreign = zone(), Zone(name("org."), "")
    found = read([*foreign.deny(name("org.")), *absence(made)], made)
    assert not found.trouble and found.nxdomain(OWNER).shown is ProofResult.PROVED


def test_record_that_reaches_beyond_the_zone_is_passed_over() -> None:
    made = zone()
    beyond = dns.rrset.from_text("a.example.", 60, "IN", "NSEC", "z.org. A")
    assert not read(made.signed(beyond), made).nsec


def test_unknown_hash_or_flags_are_passed_over() -> None:
    """RFC 5155 sections 8.1 and 8.2; a hash that is too short or too long is that of no name."""
    made = zone("nsec3")
    for change in ({"algorithm": 2}, {"flags": 2}, {"next": bytes(19)}, {"next": bytes(21)}):
        odd = made.nsec3_chain()
        for rrset in odd:
            rdata = rrset[0].replace(**change)
            rrset.clear()
            rrset.add(rdata)
        found = read_denial(odd, made.origin, lambda data: Checked(True), Effort(EffortLimits()))
        assert not found.nsec3.records


def test_owner_that_is_no_hash_is_passed_over() -> None:
    made = zone("nsec3")
    for owner in (".", "!.example.", "a.example.", f"{'a' * 24}.example."):
        odd = made.nsec3_chain()[0]
        odd.name = name(owner)
        found = read_denial(
            [odd],
            odd.name if owner == "." else made.origin,
            lambda data: Checked(True),
            Effort(EffortLimits()),
        )
        assert not found.nsec3.records


def test_too_many_hashes_are_named() -> None:
    made = zone("nsec3")
    found = read(absence(made), made, EffortLimits(hashes=1))
    assert "the limit of 1 NSEC3 hash" in found.nxdomain(OWNER).text


def test_too_many_iterations_are_insecure() -> None:
    made = zone("nsec3", iterations=151)
    assert read(absence(made), made).nxdomain(OWNER).shown is ProofResult.INSECURE


@pytest.mark.parametrize(
    ("marks", "text"),
    [
        (True, "no.example. 60 IN NSEC \\000.no.example. RRSIG NSEC TYPE128"),
        (False, "no.example. 60 IN NSEC \\000.no.example. RRSIG NSEC"),
        (False, "of.example. 60 IN NSEC \\000.of.example. RRSIG NSEC TYPE128"),
        (True, "{hash}.example. 60 IN NSEC3 1 0 5 ab {next} TYPE128"),
        (False, "{hash}.example. 60 IN NSEC3 1 0 5 ab {next} TXT"),
        (False, "{hash}.example. 60 IN NSEC3 1 0 5 - {next} TYPE128"),
        (False, "{hash}.example. 60 IN NSEC3 2 0 5 ab {next} TYPE128"),
        (False, "not-a-hash.example. 60 IN NSEC3 1 0 5 ab {next} TYPE128"),
    ],
)
def test_a_record_of_a_name_marks_it_as_absent_by_the_type_nxname(marks: bool, text: str) -> None:
    digest = dns.dnssec.nsec3_hash(OWNER, "ab", 5, 1).lower()
    record = dns.rrset.from_text_list(*split(text.format(hash=digest, next=digest)))
    assert marked_absent([record], OWNER) is marks


def test_a_name_is_not_hashed_more_often_than_validators_hash() -> None:
    most = LIMITS.iterations + 1
    digest = dns.dnssec.nsec3_hash(OWNER, "ab", most, 1).lower()
    record = dns.rrset.from_text_list(*split(f"{digest}.example. 60 IN NSEC3 1 0 {most} ab {digest} TYPE128"))
    assert not marked_absent([record], OWNER)


def split(text: str) -> tuple[str, int, str, str, list[str]]:
    """A record in master-file format, as dnspython takes it."""
    owner, ttl, rdclass, rdtype, data = text.split(maxsplit=4)
    return owner, int(ttl), rdclass, rdtype, [data]
