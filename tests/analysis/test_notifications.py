"""Which names may have DSYNC records, and what those say."""

from __future__ import annotations

from dnstrace.analysis.notifications import Endpoint, dsync_names, endpoints
from tests.checks.checking import checked_by_name
from tests.replies import name


def test_the_child_s_own_name_comes_before_that_for_all() -> None:
    assert dsync_names(name("example.com."), name("com.")) == [
        name("example._dsync.com."),
        name("_dsync.com."),
    ]
    assert dsync_names(name("a.b.example."), name("example."))[0] == name("a.b._dsync.example.")
    assert dsync_names(name("com."), name(".")) == [name("com._dsync."), name("_dsync.")]


def test_names_that_would_be_too_long_are_none() -> None:
    assert dsync_names(name(".".join(["a" * 61] * 4) + "."), name("a" * 61 + ".")) == []


def test_the_records_of_a_wildcard_count_and_other_schemes_do_not() -> None:
    found = endpoints(checked_by_name("dsync"), name("example.com."), name("com."))
    target = name("notify.example.net.")
    assert found == [Endpoint(59, target, 5359), Endpoint(62, target, 5300)]


def test_without_records_there_is_no_endpoint() -> None:
    assert endpoints(checked_by_name("csync"), name("example.com."), name("com.")) == []
