"""What is done with replies after the walk is linear in them: operations are counted, not seconds."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import dns.name
import dns.rdatatype
import pytest

from dnstrace import Settings, Trace, trace
from dnstrace.analysis import stats
from dnstrace.api import report
from dnstrace.checks import Checking, applied, findings
from dnstrace.dnssec import algorithms, parse_anchors, signature
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import World, load
from dnstrace.model import Attempt, Exchange, Question, Step
from dnstrace.model.judgement import LIMITS
from dnstrace.model.known_name import KnownName
from dnstrace.model.limits import Limits
from dnstrace.model.report import Report
from dnstrace.render.document import document, to_json
from dnstrace.render.html_page import html_page
from dnstrace.render.pictures import dot, mermaid
from dnstrace.render.tree import tree
from tests.many_keys import AT_ROOT, NOW, ManyKeys, colliding, short
from tests.many_servers import elsewhere, inside, pointing
from tests.render.looks import look
from tests.replies import name, reply
from tests.scripted import Scripted, Server, refers, roots

WIDE = Limits(max_queries=20_000, octets=2**26, deadline=3600.0, lookups=5000)
CHECKED = Settings(all_servers=True, probe=True)
SLACK = 2.7
"""Times as much that twice as many records may cost: some is sorted. What is quadratic costs four times."""


class Calls:
    """How often functions were called."""

    def __init__(self) -> None:
        self.made = 0

    def counting(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any) -> Any:
            self.made += 1
            return function(*args)

        return counted


COMPARING = tuple((KnownName, each) for each in ("__eq__", "__lt__", "is_subdomain"))
"""What compares the names in replies; a set that finds one at its place does without."""


@contextmanager
def counted(*functions: tuple[Any, str]) -> Iterator[Calls]:
    """Counts the calls of functions, each given by what it is an attribute of."""
    calls = Calls()
    with pytest.MonkeyPatch.context() as patch:
        for owner, attribute in functions:
            patch.setattr(owner, attribute, calls.counting(getattr(owner, attribute)))
        yield calls


def shown(found: Trace) -> None:
    """All that is made of a trace after the walk."""
    findings(found)
    judged = report(found)
    tree(judged)
    document(judged)


# --- keys -----------------------------------------------------------------------------------------


def with_keys(zone: ManyKeys, settings: Settings) -> Trace:
    return trace(
        "www.example.", network=zone.network, roots=roots(AT_ROOT), anchors=zone.anchors, at=float(NOW),
        seed=1, settings=settings, limits=WIDE,
    )  # fmt: skip


ZONES: dict[str, Callable[[int], ManyKeys]] = {
    "short": lambda count: ManyKeys(short(count)),
    "short, none trusted": lambda count: ManyKeys(short(count), colliding(1)),
    "short, all trusted": lambda count: ManyKeys(short(count), short(count)),
    "colliding": lambda count: ManyKeys(colliding(count)),
    "colliding, none trusted": lambda count: ManyKeys(colliding(count), short(1)),
    "colliding, all trusted, many signatures": lambda n: ManyKeys(colliding(n), colliding(n), n // 2),
}


@pytest.mark.parametrize("settings", [Settings(), CHECKED], ids=["walked", "checked"])
@pytest.mark.parametrize("made", ZONES.values(), ids=ZONES)
def test_keys_are_judged_and_checked_in_linear_work(
    made: Callable[[int], ManyKeys], settings: Settings
) -> None:
    """Key tags, and octets of keys, of which digests, comparisons and signatures are made."""
    costs = []
    for count in (100, 200):
        with counted((algorithms, "key_tag"), (dns.rdata.Rdata, "to_digestable")) as calls:
            shown(with_keys(made(count), settings))
        costs.append(calls.made)
    assert costs[1] <= SLACK * costs[0]


def test_no_more_signatures_are_verified_than_is_allowed() -> None:
    """For each RRset, as often as it is judged: with thousands of keys as with a few."""
    with counted((signature, "verify")) as few:
        shown(with_keys(ManyKeys(colliding(30), short(1)), CHECKED))
    with counted((signature, "verify")) as many:
        shown(with_keys(ManyKeys(colliding(300), short(1)), CHECKED))
    assert LIMITS.signatures <= many.made <= few.made


# --- replies ----------------------------------------------------------------------------------------


def test_an_onlooker_is_shown_each_change_in_constant_work() -> None:
    """What it cost so far was once counted anew over all attempts at each of them."""
    costs = []
    for count in (50, 100, 200):
        network, seen = many_names(count, inside=True, glue=count), list[Trace]()
        with counted((stats, "query_size")) as calls:
            found = trace(
                "www.z.com.", network=network, roots=roots("10.0.0.1"), seed=1, limits=WIDE,
                settings=Settings(all_servers=True), on_change=seen.append,
            )  # fmt: skip
        assert seen[-1].stats.queries == found.stats.queries
        costs.append(calls.made)
    assert costs[1] <= SLACK * costs[0] and costs[2] <= SLACK * costs[1]


def test_an_onlooker_is_shown_the_zones_of_many_steps_in_linear_work(monkeypatch: pytest.MonkeyPatch) -> None:
    costs = []
    for count in (20, 80):
        world, calls = inside(count, glued=2, addressed=count), Calls()
        with monkeypatch.context() as patch:
            patch.setattr(Step, "main", property(calls.counting(Step.main.fget)))  # type: ignore[attr-defined]
            trace(
                world.question.name, network=LabNetwork(world), now=world.now, seed=1, settings=CHECKED,
                on_change=lambda found: None,
            )  # fmt: skip
        costs.append(calls.made)
    assert costs[1] <= 2 * SLACK * costs[0]


@pytest.mark.parametrize("which", ["alias", "silent", "dnssec-unsigned-data"])
def test_what_an_onlooker_is_shown_was_counted_well(which: str) -> None:
    world, seen = load(which), list[Trace]()
    trace(
        world.question.name, world.question.rdtype, network=LabNetwork(world, signed=True), now=world.now,
        seed=1, settings=CHECKED, on_change=seen.append,
        anchors=parse_anchors(world.anchors_text, "the lab"),
    )  # fmt: skip
    for each in seen:
        anew = stats.measure(each.steps, each.stats.duration)
        assert replace(anew, critical_path=each.stats.critical_path) == each.stats


class Address(str):
    """Counts how often it is compared."""

    compared = 0

    def __eq__(self, other: object) -> bool:
        Address.compared += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def test_the_critical_path_of_a_survey_is_found_in_linear_work() -> None:
    costs = []
    for count in (100, 200):
        network = many_names(count, inside=True, glue=count)
        found = trace(
            "www.z.com.", network=network, roots=roots("10.0.0.1"), seed=1, limits=WIDE,
            settings=Settings(all_servers=True),
        )  # fmt: skip
        steps = tuple(replace(step, attempts=tuple(map(_watched, step.attempts))) for step in found.steps)
        Address.compared = 0
        assert stats.critical_path(steps) == found.stats.critical_path
        costs.append(Address.compared)
    assert costs[1] <= SLACK * costs[0] + 100


def _watched(attempt: Attempt) -> Attempt:
    query = attempt.exchange.query
    query = replace(query, address=Address(query.address))
    return replace(attempt, exchange=replace(attempt.exchange, query=query))


# --- names ----------------------------------------------------------------------------------------

SOA = "z.com. 300 SOA . . 1 7200 900 1209600 300"


def many_names(count: int, inside: bool, glue: int = 2) -> Scripted:
    """z.com. has so many name servers, inside itself or elsewhere, and glue for the first ones."""
    hosts = [f"n{number}.{'z.com' if inside else 'o.net'}." for number in range(count)]
    hosts += [] if inside else [f"g{number}.z.com." for number in range(glue)]
    glued = hosts[:glue] if inside else hosts[-glue:]
    records = tuple(f"{host} 300 A 10.0.3.{number}" for number, host in enumerate(glued))
    servers = "z.com. 300 NS " + " | ".join(hosts)

    def com(question: Question) -> Exchange:
        return reply(str(question), authority=(servers,), additional=records)

    def of_zone(question: Question) -> Exchange:
        answer = {
            dns.rdatatype.NS: servers,
            dns.rdatatype.A: f"{question.name} 300 A 192.0.2.44",
            dns.rdatatype.SOA: SOA,
        }.get(question.rdtype)
        sections = {"authority": (SOA,)} if answer is None else {"answer": (answer,)}
        return reply(str(question), flags="QR AA", **sections)  # type: ignore[arg-type]

    def root(question: Question) -> object:
        if not question.name.is_subdomain(name("net.")):
            return refers("com.", a="10.0.2.1")(question)
        address = f"{question.name} 300 A 192.0.2.44"
        return reply(str(question), flags="QR AA", answer=(address,))

    servers_of: dict[str, Server] = {f"10.0.3.{number}": of_zone for number in range(glue)}
    return Scripted({"10.0.0.1": root, "10.0.2.1": com, **servers_of})  # type: ignore[dict-item]


@pytest.mark.parametrize("inside", [True, False], ids=["inside", "elsewhere"])
def test_names_of_servers_are_checked_in_linear_work(inside: bool) -> None:
    """Names are compared: once it was each with each, and for every rule."""
    costs = []
    for count in (50, 100, 200):
        network = many_names(count, inside)
        with counted(*COMPARING) as calls:
            found = trace(
                "www.z.com.", network=network, roots=roots("10.0.0.1"), seed=1, settings=CHECKED, limits=WIDE
            )
            shown(found)
        costs.append(calls.made)
    assert costs[1] <= SLACK * costs[0] and costs[2] <= SLACK * costs[1]


def test_addresses_of_servers_are_put_in_order_in_linear_work() -> None:
    """A survey has them in the order of the servers; each address was looked for in all once."""
    costs = []
    for count in (50, 100, 200):
        network = many_names(count, inside=True, glue=count)
        with counted(*COMPARING) as calls:
            trace(
                "www.z.com.", network=network, roots=roots("10.0.0.1"), seed=1, limits=WIDE,
                settings=Settings(all_servers=True),
            )  # fmt: skip
        costs.append(calls.made)
    assert costs[1] <= SLACK * costs[0] and costs[2] <= SLACK * costs[1]


# --- everything -------------------------------------------------------------------------------------

WORLDS: tuple[Callable[[int], World], ...] = (
    lambda count: inside(count, glued=2, addressed=count),
    lambda count: inside(count, glued=2, addressed=2),
    lambda count: inside(count, glued=count, addressed=count),
    lambda count: inside(count, glued=count, addressed=count, listed=2),
    lambda count: elsewhere(count, addressed=2),
    lambda count: elsewhere(count, addressed=count),
    lambda count: pointing(5 * count),
)


def every_call(function: Callable[[], object]) -> int:
    """How many functions are called, those of the interpreter too, until a function returns.

    Garbage of other tests, which may call functions when it is collected, is left for later.
    """
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    gc.disable()
    sys.setprofile(count)
    try:
        function()
    finally:
        sys.setprofile(before)
        gc.enable()
    return calls


OUTPUTS: dict[str, Callable[[Report], object]] = {
    "tree": lambda judged: look(tree(judged)),
    "tree -v": lambda judged: look(tree(judged, verbose=True)),
    "json": lambda judged: to_json(judged, verbose=True, explain=True, indent=2),
    "page": html_page,
    "mermaid": mermaid,
    "dot": dot,
}


def costs(world: World) -> dict[str, int]:
    """How many calls a trace takes, with what is rehearsed; then each rule, and each output."""
    found: list[Trace] = []

    def check() -> None:
        asked = world.question
        found.append(
            trace(
                asked.name, asked.rdtype, network=LabNetwork(world), now=world.now, seed=1, settings=CHECKED,
                limits=WIDE,
            )
        )  # fmt: skip

    calls = {"trace": every_call(check)}
    checking = Checking(found[0])
    calls |= {rule.code: every_call(partial(checking.apply, rule)) for rule in applied(found[0])}
    calls["report"] = every_call(lambda: report(found[0]))
    judged = report(found[0])
    return calls | {name: every_call(partial(output, judged)) for name, output in OUTPUTS.items()}


def grown(world: Callable[[int], World]) -> dict[str, float]:
    """What grows faster than a world, and how many times as much twice of what it has many of takes."""
    few, many = (costs(world(count)) for count in (24, 48))
    times = {what: many[what] / few[what] for what in many if many[what] > 1000}
    return {what: time for what, time in times.items() if time > SLACK}


@pytest.mark.seeds(len(WORLDS))
def test_all_that_is_done_is_linear_in_the_number_of_name_servers_and_records(seed: int) -> None:
    """Every call is counted. What is done in C, such as a search in a list, is not seen here.

    What is too much is counted again: where coverage is measured, that tool at times rewrites the code of
    functions while they run, and what it calls is counted too.
    """
    found = grown(WORLDS[seed])
    assert not found or not found.keys() & grown(WORLDS[seed]).keys()
