"""Records that point to names without their final dot."""

from __future__ import annotations

import pytest

from dnstrace.checks import Finding
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires
from tests.replies import name

CODE = "target-without-dot"


def lacking(question: str, add: str) -> list[Finding]:
    """What the rule finds where a zone has records besides."""
    found = checked(made_of("in-domain", question=question, zones={"example.com.": {"add": add}}))
    return [each for each in found.findings or () if each.code == CODE]


def test_the_rule_fires_where_it_should_and_only_there() -> None:
    assert_fires(CODE, "mx-without-dot", "in-domain")


@pytest.mark.parametrize(
    ("question", "add", "fixed"),
    [
        ("www.example.com. A", "www MX 5 mx.example.net\nwww MX 9 www.example.com.\n", ""),
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
