"""Rules on what the servers of one zone say about a delegation in it, compared with each other."""

from __future__ import annotations

from typing import Any

import pytest

from dnstrace.checks import Blame, Finding, Level
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires, found

CODE = "parent-servers-differ"
RULES = [
    (CODE, "parent-servers-differ", "in-domain"),
    (CODE, "not-delegated-at-one", "sub-zone"),
    (CODE, "not-delegated-at-one", "serves-both"),
]
"""Each with a world that fires it, and one that does not."""


def stale(text: str, many: str = "") -> list[Finding]:
    """What is found where m.gtld-servers.net has this delegation of example.com, or what remains of it."""
    apex = "@ 900 SOA a.gtld-servers.net. nstld.verisign-grs.com. 1 1800 900 604800 900\n"
    letters = "abcdefghijklm"
    others = [f"{letter}.gtld-servers.net." for letter in letters[:-1]]
    zones: dict[str, Any] = {
        "com.": {"servers": others, "add": many},
        "com. stale": {
            "servers": ["m.gtld-servers.net."],
            "ttl": 172800,
            "sign": {"algorithm": 13, "denial": "opt-out"},
            "text": apex + "".join(f"@ NS {letter}.gtld-servers.net.\n" for letter in letters) + text,
        },
    }
    world = made_of("in-domain", question="www.example.com. A", zones=zones)
    return [each for each in checked(world).findings or () if each.code == CODE]


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


def test_what_differs_is_named_with_the_servers() -> None:
    (finding,) = found(CODE, CODE)
    assert finding.message.startswith(
        "the servers of com refer to example.com with different NS records:"
        " m.gtld-servers.net lacks ns2.example.com, unlike a.gtld-servers.net, "
    )
    assert finding.level is Level.WARNING and finding.blame is Blame.PARENT


def test_a_delegation_that_one_server_does_not_know_is_an_error_there() -> None:
    (finding,) = found(CODE, "not-delegated-at-one")
    assert finding.level is Level.ERROR and finding.blame is Blame.PARENT
    assert str(finding.zone) == "sub.example.com." and str(finding.server) == "ns2.example.com."
    assert "does not know of the delegation of sub.example.com in example.com (NXDOMAIN)" in finding.message


GLUE = "ns1.example A 192.0.2.53\nns1.example AAAA 2001:db8:1::53\n"
BOTH = "example NS ns1.example.com.\nexample NS ns2.example.com.\n"


def test_other_glue_is_named() -> None:
    (finding,) = stale(BOTH + GLUE + "ns2.example A 198.51.100.53\nns2.example AAAA 2001:db8:2::99\n")
    assert (
        "different glue: m.gtld-servers.net has ns2.example.com 2001:db8:2::99 and lacks" in finding.message
    )


def test_glue_that_is_left_out_with_room_for_it_is_a_difference() -> None:
    (finding,) = stale(BOTH + GLUE + "ns2.example A 198.51.100.53\n")
    assert "m.gtld-servers.net lacks ns2.example.com 2001:db8:2::53" in finding.message


def test_servers_that_none_of_the_others_lists_and_that_do_not_serve_the_zone_are_an_error() -> None:
    (finding,) = stale("example NS a.gtld-servers.net.\n")
    assert "m.gtld-servers.net has a.gtld-servers.net and lacks" in finding.message
