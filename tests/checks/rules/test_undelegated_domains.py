"""The rule on domains that their registry's zone does not delegate."""

from __future__ import annotations

import pytest

from dnstrace import trace
from dnstrace.checks import Blame, Level
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Settings
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires

CODE = "domain-not-delegated"


def test_a_rule_fires_where_it_should_and_only_there() -> None:
    assert_fires(CODE, "undelegated", "nxdomain")


@pytest.mark.parametrize(
    ("asked", "domain"),
    [
        ("www.nobody.com. A", "nobody.com"),
        ("nobody.com. DS", "nobody.com"),
        ("a.b.nobody.co.uk. MX", "nobody.co.uk"),
        ("www.nobody.uk. A", "nobody.uk"),
        ("none.example.com. A", ""),  # its own servers say so
        ("nobody. A", ""),  # no registrar sells it
        ("1.2.3.in-addr.arpa. PTR", ""),
        ("alias.example.com. A", ""),  # the alias is at fault
    ],
)
def test_the_domain_is_named_that_somebody_could_register(asked: str, domain: str) -> None:
    zones = {"example.com.": {"add": "alias CNAME www.nobody.net.\n"}}
    found = checked(made_of("in-domain", question=asked, zones=zones)).findings or ()
    here = [each for each in found if each.code == CODE]
    assert [str(each.zone) for each in here] == [f"{domain}."] * bool(domain)
    for each in here:
        assert each.level is Level.NOTICE and each.blame is Blame.REGISTRAR
        assert each.message.endswith(
            f"has no delegation of {domain}: it is not registered, or is kept out of the zone"
        )


def test_the_name_need_not_be_asked_for_as_a_whole() -> None:
    """With QNAME minimisation the domain is asked for, and that ends it (RFC 8020)."""
    settings = Settings(all_servers=True, probe=True, qmin=True)
    found = trace("a.b.moving.com", network=LabNetwork(load("undelegated")), settings=settings).findings or ()
    assert [each.code for each in found] == [CODE]
