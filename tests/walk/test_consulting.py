"""Resolvers are asked beside the walk: how often, in which ways, and never in its way."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from dnstrace import Settings, Trace, trace
from dnstrace.analysis.resolvers import compared
from dnstrace.api import trace_async
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Fault, Purpose, Query, Transport
from dnstrace.model.asked import Resolver
from dnstrace.model.limits import Limits
from tests.replies import reply
from tests.scripted import RTT, Scripted, answers, refers, roots

ROOT, NS, RESOLVER, OTHER = "10.0.0.1", "10.0.1.1", "10.9.9.9", "10.9.9.10"
WALK = {ROOT: refers("com.", ns=NS), NS: answers()}
QUERIES = 2  # of the walk


def asking(*servers: Any, **how: Any) -> tuple[Trace, list[Query]]:
    """A trace with resolvers that are these functions; what they were asked."""
    addresses = [f"10.9.9.{number}" for number, _ in enumerate(servers, 9)]
    network = Scripted({**WALK, **dict(zip(addresses, servers, strict=True))})
    resolvers = [Resolver(address) for address in addresses]
    found = trace("www.com.", network=network, roots=roots(ROOT), seed=1, resolvers=resolvers, **how)
    return found, [query for query in network.asked if query.address in addresses]


def differences(found: Trace) -> list[str | None]:
    return [each.difference for each in compared(found)]


resolves = answers(flags="QR RD RA")


def silent(question: Any) -> None:
    return None


def test_a_resolver_is_asked_the_same_with_rd_at_once() -> None:
    found, (query,) = asking(resolves)
    assert (str(query.question), query.recursion_desired, query.transport) == ("www.com. A", True, "udp")
    assert query.edns is not None and query.edns.dnssec_ok
    (step,) = [step for step in found.steps if step.purpose is Purpose.PROBE]
    assert (step.parent, str(step.zone), step.outcome, step.chosen) == (None, ".", "answer", 0)
    assert [(each.text, each.source) for each in step.servers[0].addresses] == [(RESOLVER, "given")]
    assert step.attempts[0].exchange.start == 0.0
    assert differences(found) == ["same"]
    assert found.steps[0].purpose is Purpose.WALK


def test_the_walk_costs_the_same_and_takes_no_longer() -> None:
    found, _ = asking(resolves, resolves)
    assert found.stats.duration == found.stats.critical_path == pytest.approx(2 * RTT)
    assert found.stats.queries == QUERIES + 2


def test_it_is_not_paid_from_the_walks_budget() -> None:
    found, asked = asking(silent, silent, limits=Limits(max_queries=QUERIES))
    assert (found.outcome, len(asked)) == ("answer", 6)


def test_a_silent_one_is_tried_as_often_as_a_server_each_time_less_demanding() -> None:
    found, asked = asking(silent, settings=Settings(tries=3, timeout=2.0))
    assert [None if query.edns is None else query.edns.payload for query in asked] == [1232, 512, None]
    assert (found.stats.duration, differences(found)) == (6.0, ["no-answer"])
    assert found.outcome == "answer"


def test_the_deadline_holds() -> None:
    found, asked = asking(silent, limits=Limits(deadline=3.0))
    assert (found.outcome, found.stats.duration, len(asked)) == ("answer", 3.0, 2)
    (step,) = [step for step in found.steps if step.purpose is Purpose.PROBE]
    assert (step.outcome, step.stopped, step.limited) == ("failed", True, False)
    assert [attempt.exchange.fault for attempt in step.attempts] == [Fault.TIMEOUT, Fault.ABANDONED]
    assert differences(found) == ["no-answer"]


def test_a_walk_that_fails_does_not_keep_the_resolvers_from_answering() -> None:
    network = Scripted({RESOLVER: resolves})
    found = trace("www.com.", network=network, roots=roots(ROOT), seed=1, resolvers=[Resolver(RESOLVER)])
    assert (found.outcome, differences(found)) == ("failed", ["not-compared"])


def test_a_cancelled_trace_waits_for_nobody() -> None:
    async def cancelled() -> tuple[float, Trace]:
        loop, seen = asyncio.get_running_loop(), list[Trace]()
        network = Scripted({})
        task = asyncio.ensure_future(
            trace_async(
                "www.com.", network=network, roots=roots(ROOT), resolvers=[Resolver(RESOLVER)],
                on_change=seen.append,
            )
        )  # fmt: skip
        await asyncio.sleep(0.5)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        return loop.time(), seen[-1]

    time, last = Scripted.run(cancelled())
    assert time == 0.5
    (probe,) = [step for step in last.steps if step.purpose is Purpose.PROBE]
    assert [attempt.exchange.fault for attempt in probe.attempts] == [Fault.ABANDONED]


def test_servfail_is_asked_again_with_checking_disabled() -> None:
    replies = iter([reply("www.com. A", flags="QR RD RA", rcode=2), resolves, resolves])
    found, asked = asking(lambda question: _next(replies, question))
    assert [query.checking_disabled for query in asked] == [False, True, True]
    assert [str(query.question) for query in asked] == ["www.com. A", "www.com. A", "com. DS"]
    assert differences(found) == ["validation"]


def _next(replies: Any, question: Any) -> Any:
    following = next(replies)
    return following(question) if callable(following) else following


def test_a_truncated_reply_is_asked_for_over_tcp() -> None:
    replies = iter([reply("www.com. A", flags="QR RD RA TC"), resolves])
    found, asked = asking(lambda question: _next(replies, question))
    assert [query.transport for query in asked] == [Transport.UDP, Transport.TCP]
    assert differences(found) == ["same"]


def test_without_edns_where_it_is_not_understood() -> None:
    replies = iter([reply("www.com. A", flags="QR RD RA", rcode=1), resolves])
    found, asked = asking(lambda question: _next(replies, question))
    assert [query.edns is None for query in asked] == [False, True]
    assert differences(found) == ["same"]


def test_a_server_that_never_has_enough_is_left() -> None:
    found, asked = asking(lambda question: reply(str(question), flags="QR RD RA", rcode=1))
    assert (len(asked), differences(found)) == (2, ["fails"])


@pytest.mark.parametrize(("resolver", "transport"), [(Resolver(RESOLVER), "tcp"), (
    Resolver(RESOLVER, 853, Transport.TLS, "dns.test"), "tls")])  # fmt: skip
def test_how_it_is_asked_with_tcp(resolver: Resolver, transport: str) -> None:
    network = Scripted({**WALK, RESOLVER: resolves})
    settings = Settings(tcp=True)
    trace("www.com.", network=network, roots=roots(ROOT), seed=1, settings=settings, resolvers=[resolver])
    (query,) = [query for query in network.asked if query.address == RESOLVER]
    assert (query.transport, query.port, query.endpoint) == (transport, resolver.port, resolver.endpoint)


def test_validation_pays_no_heed_to_them() -> None:
    from dnstrace.dnssec import parse_anchors

    world = load("dnssec-expired")
    anchors = parse_anchors(world.anchors_text, "test")
    address = next(address for server in world.servers for address in server.rtt if server.zones)
    alone, beside = (
        trace(
            world.question.name, world.question.rdtype, network=LabNetwork(world, signed=True),
            resolvers=resolvers, anchors=anchors, now=world.now, seed=1,
        )
        for resolvers in ([], [Resolver(address)])
    )  # fmt: skip
    assert alone.judgement is not None and beside.judgement is not None
    assert (alone.judgement.security, alone.judgement.reason) == (
        beside.judgement.security,
        beside.judgement.reason,
    )


@pytest.mark.parametrize(("rdtype", "rdata"), [("X25", '"31106170095{}"'), ("ISDN", '"15086202800321{}"')])
def test_data_may_have_an_address_that_is_none_of_ip(rdtype: str, rdata: str) -> None:
    """Those of X25 and ISDN have, and it is a number of telephone networks."""

    def has(last: int) -> Any:
        record = rdata.format(last)
        return lambda question: reply(
            str(question), flags="QR AA", answer=(f"{question.name} 300 {rdtype} {record}",)
        )

    network = Scripted({ROOT: refers("com.", ns=NS), NS: has(1), RESOLVER: has(2)})
    resolvers = [Resolver(RESOLVER)]
    found = trace("www.com.", rdtype, network=network, roots=roots(ROOT), resolvers=resolvers)
    assert found.outcome == "answer" and len(differences(found)) == 1 and differences(found) != ["same"]
