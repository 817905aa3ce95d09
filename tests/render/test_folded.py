"""Look-ups that all went alike are shown once, so that a long list of name servers stays readable."""

from __future__ import annotations

import pytest

from dnstrace.api import report
from dnstrace.lab.world import load
from dnstrace.render.tree import tree
from tests.checks.checking import checked, walked
from tests.render.looks import look

LINES = 120  # what still is read


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize(
    ("world", "others"), [("nxns", 59), ("missing-glue-many", 12)], ids=["nxns", "thirteen without glue"]
)
def test_many_look_ups_with_one_result_are_a_few_lines(world: str, others: int, check: bool) -> None:
    drawn = look(tree(report(checked(load(world)) if check else walked(world))), 80)
    assert drawn.count("\n") < LINES
    count = f"{others} more name servers without usable glue: no address found for the"
    assert not check or drawn.count(count) == 1
    last = drawn.split("\n\n")[-1]
    assert last.startswith("✗ verdict: no answer: ") and "limit" not in last.partition(";")[0]


def test_each_of_a_few_is_shown_in_full() -> None:
    drawn = look(tree(report(checked(load("missing-glue")))), 80)
    assert "more name server" not in drawn
    assert all(f"{name}.example.com. has no usable glue" in drawn for name in ("ns1", "ns2"))


def test_in_full_nothing_is_folded() -> None:
    drawn = look(tree(report(checked(load("missing-glue-many"))), verbose=True), 80)
    assert "more name server" not in drawn
    assert all(f"ns{number}.example.com. has no usable glue" in drawn for number in range(1, 14))
