"""One of two servers answers oddly, in one kind of query: it is found, and a rule explains it.

The kinds of query, and of what is done to the replies to them, are combined. What only the control of such a
query shows as well is not of that kind of query: it is not looked at here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

from dnstrace import Settings, Trace, trace
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.message.reading import read_reply
from dnstrace.model import Exchange, Fault, Query, Transport
from tests.checks.checking import told

SERVER = ("192.0.2.53", "2001:db8:1::53")
"""The addresses of ns1.example.com in the world `in-domain`."""
Change = Callable[[dns.message.Message], object]


def _is_mixed(query: Query) -> bool:
    text = query.question.name.to_text()
    return text != text.lower()


def _has_option(query: Query) -> bool:
    return query.edns is not None and any(code > 60000 for code, _ in query.edns.options)


def _is_for(text: str) -> Callable[[Query], bool]:
    rdtype = dns.rdatatype.from_text(text)
    return lambda query: query.question.rdtype == rdtype


WHEN: dict[str, Callable[[Query], bool]] = {
    "over TCP": lambda query: query.transport is Transport.TCP,
    "in mixed case": _is_mixed,
    "with an unknown option": _has_option,
    "with EDNS": lambda query: query.edns is not None,
    "for www": lambda query: query.question.name.labels[0] == b"www",
    "for the apex": lambda query: query.question.name.labels[0] == b"example",
    **{
        f"for {text}": _is_for(text) for text in ("A", "SOA", "NS", "DNSKEY", "DS", "CAA", "CDS", "TYPE65280")
    },
}


def _fails(rcode: int) -> Change:
    def change(reply: dns.message.Message) -> None:
        reply.answer, reply.authority = [], []
        reply.set_rcode(dns.rcode.Rcode.make(rcode))

    return change


def _answers(name: str, rdtype: str, text: str) -> Change:
    """An answer in place of all others; an empty name is the one asked."""

    def change(reply: dns.message.Message) -> None:
        owner = name or reply.question[0].name
        data = text or reply.question[0].name.to_text()
        reply.answer, reply.authority = [dns.rrset.from_text(owner, 300, "IN", rdtype, data)], []
        reply.flags |= dns.flags.AA

    return change


def _refers(zone: str) -> Change:
    def change(reply: dns.message.Message) -> None:
        reply.answer, reply.flags = [], reply.flags & ~dns.flags.AA
        reply.authority = [dns.rrset.from_text(zone, 300, "IN", "NS", "ns1.example.org.")]

    return change


def _in_another_class(reply: dns.message.Message) -> None:
    reply.answer = [dns.rrset.from_text(reply.question[0].name, 300, "CH", "TXT", "text")]
    reply.authority = []


def _without_authority(reply: dns.message.Message) -> None:
    reply.flags &= ~dns.flags.AA


def _of_another_id(reply: dns.message.Message) -> None:
    reply.id ^= 1


CHANGES: dict[str, Change] = {
    "fails": _fails(dns.rcode.SERVFAIL),
    "refuses": _fails(dns.rcode.REFUSED),
    "sends YXDOMAIN": _fails(dns.rcode.YXDOMAIN),
    "sends NOTAUTH": _fails(dns.rcode.NOTAUTH),
    "is an alias of itself": _answers("", "CNAME", ""),
    "answers for another name": _answers("other.example.com.", "A", "192.0.2.66"),
    "answers of another type": _answers("", "LOC", "52 N 0 E 0m"),
    "answers in another class": _in_another_class,
    "refers to another zone": _refers("example.net."),
    "refers to itself": _refers("example.com."),
    "has no AA": _without_authority,
    "has another ID": _of_another_id,
}
CASES = tuple(product(WHEN, CHANGES))
SHARE = 28


class Odd(LabNetwork):
    """The lab, with one server whose replies to some queries are changed."""

    def __init__(self, when: Callable[[Query], bool], change: Change) -> None:
        super().__init__(load("in-domain"))
        self._when, self._change = when, change

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        found = await super().exchange(query, timeout)
        if (
            found.message is None
            or found.wire is None
            or query.address not in SERVER
            or not self._when(query)
        ):
            return found
        message = dns.message.from_wire(found.wire)
        self._change(message)
        if message.id != int.from_bytes(found.wire[:2]):
            return replace(found, message=None, wire=None, fault=Fault.MISMATCH)
        wire = message.to_wire()
        read = read_reply(wire)
        assert not isinstance(read, Fault)
        return replace(found, message=read, wire=wire)


def checked(when: str, change: str) -> Trace:
    world = load("in-domain")
    network = Odd(WHEN[when], CHANGES[change])
    settings = Settings(all_servers=True, probe=True)
    return trace(world.question.name, settings=settings, network=network, now=world.now, seed=1)


@pytest.mark.seeds(SHARE)
def test_an_odd_reply_of_one_server_is_found_and_explained(seed: int) -> None:
    for when, change in CASES[seed::SHARE]:
        found = checked(when, change).findings or ()
        assert found, f"{when} it {change}: nothing is found"
        assert "unexplained" not in {finding.code for finding in found}, f"{when} it {change}: {told(found)}"
        accused = {str(finding.server) for finding in found if finding.server is not None}
        assert accused <= {"ns1.example.com."}, f"{when} it {change}: {told(found)}"


def test_an_error_in_mixed_case_alone_is_not_chance() -> None:
    """Names are compared without regard to case, but a query in mixed case is another one."""
    found = checked("in mixed case", "fails").findings or ()
    assert [finding.code for finding in found] == ["case-sensitive"]


def test_an_error_that_every_type_of_a_name_gets_is_of_that_name() -> None:
    (finding,) = checked("for www", "sends NOTAUTH").findings or ()
    assert finding.code == "type-fails" and finding.is_error
    assert "answers NOTAUTH to queries for www.example.com A" in finding.message


def test_over_tcp_another_kind_of_answer_is_compared_with_that_over_udp() -> None:
    found = checked("over TCP", "has no AA").findings or ()
    assert [finding.code for finding in found] == ["no-tcp"]
    assert (
        "gives data without AA over TCP" in found[0].message and "but gives data over UDP" in found[0].message
    )
