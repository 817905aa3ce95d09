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


NOWHERE = "gone.example.net."
OF_ONE = "remove the alias {}, or point it at a name that exists"
OF_BOTH = "remove the aliases {} and {}, or point them at a name that exists"
DOT = "write www.example.com., with the final dot, in the CNAME record of {}"
EITHER = "remove whichever of the aliases {} there is, or point it at a name that exists"


@pytest.mark.parametrize("included", ["in-domain", "dnssec-good"])
@pytest.mark.parametrize(
    ("asked", "owners", "cure", "unsigned"),
    [
        ("a.w", ["a.w"], OF_ONE.format("a.w.example.com"), ""),
        ("a.w", ["*.w"], OF_ONE.format("*.w.example.com"), ""),
        ("a.w", ["a.w", "*.w"], OF_BOTH.format("a.w.example.com", "*.w.example.com"), ""),
        ("a.w", ["a.w", "*.a.w"], OF_ONE.format("a.w.example.com"), ""),
        ("www2", ["www2", "*"], OF_BOTH.format("www2.example.com", "*.example.com"), ""),
        (
            "a.b.c",
            ["*"],
            OF_ONE.format("*.example.com"),
            "*.b.c.example.com, *.c.example.com and *.example.com",
        ),
        ("a.b.c", ["*.c"], OF_ONE.format("*.c.example.com"), "*.b.c.example.com and *.c.example.com"),
        (
            "a.b.c.d",
            ["*.d"],
            OF_ONE.format("*.d.example.com"),
            "*.b.c.d.example.com, *.c.d.example.com and *.d.example.com",
        ),
    ],
)
def test_an_alias_is_of_the_wildcard_that_exists_and_none_is_named_for_sure_that_may_not(
    included: str, asked: str, owners: list[str], cure: str, unsigned: str
) -> None:
    """A signature shows the wildcard. Without one, that above may answer for those that do not exist."""
    records = "\n".join(f"{owner} 300 CNAME {NOWHERE}" for owner in owners)
    (one,) = dangling(f"{asked}.example.com. A", records, included)
    assert one.cure == (EITHER.format(unsigned) if unsigned and included == "in-domain" else cure)
    gone = {record.split()[0] for record in one.remedy.remove} if one.remedy is not None else set()
    assert gone >= {f"{owner}.example.com." for owner in owners if owner != "*.a.w"}


@pytest.mark.parametrize("included", ["in-domain", "dnssec-good"])
def test_an_alias_in_front_of_a_wildcard_with_data_is_not_tried_without_it(included: str) -> None:
    """The zone would answer from the wildcard, with what is in no reply yet."""
    (one,) = dangling("a.w.example.com. A", f"a.w 300 CNAME {NOWHERE}\n*.w 300 A 192.0.2.9", included)
    assert one.cure == OF_ONE.format("a.w.example.com")
    assert one.remedy is not None and one.remedy.remove == ()


@pytest.mark.parametrize("included", ["in-domain", "dnssec-good"])
@pytest.mark.parametrize(
    ("asked", "target", "unsure", "cure"),
    [
        ("a.w", "www.example.com", False, DOT),
        ("b.a.w", "www.example.com", True, DOT),
        ("a.w", "192.0.2.9.", False, "publish the address of {} instead of an alias"),
        ("b.a.w", "192.0.2.9.", True, "publish the address of {} instead of an alias"),
    ],
)
def test_a_wildcard_whose_target_was_mistyped_has_a_fix_that_is_not_rehearsed(
    included: str, asked: str, target: str, unsure: bool, cure: str
) -> None:
    """What names would have from it is in no reply yet."""
    (one,) = dangling(f"{asked}.example.com. A", f"*.w 300 CNAME {target}", included)
    either = unsure and included == "in-domain"
    of = "whichever of *.a.w.example.com and *.w.example.com there is" if either else "*.w.example.com"
    assert one.cure == cure.format(of) and one.unrehearsed
    assert [record.split()[0] for record in one.records] == ([] if either else ["*.w.example.com."])


@pytest.mark.parametrize("included", ["in-domain", "dnssec-good"])
def test_what_a_dname_record_leads_to_may_be_removed(included: str) -> None:
    records = f"one 300 DNAME two\n*.two 300 CNAME {NOWHERE}"
    (one,) = dangling("a.one.example.com. A", records, included)
    assert one.cure == OF_ONE.format("*.two.example.com")
    assert one.remedy is not None and one.remedy.remove == (f"*.two.example.com. 300 IN CNAME {NOWHERE}",)


def test_the_last_alias_of_a_reply_is_the_one_whose_wildcards_are_asked_for() -> None:
    records = f"one 300 CNAME x.w\n*.w 300 CNAME {NOWHERE}"
    (one,) = dangling("one.example.com. A", records, "in-domain")
    assert one.cure == "point the alias *.w.example.com at a name that exists"
    assert one.remedy is not None and one.remedy.remove == ()  # the first one would lead nowhere


def test_below_the_longest_names_there_is_no_wildcard() -> None:
    """Not even an asterisk fits in front of them."""
    longest = ".".join(["a" * 63] * 3 + ["a" * 57, "com"])
    apex = f"@ SOA ns1.example.com. . 1 7200 900 1209600 300\n@ NS ns1.example.com.\n@ 300 CNAME {NOWHERE}\n"
    zone = {"text": apex, "servers": ["ns1.example.com."]}
    zones = {"com.": {"add": f"{longest}. NS ns1.example.com.\n"}, f"{longest}.": zone}
    found = checked(made_of("in-domain", question=f"{longest}. A", zones=zones)).findings or ()
    assert len(name(f"{longest}.").to_wire() or b"") == 255
    assert "alias-dangling" in {each.code for each in found}
