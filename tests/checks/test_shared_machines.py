"""Unlike machines behind one address."""

from __future__ import annotations

import pytest

from dnstrace.model import Trace
from tests.checks.checking import checked, made_of, told
from tests.checks.documented import assert_fires

CODE = "machines-differ"
OLD = "alternates=2025010101"


def alternating(*does: str, question: str = "www.example.com. A", seed: int = 1) -> Trace:
    world = made_of("in-domain", question=question, servers={"ns1.example.com.": {"does": [*does]}})
    return checked(world, seed)


def test_the_rule_fires_where_it_should_and_only_there() -> None:
    assert_fires(CODE, CODE, "soa-stale")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_address_that_alternates_is_named_whatever_the_seed(seed: int) -> None:
    found = alternating(OLD, seed=seed)
    assert told(found.findings or ()) == [f"{CODE} example.com. ns1.example.com."]
    (each,) = found.findings or ()
    assert each.message == (
        "ns1.example.com gives serials 2025010101 and 2026011501 of example.com in turn at 192.0.2.53 and"
        " 2001:db8:1::53: the machines behind one address have different versions"
    )


def test_what_one_of_the_machines_lacks_is_because_of_that() -> None:
    """No name server is said to know names in lower case only, or to have an old version."""
    found = alternating(f"{OLD} www.example.com.").findings or ()
    (cause,) = (each for each in found if each.code == CODE)
    others = {each.code for each in found} - {CODE}
    assert others <= {*cause.explains} and "case-sensitive" not in others
    assert {each.cure for each in found} == {cause.cure}


@pytest.mark.parametrize("question", ["example.com. SOA", "none.example.com. A", "example.com. NS"])
def test_it_is_found_with_any_question(question: str) -> None:
    assert f"{CODE} example.com. ns1.example.com." in told(alternating(OLD, question=question).findings or ())
