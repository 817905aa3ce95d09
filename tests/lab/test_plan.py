"""How a zone is to be signed: which key signs what, and what is served in the end."""

from __future__ import annotations

from dataclasses import replace

import dns.rrset

from dnstrace.lab.internet import NOW
from dnstrace.lab.plan import SigningPlan
from dnstrace.lab.signing import plan
from dnstrace.lab.zone import Sign
from tests.replies import name, rrset

ZONE = name("example.")
DATA, KEYS = rrset("www.example. 60 A 192.0.2.44"), rrset("example. 60 DNSKEY 257 3 13 AAAA")


def planned(**sign: object) -> SigningPlan:
    return plan(ZONE, Sign(**sign), NOW)  # type: ignore[arg-type]


def test_of_two_keys_one_signs_the_keys_and_the_other_all_else() -> None:
    made = planned(keys="ksk+zsk")
    assert made.signing(KEYS).flags == 257
    assert made.signing(DATA).flags == 256
    assert made.ds[0].key_tag != 0 and len(made.ds) == 1  # type: ignore[attr-defined]


def test_a_single_key_signs_all() -> None:
    made = planned(keys="csk")
    assert made.signing(KEYS) == made.signing(DATA) == made.keys[0]


def test_times_are_days_from_the_worlds_now() -> None:
    made, now = planned(valid=(-1, 2)), int(NOW.timestamp())
    assert (made.inception, made.expiration) == (now - 86400, now + 2 * 86400)


def test_what_is_served_goes_through_every_spoil_until_one_leaves_it_out() -> None:
    def longer(rrset: dns.rrset.RRset) -> dns.rrset.RRset:
        return dns.rrset.from_rdata_list(rrset.name, rrset.ttl + 1, list(rrset))

    def never(rrset: dns.rrset.RRset) -> None:
        return None

    def unreached(rrset: dns.rrset.RRset) -> dns.rrset.RRset:
        raise AssertionError

    twice = replace(planned(), spoils=(longer, longer)).served(DATA)
    assert twice is not None and twice.ttl == 62
    assert replace(planned(), spoils=(never, unreached)).served(DATA) is None
    assert planned().served(DATA) is DATA


def test_only_one_kind_of_denial_is_compact() -> None:
    assert planned(denial="compact").compact
    assert not any(planned(denial=denial).compact for denial in ("nsec", "nsec3", "opt-out"))


def test_the_parent_has_a_ds_record_unless_the_file_says_none() -> None:
    assert planned(ds="none").ds == ()


def test_what_is_done_wrong_is_in_the_plan() -> None:
    assert planned(broken=("signer=other.",)).signer == name("other.")
