from __future__ import annotations

from dnstrace.model.judgement import SecurityStatus, strongest, weakest
from dnstrace.model.security import Security

SECURE, INSECURE = SecurityStatus(Security.SECURE), SecurityStatus(Security.INSECURE, "below an unsigned cut")
UNKNOWN, BOGUS = SecurityStatus(Security.INDETERMINATE, "no anchor"), SecurityStatus(Security.BOGUS, "broken")


def test_a_chain_is_as_weak_as_its_weakest_link() -> None:
    assert weakest([]).security is Security.SECURE
    assert weakest([SECURE, INSECURE, SECURE]) is INSECURE
    assert weakest([INSECURE, UNKNOWN]) is UNKNOWN
    assert weakest([BOGUS, UNKNOWN]) is BOGUS


def test_the_first_among_equals_speaks() -> None:
    assert (
        weakest([SecurityStatus(Security.BOGUS, "one"), SecurityStatus(Security.BOGUS, "two")]).reason
        == "one"
    )
    assert (
        strongest([SecurityStatus(Security.BOGUS, "one"), SecurityStatus(Security.BOGUS, "two")]).reason
        == "one"
    )


def test_of_several_replies_the_best_counts() -> None:
    assert strongest([BOGUS, SECURE, INSECURE]) is SECURE
