"""The rule on addresses in a referral that no name server of the zone has."""

from __future__ import annotations

import pytest

from dnstrace.checks import Blame
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires, found

CODE = "glue-superfluous"


def test_the_rule_fires_where_it_should_and_only_there() -> None:
    assert_fires(CODE, "glue", "in-domain")


def test_a_message_says_whose_addresses_they_are() -> None:
    assert [finding.message for finding in found(CODE, "glue")] == [
        "the referral to example.com includes addresses of old.example.com, which is not a name server of it"
    ]


@pytest.mark.parametrize(
    ("world", "server", "extra", "who", "operator"),
    [
        ("in-domain", "{}.gtld-servers.net.", "old.example.com. 192.0.2.99", Blame.REGISTRAR, "example.com."),
        ("in-domain", "{}.gtld-servers.net.", "ns.other.com. 192.0.2.99", Blame.REGISTRAR, "other.com."),
        ("sub-zone", "ns1.example.com.", "old.sub.example.com. 192.0.2.99", Blame.PARENT, "example.com."),
    ],
)
def test_a_host_object_is_deleted_at_the_registrar_and_elsewhere_by_the_parent(
    world: str, server: str, extra: str, who: Blame, operator: str
) -> None:
    question = "www.sub.example.com. A" if world == "sub-zone" else "www.example.com. A"
    servers = {server.format(letter): {"does": [f"extra-glue={extra}"]} for letter in "abcdefghijklm"}
    made = made_of(world, question=question, servers=servers)
    (finding,) = [each for each in checked(made).findings or () if each.code == CODE]
    assert (finding.blame, str(finding.operator)) == (who, operator)


def test_the_glue_of_another_zone_is_not_to_be_deleted_unseen() -> None:
    """The host may be the only name server of another zone: nobody can ask for all zones that have it."""
    (finding,) = found(CODE, "glue")
    assert finding.cure == (
        "make sure that it is not a name server of another zone either, which would lose its glue; then have"
        " com delete the addresses of old.example.com"
    )
