"""Whatever octets a record has as its RDATA: every output shows the trace, and no record is lost."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import dns.message
import dns.rdatatype
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dnstrace import Settings, Trace, trace
from dnstrace.api import report
from dnstrace.dnssec.anchors import root_anchors
from dnstrace.message.meaning import classify
from dnstrace.message.reading import read_reply
from dnstrace.model import Exchange, Meaning, Query, Question
from dnstrace.model.asked import Resolver
from dnstrace.model.mnemonics import MNEMONICS
from dnstrace.render.capture import capture
from dnstrace.render.document import to_json
from dnstrace.render.html_page import html_page
from dnstrace.render.pictures import dot, mermaid
from dnstrace.render.short import short
from dnstrace.render.tree import tree
from tests.render.looks import look
from tests.replies import name
from tests.scripted import Scripted, roots

META = {0, 41, 128, 249, 250, 251, 252, 253, 254, 255}
TYPES = sorted({*map(int, dns.rdatatype.RdataType), *MNEMONICS.values(), 65280} - META)
ZONE, WWW, NS1 = name("example.com."), name("www.example.com."), name("ns1.example.com.")
PARENT, CHILD, RESOLVER = "192.0.2.1", "192.0.2.53", "192.0.2.99"
Record = tuple[dns.name.Name, int, bytes]

# Without these there is no walk: a reply in which one of them is malformed is of no use to resolvers either.
WALKED = {1, 2, 5, 6, 28, 39}


def to(label: str) -> bytes:
    """The octets of a name in the zone."""
    return (name(f"{label}.example.com.").to_wire()) or b""


SOA = to("ns1") + to("host") + struct.pack("!IIIII", 1, 7200, 900, 1209600, 300)
GLUE: list[Record] = [(NS1, 1, bytes((192, 0, 2, each))) for each in (53, 54)]
CHAIN: list[Record] = [
    (WWW, 5, to("web")),
    (name("web.example.com."), 5, to("old.dir")),
    (name("dir.example.com."), 39, to("new")),
    (name("old.dir.example.com."), 5, to("old.new")),
    (name("old.new.example.com."), 1, bytes((192, 0, 2, 1))),
    (name("old.new.example.com."), 1, bytes((192, 0, 2, 2))),
]
REPLIES: tuple[tuple[list[Record], ...], ...] = (
    (CHAIN, [(ZONE, 2, to("ns1")), (ZONE, 2, to("ns2"))], GLUE),
    (CHAIN[:3], [(ZONE, 6, SOA)], []),
    ([(WWW, 1, bytes(4)), (WWW, 5, to("web")), (WWW, 16, b"\1a"), (WWW, 29, b"\1")], [], []),
    ([], [(WWW, 2, to("ns1")), (WWW, 2, to("ns2")), (WWW, 43, bytes(36)), (WWW, 43, bytes(4))], GLUE),
    ([], [(ZONE, 6, SOA), (ZONE, 47, to("a") + b"\0\1\x40")], GLUE),
    ([(WWW, 28, bytes(16)), (name("other.example.com."), 1, bytes(4))], [], GLUE),
)
some_type = st.sampled_from(TYPES)
octets = st.binary(max_size=24) | st.builds(
    lambda head, tail: bytes(head) + tail,
    st.lists(st.sampled_from((0, 1, 2, 3, 4, 5, 8, 13, 16, 32, 255)), max_size=12),
    st.binary(max_size=40),
)


def wire(question: Question, flags: int, *sections: Sequence[Record]) -> bytes:
    """A reply, its records as they are given: no name is compressed."""
    counts = [len(section) for section in sections] + [0] * (3 - len(sections))
    head = struct.pack("!HHHHHH", 7, flags, 1, *counts)
    asked = (question.name.to_wire() or b"") + struct.pack("!HH", question.rdtype, 1)
    records = (
        (owner.to_wire() or b"") + struct.pack("!HHIH", rdtype, 1, 300, len(rdata)) + rdata
        for section in sections
        for owner, rdtype, rdata in section
    )
    return head + asked + b"".join(records)


def exchange(question: Question, octets: bytes) -> Exchange:
    read = read_reply(octets)
    assert isinstance(read, dns.message.Message)
    return Exchange(Query(question, PARENT), 0.0, 0.0, octets, read)


def walked(rdtype: int, rdatas: Sequence[bytes]) -> Trace:
    """A trace with `--check --dnssec` among servers that add these records to everything they send."""
    ns, glue = (ZONE, 2, NS1.to_wire() or b""), (NS1, 1, bytes((192, 0, 2, 53)))

    def odd(*owners: dns.name.Name) -> list[Record]:
        return [(owner, rdtype, rdata) for owner in owners for rdata in rdatas]

    def parent(question: Question) -> Exchange:
        return exchange(question, wire(question, 0x8000, [], [ns, *odd(ZONE)], [glue, *odd(NS1)]))

    def child(question: Question) -> Exchange:
        return exchange(question, wire(question, 0x8400, odd(question.name), odd(ZONE), odd(NS1)))

    def resolver(question: Question) -> Exchange:
        other = (question.name, rdtype, b"\1" + rdatas[0])  # so that they differ
        return exchange(question, wire(question, 0x8180, [other, *odd(question.name)[1:]]))

    asked = dns.rdatatype.RdataType.make(rdtype)
    return trace(
        WWW,
        asked,
        settings=Settings(all_servers=True, probe=True),
        network=Scripted({PARENT: parent, CHILD: child, RESOLVER: resolver}),
        roots=roots(PARENT),
        anchors=root_anchors(),
        resolvers=[Resolver(RESOLVER)],
        at=1768485600.0,
        seed=1,
    )


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(some_type, st.lists(octets, min_size=1, max_size=3, unique=True))
@example(19, [b"\x03311"])  # X25: an address that is none
@example(20, [b"\x03150"])
def test_every_output_shows_a_trace_with_any_record(rdtype: int, rdatas: list[bytes]) -> None:
    found = walked(rdtype, rdatas)
    shown = report(found)
    for rendered in (
        look(tree(shown, verbose=True, explain=True)),
        to_json(shown, verbose=True, explain=True),
        html_page(shown),
        mermaid(shown),
        dot(shown),
    ):
        assert "\x1b" not in rendered
    assert capture(shown)
    if rdtype not in WALKED:
        assert len(short(shown).splitlines()) == len({_canonical(found.question, rdata) for rdata in rdatas})


@given(st.sampled_from(sorted({*TYPES} - WALKED)), st.lists(octets, min_size=1, max_size=3))
def test_no_record_of_the_type_asked_is_lost(rdtype: int, rdatas: list[bytes]) -> None:
    question = Question(WWW, dns.rdatatype.RdataType.make(rdtype))
    records: list[Record] = [(WWW, rdtype, rdata) for rdata in rdatas]
    meaning = classify(exchange(question, wire(question, 0x8400, records)), ZONE)
    kept = [rdata for rrset in meaning.answer for rdata in rrset]
    assert {rdata.to_wire() for rdata in kept} <= {*rdatas}
    assert {rdata.to_digestable() for rdata in kept} == {_canonical(question, rdata) for rdata in rdatas}


def _canonical(question: Question, octets: bytes) -> bytes:
    """The octets of a record alone in a reply: only the case of names in them may differ."""
    read = read_reply(wire(question, 0x8400, [(WWW, question.rdtype, octets)]))
    assert isinstance(read, dns.message.Message)
    ((rdata,),) = read.answer
    assert (rdata.to_wire() or b"").lower() == octets.lower()
    return bytes(rdata.to_digestable())


@given(st.data())
def test_the_order_of_records_does_not_change_what_a_reply_means(data: st.DataObject) -> None:
    question = Question(WWW, dns.rdatatype.A)
    sections = (data.draw(st.permutations(records)) for records in data.draw(st.sampled_from(REPLIES)))
    authentic = data.draw(st.sampled_from((0x8400, 0x8000)))
    sections_as_drawn = [list(section) for section in sections]
    found = classify(exchange(question, wire(question, authentic, *sections_as_drawn)), ZONE)
    again = classify(
        exchange(question, wire(question, authentic, *(sorted(section) for section in sections_as_drawn))),
        ZONE,
    )
    assert _meaning(found) == _meaning(again)


def _meaning(meaning: Meaning) -> object:
    """What a reply means, without the order of names and records."""
    cut, child = meaning.delegation, meaning.child
    return (
        (meaning.kind, meaning.authoritative, meaning.target, meaning.soa, meaning.zone, meaning.note),
        {(rrset.name, rrset.rdtype, rrset.covers, frozenset(rrset)) for rrset in meaning.answer},
        [
            each
            and (
                each.zone,
                each.ds,
                {(server.name, frozenset(server.addresses)) for server in each.servers},
            )
            for each in (cut, child)
        ],
    )
