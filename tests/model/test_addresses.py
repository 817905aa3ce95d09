"""Kinds of addresses: what the registries say, what is private, what may be asked."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.model.addresses import canonical, is_nowhere, is_private, is_unicast, special, why_unasked
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
        ("::192.0.2.1", "IPv4-compatible address, RFC 4291"),
        ("a00::1", "not in use, RFC 4291"),
        ("4000::1", "not in use, RFC 4291"),
        ("f000::1", "not in use, RFC 4291"),
    ],
)
def test_the_registries_say_what_an_unreachable_address_is(address: str, what: str) -> None:
    assert special(address) == what


@pytest.mark.parametrize(
    "address",
    [
        "172.32.0.1", "192.0.2.1", "2001:db8::1", "3fff::1",  # ordinary; documentation
        "192.0.0.9", "192.0.0.10", "2001:1::1", "2001:1::3", "2001:20::1", "2001:3::1",  # reachable within
        "192.88.99.1", "2001::3fff:fdd2", "2002:c000:201::1",  # not said
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
    [
        ("::1%lo", True),
        ("0.0.0.0", True),
        ("0.0.0.1", False),
        ("127.9.9.9", True),
        ("::", True),
        ("::1", True),
        ("::2", False),
    ],
)
def test_blocking_resolvers_point_nowhere(address: str, nowhere: bool) -> None:
    assert is_nowhere(address) is nowhere


CARRIED = {
    "IPv4-compatible": "::{}",
    "IPv4-translated": "::ffff:0:{}",
    "NAT64": "64:ff9b::{}",
    "ISATAP": "2001:db8::5efe:{}",
    "ISATAP of a global address": "2001:db8::200:5efe:{}",
}


@given(ADDRESSES, st.sampled_from(["", "%1", "%eth0.100", "%", "%a b", "%" + "x" * 33]))
def test_the_canonical_form_has_a_zone_only_where_it_says_something(
    address: IPv4Address | IPv6Address, zone: str
) -> None:
    good = not zone or (address.version == 6 and address.is_link_local and zone in ("%1", "%eth0.100"))
    if good:
        found = canonical(f"{address}{zone}".upper().replace("%ETH", "%eth"))
        assert ip_address(found.partition("%")[0]) == address and canonical(found) == found
    else:
        with pytest.raises(ValueError, match="%"):
            canonical(f"{address}{zone}")


HARMLESS = st.sampled_from(["192.0.2.1", "10.1.2.3", "198.51.100.7"]).map(IPv4Address)


@pytest.mark.parametrize("form", CARRIED.values(), ids=CARRIED)
@given(st.one_of(HARMLESS, ADDRESSES.filter(lambda each: each.version == 4 and int(each) > 1)))
def test_an_address_that_holds_another_is_asked_only_where_that_one_is(
    form: str, within: IPv4Address
) -> None:
    assert is_unicast(form.format(within)) is is_unicast(str(within))


@given(ADDRESSES.filter(lambda each: each.version == 4))
def test_tunnels_are_asked_only_where_their_end_is(end: IPv4Address) -> None:
    six_to_four = IPv6Address(0x2002 << 112 | int(end) << 80 | 1)
    teredo = IPv6Address(0x20010000 << 96 | int(IPv4Address("192.0.2.1")) << 64 | int(end) ^ 0xFFFFFFFF)
    assert is_unicast(str(six_to_four)) is is_unicast(str(teredo)) is is_unicast(str(end))


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("127.0.0.1", "loopback, RFC 1122"),
        ("fe80::1%eth0", "link-local unicast, RFC 4291"),
        ("::1%lo", "loopback address, RFC 4291"),
        ("::ffff:0:127.0.0.1", "127.0.0.1 within IPv6, loopback, RFC 1122"),
        ("fd00::5efe:127.0.0.1", "127.0.0.1 within IPv6, loopback, RFC 1122"),
        ("::ffff:192.0.2.1", "IPv4-mapped address, RFC 4291"),
        ("64:ff9b:1:c000:2:100::", "local IPv4-IPv6 translation, RFC 8215"),
        ("100::53", "discard-only address block, RFC 6666"),
        ("100:0:0:1::53", "dummy IPv6 prefix, RFC 9780"),
        ("1.2.3", "not an address"),
        ("fd00::1", ""),
    ],
)
def test_why_an_address_is_not_asked(address: str, why: str) -> None:
    assert why_unasked(address) == why
    assert is_unicast(address) is (not why)


@given(ADDRESSES)
def test_no_address_that_the_standard_library_calls_special_is_asked(
    address: IPv4Address | IPv6Address,
) -> None:
    refused = address.is_loopback or address.is_multicast or address.is_link_local or address.is_unspecified
    if isinstance(address, IPv4Address):
        refused = refused or address.is_reserved or address.packed[0] == 0
        assert is_unicast(str(address)) is not refused
    assert not (refused and is_unicast(str(address)))
    assert is_unicast(str(address)) or special(str(address))


@given(ADDRESSES)
def test_the_smallest_block_counts(address: IPv4Address | IPv6Address) -> None:
    rows = [row for row in BLOCKS[address.version] if address in ip_network(row[0])]
    rows.sort(key=lambda row: ip_network(row[0]).prefixlen)
    if rows and rows[-1][3] not in ("translation", "documentation") and is_unicast(str(address)):
        assert special(str(address)) == rows[-1][4]
