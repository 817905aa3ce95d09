"""Master files: what is wrong is reported with the line where it is."""

from __future__ import annotations

import dns.rdatatype
import pytest

from dnstrace.message.masterfile import BadLine, records
from dnstrace.model import ROOT

DS = ". IN DS 20326 8 2 "


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (DS + "A" * 32_000 + "\n", 1),
        (DS + "A" * 32_000, 1),
        ("\n; a comment\n" + DS + "zz\n. IN DS 1 8 2 00\n", 3),
        (". IN DNSKEY 257 3 8 !!!!\n", 1),
        (DS + "( E06D44B8\n zz )\n", 2),
        ("\r\n" + DS + "zz\r\n", 2),
        (DS + "x y", 1),
        ("$INCLUDE /etc/hostname\n", 1),
        (". 60 IN A 192.0.2.1\n. 60 IN A 192.0.2\n. 60 IN A 192.0.2.3\n", 2),
    ],
)
def test_the_line_is_the_one_where_it_is_wrong(text: str, line: int) -> None:
    with pytest.raises(BadLine, match=f"^line {line}: .+") as caught:
        records(text, 0)
    assert caught.value.number == line and "\n" not in caught.value.reason
    assert len(caught.value.reason) <= 120


def test_records_without_a_ttl_have_the_one_given() -> None:
    zone = records("@ NS a.root.test.\n  NS b.root.test.\n$TTL 7\n@ A 192.0.2.1\n", 60, ("$TTL",))
    ns, a = (zone.get_rdataset(ROOT, each) for each in (dns.rdatatype.NS, dns.rdatatype.A))
    assert ns is not None and len(ns) == 2 and ns.ttl == 60
    assert a is not None and a.ttl == 7
