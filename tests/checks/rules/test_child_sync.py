"""What a zone asks for by CSYNC, and CSYNC records that a parent has to ignore."""

from __future__ import annotations

import pytest

from dnstrace.checks import Blame, Level
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires, found

_CHILD = """
@ 900 SOA ns1.example.org. hostmaster 2026011501 7200 900 1209600 300
@ NS ns1.example.org.
@ NS ns1.example.net.
@ CSYNC 2026011501 3 NS
www 300 A 198.51.100.44
"""


def test_a_record_that_no_parent_can_follow_is_found_and_a_good_one_is_not() -> None:
    assert_fires("csync-unusable", "csync-unusable", "csync")
    (finding,) = found("csync-unusable", "csync-unusable")
    assert finding.level is Level.WARNING and finding.blame is Blame.HOST
    assert finding.records == ("example.com. 3600 IN CSYNC 2026011501 3 A NS AAAA",)


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ("@ CSYNC 2026011501 0 NS", ""),
        ("@ CSYNC 2026011401 3 NS", ""),
        ("@ CSYNC 2026020101 1 NS", ""),  # without soaminimum, the serial does not matter
        (
            "@ CSYNC 2026020101 2 NS",
            "needs serial 2026020101 of the zone, which has 2026011501",
        ),
        ("@ CSYNC 2026011501 8 NS", "has flags that are not defined (8)"),
        ("@ CSYNC 1 1 NS\n@ CSYNC 2 1 NS", "is one of 2, and there must be one"),
    ],
)
@pytest.mark.parametrize("signed", [True, False])
def test_each_fault_is_named(record: str, said: str, signed: bool) -> None:
    zone = {"add": f"@ NS ns1.example.net.\n{record}\n"} | ({} if signed else {"sign": {"ds": "none"}})
    made = made_of("_signed", zones={"example.com.": zone}, expect={"outcome": "answer"})
    unusable = [each for each in checked(made).findings or () if each.code == "csync-unusable"]
    texts = [each.message for each in unusable]
    for each in unusable:  # a record that is right is not replaced
        lacks_only_ds = not said and not signed
        assert [" DS " in record for record in each.records] == [lacks_only_ds]
        assert each.blame is (Blame.REGISTRAR if lacks_only_ds else Blame.HOST)
    assert bool(texts) is bool(said or not signed)
    assert all(said in text for text in texts)
    assert all(("the parent has no DS record" in text) is not signed for text in texts)


def test_in_an_unsigned_zone_the_record_is_not_replaced_by_the_same_one() -> None:
    zones = {
        "com.": {"add": "example NS ns3.example.com.\nns3.example A 203.0.113.53\n"},
        "example.com.": {"add": "@ CSYNC 2026011501 3 NS\n"},
    }
    made = checked(made_of("in-domain", zones=zones))
    (finding,) = [each for each in made.findings or () if each.code == "csync-unusable"]
    assert "is not signed" in finding.message and not finding.records and not finding.rehearsed
    assert finding.cure == (
        "sign example.com, and have its DS records published in com; or remove the CSYNC record, and change"
        " the delegation in com without it"
    )


def test_only_a_zone_below_that_of_a_registry_is_sent_to_a_registrar() -> None:
    zone = {"sign": {"algorithm": 13, "ds": "none"}, "text": _CHILD}
    world = made_of("_signed", question="www.child.example.com. A", zones={"child.example.com.": zone})
    (finding,) = [each for each in checked(world).findings or () if each.code == "csync-unusable"]
    assert finding.blame is Blame.PARENT and "registrar" not in f"{finding.cure} {finding.who}"
