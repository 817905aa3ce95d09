"""Rules on aliases in a row."""

from __future__ import annotations

import pytest

from dnstrace import Trace
from dnstrace.checks import Finding, Level
from tests.checks.checking import checked, made_of, told
from tests.checks.documented import assert_fires, found

RULES = [
    ("alias-loop", "alias-loop", "alias-chain"),
    ("alias-chain-long", "alias-chain-long", "alias-chain"),
]
"""Each with a world that fires it, and one that does not."""
CHAIN = "".join(f"a{number} CNAME a{number + 1}\n" for number in range(13)) + "a13 A 192.0.2.44\n"
CIRCLE = "".join(f"a{number} CNAME a{(number + 1) % 3}\n" for number in range(3))
LONG_CIRCLE = "".join(f"a{number} CNAME a{(number + 1) % 15}\n" for number in range(15))
BOTH = ("ns1.example.com.", "ns2.example.com.")


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


def test_aliases_that_no_resolver_follows_to_their_end_are_an_error() -> None:
    levels = [found("alias-chain-long", world)[0].level for world in ("endless-aliases", "alias-chain-long")]
    assert levels == [Level.ERROR, Level.WARNING]


def test_a_circle_is_named_with_all_its_names() -> None:
    finding = found("alias-loop", "alias-loop-across")[0]
    assert "one.example.com -> two.example.net -> one.example.com" in finding.message
    assert "two.example.net" in finding.cure


def seen(world: str, records: str, servers: tuple[str, ...], does: str = "gives-up=11") -> Trace:
    """What is found of a0.example.com, with these records, where servers give up after eleven aliases."""
    return checked(
        made_of(
            world,
            question="a0.example.com. A",
            servers={server: {"does": [does]} for server in servers},
            zones={"example.com.": {"add": records}},
        )
    )


@pytest.mark.parametrize("world", ["in-domain", "_signed"])
@pytest.mark.parametrize("servers", [BOTH[:1], BOTH])
@pytest.mark.parametrize("records", [CIRCLE, LONG_CIRCLE, CHAIN])
def test_a_server_that_gives_up_on_aliases_is_not_at_fault(
    world: str, servers: tuple[str, ...], records: str
) -> None:
    """It answers SERVFAIL: neither the server, nor a device in front of it, nor TCP is what fails."""
    hidden = records is LONG_CIRCLE and servers == BOTH  # no reply shows that it leads back
    code = "alias-loop" if records is not CHAIN and not hidden else "alias-chain-long"
    assert told(seen(world, records, servers).findings or ()) == [f"{code} example.com."]


@pytest.mark.parametrize(
    ("world", "records", "code"),
    [
        ("in-domain", CIRCLE, "alias-loop"),
        ("_signed", CIRCLE, "alias-loop"),
        ("in-domain", CHAIN, "alias-chain-long"),
    ],
)
def test_a_server_that_shows_no_alias_gives_up_on_those_that_another_shows(
    world: str, records: str, code: str
) -> None:
    found = seen(world, records, BOTH[:1], "gives-up=11 bare").findings or ()
    assert told(found) == [f"{code} example.com."]


def test_a_chain_that_all_servers_give_up_on_is_an_error_with_the_names_of_the_servers() -> None:
    (finding,) = seen("in-domain", CHAIN, BOTH).findings or ()
    assert finding.is_error and finding.message.startswith(
        "a0.example.com leads to a12.example.com through 12 aliases, where ns1.example.com and"
        " ns2.example.com gave up with SERVFAIL"
    )
    (finding,) = seen("in-domain", CHAIN, BOTH[:1]).findings or ()
    assert finding.level is Level.WARNING
    assert finding.message.endswith("after 12 of them ns1.example.com gave up with SERVFAIL")


@pytest.mark.parametrize("first", ["*.x CNAME a0\n", "x DNAME y\nq.y CNAME a0\n"])
def test_the_fix_of_a_chain_that_no_server_follows_names_no_record_that_may_not_be_there(first: str) -> None:
    """Only the name asked is known, and the alias may come from a wildcard or a DNAME record above it."""
    world = made_of(
        "in-domain",
        question="q.x.example.com. A",
        servers={server: {"does": ["gives-up=11"]} for server in BOTH},
        zones={"example.com.": {"add": first + CHAIN}},
    )
    (finding,) = checked(world).findings or ()
    assert finding.cure == (
        "point the alias with which replies for q.x.example.com begin at the name that has the data, or at a"
        " name close to it"
    )


def test_an_error_after_few_aliases_has_another_reason() -> None:
    found = seen("in-domain", CHAIN, BOTH, "gives-up=2").findings or ()
    assert told(found) == [f"type-fails example.com. {server}" for server in BOTH]


HEAD = "@ NS ns1\n@ NS ns2\nns1 A 192.0.2.53\nns1 AAAA 2001:db8:1::53\n" + (
    "ns2 A 198.51.100.53\nns2 AAAA 2001:db8:2::53\n"
)


def beside_another_copy(serial: int, records: str) -> list[Finding]:
    """What is found where ns1 gives up on aliases of serial 10, and ns2 has another version of the zone."""
    soa = f"@ SOA {'ns1' if serial < 10 else 'ns2'} hostmaster {{}} 7200 900 1209600 300\n"
    zones = {
        "example.com.": {"servers": [BOTH[0]], "text": soa.format(10) + HEAD + CHAIN},
        "example.com. other": {"servers": [BOTH[1]], "text": soa.format(serial) + HEAD + records},
    }
    servers = {BOTH[0]: {"does": ["gives-up=11"]}}
    world = made_of("in-domain", question="a0.example.com. A", servers=servers, zones=zones)
    return list(checked(world).findings or ())


def test_a_chain_is_named_also_where_another_server_denies_its_first_name() -> None:
    """Its SERVFAIL was left without an explanation there."""
    found = beside_another_copy(9, "other A 192.0.2.44\n")
    assert {each.code for each in found} == {"alias-chain-long", "soa-differs"}
    (chain,) = (each for each in found if each.code == "alias-chain-long")
    assert chain.level is Level.WARNING and chain.cure.startswith("point the alias with which replies for a0")


def test_a_chain_that_only_an_old_version_of_the_zone_has_goes_with_it() -> None:
    found = beside_another_copy(11, "a0 A 192.0.2.44\n")
    assert {each.code for each in found} == {"alias-chain-long", "soa-differs"}
    (chain,) = (each for each in found if each.code == "alias-chain-long")
    assert chain.cure.startswith("transfer example.com to ns1.example.com again")
