"""The library's two functions: what they are given, and what they do with what is no question."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import dns.rdatatype
import pytest

from dnstrace import Limits, Settings, Trace, Tracing, clock, trace, trace_async
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Edns
from tests.replies import name
from tests.scripted import Scripted, answers, fails, refers, roots

ROOT = "10.0.0.1"


def asked(servers: dict[str, Any], qname: Any = "www.example.com.", *rdtype: Any, **how: Any) -> Trace:
    how = {"roots": roots(ROOT), "seed": 1, **how}
    return trace(qname, *rdtype, network=Scripted(servers), **how)


@pytest.mark.parametrize(
    ("qname", "rdtype"),
    [("a..b", "A"), ("a" * 64, "A"), (".".join(["a" * 60] * 5), "A"), ("www.example.com", "NONSENSE")],
)
def test_what_is_no_question_is_a_wrong_value(qname: str, rdtype: str) -> None:
    with pytest.raises(ValueError, match="cannot be asked for"):
        asked({}, qname, rdtype)


def test_an_empty_server_is_a_wrong_value() -> None:
    with pytest.raises(ValueError, match="the server to start from is empty"):
        asked({}, server="")


@pytest.mark.parametrize("function", [trace, trace_async])
def test_the_signature_shows_every_argument(function: Any) -> None:
    parameters = inspect.signature(function).parameters
    assert {each.kind for each in parameters.values()} == {
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        inspect.Parameter.KEYWORD_ONLY,
    }
    assert {each.name for each in fields(Tracing)} < set(parameters)
    defaults = {each.name: parameters[each.name].default for each in fields(Tracing)}
    assert Tracing(**defaults) == Tracing()


def test_how_is_said_whole_or_by_its_fields() -> None:
    servers, how = {ROOT: answers()}, Tracing(roots=roots(ROOT), seed=1)
    whole = trace("www.example.com.", tracing=how, network=Scripted(servers))
    by_fields = asked(servers)
    assert (whole.answer, whole.stats) == (by_fields.answer, by_fields.stats)
    with pytest.raises(ValueError, match="give either `tracing` or its fields, not both"):
        asked(servers, tracing=how)


@pytest.mark.parametrize(
    "how",
    [
        lambda: {"settings": Settings(tries=0)},
        lambda: {"settings": Settings(timeout=-1.0)},
        lambda: {"settings": Settings(port=0)},
        lambda: {"settings": Settings(families=frozenset())},
        lambda: {"settings": Settings(edns=Edns(payload=70_000))},
        lambda: {"limits": Limits(deadline=0.0)},
        lambda: {"limits": Limits(max_queries=0)},
        lambda: {"seed": -1},
    ],
)
def test_what_the_command_line_does_not_take_is_a_wrong_value(how: Callable[[], dict[str, Any]]) -> None:
    with pytest.raises(ValueError, match="must be"):
        asked({ROOT: answers()}, **how())


@pytest.mark.parametrize("rdtype", ["MX", "mx", 15, dns.rdatatype.MX, "TYPE15"])
def test_a_type_by_its_name_or_number(rdtype: Any) -> None:
    assert asked({ROOT: fails(5)}, "www.example.com", rdtype).question.rdtype is dns.rdatatype.MX


def test_a_name_as_text_or_as_name_with_its_root_or_without() -> None:
    found = [asked({ROOT: fails(5)}, each) for each in ("a.test", "a.test.", name("a.test."))]
    assert {str(each.question) for each in found} == {"a.test. A"}


def test_the_same_of_both_on_the_clock_of_the_lab() -> None:
    world = load()

    async def beside() -> Trace:
        return await trace_async(world.question.name, network=LabNetwork(world), seed=7, now=world.now)

    one = trace(world.question.name, network=LabNetwork(world), seed=7, now=world.now)
    other = clock.run(beside())
    assert (one.answer, one.stats, one.stats.zones) == (other.answer, other.stats, 3)
    assert one.stats.duration == one.stats.critical_path > 0


def test_the_duration_covers_the_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the rules take counts too: here three seconds pass while they are applied."""
    from dnstrace import checks

    def slow(found: Trace, unchanged: None) -> checks.Checking:
        asyncio.get_running_loop().now += 3_000_000_000  # type: ignore[attr-defined]
        return checking(found, unchanged)

    checking, world = checks.Checking, load("textbook")
    how = {"network": LabNetwork(world), "settings": Settings(all_servers=True, probe=True), "seed": 1}
    quick = trace(world.question.name, **how)  # type: ignore[arg-type]
    monkeypatch.setattr(checks, "Checking", slow)
    found = trace(world.question.name, **how)  # type: ignore[arg-type]
    assert found.stats.duration == pytest.approx(quick.stats.duration + 3)


def test_what_was_found_before_a_cancellation_was_told() -> None:
    told: list[Trace] = []
    network = Scripted({ROOT: refers("com.", ns="10.0.1.1")})

    async def cancelled() -> None:
        how: dict[str, Any] = {"roots": roots(ROOT), "seed": 1, "on_change": told.append}
        tracing = asyncio.ensure_future(trace_async("www.example.com.", network=network, **how))
        await asyncio.sleep(0.5)
        tracing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await tracing

    clock.run(cancelled())
    assert [str(step.zone) for step in told[-1].steps] == [".", "com."]
    assert told[-1].outcome is None
    assert len(network.asked) == 2


def test_the_seed_repeats_whom_is_asked() -> None:
    many = roots(*(f"10.0.0.{number}" for number in range(1, 14)))

    def first(seed: int) -> str:
        network = Scripted({f"10.0.0.{number}": answers() for number in range(1, 14)})
        trace("www.example.com.", network=network, roots=many, seed=seed)
        return network.asked[0].address

    assert [first(seed) for seed in range(20)] == [first(seed) for seed in range(20)]
    assert len({first(seed) for seed in range(20)}) > 5
