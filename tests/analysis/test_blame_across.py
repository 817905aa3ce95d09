from __future__ import annotations

import pytest

from dnstrace.analysis.blame_across import at, names
from dnstrace.model.across import Where
from dnstrace.model.places import HERE
from tests.analysis.places import compared
from tests.places.lab import OFFICE, TOKYO


def test_places_in_a_sentence() -> None:
    assert at([HERE]) == "here"
    assert at([TOKYO]) == "at tokyo"
    assert at([HERE, TOKYO]) == "here and at tokyo"
    assert names([HERE, TOKYO, OFFICE]) == "here, tokyo and office"


@pytest.mark.parametrize(
    ("worlds", "where", "said"),
    [
        (("in-domain", "in-domain"), Where.NOWHERE, "both places get the same answer"),
        (("in-domain", "in-domain", "in-domain"), Where.NOWHERE, "all 3 places get the same answer"),
        (("all-refuse", "all-refuse"), Where.EVERYWHERE, "everywhere the same: no answer: "),
        (
            ("in-domain", "intercepted"),
            Where.THERE,
            "only at tokyo: something on the network there intercepts",
        ),
        (("in-domain", "-"), Where.UNKNOWN, "only here sent a trace: nothing wrong was found"),
        (("-", "-"), Where.UNKNOWN, "no place sent a trace"),
        (
            ("intercepted", "intercepted"),
            Where.SEVERAL,
            "no place is in order: here and at tokyo: something on",
        ),
    ],
)
def test_where_the_fault_is(worlds: tuple[str, ...], where: Where, said: str) -> None:
    found = compared(*worlds)
    assert found.where is where
    assert found.verdict.startswith(said)


def test_a_network_is_blamed_for_servers_that_answer_elsewhere_only() -> None:
    """The same servers, silent at one place, or refusing; and others, which show nothing."""
    silent, refused = compared("in-domain", "all-silent"), compared("in-domain", "all-refuse")
    assert (silent.where, refused.where) == (Where.THERE, Where.BY_CLIENT)
    assert "of example.com, silent there, answered here: queries from there are lost" in silent.verdict
    assert "the servers tell clients apart" in refused.verdict
    unclear = compared("textbook", "all-silent")
    assert unclear.where is Where.UNCLEAR
    assert unclear.verdict.startswith("only at tokyo: ") and "add -a" in unclear.verdict
    assert "needs to fix" not in unclear.verdict and "registrar" not in unclear.verdict
