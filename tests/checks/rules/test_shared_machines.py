"""Unlike machines behind one address."""

from __future__ import annotations

from random import Random

import dns.message
import dns.rdatatype
import pytest

from dnstrace.checks import Level
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.reaction import MISBEHAVIOURS, Asked, Reaction, Responder, said
from dnstrace.lab.world import load
from dnstrace.model import Query, Trace, Transport
from tests.checks.checking import checked, made_of, told
from tests.checks.documented import assert_fires
from tests.troubled import Changing, traced_over

CODE = "machines-differ"
OLD = "alternates=2025010101"


def alternating(*does: str, question: str = "www.example.com. A", seed: int = 1) -> Trace:
    world = made_of("in-domain", question=question, servers={"ns1.example.com.": {"does": [*does]}})
    return checked(world, seed)


def test_the_rule_fires_where_it_should_and_only_there() -> None:
    assert_fires(CODE, CODE, "soa-stale")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_address_that_alternates_is_named_whatever_the_seed(seed: int) -> None:
    found = alternating(OLD, seed=seed)
    assert told(found.findings or ()) == [f"{CODE} example.com. ns1.example.com."]
    (each,) = found.findings or ()
    assert each.message == (
        "ns1.example.com gives serials 2025010101 and 2026011501 of example.com in turn at 192.0.2.53 and"
        " 2001:db8:1::53: the machines behind one address have different versions"
    )
    assert each.level is Level.NOTICE  # it may last for some seconds only


def test_what_one_of_the_machines_lacks_is_because_of_that() -> None:
    """No name server is said to know names in lower case only, or to have an old version."""
    found = alternating(f"{OLD} www.example.com.").findings or ()
    (cause,) = (each for each in found if each.code == CODE)
    assert cause.level is Level.WARNING
    others = {each.code for each in found} - {CODE}
    assert others <= {*cause.explains} and "case-sensitive" not in others
    assert {each.cure for each in found} == {cause.cure}


@pytest.mark.parametrize("question", ["example.com. SOA", "none.example.com. A", "example.com. NS"])
def test_it_is_found_with_any_question(question: str) -> None:
    assert f"{CODE} example.com. ns1.example.com." in told(alternating(OLD, question=question).findings or ())


@pytest.mark.seeds(6)
@pytest.mark.parametrize("machines", [2, 3])
def test_one_machine_of_a_pool_that_is_behind_is_found_by_chance_replies_too(
    machines: int, seed: int
) -> None:
    """Each query reaches any of the machines: one of them has an old copy, which lacks the name asked."""
    world, random = load("in-domain"), Random(seed)
    text = """@ 900 SOA ns1 hostmaster 2025010101 7200 900 1209600 300
@ NS ns1
@ NS ns2
ns1 A 192.0.2.53
ns1 AAAA 2001:db8:1::53
ns2 A 198.51.100.53
ns2 AAAA 2001:db8:2::53
"""
    old = LabNetwork(made_of("in-domain", zones={"example.com.": {"text": text}}), signed=True)

    def is_old(query: Query, now: float) -> bool:
        return query.address == "192.0.2.53" and random.random() < 1 / machines

    found = traced_over(world, lambda network: Changing(network, old, is_old)).findings or ()
    (cause,) = (each for each in found if each.code == CODE)
    assert {each.code for each in found} <= {CODE, *cause.explains}
    assert {each.cure for each in found} == {cause.cure}


_OTHER = "example.com. 900 IN SOA ns1.example.com. hostmaster.example.com. {} 7200 900 1209600 300"


def _answers_by(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Over TCP, or to every other query, another machine answers, which has this serial."""
    over, serial = parameter.split()
    reaction, question = otherwise(asked), asked.query.question[0]
    here = asked.transport is Transport.TCP if over == "tcp" else asked.earlier % 2
    if not here or question.rdtype != dns.rdatatype.SOA or not reaction.replies:
        return reaction
    reply = dns.message.from_wire(reaction.replies[0])
    text = f"id 1\nflags QR AA\n;QUESTION\n{question}\n;ANSWER\n{_OTHER.format(serial)}\n"
    reply.answer = dns.message.from_text(text).answer
    return said(reply)


@pytest.mark.parametrize(("over", "serial", "number"), [("tcp", 2026011400, 1), ("tcp", 2026011501, 0)])
def test_an_older_version_over_tcp_is_from_another_machine(
    monkeypatch: pytest.MonkeyPatch, over: str, serial: int, number: int
) -> None:
    monkeypatch.setitem(MISBEHAVIOURS, "another-machine", _answers_by)
    servers = {"ns2.example.com.": {"does": [f"another-machine={over} {serial}"]}}
    found = checked(made_of("in-domain", servers=servers)).findings or ()
    assert [each.code for each in found] == ["machines-differ"] * number
    for each in found:
        assert each.level is Level.NOTICE and str(each.server) == "ns2.example.com."
        assert f"serials {serial} and 2026011501" in each.message
