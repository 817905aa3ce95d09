from __future__ import annotations

import json
from dataclasses import replace

import pytest

from dnstrace.cli.exits import Exit
from dnstrace.cli.status import status, status_of_places, worst
from dnstrace.lab.world import load
from dnstrace.model import Outcome
from dnstrace.model.places import HERE, Failure
from dnstrace.model.policy import FAIL_ON, Policy
from tests.checks.checking import checked
from tests.cli.running import run
from tests.places.lab import seen
from tests.render.traces import plain


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ("answer", Exit.ANSWER),
        ("nodata", Exit.NEGATIVE),
        ("nxdomain", Exit.NEGATIVE),
        ("failed", Exit.FAILED),
        ("answer answer", Exit.ANSWER),
        ("answer nxdomain nodata", Exit.ANSWER),
        ("nxdomain nodata", Exit.ANSWER),
        ("answer failed nxdomain", Exit.FAILED),
    ],
)
def test_the_exit_status(outcomes: str, expected: Exit) -> None:
    trace = plain()
    assert status(replace(trace, outcome=Outcome(each)) for each in outcomes.split()) is expected


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ("NEGATIVE ANSWER", Exit.ANSWER),
        ("ANSWER FINDINGS", Exit.FINDINGS),
        ("BOGUS FINDINGS", Exit.BOGUS),
        ("FINDINGS FAILED BOGUS", Exit.FAILED),
        ("FAILED INTERRUPTED", Exit.INTERRUPTED),
    ],
)
def test_the_worst_of_several_counts(statuses: str, expected: Exit) -> None:
    several = [Exit[each] for each in statuses.split()]
    assert worst(several) is worst(several[::-1]) is expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--expect", "a=192.0.2.44"], 0),
        (["--expect", "a=192.0.2.45"], 5),
        (["--expect", "a=192.0.2.44", "--expect", "ttl>=301"], 5),
        (["MX", "--expect", "zone=example.com"], 1),
        (["MX", "--expect", "zone=example.org"], 5),
        (["MX", "--expect", "outcome=nodata"], 0),
        (["MX", "--expect", "outcome!=answer"], 1),
        (["nowhere.example.com", "--expect", "rcode=nxdomain"], 0),
        (["MX", "--expect", "rcode=noerror"], 1),
        (["MX", "--expect", "outcome=nodata,ttl>=100000"], 5),
        (["--max-queries=1", "--expect", "a=192.0.2.44"], 3),
        (["--max-queries=1", "--expect", "outcome=failed"], 0),
        (["A", "AAAA", "--expect", "a=192.0.2.44"], 0),
        (["www.example.com", "nowhere.example.com", "--expect", "a=192.0.2.44"], 5),
    ],
)
def test_the_exit_status_by_what_is_expected(arguments: list[str], expected: int) -> None:
    assert run("--lab", "--seed=1", *arguments).status == expected


@pytest.mark.parametrize(
    ("expected", "status"),
    [
        ("security=bogus", 0),
        ("security=secure", 4),
        ("security!=secure", 4),
        ("security=bogus,a=192.0.2.9", 5),
    ],
)
def test_an_answer_that_does_not_validate_may_be_what_is_expected(expected: str, status: int) -> None:
    ran = run("--lab", "dnssec-expired", "--expect", expected, "--json")
    assert (ran.status, json.loads(ran.out)["security"]) == (status, "bogus")


@pytest.mark.parametrize(
    ("world", "statuses"),
    [
        ("lame", "5 5 5 0"),
        ("open-recursion", "0 5 5 0"),
        ("open-transfer", "0 0 5 0"),
        ("resolver-servfail", "5 5 5 0"),
        ("in-domain", "0 0 0 0"),
        ("all-refuse", "3 3 3 3"),
    ],
)
def test_findings_count_from_the_level_that_the_user_sets(world: str, statuses: str) -> None:
    trace = checked(load(world))
    assert [status([trace], Policy(level)) for level in FAIL_ON] == [*map(int, statuses.split())]
    assert status([trace]) == int(statuses[0])


@pytest.mark.parametrize(
    ("world", "expected", "status"),
    [
        ("resolver-servfail", [], Exit.FINDINGS),
        ("resolver-same", [], Exit.ANSWER),
        ("resolver-stale", [], Exit.ANSWER),
        ("resolver-same", ["--expect", "resolvers=same"], Exit.ANSWER),
        ("resolver-stale", ["--expect", "resolvers=same"], Exit.FINDINGS),
        ("resolver-stale", ["--expect", "resolvers!=fails"], Exit.ANSWER),
        ("resolver-servfail", ["--expect", "resolvers=same"], Exit.FINDINGS),
        ("in-domain", ["--expect", "resolvers!=fails"], Exit.FINDINGS),
    ],
)
def test_resolvers_count_if_none_has_an_answer_or_something_is_expected_of_them(
    world: str, expected: list[str], status: int
) -> None:
    assert run("--lab", world, "--json", *expected).status == status


def test_the_worst_place_counts_and_one_without_a_trace_is_as_bad_as_a_failure() -> None:
    answer, negative = seen("in-domain"), seen("nxdomain")
    nothing = Failure(HERE, "ended")
    assert status_of_places([answer, answer]) is Exit.ANSWER
    assert status_of_places([answer, negative]) is Exit.NEGATIVE
    assert status_of_places([answer, seen("all-silent"), negative]) is Exit.FAILED
    assert status_of_places([answer, nothing]) is Exit.FAILED
