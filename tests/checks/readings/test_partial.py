"""A check that a limit cut short says nothing that the whole check does not say."""

from __future__ import annotations

import asyncio
from functools import cache
from random import Random

import pytest

from dnstrace import Settings, Trace, clock, trace
from dnstrace.checks import CATALOGUE, Trait
from dnstrace.checks.conclusions.verdict import verdict
from dnstrace.dnssec import Security, parse_anchors
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load, names
from dnstrace.model import Exchange, Fault, Outcome, Query
from dnstrace.model.asked import Resolver
from dnstrace.model.findings import Blame, Finding, Level
from dnstrace.model.limits import CHECKED, Limits
from dnstrace.model.structs import replace
from dnstrace.network.recording import Course, Kept, RecordingNetwork
from dnstrace.network.replay import RecordedNetwork
from dnstrace.port import Network
from dnstrace.render.findings import not_applied
from tests.troubled import traced_over

CHECK = Settings(all_servers=True, probe=True, families=frozenset({4, 6}))
SHARE = 60  # one world in so many with each seed
COSTLY = {"huge", "nxns"}
BY_RETRIES = {"packet-loss", "unreliable", "edns-refused"}
"""Worlds in which only what a record lacks shows what the rest means."""
POINTS = (0.2, 0.5, 0.8, 0.95)


def limited(name: str, limits: Limits, network: Network | None = None) -> Trace:
    """A trace with `--check` of a world within limits, or of what there is of it in another network."""
    world = load(name)
    return trace(
        world.question.name,
        world.question.rdtype,
        settings=CHECK,
        network=network or LabNetwork(world, signed=True),
        anchors=parse_anchors(world.anchors_text, name),
        resolvers=[Resolver(address) for address in world.resolvers],
        now=world.now,
        seed=1,
        limits=limits,
    )


@cache
def whole(name: str) -> Trace:
    return limited(name, CHECKED)


def said(found: Trace) -> set[tuple[str, str]]:
    return {(each.code, str(each.zone)) for each in found.findings or ()}


def breaks_trust(each: Finding) -> bool:
    return Trait.BREAKS_TRUST in CATALOGUE[each.code].traits


def false_claims(name: str, found: Trace) -> list[str]:
    """What a trace that was cut short says, above notices, and the whole one does not.

    Why an answer is bogus, here or at a resolver, may be said in more general words.
    """
    bogus = any(map(breaks_trust, whole(name).findings or ()))
    stale = any(each.code == "resolver-keys-stale" for each in whole(name).findings or ())
    return [
        f"{name}: {each.code}: {each.message}"
        for each in found.findings or ()
        if each.level is not Level.NOTICE
        and (each.code, str(each.zone)) not in said(whole(name))
        and not (bogus and breaks_trust(each))
        and not (stale and each.code == "resolver-fails")
    ]


def deadlines(name: str) -> list[float]:
    """Moments at which a trace would not be over, just after something came."""
    attempts = [attempt for step in whole(name).steps for attempt in step.attempts]
    ends = sorted({each.exchange.start + each.exchange.elapsed for each in attempts})
    return [max(0.001, ends[int(len(ends) * share)] + 0.0005) for share in POINTS]


@pytest.mark.seeds(SHARE)
def test_no_deadline_makes_a_false_claim(seed: int) -> None:
    for name in sorted({*names()} - COSTLY)[seed::SHARE]:
        for deadline in deadlines(name):
            found = limited(name, replace(CHECKED, deadline=deadline))
            assert not false_claims(name, found), deadline


@pytest.mark.seeds(SHARE)
def test_no_limit_of_queries_makes_a_false_claim(seed: int) -> None:
    for name in sorted({*names()} - COSTLY)[seed::SHARE]:
        for share in POINTS:
            most = max(1, int(whole(name).stats.queries * share))
            found = limited(name, replace(CHECKED, max_queries=most))
            assert not false_claims(name, found), most
            assert found.unapplied or not found.cut_short, most


def test_the_rules_held_back_are_counted_and_the_limit_is_named() -> None:
    found = limited("answers-stale", replace(CHECKED, max_queries=120))
    assert found.cut_short == "the limit of 120 queries is reached" and not found.findings
    assert "answers-differ" in found.unapplied and "refuses" not in found.unapplied
    (line,) = not_applied(found)
    assert line == f"{len(found.unapplied)} rules were not applied to every zone: {found.cut_short}"
    assert not whole("answers-stale").cut_short and not whole("answers-stale").unapplied


def test_a_server_that_is_dead_is_named_once_another_question_had_time_too() -> None:
    early, late = (limited("silent", replace(CHECKED, deadline=deadline)) for deadline in (4.3, 5.5))
    assert not early.findings
    assert said(late) == {("unreachable", "example.com.")} == said(whole("silent"))


@pytest.mark.parametrize("name", ["drops-edns", "type-silent"])
def test_a_server_that_is_just_asked_in_another_way_is_not_called_unreachable(name: str) -> None:
    """The deadline comes when the query without EDNS is under way, before any probe."""
    found = limited(name, replace(CHECKED, deadline=3.1))
    assert found.outcome is Outcome.FAILED and found.cut_short and not said(found)


@pytest.mark.parametrize("most", [25, 100])
def test_a_root_server_that_may_have_moved_is_not_called_unreachable(most: int) -> None:
    """The limit came before a root server was asked for the addresses that they have now."""
    found = limited("old-hints", replace(CHECKED, max_queries=most))
    assert found.cut_short and not said(found)
    assert said(limited("old-hints", CHECKED)) == {("hints-outdated", ".")}


def test_where_only_the_dead_are_left_open_everything_else_is_judged() -> None:
    found = limited("silent", replace(CHECKED, deadline=5.5))
    assert found.cut_short and "soa-differs" not in found.unapplied


@pytest.mark.parametrize("most", [15, 29, 43])
def test_a_limit_before_the_server_with_signatures_is_not_bogus(most: int) -> None:
    found = limited("dnssec-strips-one", replace(CHECKED, max_queries=most))
    assert found.judgement is not None and found.judgement.security is Security.INDETERMINATE
    assert found.cut_short in found.judgement.reason


@pytest.mark.parametrize("most", [10, 15])
def test_faulty_signatures_are_those_of_the_servers_asked_where_a_limit_kept_it_from_others(
    most: int,
) -> None:
    (found,) = limited("dnssec-unsigned-data", replace(CHECKED, max_queries=most)).findings or ()
    assert (found.code, str(found.server)) == ("signature-missing", "ns1.example.com.")
    assert found.cure == (
        "if ns2.example.com can do better, load example.com on ns1.example.com as it is there; if not, sign"
        " example.com again"
    )
    (whole_one,) = [each for each in whole("dnssec-unsigned-data").findings or () if breaks_trust(each)]
    assert whole_one.server is None and whole_one.cure.startswith("sign example.com again")


def test_the_fix_of_a_broken_chain_is_not_known_where_rules_on_it_were_held_back() -> None:
    found = limited("dnssec-ds-from-child", replace(CHECKED, max_queries=60))
    (broken,) = [each for each in found.findings or () if each.code == "chain-broken"]
    assert broken.cure.startswith("find out why first: trace again")


class Damaged:
    """A network of which a record lacks a share of the exchanges, by chance."""

    run = staticmethod(clock.run)

    def __init__(self, network: Network, share: float, seed: int) -> None:
        self._network, self._share, self._random = network, share, Random(seed)
        self._lacking: dict[object, bool] = {}

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        asked = query.address, query.question, query.transport
        lacking = self._lacking.setdefault(asked, self._random.random() < self._share)
        if lacking:
            return Exchange(query, asyncio.get_running_loop().time(), 0.0, fault=Fault.NOT_RECORDED)
        return await self._network.exchange(query, timeout)


@pytest.mark.seeds(SHARE)
def test_what_a_record_lacks_makes_no_false_claim(seed: int) -> None:
    for name in sorted({*names()} - COSTLY - BY_RETRIES)[seed::SHARE]:
        for share in (0.05, 0.2, 0.5):
            found = traced_over(name, lambda network: Damaged(network, share, seed))  # noqa: B023
            assert not false_claims(name, found), share
            assert is_bogus(whole(name)) or not is_bogus(found), (name, share)


@cache
def recorded(name: str) -> tuple[Kept, ...]:
    """What a whole check of a world sees of the network, in order."""
    network = RecordingNetwork(LabNetwork(load(name), signed=True))
    limited(name, CHECKED, network)
    return network.course.kept


def cut_off(name: str, share: float) -> Trace:
    """A check over a record of which only the first part is there."""
    kept = recorded(name)
    return limited(name, CHECKED, RecordedNetwork(Course(kept[: int(len(kept) * share)]), faithful=False))


@pytest.mark.seeds(SHARE)
def test_what_a_record_lacks_at_its_end_makes_no_false_claim(seed: int) -> None:
    for name in sorted({*names()} - COSTLY - BY_RETRIES)[seed::SHARE]:
        for share in (0.02, 0.1, 0.25, *POINTS):
            found = cut_off(name, share)
            assert not false_claims(name, found), share
            assert is_bogus(whole(name)) or not is_bogus(found), (name, share)
            last = verdict(found)
            if found.outcome is Outcome.FAILED is not whole(name).outcome:
                assert last is not None and last.blame is Blame.NOBODY, (name, share)


@pytest.mark.parametrize("share", [0.25, 0.4])
def test_addresses_that_a_record_lacks_are_nobodys_fault(share: float) -> None:
    found = cut_off("textbook", share)
    assert found.error == "the record lacks replies that show the addresses of name servers"
    last = verdict(found)
    assert last is not None and last.blame is Blame.NOBODY


@pytest.mark.parametrize("share", [0.6, 0.7, 0.8])
def test_a_zone_of_which_a_record_has_no_probe_is_not_counted_as_probed(share: float) -> None:
    """The record ends in the zone above the one that was probed."""
    found = cut_off("glue-on-request", share)
    assert found.outcome is Outcome.FAILED and not said(found)


@pytest.mark.parametrize(("name", "most"), [("stopped", 198), ("grandparent-hosts", 114)])
def test_what_is_put_once_more_and_elsewhere_is_not_known_where_a_record_ends_before(
    name: str, most: int
) -> None:
    """That a server stopped, and who serves the zones below, is shown by the last queries alone."""
    assert most < len(recorded(name))
    found = cut_off(name, most / len(recorded(name)) + 1e-6)
    assert not said(found) - said(whole(name)) and "answers-below-cut" in found.unapplied


def is_bogus(found: Trace) -> bool:
    return found.judgement is not None and found.judgement.security is Security.BOGUS
