"""All servers of a zone are silent, and other zones are on them too: what is asked, and how often.

Each address is `203.0.113.N`, of the name server N.ns.example.com; other.com has some of them as its own.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from dnstrace import Settings, Trace, trace
from dnstrace.model import Exchange, Fault, Outcome, Purpose, Query, Question
from dnstrace.walk.fallback import PLAIN
from tests.replies import reply
from tests.scripted import Scripted, Server, answers, refers, roots

ROOT, COM = "10.0.0.1", "10.0.0.2"
TRIES = Settings().tries


def hosts(count: int, glue: bool = True) -> dict[str, str]:
    return {f"{n}__ns__example__com": f"203.0.113.{n}" if glue else "" for n in range(1, count + 1)}


def network(count: int, glue: bool, below: Server) -> dict[str, Server]:
    """The servers of root and com, and `count` servers of both zones that do as `below` does."""
    inside, other = refers("example.com.", **hosts(count)), refers("other.com.", **hosts(count, glue))

    def com(question: Question) -> Exchange | Fault | None:
        return (other if str(question.name).endswith("other.com.") else inside)(question)

    servers: dict[str, Server] = {ROOT: refers("com.", ns=COM), COM: com}
    return servers | dict.fromkeys(hosts(count).values(), below)


def silent(question: Question) -> Exchange | Fault | None:
    return None


def walked(servers: dict[str, Server], seed: int = 1) -> tuple[Trace, list[Query]]:
    scripted = Scripted(servers)
    found = trace("www.other.com.", network=scripted, roots=roots(ROOT), seed=seed)
    return found, scripted.asked


@pytest.mark.parametrize("glue", [True, False])
@pytest.mark.parametrize("count", [1, 2, 4, 8])
@pytest.mark.parametrize("seed", range(3))
def test_look_ups_at_silent_servers_cost_little(count: int, glue: bool, seed: int) -> None:
    found, asked = walked(network(count, glue, silent), seed)
    assert found.outcome is Outcome.FAILED and "deadline" not in found.error
    below = [query for query in asked if query.address.startswith("203.")]
    # two look-ups at once ask each address; with glue the walk itself, without it they try again
    assert len(below) <= count * (TRIES + 2 + (0 if glue else 1))


def test_what_one_look_up_tries_again_in_vain_no_other_does() -> None:
    _, asked = walked(network(4, False, silent))
    below = Counter((query.address, query.edns) for query in asked if "203." in query.address)
    plain = {address: count for (address, edns), count in below.items() if edns is None}
    assert set(plain.values()) == {1} and len(plain) == 4


@pytest.mark.parametrize("seed", range(5))
def test_both_look_ups_profit_where_only_the_last_try_is_answered(seed: int) -> None:
    class DropsEdns(Scripted):
        async def exchange(self, query: Query, timeout: float) -> Exchange:
            if query.address.startswith("203.") and query.edns is not None:
                query = replace(query, address="203.0.113.200")  # nobody is there
            return await super().exchange(query, timeout)

    def serve(question: Question) -> Exchange | Fault | None:
        first = str(question.name).partition(".")[0]
        data = "192.0.2.44" if first == "www" else f"203.0.113.{first}"
        return reply(str(question), flags="QR AA", answer=(f"{question.name} 300 A {data}",))

    found = trace("www.other.com.", network=DropsEdns(network(2, False, serve)), roots=roots(ROOT), seed=seed)
    assert found.outcome is Outcome.ANSWER
    lookups = [step for step in found.steps if step.purpose is Purpose.NS_ADDRESS]
    assert any(step.outcome is Outcome.ANSWER for step in lookups) and PLAIN < TRIES


def test_an_address_silent_for_one_zone_is_asked_for_another_all_the_same() -> None:
    """The glue is old; its address is silent for this zone, and has the new address in the other."""

    def serve(question: Question) -> Exchange | Fault | None:
        if str(question.name).endswith("other.com."):
            return None
        return reply(str(question), flags="QR AA", answer=(f"{question.name} 300 A 203.0.113.99",))

    servers = network(1, True, serve)
    found, _ = walked({**servers, "203.0.113.99": answers("192.0.2.44")})
    assert found.outcome is Outcome.ANSWER
