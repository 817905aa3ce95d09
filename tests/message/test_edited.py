"""Zone data as they would be after a change."""

from __future__ import annotations

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dnstrace.message.edited import Edited, parsed
from dnstrace.message.meaning import classify
from dnstrace.message.presentation import in_master_file
from dnstrace.model import Exchange, Kind, Query, Question
from dnstrace.model.structs import replace

ZONE = dns.name.from_text("example.com.")
SOA = "example.com. 900 IN SOA ns1.example.com. hostmaster.example.com. 1 7200 900 1209600 300"
WWW = "www.example.com. 300 IN A 192.0.2.44"


def reply(asked: str, *answer: str, rcode: int = 0, aa: bool = True) -> Exchange:
    """A reply of a server of the zone; negative ones have an SOA record."""
    name, rdtype = asked.split()
    question = Question(dns.name.from_text(name), dns.rdatatype.from_text(rdtype))
    message = dns.message.make_response(dns.message.make_query(question.name, question.rdtype))
    message.flags = (message.flags | dns.flags.AA) if aa else message.flags & ~dns.flags.AA
    message.set_rcode(dns.rcode.Rcode.make(rcode))
    message.answer = rrsets(*answer)
    message.authority = [] if answer else rrsets(SOA)
    return Exchange(Query(question, "192.0.2.53"), 0.0, 0.0, message.to_wire(max_size=65535), message)


def rrsets(*texts: str) -> list[dns.rrset.RRset]:
    return [
        dns.rrset.from_text(owner, int(ttl), "IN", rdtype, rdata)
        for owner, ttl, _, rdtype, rdata in (text.split(None, 4) for text in texts)
    ]


def after(exchange: Exchange, **changes: list[str]) -> tuple[Kind, list[str]]:
    """What the reply means with the changes, and its data."""
    edited = Edited(
        ZONE,
        map(parsed, changes.get("add", [])),
        map(parsed, changes.get("change", [])),
        map(parsed, changes.get("remove", [])),
    )
    meaning = classify(edited.instead(exchange, ZONE), ZONE)
    return meaning.kind, [str(rdata) for rrset in meaning.answer for rdata in rrset]


@pytest.mark.parametrize(
    ("exchange", "changes", "expected"),
    [
        (
            reply("www.example.com. A", WWW),
            {"add": [WWW[:-2] + "45"]},
            (Kind.ANSWER, ["192.0.2.44", "192.0.2.45"]),
        ),
        (reply("www.example.com. A", WWW), {"change": [WWW[:-2] + "45"]}, (Kind.ANSWER, ["192.0.2.45"])),
        (reply("www.example.com. A", WWW), {"remove": [WWW]}, (Kind.NODATA, [])),
        (reply("www.example.com. AAAA"), {"remove": [WWW]}, (Kind.NODATA, [])),
        (reply("www.example.com. A"), {"add": [WWW]}, (Kind.ANSWER, ["192.0.2.44"])),
        (reply("www.example.com. A", rcode=3), {"add": [WWW]}, (Kind.ANSWER, ["192.0.2.44"])),
        (reply("no.example.com. A", rcode=3), {"add": [WWW]}, (Kind.NXDOMAIN, [])),
        (reply("www.example.com. AAAA", rcode=3), {"add": [WWW]}, (Kind.NODATA, [])),
    ],
)
def test_a_reply_has_the_records_as_they_are_after_the_change(
    exchange: Exchange, changes: dict[str, list[str]], expected: tuple[Kind, list[str]]
) -> None:
    assert after(exchange, **changes) == expected


def test_an_alias_that_is_removed_leads_nowhere() -> None:
    alias = "a.example.com. 300 IN CNAME www.example.com."
    exchange = reply("a.example.com. A", alias, WWW)
    assert after(exchange, remove=[alias]) == (Kind.NXDOMAIN, [])
    own = "a.example.com. 300 IN A 192.0.2.45"
    assert after(exchange, remove=[alias], add=[own]) == (Kind.ANSWER, ["192.0.2.45"])


@pytest.mark.parametrize(
    "exchange", [reply("www.example.com. A", WWW, aa=False), reply("www.example.com. A", rcode=5)]
)
def test_what_is_not_the_zones_own_word_stays_as_it_is(exchange: Exchange) -> None:
    assert Edited(ZONE, [parsed(WWW[:-2] + "45")]).instead(exchange, ZONE) is exchange


def test_what_a_name_has_from_a_wildcard_leaves_with_it() -> None:
    gone = ["*.example.com. 300 IN CNAME gone.example.com."]
    made = reply("a.b.example.com. A", "a.b.example.com. 300 IN CNAME gone.example.com.")
    assert after(made, remove=gone) == (Kind.NXDOMAIN, [])
    other = reply("a.b.example.com. A", "a.b.example.com. 300 IN CNAME there.example.com.")
    assert after(other, remove=gone) == after(other)
    outside = ["*.c.example.com. 300 IN CNAME gone.example.com."]
    assert after(made, remove=outside) == after(made)


def test_the_servers_of_other_zones_and_other_names_are_left_alone() -> None:
    edited, exchange = Edited(ZONE, [parsed(WWW[:-2] + "45")]), reply("www.example.com. A", WWW)
    assert edited.instead(exchange, dns.name.from_text("com.")) is exchange
    other = reply("ftp.example.com. A", WWW.replace("www", "ftp"))
    assert edited.instead(other, ZONE) is other


def with_message(exchange: Exchange, message: dns.message.Message) -> Exchange:
    return replace(exchange, wire=message.to_wire(max_size=65535), message=message)


def test_records_of_another_class_stay_as_they_are() -> None:
    """A server can answer in any class; the names in its records may be those that change."""
    exchange = reply("www.example.com. A", WWW)
    assert exchange.message is not None
    exchange.message.answer.append(dns.rrset.from_text("www.example.com.", 300, "CH", "TXT", "elsewhere"))
    exchange = with_message(exchange, exchange.message)
    edited = Edited(ZONE, [parsed(WWW[:-2] + "45")]).instead(exchange, ZONE)
    assert edited.message is not None
    assert [str(rdata) for rrset in edited.message.answer for rdata in rrset] == [
        "192.0.2.44", "192.0.2.45", '"elsewhere"',
    ]  # fmt: skip


def test_a_reply_that_has_no_room_for_a_record_stays_as_it_is() -> None:
    exchange = reply(
        "www.example.com. TXT", *(f'www.example.com. 300 IN TXT "{n:0>250}"' for n in range(240))
    )
    assert exchange.message is not None
    exchange = with_message(exchange, exchange.message)
    more = [parsed(f'www.example.com. 300 IN TXT "{n}{"x" * 250}"') for n in range(30)]
    assert Edited(ZONE, more).instead(exchange, ZONE) is exchange


@given(st.lists(st.sampled_from(["44", "45", "46"]), unique=True, min_size=1))
def test_what_is_added_and_removed_again_leaves_the_reply_as_it_was(last: list[str]) -> None:
    texts = [f"new.example.com. 300 IN A 192.0.2.{each}" for each in last]
    exchange = reply("new.example.com. A", rcode=3)
    assert sorted(after(exchange, add=texts)[1]) == sorted(f"192.0.2.{each}" for each in last)
    there = reply("new.example.com. A", *texts)
    assert after(there, remove=texts) == (Kind.NODATA, [])


@pytest.mark.parametrize(
    "text", ["example.com.", "example.com. 60 IN A no.address", "example.com. x IN A 192.0.2.1"]
)
def test_what_is_not_a_record_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parsed(text)


@given(st.sampled_from([*dns.rdatatype.RdataType][1:]), st.binary(max_size=60))
@example(dns.rdatatype.DS, b"\xff" * 4)
@example(dns.rdatatype.APL, b"")
@example(dns.rdatatype.GPOS, b"\x03200\x011\x011")
def test_any_record_is_read_as_it_was_written(rdtype: int, data: bytes) -> None:
    """In the text that a remedy has of it."""
    kind = dns.rdatatype.RdataType.make(rdtype)
    try:
        rdata = dns.rdata.from_wire(dns.rdataclass.IN, kind, data, 0, len(data))
    except Exception:  # it is kept as octets
        rdata = dns.rdata.GenericRdata(dns.rdataclass.IN, kind, data)
    text = f"a. 60 IN {dns.rdatatype.to_text(kind)} {in_master_file(rdata)}"
    assert parsed(text).rdata.to_digestable() == rdata.to_digestable()
