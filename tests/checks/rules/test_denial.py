"""Rules on proofs that something does not exist."""

from __future__ import annotations

import dns.message
import dns.rdatatype
import dns.rrset
import pytest

from dnstrace.checks import Level
from dnstrace.lab.reaction import MISBEHAVIOURS, Asked, Reaction, Responder, said
from dnstrace.lab.world import read
from dnstrace.model.findings import Finding
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires, found

RULES = [
    ("denial-broken", "dnssec-no-denial", "dnssec-opt-out-nxdomain"),
    ("nsec3-iterations", "dnssec-iterations", "dnssec-nsec3-nxdomain"),
]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


@pytest.mark.parametrize(
    ("code", "world", "level"),
    [
        ("nsec3-iterations", "dnssec-alias", Level.NOTICE),
        ("nsec3-iterations", "dnssec-iterations", Level.ERROR),
        ("denial-broken", "dnssec-parent-no-denial", Level.ERROR),
    ],
)
def test_the_level_is_what_it_matters_to_resolvers(code: str, world: str, level: Level) -> None:
    assert [finding.level for finding in found(code, world)] == [level]


def test_a_number_of_iterations_agrees_with_its_noun() -> None:
    messages = [
        found("nsec3-iterations", world)[0].message for world in ("dnssec-alias", "dnssec-iterations")
    ]
    assert messages == [
        "example.net uses 1 additional NSEC3 iteration instead of 0",
        "example.com uses 500 additional NSEC3 iterations instead of 0",
    ]


def test_opt_out_may_stay_where_it_is_used() -> None:
    """BIND reads the second of these parameters as that: with 0, the zone of a registry would grow."""
    zones = {"example.com.": {"sign": {"denial": "opt-out", "iterations": 10}}}
    made = checked(made_of("_signed", question="none.example.com. A", zones=zones))
    (finding,) = [each for each in made.findings or () if each.code == "nsec3-iterations"]
    assert "; it uses opt-out, which may stay" in finding.cure
    assert "opt-out" not in found("nsec3-iterations", "dnssec-iterations")[0].cure


TO_WILDCARD = """old DNAME new.example.com.
*.new A 192.0.2.1
"""


@pytest.mark.parametrize(("does", "everywhere"), [((), False), (("ns2.example.com.",), True)])
def test_a_server_that_leaves_out_records_it_has_is_to_be_updated(
    does: tuple[str, ...], everywhere: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As NSD does, where a DNAME record leads to a wildcard: signing the zone again would change nothing."""

    def unproved(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
        message = dns.message.from_wire(otherwise(asked).replies[0])
        if any(rrset.rdtype == dns.rdatatype.A for rrset in message.answer):
            message.authority = []
        return said(message)

    monkeypatch.setitem(MISBEHAVIOURS, "unproved", unproved)
    sick = ("ns1.example.com.", *does)
    addresses = {"ns1.example.com.": ["192.0.2.53"], "ns2.example.com.": ["198.51.100.53"]}
    servers = {
        each: {"addresses": addresses[each], "does": ["unproved"] if each in sick else []}
        for each in addresses
    }
    world = made_of(
        "_signed",
        question="www.old.example.com. A",
        servers=servers,
        zones={"example.com.": {"add": TO_WILDCARD}},
    )
    (finding,) = (each for each in checked(world).findings or () if each.code == "denial-broken")
    assert finding.message.endswith("although the zone has records that prove it, as other replies show")
    named = "ns1.example.com and ns2.example.com" if everywhere else "ns1.example.com"
    assert finding.cure == (
        f"update the name server software of {named}, which chooses the wrong records for such replies"
    )
    assert finding.remedy is not None and finding.remedy.where is None


def test_a_server_that_denies_what_others_have_is_for_loading_or_software() -> None:
    """Signing the zone again would not help: others prove that from the same version."""
    does = {"ns1.example.com.": {"does": ["denies-empty=www"]}}
    world = made_of("_signed", question="www.example.com. TXT", servers=does)
    (finding,) = (each for each in checked(world).findings or () if each.code == "denial-broken")
    assert str(finding.server) == "ns1.example.com."
    assert finding.cure == (
        "load example.com on ns1.example.com as its other servers have it; if that does not help, update its"
        " name server software"
    )


def _of_copies(ns1: int, ns2: int, *broken: str) -> list[Finding]:
    """What is found of the proofs of a zone above, which ns2 has with these faults; by serial at both."""
    text = read("_signed")["zones"]["example.com."]["text"]
    zones = {
        f"example.com.{key}": {
            "text": text.replace("2026011501", str(serial)),
            "servers": [f"{host}.example.com."],
            "sign": {"broken": list(faults)},
        }
        for key, host, serial, faults in (("", "ns1", ns1, ()), (" other", "ns2", ns2, broken))
    }
    trace = checked(made_of("_signed", question="www.child.example.com. A", zones=zones))
    return [each for each in trace.findings or () if each.code == "denial-broken"]


AS_OTHERS = (
    "load example.com on ns2.example.com as its other servers have it; if that does not help, update its name"
    " server software"
)


@pytest.mark.parametrize("broken", ["no-denial", "claims=DS"])
@pytest.mark.parametrize(
    ("serial", "fix"),
    [
        (2, AS_OTHERS),
        (
            1,
            "load version 2 of example.com on ns2.example.com, which has 1; if that does not help, update its"
            " name server software",
        ),
        (3, "sign the whole of example.com again, and load it on all its servers"),
    ],
)
def test_a_referral_that_one_server_does_not_prove_is_for_its_copy(
    serial: int, fix: str, broken: str
) -> None:
    """Others prove it, from the same version or a newer one. If its own is the newest, it is signed again."""
    (finding,) = _of_copies(2, serial, broken)
    assert "gets REFERRAL without a valid proof" in finding.message and finding.is_error
    assert str(finding.server) == "ns2.example.com." and finding.cure == fix
