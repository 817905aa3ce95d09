"""DS records that a zone asks for."""

from __future__ import annotations

import dns.name
import dns.rdatatype
import pytest

from dnstrace.checks.readings.delegated_keys import deletes, fitting, in_words, records, to_publish, wanted
from dnstrace.checks.readings.evidence import Cut, Evidence
from dnstrace.lab.world import read as load_text
from dnstrace.model import Probe
from tests.checks.checking import checked, made_of
from tests.checks.documented import checked_world


def test_no_records_are_none() -> None:
    assert (in_words([(2, 13, 2, b""), (1, 8, 4, b"")]), in_words([])) == ("1 8 4, 2 13 2", "none")


def cut_of(world: str) -> Cut:
    cut = Evidence(checked_world(world)).cut(dns.name.from_text("example.com."))
    assert cut is not None
    return cut


def test_a_zone_asks_by_its_cds_records() -> None:
    assert in_words(wanted(cut_of("dnssec-cds-differs"))) == "61983 13 2"
    assert wanted(cut_of("dnssec-good")) == ()


def test_a_zone_asks_for_the_removal_of_its_ds_records() -> None:
    assert deletes(wanted(cut_of("dnssec-cds-delete")))
    assert not deletes(wanted(cut_of("dnssec-cds")))


@pytest.mark.parametrize("world", ["dnssec-cds", "dnssec-cds-differs", "dnssec-cds-delete", "dnssec-island"])
def test_the_ds_records_to_publish_are_of_a_key_that_signs_the_keys_whatever_is_asked_for(world: str) -> None:
    (record,) = to_publish(cut_of(world))
    assert record.startswith("example.com. 172800 IN DS 33677 13 2 ")


def test_nothing_is_published_for_keys_whose_own_signature_fails() -> None:
    """Neither of what the zone asks for nor of what it has."""
    keys = load_text("dnssec-cds")["zones"]["example.com."]["add"]
    for sign in ({"valid": [-14, -1]}, {"broken": ["unsigned=@ DNSKEY"]}, {"broken": ["garbled=DNSKEY"]}):
        world = made_of("_signed", zones={"example.com.": {"add": keys, "sign": sign}})
        cut = Evidence(checked(world)).cut(dns.name.from_text("example.com."))
        assert cut is not None and wanted(cut) and not fitting(cut, wanted(cut)) and not to_publish(cut)


def test_a_record_that_asks_for_no_ds_counts_only_by_itself() -> None:
    text = load_text("dnssec-cds")["zones"]["example.com."]["add"] + "@ CDS 0 0 0 00\n"
    world = made_of("_signed", zones={"example.com.": {"add": text}})
    cut = Evidence(checked(world)).cut(dns.name.from_text("example.com."))
    assert cut is not None and in_words(wanted(cut)) == "33677 13 2" and not deletes(wanted(cut))


def test_a_reply_without_cds_records_says_that_there_are_none() -> None:
    replies = cut_of("dnssec-cds-one").probe(Probe.CDS)
    name, cds = dns.name.from_text("example.com."), dns.rdatatype.CDS
    said = {reply.server.to_text(): records(reply, name, cds) for reply in replies}
    assert said["ns2.example.com."] == frozenset()
    assert in_words(said["ns1.example.com."] or ()) == "33677 13 2"
