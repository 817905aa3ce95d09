from __future__ import annotations

from collections.abc import Callable

import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.cli.line import values
from dnstrace.cli.usage import Usage


def refused(convert: Callable[[str], object], text: str) -> str:
    with pytest.raises(Usage) as error:
        convert(text)
    line = str(error.value)
    assert line.isprintable()
    return line


@pytest.mark.parametrize("text", ["1", "65535", "0053"])
def test_whole_numbers(text: str) -> None:
    assert values.whole(1, 65535)(text) == int(text)


@pytest.mark.parametrize(
    "text", ["", "0", "65536", "70000", "-1", "+1", "1.0", "1_0", " 1", "\uff11", "x", "9" * 9999]
)
def test_what_is_no_whole_number_within_bounds(text: str) -> None:
    assert "from 1 to 65535" in refused(values.whole(1, 65535), text)


@pytest.mark.parametrize(("text", "number"), [("1", 1.0), (".5", 0.5), ("2.", 2.0), ("86400", 86400.0)])
def test_seconds(text: str, number: float) -> None:
    assert values.seconds(text) == number


@pytest.mark.parametrize(
    "text", ["", ".", "0", "0.0", "-1", "nan", "inf", "1e3", "86401", "1.2.3", "٣", "2s", "0" * 500]
)
def test_what_is_no_time(text: str) -> None:
    assert "number of seconds, more than 0" in refused(values.seconds, text)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [("192.0.2.1", "192.0.2.1"), ("2001:DB8:0::1", "2001:db8::1"), ("::ffff:1.2.3.4", "::ffff:1.2.3.4")],
)
def test_addresses(text: str, canonical: str) -> None:
    assert values.address(text) == canonical


@pytest.mark.parametrize("text", ["", "1.2.3", "256.1.1.1", "::g", "x.example", "1.2.3.4.5", "\udcff", ":::"])
def test_what_is_no_address(text: str) -> None:
    refused(values.address, text)


def test_a_source_port_is_refused_with_the_reason() -> None:
    assert "RFC 5452" in refused(values.source, "192.0.2.1#5353")


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:DB8::1", "2001:db8::1"),
        ("a.Root-Servers.net", "a.Root-Servers.net."),
    ],
)
def test_a_server_is_an_address_or_a_name(text: str, server: str) -> None:
    assert values.server(text) == server


@pytest.mark.parametrize("text", ["", "300.1.1.1", "a..b"])
def test_what_is_no_server(text: str) -> None:
    refused(values.server, text)


@pytest.mark.parametrize(
    ("text", "name", "rdtype"),
    [
        ("www.example.com", "www.example.com.", "A"),
        (".", ".", "A"),
        ("WWW.Example.com.", "WWW.Example.com.", "A"),
        ("_sip._tcp.example.com", "_sip._tcp.example.com.", "A"),
        ("0/25.2.0.192.in-addr.arpa", "0/25.2.0.192.in-addr.arpa.", "A"),
        (r"a\.b\200.example", r"a\.b\200.example.", "A"),
        ("bücher.example", "xn--bcher-kva.example.", "A"),
        ("BÜCHER。example", "xn--bcher-kva.example.", "A"),
        ("_sip._tcp.bücher.example", "_sip._tcp.xn--bcher-kva.example.", "A"),
        ("faß.example", "xn--fa-hia.example.", "A"),
        ("日本語.example", "xn--wgv71a119e.example.", "A"),
        ("https://www.example.com:8443/a?b#c", "www.example.com.", "A"),
        ("HTTP://user:pass@bücher.example/", "xn--bcher-kva.example.", "A"),
        ("192.0.2.1", "1.2.0.192.in-addr.arpa.", "PTR"),
        ("https://192.0.2.1/", "1.2.0.192.in-addr.arpa.", "PTR"),
        ("https://[2001:db8::1]/", "1." + "0." * 23 + "8.b.d.0.1.0.0.2.ip6.arpa.", "PTR"),
        ("2001:db8::1", "1." + "0." * 23 + "8.b.d.0.1.0.0.2.ip6.arpa.", "PTR"),
        ("1.2.3.4.example", "1.2.3.4.example.", "A"),
    ],
)
def test_what_a_bare_word_stands_for(text: str, name: str, rdtype: str) -> None:
    found = values.subject(text)
    assert (found.name.to_text(), found.rdtype.name) == (name, rdtype)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the name is empty"),
        ("x" * 64, "more than 63 octets"),
        ("ü" * 63, "more than 63 octets"),
        (".".join(["x" * 62] * 5), "longer than 255 octets"),
        ("a..b", "empty label"),
        (".a", "empty label"),
        ("a\\", "broken escape"),
        (r"a\25", "broken escape"),
        (r"a\256", "broken escape"),
        ("a\u2028b.example", "no valid internationalised name"),
        ("-ü.example", "no valid internationalised name"),
        ("☃.example", "no valid internationalised name"),
        ("\udcff\udcfe.example", "no valid internationalised name"),
        ("https:///path", "no host"),
        ("https://[bad/", "no host"),
        ("1.2.3.999", "must be an IPv4 or IPv6 address"),
        ("1:2:3", "must be an IPv4 or IPv6 address"),
    ],
)
def test_a_bare_word_that_stands_for_nothing(text: str, why: str) -> None:
    assert why in refused(values.subject, text)


@given(st.text(st.characters(categories=None), max_size=80))
def test_any_word_stands_for_something_or_is_refused(text: str) -> None:
    try:
        values.subject(text)
    except Usage as error:
        assert str(error).isprintable()


def test_a_longest_name_is_taken() -> None:
    assert len(values.name(".".join(["x" * 63] * 3 + ["x" * 61])).to_digestable()) == 255


def test_the_beginning_of_an_address_stands_for_its_network() -> None:
    assert values.reverse("192.0.2").name.to_text() == "2.0.192.in-addr.arpa."
    refused(values.reverse, "192.0.256")
    refused(values.reverse, "www.example.com")


@pytest.mark.parametrize(
    ("text", "rdtype"),
    [
        ("A", 1),
        ("aaaa", 28),
        ("Https", 65),
        ("ANY", 255),
        ("type65280", 65280),
        ("TYPE1", 1),
        ("NSAP-PTR", 23),
    ],
)
def test_types(text: str, rdtype: int) -> None:
    assert values.is_type(text)
    assert values.rdtype(text) == rdtype


@pytest.mark.parametrize("text", ["mxx", "type", "typex", "www.example.com", "none", "mx.", "TYPE\uff11"])
def test_words_that_are_no_types(text: str) -> None:
    assert not values.is_type(text)
    assert "no record type" in refused(values.rdtype, text)


@pytest.mark.parametrize("text", ["TYPE0", "TYPE65536", "type" + "9" * 5000])
def test_types_out_of_range(text: str) -> None:
    assert values.is_type(text)
    assert "from 1 to 65535" in refused(values.rdtype, text)


@pytest.mark.parametrize("text", ["AXFR", "ixfr", "OPT", "TYPE41", "TSIG"])
def test_types_that_cannot_be_traced(text: str) -> None:
    assert "cannot be traced" in refused(values.rdtype, text)


def test_every_type_that_is_offered_is_a_type() -> None:
    assert all(dns.rdatatype.to_text(values.rdtype(each)) == each for each in values.types())
    assert "CNAME" in values.types()


def test_an_unknown_world_is_refused_with_the_nearest() -> None:
    assert "did you mean alias?" in refused(values.world, "alia")
    assert values.world("list") == "list"


@pytest.mark.parametrize("text", ["", "a\0b"])
def test_what_is_no_path(text: str) -> None:
    refused(values.file, text)
