"""Kinds of addresses: what the registries say, what is private, what may be asked."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.model.addresses import is_nowhere, is_private, is_unicast, special
from dnstrace.model.special import BLOCKS

ADDRESSES = st.one_of(
    st.integers(0, 2**32 - 1).map(IPv4Address),
    st.integers(0, 2**128 - 1).map(IPv6Address),
    st.sampled_from([row[0] for rows in BLOCKS.values() for row in rows]).flatmap(
        lambda block: st.integers(0, ip_network(block).num_addresses - 1).map(
            lambda offset: ip_network(block).network_address + offset
        )
    ),
)
"""Addresses of all kinds: at random, and within each block of the table."""


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("0.1.2.3", "this network, RFC 791"),
        ("10.1.2.3", "private-use, RFC 1918"),
        ("100.64.0.1", "shared address space, RFC 6598"),
        ("127.0.0.1", "loopback, RFC 1122"),
        ("192.0.0.1", "IETF protocol assignments, RFC 6890"),
        ("198.18.0.1", "benchmarking, RFC 2544"),
        ("224.0.0.251", "multicast, RFC 5771"),
        ("255.255.255.255", "limited broadcast, RFC 919"),
        ("fd00::1", "unique-local, RFC 4193"),
        ("fe80::1", "link-local unicast, RFC 4291"),
        ("fe80::1%eth0", "link-local unicast, RFC 4291"),
        ("::ffff:192.0.2.1", "IPv4-mapped address, RFC 4291"),
        ("100:0:0:1::1", "dummy IPv6 prefix, RFC 9780"),
        ("2001:2::1", "benchmarking, RFC 5180"),
        ("2001:1ff::1", "IETF protocol assignments, RFC 2928"),
        ("5f00::1", "segment routing identifiers, RFC 9602"),
        ("64:ff9b:1::1", "local IPv4-IPv6 translation, RFC 8215"),
        ("64:ff9b::10.0.0.1", "private-use, RFC 1918"),
    ],
)
def test_the_registries_say_what_an_unreachable_address_is(address: str, what: str) -> None:
    assert special(address) == what


@pytest.mark.parametrize(
    "address",
    [
        "172.32.0.1", "192.0.2.1", "2001:db8::1", "3fff::1",  # ordinary; documentation
        "192.0.0.9", "192.0.0.10", "2001:1::1", "2001:1::3", "2001:20::1", "2001:3::1",  # reachable within
        "192.88.99.1", "2001::1", "2002::1",  # not said
        "64:ff9b::198.41.0.4",
    ],
)  # fmt: skip
def test_nothing_is_said_of_other_addresses(address: str) -> None:
    assert special(address) == ""


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("172.31.255.255", True), ("172.32.0.0", False), ("192.168.1.1", True), ("100.127.0.1", True),
        ("169.254.1.1", True), ("fd12::1", True), ("fe80::1", True), ("64:ff9b::a00:1", True),
        ("127.0.0.1", False), ("192.0.0.1", False), ("2001:db8::1", False),
    ],
)  # fmt: skip
def test_private_addresses_mean_something_within_one_network(address: str, private: bool) -> None:
    assert is_private(address) is private


@pytest.mark.parametrize(
    ("address", "nowhere"),
    [("0.0.0.0", True), ("0.0.0.1", False), ("127.9.9.9", True), ("::", True), ("::1", True), ("::2", False)],
)
def test_blocking_resolvers_point_nowhere(address: str, nowhere: bool) -> None:
    assert is_nowhere(address) is nowhere


@given(ADDRESSES)
def test_what_may_be_asked_agrees_with_the_standard_library(address: IPv4Address | IPv6Address) -> None:
    within = address
    if isinstance(address, IPv6Address):
        compatible = int(address) >> 32 == 0 and int(address) > 1
        translated = int(address) >> 32 == int(ip_address("64:ff9b::")) >> 32
        low = IPv4Address(int(address) & 0xFFFFFFFF)
        within = (
            (low if compatible or translated else None) or address.ipv4_mapped or address.sixtofour or address
        )
    refused = within.is_loopback or within.is_multicast or within.is_link_local or within.is_unspecified
    if isinstance(within, IPv4Address):
        refused = refused or within.is_reserved or within.packed[0] == 0
    assert is_unicast(str(address)) is not refused


@given(ADDRESSES)
def test_the_smallest_block_counts(address: IPv4Address | IPv6Address) -> None:
    rows = [row for row in BLOCKS[address.version] if address in ip_network(row[0])]
    rows.sort(key=lambda row: ip_network(row[0]).prefixlen)
    if rows and rows[-1][3] not in ("translation", "documentation"):
        assert special(str(address)) == rows[-1][4]
