"""What resolvers hold that no name server has: read from traces of the lab's worlds."""

from __future__ import annotations

from dataclasses import replace

import dns.rdatatype
import pytest

from dnstrace import Settings
from dnstrace.analysis.resolver_records import (
    copy_question,
    old_records,
    other_copy,
    soa_known,
    trust_questions,
)
from dnstrace.analysis.resolvers import compared
from dnstrace.lab.world import World, load, read
from dnstrace.lab.worldfile import build
from dnstrace.model.compared import Compared, Disagreement
from tests.analysis.resolving import asked, world_with

CACHE = """
@ 212 SOA {mname} hostmaster 7 7200 900 1209600 300
@ NS ns1.example.com.
www 212 A 198.51.100.99
"""


def with_copy(mname: str, *does: str) -> Compared:
    """How a resolver compares that has a zone with this MNAME."""
    (found,) = compared(asked(world_with(CACHE.format(mname=mname), *does)))
    return found


def test_the_keys_on_the_way_are_asked_for_as_far_as_the_servers_gave_theirs() -> None:
    questions = trust_questions(asked(load("dnssec-good")))
    zones = {(str(each.name), dns.rdatatype.to_text(each.rdtype)) for each in questions}
    assert zones == {("com.", "DS"), ("example.com.", "DS")}
    plain = trust_questions(asked(load("dnssec-good"), Settings(edns=None)))
    assert plain == ()
    validated = trust_questions(asked(load("dnssec-good"), validate=True))
    assert {(str(each.name), dns.rdatatype.to_text(each.rdtype)) for each in validated} - zones == {
        ("com.", "DNSKEY"),
        ("example.com.", "DNSKEY"),
    }


def bogus_at_resolver(included: str, com: str = "", example: str = "") -> World:
    """A world with a resolver that finds everything bogus, and has these records in its cache."""
    head = "@ 900 SOA ns1.example.com. h 1 1800 900 604800 900\n@ NS ns1.example.com.\n"
    zones = {"com.": f"{head}example NS ns1.example.com.\n{com}", "example.com.": head + example}
    content = {
        "title": "a test",
        "question": "www.example.com. A",
        "include": [included],
        "resolvers": ["192.0.2.153"],
        "expect": {"outcome": "answer"},
        "servers": {"r.example.org.": {"addresses": ["192.0.2.153"], "does": ["resolver", "finds-bogus"]}},
        "zones": {
            f"{zone} cache": {"servers": ["r.example.org."], "text": text + "www A 192.0.2.44\n"}
            for zone, text in zones.items()
        },
    }
    return build("test", content, read)


OLD_DS = "example 3540 DS 12345 13 2 42D982B320B672F3514DE88E906E655C2CEC7D7218AB296845E37D4113D7F715\n"
OLD_KEY = (
    "@ 60 DNSKEY 257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxIL"
    "fDLUT0rAK9iUzy1L53eKGQ==\n"
)


@pytest.mark.parametrize(
    ("included", "com", "example", "old"),
    [
        ("dnssec-good", OLD_DS, "", ["DS"]),
        ("dnssec-good", "", OLD_KEY, ["DNSKEY"]),
        ("dnssec-good", OLD_DS, OLD_KEY, ["DS", "DNSKEY"]),
        ("dnssec-good", "", "", []),
        ("in-domain", OLD_DS, "", ["DS"]),  # the zone is no longer signed
    ],
)
def test_what_is_old(included: str, com: str, example: str, old: list[str]) -> None:
    (resolver,) = compared(asked(bogus_at_resolver(included, com, example), validate=True))
    assert resolver.difference is Disagreement.VALIDATION
    assert [dns.rdatatype.to_text(each.rdtype) for each in resolver.old] == old


def test_a_ds_record_that_no_server_has_is_old_until_its_ttl_ends() -> None:
    found = asked(load("resolver-keys-stale"))
    (resolver,) = compared(found)
    (old,) = resolver.old
    assert (str(old.name), old.rdtype, old.ttl) == ("example.com.", dns.rdatatype.DS, 3540)
    assert found.steps[old.step - 1].at_resolver and (old.until - found.started).total_seconds() > 3540
    assert old_records(found, resolver.step) == resolver.old


def test_records_that_some_server_has_are_not_old() -> None:
    found = asked(load("resolver-keys-stale"))
    (resolver,) = compared(found)
    (held,) = [
        step for step in found.steps if step.question.name == resolver.old[0].name and step.at_resolver
    ]
    elsewhere = replace(held, parent=None, zone=held.question.name, purpose=found.steps[0].purpose)
    shared = replace(found, steps=(*found.steps, replace(elsewhere, id=len(found.steps) + 1)))
    assert old_records(shared, resolver.step) == ()


def test_a_resolver_that_validates_is_asked_for_nothing_more() -> None:
    found = asked(load("resolver-same"))
    assert not [step for step in found.steps if step.at_resolver and not step.asks_resolver]


@pytest.mark.parametrize(
    ("does", "difference"), [((), Disagreement.SPLIT_HORIZON), (("resolver",), Disagreement.OTHER)]
)
def test_another_mname_is_another_copy_of_the_zone(does: tuple[str, ...], difference: Disagreement) -> None:
    found = with_copy("ns.corp.test.", *does)
    assert found.copy is not None and found.difference is difference
    assert found.copy.authoritative == (not does) and str(found.copy.theirs).startswith("ns.corp.test.")


@pytest.mark.parametrize("code", [15, 16, 17, 18])
def test_a_filter_that_says_so_is_taken_at_its_word_whatever_soa_record_it_makes(code: int) -> None:
    found = with_copy("ns.corp.test.", f"explains={code}")
    assert found.difference is Disagreement.FILTERED and found.copy is None


def test_another_serial_number_alone_is_not() -> None:
    found = with_copy("ns1.example.com.", "resolver")
    assert found.copy is None and found.difference is Disagreement.STALE


def test_the_soa_record_is_fetched_where_no_server_has_given_it() -> None:
    world = load("resolver-own-zone")
    found = asked(world)
    assert soa_known(found) and not soa_known(asked(load("in-domain")))
    (resolver,) = compared(found)
    assert resolver.attempt is not None and other_copy(found, resolver.step, resolver.attempt) is not None
    fetched = [step for step in found.steps if step.question == copy_question(found)]
    assert [step.at_resolver for step in fetched] == [False]
    checked = asked(world, Settings(all_servers=True, probe=True))
    assert all(step.probe is not None for step in checked.steps if step.question == copy_question(checked))
