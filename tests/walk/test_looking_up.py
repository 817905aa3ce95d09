"""Looking up name servers: by a walk, and of the parent's servers when nothing else is left."""

from __future__ import annotations

from collections import Counter

import dns.rdatatype
import pytest

from dnstrace import Settings, Trace, trace
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Address, Exchange, Fault, Purpose, Question, Source
from dnstrace.model.limits import Limits
from tests.replies import name, reply
from tests.scripted import Scripted, Server, answers, fails, refers, roots

ROOT, COM, SERVER = "10.0.0.1", "10.0.1.1", "10.0.2.1"
HEDGED, SURVEY = Settings(), Settings(all_servers=True)


def on_request(**given: str) -> Server:
    """A server of com. that refers to z.com., with glue only for the name asked: by label of the server."""
    servers = " | ".join(f"{label}.z.com." for label in given)

    def serve(question: Question) -> Exchange:
        label = question.name.labels[0].decode()
        address = given.get(label, "")
        rdtype = "AAAA" if ":" in address else "A"
        glue = (f"{label}.z.com. 300 {rdtype} {address}",) if address else ()
        return reply(str(question), authority=(f"z.com. 300 NS {servers}",), additional=glue)

    return serve


def walked(com: Server, settings: Settings = HEDGED, **how: object) -> tuple[Trace, Scripted]:
    network = Scripted({ROOT: refers("com.", ns=COM), COM: com, SERVER: answers(), "2001:4860::1": answers()})
    found = trace(
        "www.z.com.", network=network, roots=roots(ROOT), seed=1, settings=settings, **how  # type: ignore[arg-type]
    )  # fmt: skip
    return found, network


@pytest.mark.parametrize("settings", [HEDGED, SURVEY])
def test_the_parents_servers_are_asked_for_the_address_itself(settings: Settings) -> None:
    found, _ = walked(on_request(ns1=SERVER), settings)
    assert found.outcome == "answer"
    asked = [step for step in found.steps if step.purpose is Purpose.NS_ADDRESS and step.attempts]
    assert {(str(step.question.name), str(step.zone)) for step in asked} == {("ns1.z.com.", "com.")}
    (server,) = found.steps[2].servers
    assert server.addresses == (Address(SERVER, Source.RESOLVED),)


def test_the_other_family_is_asked_for_if_the_first_gave_none() -> None:
    found, network = walked(lambda question: _only_for(question, dns.rdatatype.AAAA))
    assert found.outcome == "answer"
    asked = [query.question.rdtype for query in network.asked if query.address == COM]
    assert asked == [dns.rdatatype.A, dns.rdatatype.A, dns.rdatatype.AAAA]


def _only_for(question: Question, rdtype: int) -> Exchange | Fault | None:
    given = "2001:4860::1" if question.rdtype == rdtype else ""
    return on_request(ns1=given)(question)


def test_it_is_the_last_resort() -> None:
    """A name server elsewhere serves the zone: nobody asks com. for the one inside."""

    def com(question: Question) -> Exchange | Fault | None:
        if question.name == name("ns.com."):
            return answers(SERVER)(question)
        return refers("z.com.", ns1="", ns__com="")(question)

    found, network = walked(com)
    assert found.outcome == "answer"
    asked = [query.question.name for query in network.asked if query.address == COM]
    assert name("ns1.z.com.") not in asked


def test_each_name_is_asked_for_once_and_no_more_than_a_delegation_allows() -> None:
    com = on_request(**{f"ns{number}": "" for number in range(30)})
    found, network = walked(com)
    asked = Counter(query.question for query in network.asked if query.address == COM)
    assert found.outcome == "failed" and set(asked.values()) == {1}
    names = {question.name for question in asked} - {name("www.z.com.")}
    assert len(names) == Limits().lookups_per_delegation


def test_the_budget_of_look_ups_holds() -> None:
    com = on_request(**{f"ns{number}": "" for number in range(8)})
    found, _ = walked(com, limits=Limits(lookups=10))
    assert found.error == "the limit of 10 name server look-ups is reached"


def test_a_reply_to_the_very_question_is_not_asked_for_again() -> None:
    """Whoever asks for the name server's own address has the parent's reply to that already."""
    network = Scripted({ROOT: refers("com.", ns=COM), COM: on_request(ns1="")})
    trace("ns1.z.com.", network=network, roots=roots(ROOT), seed=1)
    asked = Counter(query.question for query in network.asked if query.address == COM)
    assert set(asked.values()) == {1}


@pytest.mark.parametrize("settings", [HEDGED, SURVEY])
def test_what_the_parent_gives_is_no_better_if_it_does_not_serve(settings: Settings) -> None:
    network = Scripted({ROOT: refers("com.", ns=COM), COM: on_request(ns1=SERVER), SERVER: fails(5)})
    found = trace("www.z.com.", network=network, roots=roots(ROOT), seed=1, settings=settings)
    assert found.error == "no name server of z.com gave a usable answer: 1 refused"
    assert sum(query.address == SERVER for query in network.asked) == 1  # its address came twice, in a survey


def test_a_special_address_from_the_parent_is_not_asked() -> None:
    _, network = walked(on_request(ns1="127.0.0.1"))
    assert "127.0.0.1" not in {query.address for query in network.asked}


def test_zones_that_need_each_other_are_named() -> None:
    world = load("address-cycle")
    found = trace(world.question.name, "A", network=LabNetwork(world), seed=1)
    needs = "ns1.example.com needs ns1.example.net, which needs ns1.example.com"
    assert found.error == f"addresses of name servers depend on each other: {needs}"
