"""Which copies of a signed zone may be removed from servers of the zone above."""

from __future__ import annotations

from typing import Any

import pytest

from dnstrace.checks import Finding
from tests.checks.checking import checked, made_of

SIGNED: dict[str, Any] = {"sign": {"algorithm": 13}}
NOT_VALID: dict[str, dict[str, Any]] = {
    "unsigned": {},
    "rolled": {"sign": {"algorithm": 13, "broken": ["rolled"]}},
    "expired": {"sign": {"algorithm": 13, "valid": [-30, -1]}},
}
ABOVE = [("ns1", "ns2"), ("ns1",)]
NS = "ns1{0} A 192.0.2.11\nns2{0} A 192.0.2.12\n"
APEX = f"@ SOA ns1 h 1 7200 900 1209600 300\n@ NS ns1\n@ NS ns2\n{NS.format('')}"


def _found(servers: tuple[str, ...], here: dict[str, Any], there: dict[str, Any]) -> dict[str, Finding]:
    """What is found where some servers of example.org have a copy of sub.example.org, which is on ns3."""
    zones = {
        "org.": {"add": f"example NS ns1.example\nexample NS ns2.example\n{NS.format('.example')}"},
        "example.org.": {**SIGNED, "text": f"{APEX}ns3 A 192.0.2.13\nsub NS ns3\n"},
        "sub.example.org.": {"servers": [f"{name}.example.org." for name in servers], **here},
        "sub.example.org. b": {"servers": ["ns3.example.org."], **there},
    }
    hosts = {f"ns{n}.example.org.": {"addresses": [f"192.0.2.1{n}"]} for n in (1, 2, 3)}
    world = made_of("_internet", question="www.sub.example.org. A", servers=hosts, zones=zones)
    return {each.code: each for each in checked(world).findings or ()}


def _copy(primary: str, serial: int) -> dict[str, Any]:
    soa = f"@ SOA {primary}.example.org. h.example.org. {serial} 7200 900 1209600 300\n"
    return {"text": f"{soa}@ NS ns3.example.org.\nwww A 192.0.2.{serial}\n"}


def _fix(found: dict[str, Finding], servers: tuple[str, ...]) -> str:
    return found["zone-left-over" if len(servers) > 1 else "answers-differ"].cure


@pytest.mark.parametrize("servers", ABOVE)
@pytest.mark.parametrize("there", NOT_VALID.values(), ids=NOT_VALID)
def test_the_only_copy_that_validates_is_not_to_be_removed(
    servers: tuple[str, ...], there: dict[str, Any]
) -> None:
    found = _found(servers, {**_copy("old", 7), **SIGNED}, {**_copy("ns3", 9), **there})
    assert not any("remove the zone" in (each.cure or "") for each in found.values())
    assert _fix(found, servers).startswith(
        "fix the signing of sub.example.org on ns3.example.org first, and leave ns1.example.org"
    )


@pytest.mark.parametrize("servers", ABOVE)
def test_a_copy_may_be_removed_where_the_newer_one_validates(servers: tuple[str, ...]) -> None:
    found = _found(servers, {**_copy("old", 7), **SIGNED}, {**_copy("ns3", 9), **SIGNED})
    assert "remove the zone sub.example.org from ns1.example.org" in _fix(found, servers)


def test_a_newer_version_is_not_to_be_copied_unless_it_validates() -> None:
    """Whether it does is not known: nobody asks a server of the zone above for the keys of the zone below."""
    found = _found(ABOVE[1], {**_copy("ns1", 9), **NOT_VALID["rolled"]}, {**_copy("ns1", 7), **SIGNED})
    assert found["answers-differ"].cure == (
        "make sure that sub.example.org validates as it is on ns1.example.org; after that, transfer"
        " sub.example.org to ns3.example.org again, and find out why it was not transferred"
    )
