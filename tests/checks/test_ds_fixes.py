"""What to do about DS records without a key."""

from __future__ import annotations

import pytest

from dnstrace.cli.line.supposing import undelegated
from tests.checks.checking import checked, made_of

SOA_NS = "@ 900 SOA ns1.new.net. hostmaster 1 7200 900 1209600 300\n@ NS ns1.new.net.\n"


@pytest.mark.parametrize(("sign", "fix"), [(None, "remove the DS records"), (15, "add these DS records")])
def test_before_a_zone_moves_its_ds_records_change_first(sign: int | None, fix: str) -> None:
    """The new servers, which are only supposed, do not sign or have keys of their own."""
    new = {"servers": ["ns1.new.net."], "text": SOA_NS + "www 300 A 192.0.2.45\n"}
    world = made_of(
        "_signed",
        servers={"ns1.new.net.": {"addresses": ["203.0.113.99"]}},
        zones={
            "example.com. new": new if sign is None else {**new, "sign": {"algorithm": sign}},
            "net.": {"add": "new NS ns1.new\nns1.new A 203.0.113.99\n"},
            "new.net.": {"text": SOA_NS + "ns1 A 203.0.113.99\n", "servers": ["ns1.new.net."]},
        },
    )
    trace = checked(world, supposed=(undelegated("example.com=ns1.new.net"),))
    (finding,) = [each for each in trace.findings or () if each.code == "ds-without-dnskey"]
    assert finding.cure.startswith(f"before the name servers change, {fix}")
    assert finding.rehearsed.startswith("with this, the only path gives 192.0.2.45")
