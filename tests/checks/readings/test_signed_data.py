"""The keys of a reply, and what in it has to be signed."""

from __future__ import annotations

import dns.rdatatype

from dnstrace.checks.readings.replies import HeardReply, replies_of
from dnstrace.checks.readings.signed_data import from_child, keys_in, signers_of_data, to_be_signed
from tests.checks.documented import checked_world
from tests.replies import name


def replies(world: str, owner: str, rdtype: dns.rdatatype.RdataType) -> list[HeardReply]:
    steps = checked_world(world).steps
    wanted = [s for s in steps if s.question.name == name(owner) and s.question.rdtype == rdtype]
    return [reply for step in wanted for reply in replies_of(step) if reply.meaning.usable]


def test_the_keys_are_those_of_the_zone_asked_for() -> None:
    found = replies("dnssec-good", "example.com.", dns.rdatatype.DNSKEY)
    assert found and all(keys_in(reply) for reply in found)
    assert not any(map(keys_in, replies("dnssec-good", "www.example.com.", dns.rdatatype.A)))


def test_an_alias_that_a_dname_makes_needs_no_signature() -> None:
    """Its target is in the DNAME, which is signed (RFC 6672 section 5.3.1)."""
    found = replies("dnssec-dname", "www.old.example.com.", dns.rdatatype.A)
    types = [{data.rdtype for data in to_be_signed(reply)} for reply in found]
    assert any(dns.rdatatype.DNAME in each for each in types)
    assert not any(dns.rdatatype.CNAME in each for each in types)


def test_a_referral_has_its_ds_records_and_denials_to_sign_and_nothing_else() -> None:
    found = [r for r in replies("dnssec-good", "www.example.com.", dns.rdatatype.A) if r.meaning.delegation]
    types = {data.rdtype for reply in found for data in to_be_signed(reply)}
    assert types and types <= {dns.rdatatype.DS, dns.rdatatype.NSEC, dns.rdatatype.NSEC3}


def test_ds_records_denied_from_the_child_are_told_from_those_denied_by_the_parent() -> None:
    zone = name("example.com.")
    (reply, *_) = from_child(checked_world("dnssec-ds-from-child").steps, zone)
    assert reply.step.question.name == name("dept.example.com.")
    assert not from_child(checked_world("dnssec-nsec-insecure-child").steps, zone)


def test_keys_that_are_entry_points_sign_data_only_where_there_are_no_others() -> None:
    (reply, *_) = replies("dnssec-good", "example.com.", dns.rdatatype.DNSKEY)
    keys = keys_in(reply)
    entries = frozenset(key for key in keys if key.flags & 1)
    assert signers_of_data(keys) == keys - entries and signers_of_data(entries) == entries
