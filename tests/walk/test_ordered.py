"""The first server in order whose reply is usable, however quick the others are."""

from __future__ import annotations

from typing import Any

import pytest

from dnstrace import Settings, Trace, trace
from dnstrace.analysis.choice import needed
from dnstrace.dnssec import parse_anchors
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Fault, Purpose, Step
from tests.scripted import Scripted, answers, fails, refers, roots
from tests.shuffled import Shuffled

CHECK = Settings(all_servers=True, probe=True, families=frozenset({4}))


def looked_up(servers: dict[str, Any], chance: int) -> tuple[Trace, Step]:
    """A trace whose one name server has to be looked up at two others, and the step that asked these."""
    network = Scripted(
        {
            "10.0.0.1": lambda asked: (
                refers("net.", a="10.0.1.1", b="10.0.1.2")
                if str(asked).startswith("ns.host.net.")
                else refers("com.", ns__host__net="")
            )(asked),
            "192.0.2.1": answers("192.0.2.44"),
            "192.0.2.2": answers("192.0.2.44"),
            **servers,
        }
    )
    shuffled = Shuffled(network, chance)
    found = trace("www.com.", network=shuffled, roots=roots("10.0.0.1"), seed=chance, settings=CHECK)
    steps = [step for step in found.steps if step.purpose is Purpose.NS_ADDRESS and str(step.zone) == "net."]
    return found, next(step for step in steps if step.question.rdtype == 1)


@pytest.mark.seeds(8)
def test_the_first_in_order_is_used_even_if_another_is_quicker(seed: int) -> None:
    _, step = looked_up({"10.0.1.1": answers("192.0.2.1"), "10.0.1.2": answers("192.0.2.2")}, seed)
    assert step.chosen == 0 and str(step.attempts[0].server) == "a.net."
    assert step.meaning is not None and step.meaning.answer[0][0].to_text() == "192.0.2.1"


@pytest.mark.seeds(8)
@pytest.mark.parametrize("first", [fails(5), fails(2), None, Fault.PORT_UNREACHABLE])
def test_a_server_further_on_is_used_once_those_before_it_have_failed(first: Any, seed: int) -> None:
    server = first if callable(first) else lambda asked: first
    found, step = looked_up({"10.0.1.1": server, "10.0.1.2": answers("192.0.2.2")}, seed)
    assert step.meaning is not None and step.meaning.answer[0][0].to_text() == "192.0.2.2"
    assert found.answer[0][0].to_text() == "192.0.2.44"


@pytest.mark.parametrize(
    ("first", "kept"), [(answers("192.0.2.1"), ["a.net."]), (fails(5), ["a.net.", "b.net."])]
)
def test_what_was_asked_only_because_a_reply_came_late_is_marked_and_left_out(first: Any, kept: Any) -> None:
    asked = set()
    for seed in range(8):
        found, step = looked_up({"10.0.1.1": first, "10.0.1.2": answers("192.0.2.2")}, seed)
        left = needed(found).steps[step.id - 1]
        assert [str(attempt.server) for attempt in left.attempts] == kept
        assert left.meaning == step.meaning
        asked.add(len(step.attempts))
    assert max(asked) == 2  # at least once the first was late, or failed


def test_a_check_asks_for_keys_and_ds_records_at_every_server() -> None:
    world = load("dnssec-good")
    found = trace(
        world.question.name,
        settings=Settings(all_servers=True, probe=True),
        network=LabNetwork(world, signed=True),
        anchors=parse_anchors(world.anchors_text, world.name),
        now=world.now,
        seed=1,
    )
    keys = [step for step in found.steps if step.purpose is Purpose.DNSKEY]
    assert {str(step.zone): len(step.attempts) for step in keys} == {".": 26, "com.": 26, "example.com.": 4}
