"""Records that point to hosts of the zone which are missing, or aliases."""

from __future__ import annotations

import dns.rdatatype
import pytest

from dnstrace import Settings, trace
from dnstrace.checks import Finding
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import read
from dnstrace.model import Trace
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires

MISSING, ALIAS, ADDRESS = "target-missing", "target-alias", "target-is-address"
NULL = "null-target-beside-others"
SRV = "_s._tcp.example.com. SRV"
GONE = "@ MX 5 gone\n"


def pointing(question: str, add: str, **content: object) -> Trace:
    """The trace of a question to a zone with further records."""
    zone = {"add": add, **content}
    return checked(made_of("in-domain", question=question, zones={"example.com.": zone}))


def told_of(found: Trace, code: str) -> list[Finding]:
    return [each for each in found.findings or () if each.code == code]


@pytest.mark.parametrize(
    ("code", "sick", "well"),
    [
        (MISSING, "mx-missing", "mx-alias"),
        (ALIAS, "mx-alias", "mx-missing"),
        (ADDRESS, "mx-address", "mx-missing"),
        (NULL, "mx-null-and-others", "mx-missing"),
    ],
)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


@pytest.mark.parametrize(
    ("question", "add", "error"),
    [
        ("example.com. MX", GONE, True),
        ("example.com. MX", f"{GONE}@ MX 9 www\n", False),
        ("www.example.com. A", "www MX 5 gone\n", False),
        (SRV, "_s._tcp SRV 1 2 3 gone\n", True),
        ("www.example.com. HTTPS", "www HTTPS 1 gone alpn=h2\n", True),
    ],
)
def test_a_target_that_is_not_there_is_named_and_an_error_if_it_is_all_there_is(
    question: str, add: str, error: bool
) -> None:
    (found,) = told_of(pointing(question, add), MISSING)
    assert "gone.example.com, which does not exist" in found.message and found.is_error is error
    assert found.cure.endswith("or publish the addresses of gone.example.com")
    assert found.cure.startswith("remove it from the MX records" if "@ MX 9" in add else "remove the ")
    assert not told_of(pointing(question, add), "target-without-dot")


def test_compact_denial_says_that_a_target_is_not_there_too() -> None:
    compact = {"sign": {"algorithm": 13, "denial": "compact"}}
    assert told_of(pointing("example.com. MX", GONE, **compact), MISSING)


@pytest.mark.parametrize(
    ("question", "add"),
    [
        ("example.com. MX", "@ MX 0 .\n"),
        (SRV, "_s._tcp SRV 0 0 0 .\n"),
        ("example.com. MX", "@ MX 5 gone.example.net.\n@ MX 7 @\n"),
        ("example.com. MX", f"{GONE}* A 192.0.2.25\n"),
        ("example.com. MX", f"{GONE}gone AAAA 2001:db8::25\n"),
        ("example.com. MX", "@ MX 5 mx.sub\nsub NS ns1.example.net.\n"),
        ("www.example.com. HTTPS", "www HTTPS 1 svc alpn=h2\nsvc CNAME web\nweb A 192.0.2.45\n"),
    ],
)
def test_nothing_is_said_of_targets_that_are_there_or_were_not_asked_or_mean_none(
    question: str, add: str
) -> None:
    assert not pointing(question, add).findings


def test_a_target_of_which_the_reply_has_the_address_is_not_asked_for() -> None:
    def asked(add: str) -> bool:
        steps = pointing("example.com. MX", add).steps
        return any(str(step.question.name) == "mail.example.com." for step in steps)

    assert asked("@ MX 5 mail\n") and not asked("@ MX 5 mail\nmail A 192.0.2.25\n")


def test_an_alias_at_some_servers_only_is_for_another_rule() -> None:
    text = "@ MX 5 mail\nmail {}\nmx A 192.0.2.25\n"
    found = pointing("example.com. MX", text.format("CNAME mx"))
    (alias,) = told_of(found, ALIAS)
    assert alias.message == (
        "the MX record of example.com points to mail.example.com, which is an alias (CNAME) of mx.example.com"
    )
    assert "write mx.example.com instead of mail.example.com in the MX record of example.com" in alias.cure
    assert not told_of(pointing("example.com. MX", text.format("A 192.0.2.25")), ALIAS)


def test_the_fix_of_one_alias_leaves_other_records_and_leads_to_no_further_alias() -> None:
    text = "@ MX 5 mail\n@ MX 9 other\nmail CNAME mx\nmx CNAME mx1\nmx1 A 192.0.2.25\nother A 192.0.2.26\n"
    (alias,) = told_of(pointing("example.com. MX", text), ALIAS)
    assert "one of the MX records" in alias.message and alias.message.endswith("of mx.example.com")
    assert alias.cure.startswith("write mx1.example.com instead of mail.example.com in the MX records of")


@pytest.mark.parametrize(
    "end",
    ["gone", "mail2\nmail2 CNAME mail", "192.0.2.25.", "192.0.2.25", "2001:db8::25."],
    ids=["missing", "circle", "address", "address below the zone", "IPv6 address"],
)
def test_an_alias_that_ends_nowhere_is_not_to_be_followed(end: str) -> None:
    (alias,) = told_of(pointing("example.com. MX", f"@ MX 5 mail\nmail CNAME {end}\n"), ALIAS)
    assert alias.cure == (
        "remove the MX record of example.com,"
        " or publish addresses at mail.example.com instead of a CNAME record"
    )
    assert alias.is_error and alias.message.endswith(" and leads to no address")


@pytest.mark.parametrize(
    ("others", "error"), [(GONE, True), ("@ MX 7 www\n", False), ("@ MX 7 mail.example.net.\n", False)]
)
def test_mail_is_lost_only_if_every_target_leads_nowhere(others: str, error: bool) -> None:
    found = pointing("example.com. MX", f"@ MX 5 mail\nmail CNAME none\n{others}").findings or ()
    assert {each.is_error for each in found} == {error}
    assert {each.code for each in found} == ({ALIAS, MISSING} if others == GONE else {ALIAS})


def test_an_alias_that_a_wildcard_makes_has_no_record_to_replace_and_one_that_leads_on_is_no_error() -> None:
    (alias,) = told_of(pointing("example.com. MX", "@ MX 5 mail\n* CNAME www\n"), ALIAS)
    assert "publish addresses at mail.example.com instead of a CNAME record" in alias.cure
    assert not alias.is_error and "no address" not in alias.message


def test_a_name_below_a_dname_record_is_to_have_no_addresses() -> None:
    text = "@ MX 5 mail.old\nold DNAME new\nmail.new A 192.0.2.25\n"
    (alias,) = told_of(pointing("example.com. MX", text), ALIAS)
    assert alias.cure == (
        "write mail.new.example.com instead of mail.old.example.com in the MX record of example.com"
    )


def test_without_check_no_target_is_asked_for() -> None:
    world = made_of("in-domain", question="example.com. MX", zones={"example.com.": {"add": GONE}})
    found = trace("example.com.", dns.rdatatype.MX, network=LabNetwork(world), settings=Settings())
    assert not found.findings and len(found.steps) == 3


@pytest.mark.parametrize(
    ("server", "serial", "missing"),
    [("ns1", 2026011501, True), ("ns2", 2026011501, True), ("ns2", 2026011401, False)],
)
def test_records_that_one_server_has_count_unless_its_version_is_older(
    server: str, serial: int, missing: bool
) -> None:
    servers = "@ NS ns1\n@ NS ns2\nns1 A 192.0.2.53\nns1 AAAA 2001:db8:1::53\nns2 A 198.51.100.53\n"
    servers += f"ns2 AAAA 2001:db8:2::53\n@ 900 SOA ns1 h {serial} 7200 900 1209600 300\n"
    records = "@ MX 7 mail\nmail A 192.0.2.25\n"
    zones = {
        "example.com.": {"add": records},
        "example.com. other": {"servers": [f"{server}.example.com."], "text": servers + records + GONE},
    }
    found = checked(made_of("in-domain", question="example.com. MX", zones=zones))
    each = told_of(found, MISSING)
    assert [one.is_error for one in each] == [False] * missing
    assert all(one.message.startswith("one of the MX records of example.com points to") for one in each)


# --- addresses where names are needed ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "add", "error"),
    [
        ("example.com. MX", "@ MX 5 192.0.2.25.\n", True),
        ("example.com. MX", "@ MX 5 192.0.2.25\n", True),
        ("example.com. MX", "@ MX 5 192.0.2.25.\n@ MX 7 ns1\n", False),
        ("example.com. MX", "@ MX 5 192.0.2.25.\n@ MX 7 gone\n", True),
        ("www.example.com. A", "www MX 5 192.0.2.25.\n", False),
        (SRV, "_s._tcp SRV 1 2 3 192.0.2.25.\n", True),
        ("www.example.com. HTTPS", "www HTTPS 0 192.0.2.25.\n", True),
    ],
)
def test_an_address_in_place_of_a_name_is_named_and_an_error_if_it_is_all_there_is(
    question: str, add: str, error: bool
) -> None:
    every = pointing(question, add)
    (found,) = told_of(every, ADDRESS)
    assert "to 192.0.2.25, which is an address, not a name" in found.message and found.is_error is error
    assert found.cure.startswith("give the host at 192.0.2.25 a name, and write it in the ")
    beside = {ADDRESS, MISSING} if "gone" in add else {ADDRESS}
    assert {each.code for each in every.findings or ()} == beside
    assert all(each.is_error is error for each in every.findings or ())


def test_several_addresses_are_one_finding() -> None:
    (found,) = pointing("example.com. MX", "@ MX 5 192.0.2.25.\n@ MX 5 2001:db8::25.\n").findings or ()
    assert found.message.endswith("point to 2001:db8::25 and 192.0.2.25, which are addresses, not names")
    assert "and write them in the MX records of example.com" in found.cure


@pytest.mark.parametrize("target", ["192.0.2.25", "1.2.3", "192.0.2.256"])
def test_a_name_that_looks_like_an_address_may_be_there(target: str) -> None:
    assert not pointing("example.com. MX", f"@ MX 5 {target}\n{target} A 192.0.2.25\n").findings


@pytest.mark.parametrize(
    ("question", "add", "cure"),
    [
        (
            "example.com. MX",
            "@ MX 0 .\n@ MX 10 www\n",
            "remove MX 0 . if example.com accepts mail, and the other MX records if it does not",
        ),
        (
            SRV,
            "_s._tcp SRV 1 2 3 www\n_s._tcp SRV 0 0 0 .\n",
            "remove SRV 0 0 0 . if _s._tcp.example.com offers this service, and the other SRV records if it"
            " does not",
        ),
    ],
)
def test_a_record_that_says_there_is_no_service_stands_alone(question: str, add: str, cure: str) -> None:
    (found,) = pointing(question, add).findings or ()
    assert found.code == NULL and found.cure == cure and "point to www.example.com" in found.message


def test_a_lone_dot_that_only_one_server_has_is_a_difference_between_servers() -> None:
    text = read("in-domain")["zones"]["example.com."]["text"]
    zones = {
        "example.com.": {"text": f"{text}@ MX 5 www\n", "servers": ["ns1.example.com."]},
        "example.com. other": {"text": f"{text}@ MX 0 .\n", "servers": ["ns2.example.com."]},
    }
    found = checked(made_of("in-domain", question="example.com. MX", zones=zones))
    assert {each.code for each in found.findings or ()} == {"answers-differ"}


def test_an_https_record_with_a_lone_dot_means_its_own_name() -> None:
    assert not pointing("www.example.com. HTTPS", "www HTTPS 1 . alpn=h2\nwww HTTPS 2 ns1 alpn=h2\n").findings
