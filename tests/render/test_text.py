import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.render.text import (
    count_text,
    escaped,
    harmless,
    name_text,
    rcode_text,
    rdata_text,
    time_text,
    ttl_text,
    unicode_name,
)

BIDIRECTIONAL = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u115f\u3164\u2800\ufe0f\U000e0041\U000e0100\u180e"
LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
CONTROLS = "".join(map(chr, [*range(0x20), 0x7F, *range(0x80, 0xA0)]))


@pytest.mark.parametrize(
    "character", [*BIDIRECTIONAL, *UNSEEN, *LINE_ENDS, *CONTROLS, "\udcff", "\ud800", "\ue000"]
)
def test_no_character_that_is_not_seen_comes_through(character: str) -> None:
    text = harmless(f"a{character}b")
    assert character not in text
    assert text.startswith("a\\") and text.endswith("b")
    assert text.isascii() and text.isprintable()


@pytest.mark.parametrize("text", ["plain text, all of it!", "bücher", "中国", "עברית", "[bold]\\027"])
def test_text_that_can_be_seen_stays(text: str) -> None:
    assert harmless(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", "\\027[31m"),
        ("\x9b", "\\155"),
        ("\u202e", "\\u{202e}"),
        ("\U000e0041", "\\u{e0041}"),
        ("\\027", "\\\\027"),
        (b"\xff\xfe\x1b", "\\255\\254\\027"),
        ("ü".encode(), "ü"),
    ],
)
def test_what_is_taken_out_is_shown_as_dns_shows_it(text: str | bytes, shown: str) -> None:
    assert escaped(text) == shown


@given(st.binary() | st.text())
def test_whatever_is_escaped_can_be_printed(text: str | bytes) -> None:
    assert escaped(text).isprintable()


@given(st.lists(st.binary(min_size=1, max_size=63), max_size=3))
def test_names_are_ascii_without_spaces(labels: list[bytes]) -> None:
    text = name_text(dns.name.Name([*labels, b""]))
    assert text.isascii() and text.isprintable() and " " not in text and text.endswith(".")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("xn--bcher-kva.example.", "bücher.example."),
        ("XN--BCHER-KVA.example.", "bücher.example."),
        ("xn--fiqs8s.", "中国."),
        ("www.example.com.", None),
        (".", None),
        ("xn--a.example.", None),  # no Punycode
        ("xn--ls8h.example.", None),  # an emoji: not IDNA 2008
        ("xn--\\255.example.", None),
        ("xn--bcher-kva.a\\032b.example.", None),
        ("xn--11b2ezcw70k.example.", None),  # valid, but with a zero-width joiner
        ("_dmarc.xn--bcher-kva.example.", "_dmarc.bücher.example."),
    ],
)
def test_u_labels_only_where_they_are_valid_and_seen(name: str, shown: str | None) -> None:
    assert unicode_name(dns.name.from_text(name)) == shown


def wire(rdtype: str, octets: bytes) -> dns.rdata.Rdata:
    return dns.rdata.from_wire(dns.rdataclass.IN, dns.rdatatype.from_text(rdtype), octets, 0, len(octets))


def test_txt_with_every_octet() -> None:
    octets = bytes([255, *range(255)])
    text = rdata_text(wire("TXT", octets))
    assert text.isascii() and text.isprintable()
    assert "\\027" in text and '\\"' in text and "\\\\" in text


def test_rdata_whose_own_form_stumbles_has_the_generic_form() -> None:
    from dns.rdtypes.ANY.GPOS import GPOS

    rdata = GPOS(dns.rdataclass.IN, dns.rdatatype.GPOS, "1", "2", "3")
    object.__setattr__(rdata, "latitude", b"\xff")
    assert rdata_text(rdata).startswith("\\# ")


class Shouting(dns.rdata.Rdata):
    def to_styled_text(self, style: object) -> str:
        return "raw \x1b[2J ü \udcff"


def test_a_type_that_lets_raw_text_through_is_escaped_octet_by_octet() -> None:
    rdata = Shouting(dns.rdataclass.IN, dns.rdatatype.RdataType.make(65280))
    assert rdata_text(rdata) == "raw \\027[2J \\195\\188 \\237\\179\\191"


@given(
    st.sampled_from(["TXT", "URI", "CAA", "HINFO", "NAPTR", "SVCB", "X25", "GPOS", "LOC", "TYPE65280"]),
    st.binary(),
)
def test_rdata_of_any_octets_is_printable_ascii(rdtype: str, octets: bytes) -> None:
    try:
        rdata = wire(rdtype, octets)
    except Exception:  # octets that are no RDATA of the type never get this far
        return
    text = rdata_text(rdata)
    assert text.isascii() and text.isprintable()


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0s"), (45, "45s"), (300, "5m"), (5400, "1h30m"), (172800, "2d"), (3661, "1h1m1s"),
     (2147483647, "24855d3h14m7s")],
)  # fmt: skip
def test_ttls_are_exact(seconds: int, shown: str) -> None:
    assert ttl_text(seconds) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0 ms"), (0.00001, "<0.1 ms"), (0.0004, "0.4 ms"), (0.00096, "1 ms"), (0.008, "8 ms"),
     (0.9994, "999 ms"), (0.9996, "1.0 s"), (1.24, "1.2 s"), (99.96, "100 s"), (-0.001, "0 ms")],
)  # fmt: skip
def test_times(seconds: float, shown: str) -> None:
    assert time_text(seconds) == shown


def test_rcodes() -> None:
    assert [rcode_text(rcode) for rcode in (0, 3, 16, 23, 3000)] == [
        "NOERROR", "NXDOMAIN", "BADVERS", "BADCOOKIE", "RCODE3000",
    ]  # fmt: skip


def test_counts() -> None:
    assert [count_text(n, "query", "queries") for n in (0, 1, 2000)] == [
        "0 queries",
        "1 query",
        "2,000 queries",
    ]
    assert count_text(2, "zone") == "2 zones"
