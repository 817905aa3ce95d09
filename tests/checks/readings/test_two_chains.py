"""Replies that have records of two chains of denial."""

from __future__ import annotations

from typing import Any

import dns.name
import pytest

from dnstrace.checks.readings.two_chains import _twice
from tests.checks.checking import checked, made_of
from tests.checks.documented import found
from tests.replies import reply

ZONE = "example.com."
SIGNATURE = "8 3 300 20300101000000 20250101000000 1 example.com. AAAA"
HASHES = [f"{first}p9mhaveqvm6t7vbl5lop2u3t2rp3tom" for first in "024"]


class Heard:
    """As much of a heard reply as is read."""

    def __init__(self, *authority: str) -> None:
        self.message = reply("www.example.com. A", authority=authority).message

    def once(self, reading: Any) -> Any:
        return reading(self)


def said(*records: str) -> tuple[str, ...]:
    """What is said of a reply with these records: `owner type rdata`, each signed by the zone."""
    made = []
    for record in records:
        owner, rdtype, rdata = record.split(None, 2)
        made += [f"{owner} 300 {rdtype} {rdata}", f"{owner} 300 RRSIG {rdtype} {SIGNATURE}"]
    told: tuple[str, ...] = _twice(Heard(*made)).get(dns.name.from_text(ZONE), ())  # type: ignore[arg-type]
    return told


def nsec3(first: int, last: int, parameters: str = "1 0 0 -") -> str:
    return f"{HASHES[first]}.{ZONE} NSEC3 {parameters} {HASHES[last].upper()} A RRSIG"


@pytest.mark.parametrize(
    "records",
    [
        (f"a.{ZONE} NSEC c.{ZONE} A NSEC RRSIG", f"c.{ZONE} NSEC {ZONE} A NSEC RRSIG"),
        (f"a.{ZONE} NSEC b.{ZONE} A NSEC RRSIG", f"{ZONE} NSEC a.{ZONE} SOA NSEC RRSIG"),
        (nsec3(0, 1), nsec3(1, 2), nsec3(2, 0)),
        (nsec3(0, 2), nsec3(1, 0, "1 0 0 AB")),  # of a chain with other parameters, which replaces this one
    ],
)
def test_records_of_one_chain_say_nothing_of_each_other(records: tuple[str, ...]) -> None:
    assert said(*records) == ()


@pytest.mark.parametrize(
    ("records", "says"),
    [
        ((f"a.{ZONE} NSEC c.{ZONE} A NSEC RRSIG", f"b.{ZONE} NSEC {ZONE} A NSEC RRSIG"), "a record of b.ex"),
        ((nsec3(0, 2), nsec3(1, 0)), "of which the first says that there is no such hash"),
        ((f"{nsec3(0, 1)} | 1 0 0 - {HASHES[2].upper()} A RRSIG",), "2 NSEC3 records at 0p9m"),
    ],
)
def test_a_record_that_another_denies_is_of_another_chain(records: tuple[str, ...], says: str) -> None:
    assert says in " ".join(said(*records))


def test_only_a_zone_that_is_signed_is_looked_at() -> None:
    assert not found("denial-mixed", "dnssec-opt-out-nxdomain")
    assert not [each for each in checked(made_of("in-domain")).findings or () if each.code == "denial-mixed"]


def test_of_a_reply_with_very_many_records_some_are_compared() -> None:
    hashes = [f"{number:032d}" for number in range(400)]
    records = [f"{one}.{ZONE} NSEC3 1 0 0 - {'V' * 32} A RRSIG" for one in hashes]
    assert 0 < len(said(*records)) < 1000
