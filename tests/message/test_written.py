"""What is written for a name or a resolver."""

from __future__ import annotations

import dns.exception
import dns.name
import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.cli.line.names import subject
from dnstrace.cli.line.resolvers import resolvers
from dnstrace.cli.usage import Usage
from dnstrace.message.written import is_url, read_name, resolver_of, subject_of

NAMES = (
    "www.example.com", "www.example.com.", "https://www.example.com/a?b#c", "http://user@www.example.com:8080",
    "www.example.com/index.html", "192.0.2.44", "2001:db8::44", "http://192.0.2.44/", "bücher.example",
    "https://bücher.example/", "0/25.2.0.192.in-addr.arpa", ".", r"a\.b.example", "_dmarc.example.com", "MX",
)  # fmt: skip
RESOLVERS = (
    "192.0.2.53", "192.0.2.53:5353", "2001:DB8::53", "[2001:db8::53]:5353", "tls://192.0.2.53",
    "tls://192.0.2.53:8853#dns.example",
)  # fmt: skip


@given(
    st.lists(
        st.text("aZ0-_", max_size=4) | st.sampled_from(["x" * 63, "x" * 64, "*", "a b", r"\."]), max_size=6
    )
    | st.lists(st.just("x"), min_size=30, max_size=45)
    | st.integers(30, 36).map(lambda more: [*["x" * 62] * 3, "y" * 30, "z" * more]),
    st.sampled_from(["", "."]),
)
def test_a_name_is_read_as_dnspython_reads_it(labels: list[str], end: str) -> None:
    text = ".".join(labels) + end
    try:
        expected = dns.name.from_text(text, idna_codec=dns.name.IDNA_2008)
    except dns.exception.DNSException:
        with pytest.raises(ValueError):
            read_name(text)
    else:
        found, valid = read_name(text)
        assert (found.labels, valid) == (expected.labels, True)
        assert found == expected and hash(found) == hash(expected)


@pytest.mark.parametrize("text", NAMES)
def test_names_are_read_as_on_the_command_line(text: str) -> None:
    found = subject(text)
    assert subject_of(text) == (found.name, found.rdtype)


@pytest.mark.parametrize("word", ["example.com/", "example.com/page?x=1", "a.b./"])
def test_a_url_without_its_scheme(word: str) -> None:
    assert is_url(word)


@pytest.mark.parametrize("word", ["0/25.2.0.192.in-addr.arpa", "example.com", "com/page", "192.0.2.0/24"])
def test_what_is_not_a_url(word: str) -> None:
    assert not is_url(word)


def test_an_address_is_asked_for_its_pointer() -> None:
    name, rdtype = subject_of("192.0.2.44")
    assert (name.to_text(), rdtype) == ("44.2.0.192.in-addr.arpa.", dns.rdatatype.PTR)


@pytest.mark.parametrize("text", RESOLVERS)
def test_resolvers_are_read_as_on_the_command_line(text: str) -> None:
    assert (resolver_of(text),) == resolvers(text)


def test_a_resolver_over_https_has_its_url() -> None:
    found = resolver_of("https://dns.example:8443/dns-query")
    assert (found.address, found.port, found.endpoint) == (
        "dns.example",
        8443,
        "https://dns.example:8443/dns-query",
    )


@pytest.mark.parametrize("text", ["", "a..b", "https:///x", "http://[/", "x" * 64, "\\", "ü" * 64, "http://"])
def test_what_is_not_a_name_is_a_wrong_value(text: str) -> None:
    with pytest.raises(ValueError) as error:
        subject_of(text)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["", "x", "udp://192.0.2.1", "tls://x", "192.0.2.1:x", "https://", "[::1"])
def test_what_is_not_a_resolver_is_a_wrong_value(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a (resolver|URL)"):
        resolver_of(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("192.0.2.1:0000053", "wrong port"),
        ("tls://[2001:db8::1]:000853", "wrong port"),
        ("192.0.2.1:" + "9" * 5000, "wrong port"),
        ("192.0.2.1:0", "wrong port"),
        ("https://dns.example:0/dns-query", "is not a URL"),
        ("https://:word@dns.example/dns-query", "is not a URL"),
        ("https://@dns.example/dns-query", "is not a URL"),
    ],
)
def test_what_is_not_a_port_or_says_who_one_is_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        resolver_of(text)


@given(st.text(max_size=30))
def test_any_text_is_read_or_a_wrong_value(text: str) -> None:
    for read in (subject_of, resolver_of):
        try:
            read(text)
        except ValueError as error:
            assert "\n" not in str(error)


@given(st.text(st.sampled_from("ab1.-/:_üß"), max_size=12))
def test_a_text_that_the_command_line_takes_is_the_same_name(text: str) -> None:
    try:
        found = subject(text)
    except Usage:
        return
    assert subject_of(text) == (found.name, found.rdtype)
