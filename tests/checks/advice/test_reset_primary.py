"""What to do where the primary server has an older version than its secondaries."""

from __future__ import annotations

from typing import Any

import pytest

from dnstrace.checks import Finding
from dnstrace.lab.world import read
from tests.checks.checking import checked, made_of

TEXT = read("in-domain")["zones"]["example.com."]["text"]
WITHOUT = TEXT.replace("www 300 A 192.0.2.44\n", "")
MX, MAIL = "@ MX 10 mail\n", "mail A 192.0.2.25\n"
SIGNED = {"sign": {"algorithm": 13}}


def _reset(own: dict[str, Any], newer: dict[str, Any], question: str = "www.example.com. A") -> Finding:
    """What is found where ns1, the primary, has a version that is older than the one of ns2."""
    zones = {
        "example.com.": {"servers": ["ns1.example.com."], "text": TEXT, **own},
        "example.com. new": {"servers": ["ns2.example.com."], "text": TEXT, **newer},
    }
    zones["example.com. new"]["text"] = zones["example.com. new"]["text"].replace("2026011501", "2026011509")
    found = checked(made_of("in-domain", zones=zones, question=question)).findings or ()
    return next(each for each in found if each.code == "soa-differs")


@pytest.mark.parametrize(
    ("older", "newer", "question", "what"),
    [
        (TEXT, WITHOUT, "www.example.com. A", "www.example.com does not exist"),
        (TEXT + MX + MAIL, TEXT + MX, "example.com. MX", "mail.example.com does not exist"),
    ],
)
def test_no_version_that_lacks_data_is_copied_unasked(
    older: str, newer: str, question: str, what: str
) -> None:
    finding = _reset({"text": older}, {"text": newer}, question)
    assert finding.message.endswith(f": no secondary copies an older version; in the newer version {what}")
    assert finding.cure.endswith(
        "; otherwise check whether this change is meant: if it is, transfer example.com to it again; if not,"
        " correct it on ns2.example.com first"
    )


def test_the_primary_may_be_what_lacks_data_or_signatures() -> None:
    finding = _reset({"text": WITHOUT}, SIGNED)
    assert finding.message.endswith("; in the older version www.example.com does not exist")
    assert finding.cure.startswith(
        "if ns1.example.com is the primary, fix the signing of example.com there first, find out whether its"
    )


def test_versions_that_are_alike_are_not_said_to_lack_anything() -> None:
    finding = _reset({}, {})
    assert finding.message.endswith("2026011509 on ns2.example.com: no secondary copies an older version")
    assert finding.cure.endswith("; otherwise transfer example.com to it again")
