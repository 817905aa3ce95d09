"""The result of an exchange in words, and how two results differ."""

from __future__ import annotations

import pytest

from dnstrace.model import Exchange, Meaning
from dnstrace.render.results import different_answer, distinction, result_words, server_list
from tests.render.story import Story
from tests.replies import name, reply

WWW = "www.example.com. A"
SIGNATURE = "www.example.com. 300 RRSIG A 13 3 300 20260101000000 20250101000000 1 example.com. AAAA"
OTHER_DS = "www.example.com. 60 DS 1 13 2 " + "8A" * 32
SOA = "example.com. 60 SOA a. b. 1 2 3 4 5"


def meaning(exchange: Exchange) -> Meaning:
    return Story(WWW).asked("ns1.example.com.", "192.0.2.1", "example.com.", exchange, 8).meaning


def answer(*records: str) -> Meaning:
    return meaning(reply(WWW, flags="QR AA", answer=records or ("www.example.com. 300 A 192.0.2.44",)))


def referral(*records: str) -> Meaning:
    return meaning(reply(WWW, authority=records))


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (answer(), "192.0.2.44"),
        (answer("www.example.com. 60 A 1.1.1.1 | 1.1.1.2 | 1.1.1.3 | 1.1.1.4"), "4 records"),
        (answer("www.example.com. 60 CNAME x."), "an alias to x"),
        (referral("www.example.com. 60 NS a."), "a referral to www.example.com"),
        (meaning(reply(WWW, flags="QR AA", rcode=3, authority=(SOA,))), "NXDOMAIN"),
        (meaning(reply(WWW, flags="QR AA", authority=(SOA,))), "NODATA"),
    ],
)
def test_a_result_in_words(found: Meaning, words: str) -> None:
    assert result_words(found) == words


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (referral("www.example.com. 60 NS b. | a."), ""),
        (referral("www.example.com. 60 NS a."), "different answer: referral with another NS set, a"),
        (
            referral("www.example.com. 60 NS a. | b.", OTHER_DS),
            "different answer: referral with another DS set",
        ),
        (answer(), "different answer: 192.0.2.44"),
    ],
)
def test_how_an_answer_differs_from_a_referral(found: Meaning, words: str) -> None:
    assert different_answer(found, referral("www.example.com. 60 NS a. | b.")) == words


def test_the_order_of_servers_makes_no_difference() -> None:
    one, other = (referral(f"www.example.com. 60 NS {names}") for names in ("a. | b.", "b. | a."))
    assert different_answer(one, other) == ""


def test_a_missing_ds_set_is_a_difference() -> None:
    chosen = referral("www.example.com. 60 NS a.", OTHER_DS)
    other = referral("www.example.com. 60 NS a.")
    assert different_answer(other, chosen) == "different answer: referral without DS records"


def test_what_was_not_asked_for_in_its_signed_form_may_lack_what_signs_it() -> None:
    chosen = referral("www.example.com. 60 NS a.", OTHER_DS)
    assert different_answer(referral("www.example.com. 60 NS a."), chosen, signed=False) == ""
    assert (
        different_answer(answer(), answer("www.example.com. 300 A 192.0.2.44", SIGNATURE), signed=False) == ""
    )
    other = different_answer(referral("www.example.com. 60 NS b."), chosen, signed=False)
    assert other == "different answer: referral with another NS set, b"


def test_equal_words_are_distinguished_by_signatures_or_marked_as_different() -> None:
    signed = answer("www.example.com. 300 A 192.0.2.44", SIGNATURE)
    assert distinction(signed, answer()) == " with signatures"
    assert distinction(answer(), signed) == " without signatures"
    four = answer("www.example.com. 60 A 1.1.1.1 | 1.1.1.2 | 1.1.1.3 | 1.1.1.4")
    others = answer("www.example.com. 60 A 1.1.1.1 | 1.1.1.2 | 1.1.1.3 | 1.1.1.5")
    assert distinction(four, others) == ", but different ones"
    assert distinction(four, answer()) == ""


def test_three_servers_are_listed_and_the_others_counted() -> None:
    names = [name(f"ns{number}.example.") for number in range(1, 6)]
    assert server_list(names[:3]) == "ns1.example, ns2.example, ns3.example"
    assert server_list(names) == "ns1.example, ns2.example, ns3.example and 2 more"
