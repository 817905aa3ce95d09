"""Rules on signatures."""

from __future__ import annotations

import re
from typing import Any

import dns.rrset
import pytest

from dnstrace.lab.world import World, load, read
from dnstrace.model import Delegation, Trace
from dnstrace.model.findings import Blame
from dnstrace.model.security import Security
from tests.checks.checking import checked, checked_by_name, made_of, told
from tests.checks.documented import assert_fires

RULES = [
    ("signature-missing", "dnssec-strips-one", "dnssec-dname"),
    ("signature-bad", "dnssec-altered-data", "dnssec-altered-ttl"),
    ("signature-expired", "dnssec-expired", "dnssec-expiring"),
    ("signature-not-yet-valid", "dnssec-not-yet-valid", "dnssec-good"),
    ("signature-expiring", "dnssec-expiring", "dnssec-short-lived"),
]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


def test_the_time_that_counts_is_the_one_asked_about() -> None:
    """Ten days on, the good zone's signatures are still good; three days earlier, the early ones are not."""
    world = load("dnssec-good")
    now = world.now.timestamp()
    early = checked(load("dnssec-not-yet-valid"), at=now - 86400).findings or ()
    assert "signature-not-yet-valid example.com." in told(early)
    assert not checked(world, at=now + 10 * 86400).findings


def test_a_ds_record_that_is_supposed_has_no_signature_to_miss() -> None:
    world = load("dnssec-good")
    key = next(
        rdata
        for step in checked(world).steps
        for attempt in step.attempts
        if attempt.meaning.delegation is not None and attempt.meaning.delegation.ds is not None
        for rdata in attempt.meaning.delegation.ds
        if step.zone.to_text() == "com."
    )
    ds = dns.rrset.from_rdata("example.com.", 0, key)
    found = checked(world, supposed=(Delegation(ds.name, (), ds=ds),))
    assert found.findings == () and found.judgement is not None
    assert found.judgement.security is Security.SECURE


def test_keys_at_a_name_below_the_apex_are_data_that_any_key_of_the_zone_signs() -> None:
    """No DS record has to name a key that signs them; what is wrong with their signature is said as ever."""
    key = "AwEAAaetidLzsKWUt4swWR8yu0wPHPiUi8LUsAD0QPWU"
    odd, altered = f"odd DNSKEY 256 3 8 {key}", f"altered=odd DNSKEY 257 3 8 {key}"

    def seen(*broken: str) -> Trace:
        sign = {"algorithm": 13, "keys": "ksk+zsk", "broken": list(broken)}
        zones = {"example.com.": {"add": odd, "sign": sign}}
        return checked(made_of("_signed", question="odd.example.com. DNSKEY", zones=zones))

    sound = seen()
    assert sound.findings == () and sound.judgement is not None
    assert sound.judgement.security is Security.SECURE
    bad = [each.message for each in seen(altered).findings or () if each.code == "signature-bad"]
    assert bad and "odd.example.com DNSKEY: its signature by key" in bad[0]


OLD = {
    "text": "@ 900 SOA ns1 hostmaster 1 7200 900 1209600 300\n@ NS ns1\n@ NS ns2\nwww 300 A 192.0.2.44\n"
    "ns1 A 192.0.2.53\nns1 AAAA 2001:db8:1::53\nns2 A 198.51.100.53\nns2 AAAA 2001:db8:2::53\n",
    "servers": ["ns2.example.com."],
    "sign": {"valid": [-30, -1]},
}


def test_what_is_altered_at_one_server_is_not_said_of_the_other() -> None:
    """Both servers have an altered RRset, each another one: one sentence for both would be false of both."""
    apex = "@ 900 SOA ns1 hostmaster 1 7200 900 1209600 300\n@ NS ns1\n@ NS ns2\nwww 300 A 192.0.2.44\n"
    addresses = "ns1 A 192.0.2.53\nns1 AAAA 2001:db8:1::53\nns2 A 198.51.100.53\nns2 AAAA 2001:db8:2::53\n"
    altered = {"ns1.example.com.": "www A 192.0.2.66", "ns2.example.com.": "ns1 AAAA 2001:db8:1::66"}
    zones = {
        f"example.com. {number}": {
            "text": apex + addresses,
            "servers": [server],
            "sign": {"broken": [f"altered={change}"]},
        }
        for number, (server, change) in enumerate(altered.items())
    }
    found = checked(made_of("_signed", zones=zones)).findings or ()
    bad = {str(each.server): each.message for each in found if each.code == "signature-bad"}
    assert bad.keys() == altered.keys()
    for server, message in bad.items():
        owner, rdtype = altered[server].split()[:2]
        assert message.startswith(f"{owner}.example.com {rdtype}: ") and "more RRset" not in message
        assert not any(f"on {other}" in message for other in bad if other != server)


LOAD = "load example.com on ns2.example.com as its other servers have it"


@pytest.mark.parametrize(
    ("code", "content", "fix"),
    [
        ("signature-expired", {"zones": {"example.com. old": OLD}}, LOAD),
        (
            "signature-missing",
            {"servers": {"ns2.example.com.": {"does": ["strips-signatures"]}}},
            f"{LOAD}, and make it return signatures to queries with the DO flag",
        ),
    ],
)
def test_a_zone_that_is_well_signed_elsewhere_is_not_to_be_signed_again(
    code: str, content: dict[str, Any], fix: str
) -> None:
    (cure,) = [
        each.cure for each in checked(made_of("_signed", **content)).findings or () if each.code == code
    ]
    assert cure == fix


@pytest.mark.parametrize(
    ("world", "fix"),
    [
        ("dnssec-expired", "sign example.com again"),
        (
            "dnssec-not-yet-valid",
            "correct the clock of the machine that signs example.com, then sign it again",
        ),
        (
            "dnssec-expiring",  # Knot DNS 3.2 renews two hours before the end of two weeks, by default
            "check whether example.com is still being signed; if not, sign it again",
        ),
    ],
)
def test_signing_again_helps_if_the_signer_works_and_is_needed_if_it_does_not(world: str, fix: str) -> None:
    codes = {"signature-expired", "signature-not-yet-valid", "signature-expiring"}
    (cure,) = [each.cure for each in checked_by_name(world).findings or () if each.code in codes]
    assert cure == f"{fix}, and load it on all its servers"


@pytest.mark.parametrize(
    ("world", "any_signature"), [("dnssec-strips-all", False), ("dnssec-unsigned-data", True)]
)
def test_servers_that_give_no_signature_at_all_may_have_a_zone_that_is_signed(
    world: str, any_signature: bool
) -> None:
    (cure,) = [e.cure for e in checked_by_name(world).findings or () if e.code == "signature-missing"]
    assert ("make them return signatures" in cure) is not any_signature


def test_without_the_aa_flag_the_data_is_examined_as_well() -> None:
    """Resolvers validate it, and what fails is not for want of a reply to some other type."""
    servers = {f"ns{n}.example.com.": {"does": ["no-aa", "silent=CAA"]} for n in (1, 2)}
    found = checked(made_of("dnssec-altered-data", servers=servers)).findings or ()
    codes = {each.code for each in found}
    assert codes == {"signature-bad", "not-authoritative", "type-fails"}
    assert next(each for each in found if each.code == "signature-bad").cure.startswith("sign example.com")


def slow_and_valid(begins: int, ends: int) -> World:
    """A world whose zone needs 1.2 s for a reply, with signatures for some seconds after the start."""
    addresses = {1: ["192.0.2.53", "2001:db8:1::53"], 2: ["198.51.100.53", "2001:db8:2::53"]}
    servers = {f"ns{n}.example.com.": {"addresses": addresses[n], "rtt": 1200} for n in addresses}
    valid = [begins / 86400 + 1e-9, ends / 86400 + 1e-9]
    return made_of("_signed", servers=servers, zones={"example.com.": {"sign": {"valid": valid}}})


@pytest.mark.parametrize(
    ("begins", "ends", "at_arrival", "at_start"),
    [
        (1, 86400, None, "signature-not-yet-valid"),  # signed as it was answered
        (-86400, 0, "signature-expired", None),
    ],
)
def test_a_signature_is_judged_at_the_arrival_of_its_reply_unless_a_time_is_given(
    begins: int, ends: int, at_arrival: str | None, at_start: str | None
) -> None:
    world = slow_and_valid(begins, ends)
    for at, code in ((None, at_arrival), (world.now.timestamp(), at_start)):
        found = checked(world, at=at)
        assert found.judgement is not None and found.judgement.at == world.now.timestamp()
        assert found.judgement.security is (Security.BOGUS if code else Security.SECURE)
        codes = {each.code for each in found.findings or () if each.code.startswith("signature-")}
        assert codes - {"signature-expiring"} == ({code} if code else set())


@pytest.mark.parametrize(
    ("seconds", "left"),
    [(86400, "24 hours"), (7200, "2 hours"), (7199, "2 hours"), (60, "1 minute"), (59, "1 minute")],
)
def test_the_message_says_for_how_long_a_signature_is_valid(seconds: int, left: str) -> None:
    world = load("dnssec-expiring")
    findings = checked(world, at=world.now.timestamp() + 86400 - seconds).findings or ()
    (finding,) = [each for each in findings if each.code == "signature-expiring"]
    assert re.match(
        rf"www\.example\.com A \(and \d+ more RRsets\) has .* expires in {left}, on ", finding.message
    )


@pytest.mark.parametrize(
    ("valid", "found"),
    [([-10, 2], 0), ([-10, 1.99], 1), ([-8.01, 1.99], 1), ([-8, 1.99], 0), ([-8, 0.9], 0), ([-8, 0.8], 1)],
)
def test_a_signature_that_should_have_been_renewed(valid: list[float], found: int) -> None:
    """Less than two days are left of ten and more, or less than a tenth."""
    world = made_of("_signed", zones={"example.com.": {"sign": {"valid": valid}}})
    assert [each.code for each in checked(world).findings or ()] == ["signature-expiring"] * found


def test_where_the_ds_record_names_the_wrong_key_it_is_replaced() -> None:
    """To sign again would not help: the key that it names does not sign keys."""
    (found,) = checked_by_name("dnssec-ds-of-other-key").findings or ()
    assert found.blame is Blame.REGISTRAR and " DS 33677 " in found.records[0]
    assert "key 33677 signs it" in found.message and found.rehearsed.endswith("secure")


def test_data_of_a_server_whose_keys_nobody_read_is_not_called_badly_signed() -> None:
    """The other server has an old version with other keys: signing with these would break what is right."""
    text = read("in-domain")["zones"]["example.com."]["text"]
    signed = {"algorithm": 13, "denial": "nsec"}
    zones = {
        "example.com.": {"servers": ["ns1.example.com."], "sign": signed},
        "example.com. old": {
            "servers": ["ns2.example.com."],
            "sign": {**signed, "broken": ["rolled"]},
            "text": text.replace("2026011501", "2025120101"),
        },
    }
    servers = {"ns1.example.com.": {"does": ["silent=DNSKEY"]}}
    found = checked(made_of("in-domain", zones=zones, servers=servers)).findings or ()
    assert {"type-fails", "ds-without-dnskey"} <= {each.code for each in found}
    assert "signature-bad" not in {each.code for each in found}
