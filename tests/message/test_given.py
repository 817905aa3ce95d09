"""The addresses in a reply to an explicit question for them."""

from __future__ import annotations

from typing import Any

import dns.rdatatype

from dnstrace.message.given import addresses_given
from dnstrace.message.meaning import classify
from dnstrace.model import Question
from tests.replies import name, reply

ASKED = Question(name("ns1.example.com."), dns.rdatatype.A)
REFERRAL = "example.com. 300 NS ns1.example.com. | ns2.example.com."


def given(**sections: Any) -> tuple[str, ...]:
    meaning = classify(reply(str(ASKED), **sections), name("com."))
    return addresses_given(meaning, ASKED)


def test_glue_for_the_name_asked_is_given_and_no_other() -> None:
    glue = ("ns1.example.com. 300 A 192.0.2.1", "ns1.example.com. 300 AAAA 2001:db8::1")
    other = "ns2.example.com. 300 A 192.0.2.2"
    assert given(authority=(REFERRAL,), additional=(*glue, other)) == ("192.0.2.1", "2001:db8::1")
    assert given(authority=(REFERRAL,), additional=(other,)) == ()


def test_an_answer_is_given_too() -> None:
    answer = ("ns1.example.com. 300 A 192.0.2.1 | 192.0.2.2",)
    assert given(answer=answer) == ("192.0.2.1", "192.0.2.2")
    assert given(answer=("ns2.example.com. 300 A 192.0.2.1",)) == ()
