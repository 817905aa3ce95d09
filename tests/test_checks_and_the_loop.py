"""Rules and validation take their turns on the event loop, and end with the deadline."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from dnstrace import Settings, Trace, api, trace_async
from dnstrace.api import rehearsing, report
from dnstrace.api.running import Run
from dnstrace.checks import Checking, applied
from dnstrace.dnssec import Security, crypto, effort, parse_anchors
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model.limits import Limits
from dnstrace.render.document import document
from dnstrace.render.html_page import html_page
from dnstrace.render.tree import tree
from tests import unhurried
from tests.render.looks import look

DEADLINE = 5.0
A_TURN = 0.004  # seconds of rules after which others have their turn, at the latest
A_RULE = 0.125  # seconds that one takes
LIMITS = Limits(max_queries=2000, deadline=DEADLINE)


class Rules:
    """What happens at each rule: the clock goes on, and the turns of another task are noted."""

    def __init__(self, patch: pytest.MonkeyPatch, seconds: float) -> None:
        self.turns, self.seen, apply = 0, list[int](), Checking.apply

        def applying(checking: Checking, rule: Any) -> None:
            loop = asyncio.get_running_loop()
            assert isinstance(loop, unhurried.UnhurriedLoop)
            loop.now += seconds
            if not self.seen:  # on this loop time goes on only where no task is ready
                self._other = asyncio.ensure_future(self.other())
            self.seen.append(self.turns)
            apply(checking, rule)

        patch.setattr(Checking, "apply", applying)

    async def other(self) -> None:
        """Another task."""
        while True:
            self.turns += 1
            await asyncio.sleep(0)


def checked(name: str) -> Trace:
    world = load(name)

    async def check() -> Trace:
        return await trace_async(
            world.question.name, world.question.rdtype, network=LabNetwork(world), now=world.now, seed=1,
            settings=Settings(all_servers=True, probe=True), limits=LIMITS,
        )  # fmt: skip

    return unhurried.run(check())


def test_other_tasks_go_on_between_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = Rules(monkeypatch, A_TURN)
    found = checked("lame")
    assert len(rules.seen) == len(applied(found)) and found.unapplied == ()
    assert len(set(rules.seen)) == len(rules.seen)


def test_rules_end_with_the_deadline_and_what_was_not_applied_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rules = Rules(monkeypatch, A_RULE)
    found = checked("lame")
    assert len(rules.seen) + len(found.unapplied) == len(applied(found)) and rules.seen and found.unapplied
    assert DEADLINE <= found.stats.duration < DEADLINE + A_RULE
    judged = report(found)
    assert judged.rules == len(rules.seen)
    assert document(judged)["not_applied"] == list(found.unapplied)
    words = f"{len(found.unapplied)} rules were not applied: the deadline was reached (--deadline)"
    assert words in " ".join(look(tree(judged)).split()) and words in html_page(judged)


def test_rules_have_some_time_where_the_walk_took_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = Rules(monkeypatch, A_RULE)
    found = checked("all-silent")
    assert found.error and len(rules.seen) == DEADLINE / 10 / A_RULE


def test_nothing_is_rehearsed_after_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, rehearsed = list[object](), rehearsing.rehearsed

    async def late(run: Run, trace: Trace) -> Trace:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, unhurried.UnhurriedLoop)
        loop.now += DEADLINE
        return await rehearsed(run, trace)

    monkeypatch.setattr(rehearsing, "rehearsed", late)
    monkeypatch.setattr(rehearsing, "begun", lambda *args: begun.append(args))
    found = checked("ns-missing").findings or ()
    assert {each.unrehearsed for each in found if each.cure} == {"the deadline is reached"} and not begun


def test_rules_are_imported_while_the_first_replies_are_on_their_way(monkeypatch: pytest.MonkeyPatch) -> None:
    imported = list[str]()
    monkeypatch.setattr(api, "import_meanwhile", imported.append)
    checked("lame")
    assert imported == ["dnstrace.checks"]


class Verifications:
    """What happens at each signature that is verified, a few in a slice."""

    def __init__(self, patch: pytest.MonkeyPatch, seconds: float, slice_of: int) -> None:
        self.turns, self.seen, verify = 0, list[int](), crypto._verify

        def verifying(*args: Any) -> bool:
            loop = asyncio.get_running_loop()
            assert isinstance(loop, unhurried.UnhurriedLoop)
            loop.now += seconds
            if not self.seen:
                self._other = asyncio.ensure_future(self.other())
            self.seen.append(self.turns)
            return verify(*args)

        crypto.verified.clear()
        patch.setattr(crypto, "_verify", verifying)
        patch.setattr(effort, "SLICE", slice_of)

    async def other(self) -> None:
        """Another task."""
        while True:
            self.turns += 1
            await asyncio.sleep(0)


def validated() -> Trace:
    world = load("dnssec-good")

    async def validate() -> Trace:
        return await trace_async(
            world.question.name, world.question.rdtype, network=LabNetwork(world, signed=True),
            now=world.now, seed=1, limits=LIMITS, anchors=parse_anchors(world.anchors_text, "the lab"),
        )  # fmt: skip

    return unhurried.run(validate())


@pytest.mark.parametrize("slice_of", [1, 2, 3])
def test_other_tasks_go_on_between_slices_of_validation(
    monkeypatch: pytest.MonkeyPatch, slice_of: int
) -> None:
    seen = Verifications(monkeypatch, 0.0, slice_of).seen
    found = validated()
    assert found.judgement is not None and found.judgement.security is Security.SECURE
    assert len(seen) > 3  # none twice: the results of earlier slices are known
    assert all(seen.count(turn) <= slice_of for turn in seen)


def test_the_duration_covers_validation(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Verifications(monkeypatch, 0.25, slice_of=2).seen
    assert validated().stats.duration > 0.25 * len(seen) > 0.25 * 3


def test_validation_ends_with_the_deadline_and_that_speaks_against_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The slice after the deadline is noticed, and one for what there is: no more."""
    a_slice = DEADLINE / 2
    seen = Verifications(monkeypatch, a_slice, slice_of=1).seen
    found = validated()
    assert found.judgement is not None and found.judgement.security is Security.INDETERMINATE
    assert found.judgement.reason == "the deadline of 5 s is reached"
    assert found.stats.duration < DEADLINE + 3 * a_slice
    assert len(seen) <= 2 + 3 < everything(monkeypatch)


def everything(patch: pytest.MonkeyPatch) -> int:
    """The number of signatures there are to verify."""
    seen = Verifications(patch, 0.0, slice_of=100).seen
    validated()
    return len(seen)
