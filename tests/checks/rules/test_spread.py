"""Rules on the servers of a zone as a group."""

from __future__ import annotations

import dns.name
import pytest

from dnstrace.checks import Level
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.hosts import glue
from dnstrace.checks.rules.spread import _at_most, _size
from dnstrace.model import Delegation, NameServer
from tests.checks.checking import checked
from tests.checks.copies import ABOVE, copied
from tests.checks.documented import assert_fires, checked_world, found

RULES = [
    ("too-few-servers", "one-address", "in-domain"),
    ("one-network", "one-network", "in-domain"),
    ("no-ipv4", "ipv6-only", "in-domain"),
    ("referral-too-large", "nxns", "textbook"),
]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


def test_a_single_address_is_a_warning_however_many_names_it_has() -> None:
    (finding,) = found("too-few-servers", "one-address")
    assert finding.level is Level.WARNING
    assert finding.message == (
        "example.com depends on one address per family: ns1.example.com and ns2.example.com at 192.0.2.53"
        " and 2001:db8:1::53"
    )


def test_a_large_referral_is_said_with_its_size() -> None:
    (finding,) = found("referral-too-large", "nxns")
    assert finding.message == (
        "a referral to victim.com takes up to 1371 octets with 60 name servers: only 1232 are safe over UDP"
    )


@pytest.mark.parametrize("world", ["textbook", "glueless", "dnssec-good", "alias"])
def test_the_bound_for_a_referral_is_never_below_its_size(world: str) -> None:
    cuts = [cut for cut in Evidence(checked_world(world)).cuts if cut.delegation is not None]
    assert cuts
    for cut in cuts:
        assert cut.delegation is not None
        assert _at_most(cut.delegation, glue(cut)) >= _size(cut.delegation, glue(cut)) > 270


def test_a_referral_that_fits_into_no_message_for_the_longest_name_has_the_size_of_the_largest() -> None:
    """One over TCP, to a short name, may fill a message."""
    names = [NameServer(dns.name.from_text(f"{number}{'n' * 50}.example.net.")) for number in range(3000)]
    assert _size(Delegation(dns.name.from_text("example.com."), tuple(names)), {}) == 65535


def test_a_zone_of_which_no_name_server_was_seen_by_name_does_not_lack_ipv4() -> None:
    """The walk went by servers of the zone above that have a copy, and did not follow the referral."""
    findings = checked(copied(None, {}, ABOVE[:2])).findings or ()
    assert findings and "no-ipv4" not in {each.code for each in findings}
