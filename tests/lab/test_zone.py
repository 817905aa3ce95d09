"""A zone's records: how they are read, and what is found among them."""

from __future__ import annotations

import dns.rdatatype
import pytest

from dnstrace.lab.errors import WorldError
from dnstrace.lab.zone import LabZone
from tests.replies import name

TEXT = """
; a comment
@ 900 IN SOA ns hostmaster 1 7200 900 1209600 300
@ NS ns
  NS ns.example.net.
ns A 192.0.2.1
   A 192.0.2.2
text 60 TXT "a ; b" "c"
strange TYPE65280 \\# 4 c0000201
deep.ent A 192.0.2.3
*.wild A 192.0.2.80
child NS ns.child
deeper.child NS ns.child
old DNAME new.example.net.
www RRSIG A 13 2 300 20260201000000 20260101000000 1 example. AAAA
www RRSIG AAAA 13 2 300 20260201000000 20260101000000 1 example. AAAA
"""
ZONE = LabZone(name("example."), TEXT, ttl=300)


@pytest.mark.parametrize(
    ("owner", "rdtype", "text"),
    [
        ("example.", "SOA", "example. 900 IN SOA ns.example. hostmaster.example. 1 7200 900 1209600 300"),
        ("example.", "NS", "example. 300 IN NS ns.example.\nexample. 300 IN NS ns.example.net."),
        ("ns.example.", "A", "ns.example. 300 IN A 192.0.2.1\nns.example. 300 IN A 192.0.2.2"),
        ("text.example.", "TXT", 'text.example. 60 IN TXT "a ; b" "c"'),
        ("strange.example.", "TYPE65280", "strange.example. 300 IN TYPE65280 \\# 4 c0000201"),
    ],
)
def test_records_are_read(owner: str, rdtype: str, text: str) -> None:
    found = ZONE.rrset(name(owner), dns.rdatatype.from_text(rdtype))
    assert found is not None and found.to_text() == text


def test_signatures_stand_beside_what_they_cover() -> None:
    kinds = ZONE.nodes[name("www.example.")]
    assert list(kinds) == [(46, 1), (46, 28)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("www A 192.0.2.300", "zone example: 'www A 192.0.2.300' is not a record"),
        ("www NOTYPE 1", "is not a record"),
        ("www A", "owner, type and RDATA are needed"),
        ("www", "owner, type and RDATA are needed"),
        ("www 300 IN", "owner, type and RDATA are needed"),
        ("www.example.net. A 192.0.2.1", "www.example.net is outside the zone"),
        ("a..b A 192.0.2.1", "is not a record"),
    ],
)
def test_a_wrong_line_is_named(text: str, why: str) -> None:
    with pytest.raises(WorldError) as error:
        LabZone(name("example."), text).nodes  # noqa: B018
    assert why in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize(("text", "missing"), [("@ NS ns", "SOA"), ("@ SOA ns h 1 2 3 4 5", "NS")])
def test_a_zone_has_soa_and_ns(text: str, missing: str) -> None:
    with pytest.raises(WorldError, match=f"its {missing} record is missing"):
        LabZone(name("example."), text).check()


def test_the_servers_of_the_apex_are_told_without_reading_the_zone() -> None:
    zone = LabZone(name("example."), TEXT + "broken A broken\n")
    assert zone.apex_servers() == [name("ns.example."), name("ns.example.net.")]


@pytest.mark.parametrize(
    ("asked", "cut"),
    [
        ("x.deeper.child.example.", "child.example."),  # the highest one
        ("child.example.", "child.example."),
        ("ns.example.", None),
        ("example.", None),  # the apex is no cut
    ],
)
def test_the_cut_above_a_name(asked: str, cut: str | None) -> None:
    assert ZONE.cut(name(asked)) == (None if cut is None else name(cut))


def test_a_dname_is_for_names_below_it_only() -> None:
    assert ZONE.dname(name("old.example.")) is None
    found = ZONE.dname(name("a.b.old.example."))
    assert found is not None and found.name == name("old.example.")
    apex = LabZone(name("example."), "@ DNAME example.net.")
    assert apex.dname(name("www.example.")) is not None and apex.dname(name("example.")) is None


def test_empty_non_terminals_exist_and_wildcards_stand_for_what_does_not() -> None:
    assert ZONE.node(name("ent.example.")) == {}
    assert ZONE.node(name("none.example.")) is None
    assert ZONE.node(name("wild.example.")) == {}
    made = ZONE.node(name("a.b.wild.example."))
    assert made is not None
    assert [rrset.to_text() for rrset in made.values()] == ["a.b.wild.example. 300 IN A 192.0.2.80"]


def test_a_wildcard_that_only_has_names_below_it_stands_for_names_without_data() -> None:
    zone = LabZone(dns.name.from_text("example."), "a.*.x TXT text")
    found = [zone.node(dns.name.from_text(text)) for text in ("b.x.example.", "c.b.x.example.", "y.example.")]
    assert found == [{}, {}, None]  # RFC 4592 section 2.2.2
