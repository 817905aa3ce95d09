"""A server of the lab as a resolver: what it has in its cache, and what it says of it."""

from __future__ import annotations

import dns.edns
import dns.flags
import dns.message
import dns.rdatatype

from dnstrace.analysis.resolvers import heard
from dnstrace.lab.network import LabNetwork
from dnstrace.model import Query, Question
from tests.lab.made import misbehaving
from tests.replies import name

QUERY = Query(Question(name("www.example."), dns.rdatatype.A), "192.0.2.1", recursion_desired=True)


def replied(*does: str) -> dns.message.Message:
    network = LabNetwork(misbehaving(*does))
    message = network.run(network.exchange(QUERY, 5.0)).message
    assert message is not None
    return message


def test_a_resolver_offers_recursion_and_claims_no_authority() -> None:
    assert dns.flags.to_text(replied("resolver").flags) == "QR RD RA"
    assert dns.flags.to_text(replied("resolver=validates").flags) == "QR RD RA AD"


def test_it_explains_itself_in_an_extended_error() -> None:
    (option,) = replied("explains=15 on a list").options
    assert isinstance(option, dns.edns.EDEOption)
    assert (option.code, option.text) == (15, "on a list")
    (option,) = replied("explains=15", "blocks").options
    assert isinstance(option, dns.edns.EDEOption)
    assert option.text is None


def test_it_blocks_with_nothing_or_with_an_address() -> None:
    assert (replied("blocks").rcode(), replied("blocks").authority) == (3, [])
    network = LabNetwork(misbehaving("resolver", "blocks=0.0.0.0"))
    (rrset,) = heard(network.run(network.exchange(QUERY, 5.0))).answer
    assert rrset.to_text() == "www.example. 60 IN A 0.0.0.0"
