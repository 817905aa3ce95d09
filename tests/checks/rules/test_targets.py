"""Records that point to names without their final dot."""

from __future__ import annotations

import pytest

from dnstrace.checks import Finding
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires
from tests.replies import name

CODE = "target-without-dot"


OTHER = """
@ 900 SOA ns1.example.com. hostmaster 2026011501 7200 900 1209600 300
@ NS ns1.example.com.
mx.mail A 192.0.2.25
local A 127.0.0.1
"""


def lacking(question: str, add: str) -> list[Finding]:
    """What the rule finds where a zone has further records, and example.net has hosts."""
    zones = {
        "example.com.": {"add": add},
        "net.": {"add": "example NS ns1.example.com.\n"},
        "example.net.": {"text": OTHER},
    }
    found = checked(made_of("in-domain", question=question, zones=zones))
    return [each for each in found.findings or () if each.code == CODE]


def test_the_rule_fires_where_it_should_and_only_there() -> None:
    assert_fires(CODE, "mx-without-dot", "in-domain")


@pytest.mark.parametrize(
    ("question", "add", "fixed"),
    [
        ("www.example.com. A", "www MX 5 www.example.com\nwww MX 9 www.example.com.\n", ""),
        ("www.example.com. A", "www MX 5 mx.mail.example.net\n", "MX 5 mx.mail.example.net."),
        ("_s._tcp.example.com. SRV", "_s._tcp SRV 1 2 3 www.example.com\n", "SRV 1 2 3 www.example.com."),
        ("p.example.com. PTR", "p PTR www.example.com\n", "PTR www.example.com."),
        ("www.example.com. HTTPS", "www HTTPS 1 www.example.com alpn=h2\n", "HTTPS 1 www.example.com. alpn"),
    ],
)
def test_the_record_with_the_dot_is_the_fix(question: str, add: str, fixed: str) -> None:
    """Also of a type that nobody asked for; a warning then, and where other targets are right."""
    (each,) = lacking(question, add)
    assert any(fixed in record for record in each.records) and "the final dot of" in each.message
    assert each.is_error == (" MX " not in add)
    assert all(name(part) != name("example.com.") for part in each.records[0].split()[1:])


@pytest.mark.parametrize(
    "target", ["mx.absent.org", "gone.example.net", "local.example.net", "gone.example.com"]
)
def test_a_name_without_an_address_that_is_of_use_is_not_recommended(target: str) -> None:
    (each,) = lacking("example.com. MX", f"@ MX 5 {target}\n")
    assert each.message.endswith("which does not exist and may lack its final dot")
    assert not (each.is_error or each.cure or each.records or each.remedy)


@pytest.mark.parametrize("there", ["www.mail.example.net", "mail.example.net", "a.net", "net"])
def test_a_target_among_other_names_of_the_zone_lacks_no_dot(there: str) -> None:
    """The same labels stand for a host elsewhere, which has an address: `office.berlin`, `rabbit.prod`."""
    assert not lacking("example.com. MX", f"@ MX 5 mx.mail.example.net\n{there} A 192.0.2.9\n")


@pytest.mark.parametrize(
    "add",
    [
        "@ MX 5 a.b.c.example.com.\na.b.c A 192.0.2.25\n",
        "@ MX 5 mail.example.com\nmail.example.com A 192.0.2.25\n",
        "@ MX 5 gone.example.com.\n",
        "@ MX 5 mail.example.com\n* A 192.0.2.25\n",
        "@ MX 0 .\n",
    ],
)
def test_a_name_that_exists_or_looks_like_no_other_is_what_was_meant(add: str) -> None:
    assert not lacking("example.com. MX", add)
