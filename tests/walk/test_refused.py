"""Addresses that no query may go to: what is said of them, and what is done instead."""

from __future__ import annotations

from typing import Any

import dns.rdatatype
import pytest

from dnstrace import Settings, Trace, trace
from dnstrace.model import Exchange, Question
from tests.replies import name, reply
from tests.scripted import Scripted, answers, refers, roots

ROOT = "10.0.0.1"


def walked(servers: dict[str, Any], **how: Any) -> Trace:
    how = {"roots": roots(ROOT), "seed": 1, **how}
    return trace("www.example.com.", network=Scripted(servers), **how)


REFUSED = "special addresses are never asked: "
LOOPBACK = "127.0.0.1 (loopback, RFC 1122)"


def test_an_address_that_is_refused_is_said_to_be_there() -> None:
    within = walked({ROOT: refers("com.", ns="127.0.0.1"), "127.0.0.1": answers()})
    assert within.error == f"{REFUSED}ns.com is at {LOOPBACK}"
    two = walked({ROOT: refers("com.", a="127.0.0.1", b="224.0.0.1")}).error
    assert f"a.com is at {LOOPBACK}" in two and "glue" not in two
    every = walked({ROOT: refers("com.", ns="127.0.0.1")}, settings=Settings(all_servers=True))
    assert every.error == within.error


@pytest.mark.parametrize("every", [False, True])
def test_an_address_that_was_looked_up_and_is_refused_is_said_to_be_there(every: bool) -> None:
    outside = {
        ROOT: lambda question: (
            refers("net.", a="10.0.2.1")(question)
            if question.name.is_subdomain(name("net."))
            else refers("com.", ns__net="")(question)
        ),
        "10.0.2.1": answers("127.0.0.1"),
    }
    found = walked(outside, settings=Settings(all_servers=every))
    assert found.error == f"{REFUSED}ns.net is at {LOOPBACK}"


def test_the_other_family_is_looked_up_where_one_has_only_addresses_that_are_refused() -> None:
    def addressed(question: Question) -> Exchange:
        rdata = "A 127.0.0.1" if question.rdtype == dns.rdatatype.A else "AAAA 2001:db8::53"
        return reply(str(question), flags="QR AA", answer=(f"{question.name} 300 {rdata}",))

    servers: dict[str, Any] = {
        ROOT: lambda question: (
            refers("net.", a="10.0.2.1")(question)
            if question.name.is_subdomain(name("net."))
            else refers("com.", ns__net="")(question)
        ),
        "10.0.2.1": addressed,
        "2001:db8::53": answers(),
    }
    assert walked(servers).outcome == "answer"


SPECIAL = ["127.0.0.1", "169.254.1.1", "224.0.0.1", "0.0.0.0"]


@pytest.mark.parametrize("address", SPECIAL)
def test_a_server_given_by_name_is_not_asked_at_a_special_address(address: str) -> None:
    network = Scripted({ROOT: answers(address), address: answers()})
    found = trace("www.example.com.", network=network, roots=roots(ROOT), server=name("ns.example."), seed=1)
    assert found.outcome == "failed" and found.error.startswith(f"{REFUSED}ns.example is at {address}")
    assert {query.address for query in network.asked} == {ROOT}


def test_a_server_given_by_name_whose_glue_is_special_is_said_to_be_there() -> None:
    glue = refers("example.com.", ns1="127.0.0.1", ns2="127.0.0.2")
    network = Scripted({ROOT: glue, "127.0.0.1": answers()})
    found = trace(
        "www.example.com.", network=network, roots=roots(ROOT), server=name("ns1.example.com."), seed=1
    )
    assert "ns1.example.com is at 127.0.0.1 (loopback, RFC 1122)" in found.error
    assert {query.address for query in network.asked} == {ROOT}


@pytest.mark.parametrize("address", SPECIAL)
def test_a_special_address_is_asked_where_it_was_typed(address: str) -> None:
    found = walked({address: answers()}, roots=None, server=address)
    assert found.outcome == "answer"
