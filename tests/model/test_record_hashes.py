"""Records that are hashed once are found where others are."""

from __future__ import annotations

import dns.name
import dns.rdata
import dns.rrset
import pytest

from dnstrace.model import record_hashes
from dnstrace.model.record_hashes import hash_records_once


def test_a_record_is_hashed_once_and_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed = list[dns.rdata.Rdata]()

    def counting(record: dns.rdata.Rdata) -> int:
        hashed.append(record)
        return int(before(record))

    before = dns.rdata.Rdata.__hash__
    monkeypatch.setattr(dns.rdata.Rdata, "__hash__", counting)
    monkeypatch.setattr(record_hashes, "_of_dnspython", counting)
    for _ in range(2):
        hash_records_once()
    one, other = (dns.rrset.from_text("a.", 1, "IN", "MX", text)[0] for text in ("1 B.", "1 b."))
    assert one == other and hash(one) == hash(other) == hash(one.to_digestable(dns.name.root))
    assert len({one, other}) == 1 and hashed == [one, other]
