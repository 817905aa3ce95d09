"""Addresses that give one version of a zone and then an older one."""

from __future__ import annotations

import dns.rdatatype
import dns.rrset
import pytest

from dnstrace.analysis.alternating import alternating, undecided
from dnstrace.model import Kind, Probe, Step
from dnstrace.model.structs import replace
from tests.checks.checking import checked_by_name
from tests.replies import name

ZONE = name("example.com.")


def replies(*order: str) -> list[Step]:
    """A step with the replies of the machines "new" and "old" to one address, one after the other."""
    step = next(s for s in checked_by_name("machines-differ").steps if s.probe is Probe.SOA)
    seen = {str(each.meaning.answer[0][0].serial): each for each in step.attempts}
    machines = {"old": seen["2025010101"], "new": seen["2026011501"]}
    address = machines["old"].address
    attempts = []
    for place, which in enumerate(order):
        exchange = machines[which].exchange
        query = replace(exchange.query, address=address)
        attempts.append(
            replace(machines[which], exchange=replace(exchange, query=query, start=place, elapsed=0.5))
        )
    return [replace(step, attempts=tuple(attempts))]


@pytest.mark.parametrize(
    ("order", "decided", "open_"),
    [
        ("new new", False, False),
        ("old new", False, True),
        ("old new new", False, True),
        ("new old", True, False),
        ("old new old", True, False),
    ],
)
def test_a_zone_may_become_newer_while_it_is_looked_at_and_not_older(
    order: str, decided: bool, open_: bool
) -> None:
    steps = replies(*order.split())
    assert bool(alternating(steps, ZONE)) is decided and bool(undecided(steps, ZONE)) is open_


def test_what_another_trace_heard_was_said_before_what_this_one_asked() -> None:
    """A zone may be changed between two names of a list."""
    (step,) = replies("new", "old")
    first, then = step.attempts
    heard = replace(then, exchange=replace(then.exchange, cached=step.question))
    assert alternating([step], ZONE) and not alternating([replace(step, attempts=(first, heard))], ZONE)


def test_queries_under_way_at_the_same_time_show_no_order() -> None:
    (step,) = replies("new", "old")
    together = tuple(
        replace(each, exchange=replace(each.exchange, start=0.0, elapsed=0.5)) for each in step.attempts
    )
    steps = [replace(step, attempts=together)]
    assert not alternating(steps, ZONE) and undecided(steps, ZONE)


@pytest.mark.parametrize(
    ("mname", "serials", "alternate"),
    [
        ("ns1.example.com.", "old", False),
        ("ns1.example.com.", "old old", False),
        ("ns1.example.com.", "old new", True),
        ("ns1.example.com.", "new old", True),
        ("device.example.net.", "old new", False),
    ],
)
def test_the_soa_records_of_negative_answers_count_unless_they_are_others(
    mname: str, serials: str, alternate: bool
) -> None:
    """A device that denies what it does not have puts an SOA record of its own there.

    So does software that puts another serial in all negative answers.
    """
    (step,) = replies(*f"new {serials}".split())
    first, *others = step.attempts
    asked = replace(step, question=replace(step.question, rdtype=dns.rdatatype.MX))
    denials = []
    for each in others:
        (soa,) = each.meaning.answer
        other = dns.rrset.from_rdata(soa.name, soa.ttl, soa[0].replace(mname=name(mname)))
        meaning = replace(each.meaning, kind=Kind.NODATA, answer=(), soa=other)
        denials.append(replace(each, meaning=meaning))
    steps = [replace(step, attempts=(first,)), replace(asked, attempts=tuple(denials))]
    assert bool(alternating(steps, ZONE)) is alternate
