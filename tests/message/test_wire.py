"""Octets of queries and replies."""

from __future__ import annotations

import struct
from dataclasses import replace

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.analysis.stats import query_size
from dnstrace.message.reading import flaw, read_reply
from dnstrace.message.wire import belongs, query_wire
from dnstrace.model import Edns, Fault, Query, Question
from tests.replies import name

QUESTION = Question(name("www.example.com."), dns.rdatatype.A)
QUERY = Query(QUESTION, "192.0.2.1")


def answer_to(wire: bytes) -> bytes:
    return dns.message.make_response(dns.message.from_wire(wire)).to_wire()


def test_a_query_has_do_and_edns_1232_and_no_rd() -> None:
    message = dns.message.from_wire(query_wire(QUERY, 7))
    assert (message.id, message.flags, message.payload) == (7, 0, 1232)
    assert message.ednsflags & dns.flags.DO


@pytest.mark.parametrize(
    "query",
    [QUERY, replace(QUERY, edns=None), replace(QUERY, edns=Edns(512, False, ((3, b""), (10, b"12345678"))))],
)
def test_the_size_of_a_query_is_known_without_building_it(query: Query) -> None:
    assert query_size(query) == len(query_wire(query, 1))


LABELS = st.lists(st.binary(min_size=1, max_size=20), max_size=5)
OPTIONS = st.lists(st.tuples(st.integers(0, 65535), st.binary(max_size=30)), max_size=3).map(tuple)
EDNS = st.none() | st.builds(Edns, st.integers(0, 65535), st.booleans(), OPTIONS, st.integers(0, 255))


@given(LABELS, st.integers(0, 65535), EDNS, st.booleans(), st.booleans())
def test_a_query_is_what_dnspython_makes_of_it(
    labels: list[bytes], rdtype: int, edns: Edns | None, recursion: bool, checking: bool
) -> None:
    owner = dns.name.Name([*labels, b""])
    question = Question(owner, dns.rdatatype.RdataType.make(rdtype))
    made = dns.message.make_query(owner, question.rdtype, id=7, use_edns=False)
    made.flags = dns.flags.Flag((dns.flags.RD if recursion else 0) | (dns.flags.CD if checking else 0))
    if edns is not None:
        options: list[dns.edns.Option] = [
            dns.edns.GenericOption(dns.edns.OptionType.make(code), data) for code, data in edns.options
        ]
        made.use_edns(edns.version, dns.flags.DO if edns.dnssec_ok else 0, edns.payload, options=options)
    query = Query(question, "192.0.2.1", edns=edns, recursion_desired=recursion, checking_disabled=checking)
    assert query_wire(query, 7) == made.to_wire()


def test_a_reply_belongs_by_id_question_and_qr() -> None:
    wire = query_wire(QUERY, 7)
    reply = answer_to(wire)
    assert belongs(reply, QUESTION, 7)
    assert not belongs(reply, QUESTION, 8)
    assert not belongs(wire, QUESTION, 7)  # our own query, reflected
    assert not belongs(reply, Question(name("www.example.net."), dns.rdatatype.A), 7)
    assert not belongs(reply, Question(name("www.example.com."), dns.rdatatype.AAAA), 7)
    shouted = replace(QUERY, question=Question(name("WWW.example.COM."), dns.rdatatype.A))
    assert belongs(answer_to(query_wire(shouted, 7)), QUESTION, 7)


def test_an_error_without_its_question_belongs() -> None:
    assert belongs(struct.pack("!HHHHHH", 7, 0x8001, 0, 0, 0, 0), QUESTION, 7)
    assert not belongs(struct.pack("!HHHHHH", 7, 0x8000, 0, 0, 0, 0), QUESTION, 7)


def test_a_truncated_reply_without_its_question_belongs() -> None:
    """NSD sends these octets in reply to ANY over UDP (`refuse-any: yes`), and answers over TCP."""
    received = bytes.fromhex("0007 8200 0000 0000 0000 0001 00 0029 04d0 00008000 0000")
    assert belongs(received, QUESTION, 7)
    assert not belongs(received, QUESTION, 8)


@given(st.binary(max_size=300))
def test_reading_never_raises(octets: bytes) -> None:
    belongs(octets, QUESTION, 7)
    assert read_reply(octets) is Fault.MALFORMED or isinstance(read_reply(octets), dns.message.Message)


@given(st.data())
def test_reading_a_damaged_reply_never_raises(data: st.DataObject) -> None:
    octets = bytearray(answer_to(query_wire(QUERY, 7)))
    for _ in range(data.draw(st.integers(1, 8))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    belongs(bytes(octets), QUESTION, 7)
    read_reply(bytes(octets))


def reply_with(rdtype: int, rdata: bytes, *, counted: int = 1) -> bytes:
    """A reply whose additional section holds one record at the root."""
    head = struct.pack("!HHHHHH", 7, 0x8400, 0, 0, 0, counted)
    return head + b"\0" + struct.pack("!HHIH", rdtype, 1232 if rdtype == 41 else 1, 0, len(rdata)) + rdata


def test_rdata_that_does_not_fit_its_type_is_kept_as_octets() -> None:
    message = read_reply(reply_with(1, b"\x7f"))
    assert isinstance(message, dns.message.Message)
    ((rdata,),) = message.additional
    assert rdata.to_text() == r"\# 1 7f" and flaw(rdata)


def test_a_record_that_is_cut_off_makes_the_message_malformed() -> None:
    assert read_reply(reply_with(1, b"\x7f\0\0\1")[:-1]) is Fault.MALFORMED
    assert read_reply(reply_with(1, b"\x7f\0\0\1", counted=2)) is Fault.MALFORMED


def test_an_edns_option_that_is_wrong_is_kept_and_the_others_with_it() -> None:
    broken_ede = struct.pack("!HH", 15, 4) + b"\0\1\xff\xfe"  # its text is no UTF-8
    nsid = struct.pack("!HH", 3, 2) + b"ns"
    message = read_reply(reply_with(41, broken_ede + nsid))
    assert isinstance(message, dns.message.Message) and message.edns == 0 and message.payload == 1232
    assert [int(option.otype) for option in message.options] == [15, 3]


def test_a_reply_that_is_cut_off_and_says_so_can_be_asked_for_over_tcp() -> None:
    truncated = bytearray(reply_with(1, b"\x7f\0\0\1")[:-2])
    truncated[2] |= 0x02
    message = read_reply(bytes(truncated))
    assert isinstance(message, dns.message.Message) and message.flags & dns.flags.TC


def test_of_a_type_that_is_to_have_one_record_all_are_kept_in_their_order() -> None:
    reply = dns.message.make_response(dns.message.make_query("www.example.com.", "A"))
    for rdtype, section in (("CNAME", reply.answer), ("SOA", reply.authority)):
        for text in ("b.example.", "a.example.", "b.example."):
            rdata = text if rdtype == "CNAME" else f"{text} {text} 1 1 1 1 1"
            section.append(dns.rrset.from_text("www.example.com.", 300, "IN", rdtype, rdata))
    reply.answer.append(dns.rrset.from_text("a.example.", 60, "IN", "A", "192.0.2.1", "192.0.2.2"))
    read = read_reply(reply.to_wire())
    assert isinstance(read, dns.message.Message)
    alias, addresses = read.answer
    assert [str(each.target) for each in alias] == ["b.example.", "a.example."]
    assert {each.address for each in addresses} == {"192.0.2.1", "192.0.2.2"}
    assert [str(each.mname) for each in read.authority[0]] == ["b.example.", "a.example."]
    assert (alias.ttl, addresses.ttl) == (300, 60)
