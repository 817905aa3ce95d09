"""One order of servers and their addresses."""

from __future__ import annotations

from dnstrace.analysis.ordering import arranged, in_one_order, place
from dnstrace.message.meaning import classify
from dnstrace.model import Address, Delegation, NameServer, Source
from tests.replies import name, reply

ZONE = name("example.com.")
REFERRAL = reply("www.example.com. A", authority=("www.example.com. 300 NS b.www.example.com. | a.other.",))


def test_ipv4_comes_first_of_one_server() -> None:
    assert place(name("a."), "192.0.2.1") < place(name("a."), "2001:db8::1") < place(name("b."), "192.0.2.1")


def test_servers_and_their_addresses_are_named_in_one_order() -> None:
    addresses = tuple(Address(text, Source.GLUE) for text in ("2001:db8::1", "192.0.2.2", "192.0.2.1"))
    cut = arranged(Delegation(ZONE, (NameServer(name("b.")), NameServer(name("a."), addresses))))
    assert [str(server.name) for server in cut.servers] == ["a.", "b."]
    assert [address.text for address in cut.servers[0].addresses] == ["192.0.2.1", "192.0.2.2", "2001:db8::1"]
    delegation = in_one_order(classify(REFERRAL, ZONE)).delegation
    assert delegation is not None
    assert [str(server.name) for server in delegation.servers] == ["b.www.example.com.", "a.other."]
