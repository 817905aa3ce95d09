"""DELEG records: the octets are those of the draft's own encoding, and anything else is shown as octets."""

from __future__ import annotations

import dns.rdata
import dns.rdataclass
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.message.deleg import DELEG, deleg_records, deleg_text, only_deleg
from dnstrace.message.meaning import classify
from dnstrace.model import Kind
from tests.replies import name, reply, rrset

TWO_ADDRESSES = (
    "00000002000100010008c0000201c0000202"  # mandatory=server-ipv4 server-ipv4=192.0.2.1,192.0.2.2
)
NS = "example.com. 60 NS ns1.example.com."


def made(octets: bytes) -> dns.rdata.Rdata:
    return dns.rdata.GenericRdata(dns.rdataclass.IN, DELEG, octets)


def record(octets: str, owner: str = "example.com.") -> str:
    return f"{owner} 60 TYPE61440 \\# {len(octets) // 2} {octets}"


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        (TWO_ADDRESSES, "mandatory=server-ipv4 server-ipv4=192.0.2.1,192.0.2.2"),
        ("0002001020010db8000000000000000000000001", "server-ipv6=2001:db8::1"),
        ("00030005036e733100", "server-name=ns1."),
        ("006300", "006300"),  # cut short
        ("00010003c00002", "00010003c00002"),  # no address has three octets
        ("00630000", "key99"),
        ("", "nothing"),
    ],
)
def test_keys_and_values_are_shown(octets: str, text: str) -> None:
    assert deleg_text(made(bytes.fromhex(octets))) == text


@given(st.binary(max_size=80))
def test_no_octets_make_it_fail(octets: bytes) -> None:
    assert deleg_text(made(octets)).isprintable()


def test_a_referral_with_deleg_records_is_one_by_ns_records() -> None:
    exchange = reply("www.example.com. A", authority=(NS, record(TWO_ADDRESSES)))
    meaning = classify(exchange, name("com."))
    assert meaning.kind is Kind.REFERRAL and meaning.delegation is not None
    assert [server.name for server in meaning.delegation.servers] == [name("ns1.example.com.")]
    assert exchange.message is not None and len(deleg_records(exchange.message.authority)) == 1


def test_a_referral_by_deleg_records_alone_is_said_to_be_one() -> None:
    meaning = classify(reply("www.example.com. A", authority=(record(TWO_ADDRESSES),)), name("com."))
    assert meaning.kind is Kind.EMPTY and meaning.offer is None and "DELEG records alone" in meaning.note


@pytest.mark.parametrize("owner", ["com.", "example.net.", "other.com.", "x.www.example.com."])
def test_deleg_records_at_other_names_delegate_nothing(owner: str) -> None:
    assert not only_deleg([rrset(record(TWO_ADDRESSES, owner))], name("www.example.com."), name("com."))
