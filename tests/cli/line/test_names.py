from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.cli.line import names
from dnstrace.cli.usage import Usage
from tests.cli.line.refusing import refused


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:DB8::1", "2001:db8::1"),
        ("a.Root-Servers.net", "a.Root-Servers.net."),
    ],
)
def test_a_server_is_an_address_or_a_name(text: str, server: str) -> None:
    assert names.server(text) == server


@pytest.mark.parametrize("text", ["", "300.1.1.1", "a..b"])
def test_what_is_no_server(text: str) -> None:
    refused(names.server, text)


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
    found = names.subject(text)
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
        ("a\u2028b.example", "not a valid internationalised name"),
        ("-ü.example", "not a valid internationalised name"),
        ("1א☃.example", "not a valid internationalised name"),
        ("\udcff\udcfe.example", "not a valid internationalised name"),
        ("https:///path", "no host"),
        ("https://[bad/", "no host"),
        ("1.2.3.999", "must be an IPv4 or IPv6 address"),
        ("1:2:3", "must be an IPv4 or IPv6 address"),
    ],
)
def test_a_bare_word_that_stands_for_nothing(text: str, why: str) -> None:
    assert why in refused(names.subject, text)


@given(st.text(st.characters(categories=None), max_size=80))
def test_any_word_stands_for_something_or_is_refused(text: str) -> None:
    try:
        names.subject(text)
    except Usage as error:
        assert str(error).isprintable()


def test_a_longest_name_is_taken() -> None:
    assert len(names.name(".".join(["x" * 63] * 3 + ["x" * 61])).to_digestable()) == 255


def test_the_beginning_of_an_address_stands_for_its_network() -> None:
    assert names.reverse("192.0.2").name.to_text() == "2.0.192.in-addr.arpa."
    refused(names.reverse, "192.0.256")
    refused(names.reverse, "www.example.com")


@pytest.mark.parametrize("text", ["", "a,b", "a b", "192.0.2.1:53", "https://a/"])
def test_a_server_that_is_the_value_of_an_option_is_not_spoken_of_as_one_to_start_from(text: str) -> None:
    with pytest.raises(Usage) as error:
        names.server_named(text)
    assert "@" not in str(error.value) and "name or the address of one server" in str(error.value)
    assert names.server_named("NS1.example") == names.server("NS1.example")
