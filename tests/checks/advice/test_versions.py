"""What would be lost if the newest version of a zone were copied to all its servers."""

from __future__ import annotations

from typing import Any

import pytest

from dnstrace.checks import Finding
from dnstrace.lab.world import read
from tests.checks.checking import checked, made_of

SIGNED: dict[str, Any] = {"algorithm": 13}
BROKEN: dict[str, dict[str, Any] | None] = {
    "unsigned": None,
    "rolled": {**SIGNED, "broken": ["rolled"]},
    "without keys": {**SIGNED, "broken": ["no-dnskey"]},
    "expired": {**SIGNED, "valid": [-30, -1]},
    "altered": {**SIGNED, "broken": ["altered=www A 192.0.2.66"]},
    "hiding data": {**SIGNED, "broken": ["hides=A"]},
    "other signer": {**SIGNED, "broken": ["signer=example.net."]},
}
COPY = ("transfer", "as its other servers have it", "load the same version")
"""What would replace one version by the other."""
TEXT = read("in-domain")["zones"]["example.com."]["text"]
GONE = {"is an alias of gone.example.com, which does not exist": "www CNAME gone\n", "does not exist": ""}
WWW = "www 300 A 192.0.2.44\n"


def _two(newer: Any, older: Any, text: str = TEXT, primary: str = "ns1") -> dict[str, Finding]:
    """What is found where ns1 has a version, signed in one way, and ns2 an older one, signed in another."""
    zones: dict[str, dict[str, Any]] = {
        "example.com.": {"servers": ["ns1.example.com."], "text": text},
        "example.com. old": {
            "servers": ["ns2.example.com."],
            "text": TEXT.replace("2026011501", "2025010101"),
        },
    }
    for zone, sign in zip(zones.values(), (newer, older), strict=True):
        zone["text"] = zone["text"].replace("SOA ns1", f"SOA {primary}")
        zone |= {} if sign is None else {"sign": sign}
    return {each.code: each for each in checked(made_of("in-domain", zones=zones)).findings or ()}


def _copying(found: dict[str, Finding]) -> list[str]:
    return [each.cure for each in found.values() if any(text in each.cure for text in COPY)]


@pytest.mark.parametrize("sign", BROKEN.values(), ids=BROKEN)
def test_no_fix_copies_over_the_only_version_that_validates(sign: Any) -> None:
    found = _two(sign, SIGNED)
    assert len(found) > 1 and not _copying(found)
    assert (
        "2026011501 on ns1.example.com, a version that is not correctly signed"
        in found["soa-differs"].message
    )
    assert found["soa-differs"].cure == (
        "fix the signing of example.com on ns1.example.com first, and leave ns2.example.com as it is"
        " until then"
    )
    assert all(each.cure.startswith(("sign", "fix the signing")) for each in found.values())


@pytest.mark.parametrize(
    ("kind", "signing", "of"),
    [("rolled", "have", "key 61983"), ("unsigned", "sign it there with a new key, have", "that")],
)
def test_a_key_that_is_lost_leaves_a_second_way(kind: str, signing: str, of: str) -> None:
    cure = _two(BROKEN[kind], SIGNED)["dnskey-differs"].cure
    assert f"; if this key is lost, {signing} a DS record of {of} added in com, wait for the TTL" in cure
    assert cure.index("wait for the TTL") < cure.index("then load this version on all servers")


def test_of_several_old_versions_only_one_that_validates_is_left_and_copied() -> None:
    text = f"{TEXT}@ NS ns3\nns3 A 203.0.113.77\n"
    ns3 = "example NS ns3.example.com.\nns3.example A 203.0.113.77\n"
    signs = (("2026011501", BROKEN["expired"]), ("2026010101", SIGNED), ("2025010101", BROKEN["expired"]))
    zones: dict[str, dict[str, Any]] = {
        f"example.com.{f' {place}' if place > 1 else ''}": {
            "servers": [f"ns{place}.example.com."],
            "text": text.replace("2026011501", serial),
            "sign": sign,
        }
        for place, (serial, sign) in enumerate(signs, 1)
    }
    zones["com."] = {"add": read("in-domain")["zones"]["com."]["add"] + ns3}
    servers = {"ns3.example.com.": {"addresses": ["203.0.113.77"]}}
    found = checked(made_of("in-domain", zones=zones, servers=servers)).findings or ()
    cures = {(each.code, str(each.server)): each.cure for each in found}
    assert cures["soa-differs", "None"].endswith(
        "on ns1.example.com first, and leave ns2.example.com as it is until then"
    )
    assert cures["signature-expired", "ns3.example.com."] == (
        "load example.com on ns3.example.com as ns2.example.com has it"
    )
    assert cures["signature-expired", "ns1.example.com."].startswith("sign example.com again")


@pytest.mark.parametrize("sign", BROKEN.values(), ids=BROKEN)
def test_an_old_version_that_does_not_validate_is_replaced_as_any_other(sign: Any) -> None:
    found = _two(SIGNED, sign)
    assert found["soa-differs"].cure.startswith("transfer example.com to ns2.example.com again")
    assert "signed" not in found["soa-differs"].message
    assert all("ns1.example.com" not in each.cure for each in found.values())


@pytest.mark.parametrize("sign", [None, SIGNED, BROKEN["expired"]])
def test_versions_that_are_signed_alike_are_copied(sign: Any) -> None:
    found = _two(sign, sign)
    assert found["soa-differs"].cure.startswith("transfer example.com to ns2.example.com again")
    assert "signed" not in found["soa-differs"].message


def test_a_primary_whose_serial_went_back_keeps_its_version_if_only_that_validates() -> None:
    found = _two(BROKEN["expired"], SIGNED, primary="ns2")
    assert "raise its serial above 2026011501" in found["soa-differs"].cure
    assert "otherwise fix the signing of example.com on ns1.example.com first" in found["soa-differs"].cure
    assert "on ns1.example.com as its other servers have it" in found["signature-expired"].cure


@pytest.mark.parametrize(("what", "records"), GONE.items())
def test_what_the_newest_version_lacks_of_the_data_asked_for_is_said(what: str, records: str) -> None:
    """An alias that leads nowhere would otherwise be copied to the server that still has the data."""
    (finding,) = _two(None, None, TEXT.replace(WWW, records)).values()
    assert finding.message.endswith(f"; in the newer version www.example.com {what}")
    assert finding.cure.startswith("check whether this change is meant: if it is, transfer example.com to")
    assert finding.cure.endswith("if not, correct it on ns1.example.com first")


def test_data_that_is_only_another_in_the_newest_version_is_copied() -> None:
    (finding,) = _two(None, None, TEXT.replace(WWW, "www 300 A 192.0.2.45\n")).values()
    assert finding.cure.startswith("transfer") and "newer version" not in finding.message


@pytest.mark.parametrize("kind", ["unsigned", "rolled"])
def test_no_unsigned_version_is_loaded_because_the_primary_has_an_older_one(kind: str) -> None:
    found = _two(BROKEN[kind], SIGNED, primary="ns2")
    assert found["dnskey-differs"].cure.startswith(
        "load example.com on ns1.example.com as ns2.example.com has it, with a serial above 2026011501"
    )
    assert "on ns1.example.com, a version that is not correctly signed: no" in found["soa-differs"].message
    assert "sign" not in _two(None, None, primary="ns2")["soa-differs"].message


def test_what_the_newest_version_lacks_is_said_before_it_is_signed_and_loaded() -> None:
    lacking = TEXT.replace(WWW, "")
    for newer, older in ((None, SIGNED), (SIGNED, None)):
        found = _two(newer, older, lacking)
        assert found["dnskey-differs"].cure.endswith(
            "; in this version www.example.com does not exist: check first whether that is meant"
        )
        assert found["soa-differs"].cure.startswith("check whether this change is meant: if it is, ")
