"""Which record of a zone an alias comes from, and what is said of it."""

from __future__ import annotations

import pytest

from dnstrace.checks import Finding
from dnstrace.checks.readings.alias_links import Source, mistyped, source_of
from tests.checks.checking import checked, made_of
from tests.replies import name, rrset

SIGNED = "{} 300 RRSIG CNAME 13 {} 300 20360101000000 20260101000000 1 example.com. AAAA"
PLAIN = "a.b.example.com. 300 CNAME www.example.net."


@pytest.mark.parametrize(
    ("given", "source"),
    [
        ([PLAIN], "a.b.example.com. 300 IN CNAME www.example.net."),
        ([PLAIN, SIGNED.format("a.b.example.com.", 4)], "a.b.example.com. 300 IN CNAME www.example.net."),
        ([PLAIN, SIGNED.format("a.b.example.com.", 3)], "*.b.example.com. 300 IN CNAME www.example.net."),
        ([PLAIN, SIGNED.format("a.b.example.com.", 2)], "*.example.com. 300 IN CNAME www.example.net."),
        ([PLAIN, SIGNED.format("a.b.example.com.", 0)], "*. 300 IN CNAME www.example.net."),
        (["b.example.com. 60 DNAME example.net.", PLAIN], "b.example.com. 60 IN DNAME example.net."),
        (
            ["com. 60 DNAME org.", "b.example.com. 60 DNAME example.net.", PLAIN],
            "b.example.com. 60 IN DNAME example.net.",
        ),
    ],
)
def test_the_record_is_the_one_that_the_zone_has(given: list[str], source: str) -> None:
    found = source_of(name("a.b.example.com."), name("www.example.net."), map(rrset, given))
    assert str(found) == source


@pytest.mark.parametrize(
    ("entered", "what", "meant"),
    [
        ("https://shop.example.net.", "it is a URL, not a name", "shop.example.net"),
        ("https://shop.example.net:443/a.b/c.", "it is a URL, not a name", "shop.example.net"),
        ("shop.example.net\\032.", "it has a space before or after it", "shop.example.net"),
    ],
)
def test_a_target_that_was_entered_as_something_else_is_read(entered: str, what: str, meant: str) -> None:
    (finding,) = dangling("gone.example.com. A", f"gone CNAME {entered}")
    assert finding.message.endswith(f"does not exist: {what}")
    assert finding.cure == f"remove the alias gone.example.com, or point it at {meant}, if that is meant"


@pytest.mark.parametrize(
    "target", ["www.example.net.", "5.0/25.2.0.192.in-addr.arpa.", "https://.", "a\\032b."]
)
def test_other_targets_are_names(target: str) -> None:
    assert mistyped(name(target)) is None


def test_a_wildcard_that_is_asked_for_itself_is_the_record() -> None:
    owner, signature = "*.b.example.com.", SIGNED.format("*.b.example.com.", 3)
    found = source_of(name(owner), name("www.example.net."), [rrset(signature)])
    assert found == Source(name(owner), name("www.example.net."), ttl=3600)


def dangling(question: str, record: str, included: str = "_signed") -> list[Finding]:
    """What is found of a question about a further record of example.com that leads nowhere."""
    zones = {"example.com.": {"add": record + "\n"}}
    found = checked(made_of(included, zones=zones, question=question)).findings or ()
    return [each for each in found if each.code == "alias-dangling"]


def test_a_name_that_is_missing_where_a_dname_leads_is_no_fault() -> None:
    """The record is right, whatever name is asked for below it."""
    assert dangling("nothere.moved.example.com. A", "moved 300 DNAME new.example.net.") == []


@pytest.mark.parametrize(
    ("question", "record"),
    [
        ("www.moved.example.com. A", "moved.example.com. 300 IN DNAME unregistered.com."),
        ("any.all.example.com. A", "*.all.example.com. 300 IN CNAME unregistered.com."),
    ],
)
def test_what_has_to_be_removed_is_the_record_that_the_zone_has(question: str, record: str) -> None:
    (one,) = dangling(question, record)
    assert one.remedy is not None and one.remedy.remove == (record,)
    assert record.split()[0].rstrip(".") in one.cure and question.split(".")[0] not in one.cure
