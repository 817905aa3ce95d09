from __future__ import annotations

import shlex
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.cli.choosing import choose
from dnstrace.cli.line.syntax import parse
from dnstrace.cli.usage import Usage, harmless, meant, shown
from tests.cli.running import run


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain bücher 書籍", "plain bücher 書籍"),
        ("\x1b[31m", r"\x1b[31m"),
        ("a\nb\r\tc\0", r"a\x0ab\x0d\x09c\x00"),
        ("\udcff", r"\xff"),
        ("\u202egpj.exe", r"\u{202e}gpj.exe"),
        ("\u2028", r"\u{2028}"),
        ("\x9b", r"\x9b"),
    ],
)
def test_what_does_not_print_is_made_visible(text: str, seen: str) -> None:
    assert harmless(text) == seen


@given(
    st.text(st.characters(categories=None))
    | st.binary().map(lambda each: each.decode("utf-8", "surrogateescape"))
)
def test_any_text_is_shown_on_one_encodable_line(text: str) -> None:
    line = shown(text)
    line.encode()
    assert line.isprintable()


def test_a_long_text_is_cut_with_a_sign() -> None:
    assert shown("x" * 5000) == "'" + "x" * 159 + "…'"


@pytest.mark.parametrize(
    ("word", "nearest"),
    [
        ("tim", "timeout"),
        ("timout", "timeout"),
        ("TRIES", "tries"),
        ("zzzzzz", ""),
        ("", ""),
        ("x" * 10000, ""),
    ],
)
def test_the_nearest_word_is_suggested(word: str, nearest: str) -> None:
    said = meant(word, ["tcp", "timeout", "tries"], "--")
    assert said == (f"; did you mean --{nearest}?" if nearest else "")


# What a new user types, most of it used to another tool, and what has to be in the one line said of it.
MISTAKES = {
    "+dnssec example.com @192.0.2.53 -p": "-p needs a number: -p N",
    "--lab textbok": "did you mean textbook?",
    "--lab=": "`dnstrace --lab list` lists them",
    "-t A,AAAA example.com": "give each type as a word of its own, 'A AAAA'",
    "example.com A,AAAA": "give each type as a word of its own, 'A AAAA'",
    "example.com,example.org": "separate names by blanks",
    "'my printer.example.com'": "has a blank in it: separate names by blanks; in a name, write it as \\032",
    "'\"example.com\"'": "has a quotation mark in it",
    "example.com;": "has a semicolon in it",
    "post@example.com": "is a mail address: to find its mail servers, trace 'example.com MX'",
    "192.0.2.0/24": "is a network: use -x with an address or the beginning of one",
    "192.0.2.300": "must be an IPv4 or IPv6 address",
    "-x www.example.com": "-x: must be an IPv4 or IPv6 address",
    "http://": "has no host to trace",
    "example.com:853": "give the port with -p",
    "@192.0.2.53#5353 example.com": "@: give the port with -p, as in '@192.0.2.53' -p 5353",
    "@192.0.2.53:5353 example.com": "@: give the port with -p, as in '@192.0.2.53' -p 5353",
    "@[2001:db8::53]:53 example.com": "@: give the port with -p, as in '@2001:db8::53' -p 53",
    "@https://192.0.2.53/dns-query example.com": "--resolver tls://192.0.2.53",
    "@192.0.2.53,192.0.2.54 example.com": "must be one server to start from, not",
    "@ example.com": "must be followed by a server",
    "@192.0.2.53": "no name to trace",
    "-f /nonexistent/names.txt": "cannot be opened: No such file or directory",
    "-f /dev/null example.com": "-f and 'example.com' exclude each other: give all names in one place",
    "--html example.com": "--html took 'example.com' for its file",
    "--dnsec example.com": "did you mean --dnssec?",
    "--server 192.0.2.53 example.com": "give a server to start from as @SERVER",
    "--yaml example.com": "use --json",
    "--lab --short --json": "--short and --json exclude each other: give one of them",
    "--html --check example.com": "--html needs a file: --html=FILE",
    "example.com --save --json": "--save needs a file: --save=FILE",
    "-q --lab": "-q needs a name: -q NAME",
    "-f -v": "-f needs a file: -f FILE",
    "--type -4 example.com": "--type needs a record type: --type=TYPE",
    "-q -x.example.com": "-q needs a name: -q NAME",
    "-q -0.example.com": "for '-0.example.com' type '--name=-0.example.com'",
    "example.com --save +json": "--save needs a file",
    "example.com --save --": "--save needs a file",
    "--frobnicate example.com": "unknown option '--frobnicate'; `dnstrace --help` lists the options",
    "--all example.com": "did you mean --all-servers?",
    "--retry=3 example.com": "unknown option '--retry'; did you mean --tries?",
    "--anchor x example.com": "did you mean --trust-anchor?",
    "example.com --expect foo=1": "the words are outcome, rcode, security, zone, ttl, serial,",
    "-type=MX example.com": "a long option has two dashes; did you mean '--type=MX'?",
    "-query=MX example.com": "did you mean '--type=MX'?",
    "example.com -short": "did you mean '--short'?",
    "\u2014dnssec example.com": "begins with a typographic dash: did you mean '--dnssec'?",
    "-example.com": "give a name that begins with a hyphen as --name=-x.example",
    "example.com --timeout": "--timeout needs a time in seconds: --timeout=S",
    "example.com --dnssec --at yesterday": "must be a time such as 2026-01-31T12:00:00Z",
    "example.com --expect nonsense": "it has no operator",
    "example.com --ds malformed": "must be ZONE=TAG ALGORITHM TYPE DIGEST",
    "example.com --undelegated ns1.example.com": "must be ZONE=NS[/ADDR],...",
    "example.com AXFR": "AXFR cannot be traced",
    "example.com -c CH": "the class is always IN",
    "example.com -y hmac-sha256:key:c2VjcmV0": "dnstrace does not sign queries",
    "example.com +noall +answer": "it changes what dig prints; use --short, --json or -v",
    "example.com +cd": "use --dnssec",
    "example.com +tls": "use --adot to ask name servers over TLS too, --resolver tls://192.0.2.53",
    "example.com --doq": "QUIC is not supported; --adot asks name servers over TLS",
    "example.com +ednsopt=65001": "use dig to send one of your own",
    "example.com +nssearch": "use --check, which asks every server",
    "dig example.com": "leave out 'dig': type only what to trace (to trace it as a name",
    "help": "did you mean --help? (to trace it as a name, write 'help.')",
    "\u0301a.example": "is not a valid internationalised name",
    f"{'a' * 64}.example": "has a label of more than 63 octets",
    "example..com": "two dots in a row",
}


@pytest.mark.parametrize("line", MISTAKES)
def test_a_mistake_is_answered_with_what_was_meant(line: str, asked: list[Any]) -> None:
    ran = run(*shlex.split(line))
    assert (ran.status, ran.out, asked) == (2, "", [])
    assert ran.err.startswith("dnstrace: ") and ran.err[:-1].isprintable()
    assert MISTAKES[line] in ran.err


@pytest.mark.parametrize(
    ("line", "question"),
    [
        ("example.com/", "example.com. A"),
        ("example.com/page?x=1 AAAA", "example.com. AAAA"),
        ("'example.com '", "example.com. A"),
        ("192.0.2.1.", "1.2.0.192.in-addr.arpa. PTR"),
        ("example.com IN MX +norecurse", "example.com. MX"),
        ("_dmarc.example.com txt", "_dmarc.example.com. TXT"),
        ("*.example.com", "*.example.com. A"),
        ("example.com ANY", "example.com. ANY"),
        ("--json --no-json --short example.com", "example.com. A"),
        ("--json --json example.com", "example.com. A"),
        ("2001:db8::1", f"1.{'0.' * 23}8.b.d.0.1.0.0.2.ip6.arpa. PTR"),
        ("1.0/25.2.0.192.in-addr.arpa PTR", "1.0/25.2.0.192.in-addr.arpa. PTR"),  # RFC 2317
        (r"post\\.master@example.com", r"post\.master\@example.com. A"),
        ("-q 'my printer.example.com'", r"my\032printer.example.com. A"),
        ("help. dig.", "help. A"),
    ],
)
def test_what_is_plainly_meant_is_traced(line: str, question: str) -> None:
    assert str(choose(parse(shlex.split(line)), {}).questions[0]) == question


def test_a_url_without_its_scheme_keeps_its_page() -> None:
    assert [*choose(parse(["example.com/page"]), {}).urls.values()] == ["https://example.com/page"]


def test_where_the_name_went_is_told_only_where_it_went() -> None:
    with pytest.raises(Usage) as error:
        choose(parse(["--html", "/tmp/page.html"]), {})
    assert "took" not in str(error.value)
