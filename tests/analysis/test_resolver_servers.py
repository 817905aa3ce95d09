"""Resolvers whose answer is that of one of the zone's servers, where these servers do not agree."""

from __future__ import annotations

import pytest

from dnstrace import Settings, Trace
from dnstrace.analysis.resolver_servers import only_one_asked, server_with
from dnstrace.analysis.resolvers import compared
from dnstrace.model.compared import Disagreement
from dnstrace.render.resolver_closing import closing_text
from dnstrace.render.resolver_words import reason_text
from tests.analysis.resolving import asked, world_with
from tests.replies import name

OLD, NEW = ("2026011401", "192.0.2.66"), ("2026011501", "192.0.2.44")
APEX = "@ {ttl} SOA ns1 hostmaster {serial} 7200 900 1209600 300\n@ NS ns1\n@ NS ns2\n"
HOSTS = "ns1 A 192.0.2.53\nns1 AAAA 2001:db8:1::53\nns2 A 198.51.100.53\nns2 AAAA 2001:db8:2::53\n"


def asked_of(held: tuple[str, str], check: bool, seed: int) -> Trace:
    """A walk in a zone of which ns2 has an old copy, with a resolver that has this serial and address."""
    cache = APEX.format(ttl=894, serial=held[0]) + f"www 294 A {held[1]}\n"
    old = APEX.format(ttl=900, serial=OLD[0]) + HOSTS + f"www 300 A {OLD[1]}\n"
    world = world_with(cache, "resolver", old={"servers": ["ns2.example.com."], "text": old})
    return asked(world, Settings(all_servers=check, probe=check), seed=seed)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("held", [OLD, NEW])
def test_what_a_server_answers_now_is_not_stale(held: tuple[str, str], seed: int) -> None:
    found = asked_of(held, check=True, seed=seed)
    (only,) = compared(found)
    if only.difference is not Disagreement.SAME:
        server = "ns2.example.com." if held == OLD else "ns1.example.com."
        assert (only.difference, only.same_as) == (Disagreement.SERVERS_DIFFER, name(server))
        assert only.attempt is not None and server_with(found, only.attempt.meaning) == name(server)
        assert reason_text(only) == f"differs: it has the answer of {server[:-1]}"
        assert "until" not in closing_text([only]) and not only_one_asked(found)


@pytest.mark.parametrize("seed", range(6))
def test_an_answer_newer_than_that_of_the_server_asked_is_not_stale(seed: int) -> None:
    found = asked_of(NEW, check=False, seed=seed)
    (only,) = compared(found)
    if only.difference is not Disagreement.SAME:
        assert (only.difference, only.newer_than) == (Disagreement.SERVERS_DIFFER, name("ns2.example.com."))
        newer = "its copy of the zone is newer than that of ns2.example.com"
        assert reason_text(only) == f"differs: {newer}; --check asks all servers"
        assert "until" not in closing_text([only]) and only_one_asked(found)


def test_both_servers_are_gone_by() -> None:
    """The tests above have both kinds of walks."""
    differing = {compared(asked_of(NEW, False, seed))[0].difference for seed in range(6)}
    assert differing == {Disagreement.SAME, Disagreement.SERVERS_DIFFER}
