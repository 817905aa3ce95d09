"""DS is the parent's: what servers of a zone above the parent say from the child's side does not count."""

from __future__ import annotations

from typing import Any

import dns.rdatatype
import pytest

from dnstrace import Settings, Trace, trace
from dnstrace.api import report
from dnstrace.model import Exchange, Kind, Outcome, Question
from dnstrace.render.tree import tree
from tests.render.looks import look
from tests.replies import name, reply
from tests.scripted import Scripted, Server, refers, roots

ROOTS = ("10.0.0.1", "10.0.0.2", "10.0.0.3")
CHILD = "root-servers.net."
SOA = "a. b. 1 7200 900 1209600 300"
DS = "12345 13 2 " + "ab" * 32

AT_CHILD: dict[str, dict[str, Any]] = {
    "no data": {"authority": (f"{CHILD} 300 SOA {SOA}",)},
    "an alias": {"answer": (f"{CHILD} 300 CNAME elsewhere.test.",)},
    "a DS record": {"answer": (f"{CHILD} 300 DS 1 13 2 {'cd' * 32}",)},
    "a DS record of its own zone": {
        "answer": (f"{CHILD} 300 DS 1 13 2 {'cd' * 32}",),
        "authority": (f"{CHILD} 300 NS a.{CHILD}",),
    },
}


def at_root(child: dict[str, Any]) -> Server:
    """A server of the root that serves the child too, and answers DS from there."""

    def serve(question: Question) -> object:
        if question == Question(name(CHILD), dns.rdatatype.DS):
            return reply(str(question), flags="QR AA", **child)
        return refers("net.", a="10.0.1.1")(question)

    return serve  # type: ignore[return-value]


def at_net(question: Question) -> Exchange:
    if question.rdtype == dns.rdatatype.DS:
        return reply(str(question), flags="QR AA", answer=(f"{question.name} 300 DS {DS}",))
    return reply(str(question), flags="QR AA", authority=(f"net. 300 SOA {SOA}",))


def walked(child: dict[str, Any], settings: Settings = Settings(), net: Server = at_net) -> Trace:  # noqa: B008
    network = Scripted(dict.fromkeys(ROOTS, at_root(child)) | {"10.0.1.1": net})
    return trace(CHILD, "DS", network=network, roots=roots(*ROOTS), seed=1, settings=settings)


@pytest.mark.parametrize("settings", [Settings(), Settings(all_servers=True), Settings(qmin=True)])
@pytest.mark.parametrize("child", AT_CHILD.values(), ids=AT_CHILD)
def test_the_walk_goes_on_to_the_parents_servers(child: dict[str, Any], settings: Settings) -> None:
    found = walked(child, settings)
    assert found.outcome == "answer" and [rdata.to_text() for rdata in found.answer[0]] == [DS]
    last = [step for step in found.steps if step.main][-1]
    assert last.zone == name("net.") and not any(a.meaning.kind is Kind.LAME for a in last.attempts)
    assert "net." in look(tree(report(found)), 80)


def test_it_costs_one_query_for_the_referral() -> None:
    assert walked(AT_CHILD["no data"]).stats.queries == 3


def test_the_servers_above_are_not_lame() -> None:
    found = walked(AT_CHILD["no data"], Settings(all_servers=True))
    first = [attempt.meaning for attempt in found.steps[0].attempts]
    assert {(each.kind, each.zone) for each in first} == {(Kind.NODATA, name(CHILD))}


def test_where_there_is_no_zone_in_between_the_answer_stands() -> None:
    def only_root(question: Question) -> Exchange:
        if question.rdtype == dns.rdatatype.DS:
            return reply(str(question), flags="QR AA", authority=(f"{CHILD} 300 SOA {SOA}",))
        return reply(str(question), flags="QR AA", authority=(f". 300 SOA {SOA}",))

    network = Scripted(dict.fromkeys(ROOTS, only_root))
    found = trace(CHILD, "DS", network=network, roots=roots(*ROOTS), seed=1)
    assert found.outcome is Outcome.NODATA and found.stats.queries == 2
    assert [step.question.rdtype for step in found.steps if step.main] == [dns.rdatatype.DS]


def test_what_is_from_above_the_cut_is_final() -> None:
    """The SOA record shows that the root's own servers deny it: nobody else needs to be asked."""
    found = walked({"authority": (f". 300 SOA {SOA}",)})
    assert found.outcome is Outcome.NODATA and found.stats.queries == 1


def test_the_parents_own_servers_are_lame_if_they_answer_from_below() -> None:
    def lame(question: Question) -> Exchange:
        return reply(str(question), flags="QR AA", authority=(f"{CHILD} 300 SOA {SOA}",))

    found = walked(AT_CHILD["no data"], net=lame)
    assert found.outcome is Outcome.NODATA
    assert [a.meaning.kind for a in found.steps[-1].attempts] == [Kind.LAME]
