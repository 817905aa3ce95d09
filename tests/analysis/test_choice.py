"""Which of many replies to go by, and in what order servers are named."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

from dnstrace.analysis.choice import most_common, offered, usable
from dnstrace.message.meaning import classify
from dnstrace.model import Attempt, Exchange, Kind
from tests.replies import name, reply

ZONE = name("example.com.")


def attempt(server: str, address: str, found: Exchange) -> Attempt:
    query = replace(found.query, address=address)
    return Attempt(name(server), replace(found, query=query), classify(found, ZONE))


def answer(data: str) -> Exchange:
    return reply("www.example.com. A", flags="QR AA", answer=(f"www.example.com. 300 A {data}",))


REFERRAL = reply("www.example.com. A", authority=("www.example.com. 300 NS b.www.example.com. | a.other.",))
NXDOMAIN = reply(
    "www.example.com. A", flags="QR AA", rcode=3, authority=("example.com. 300 SOA a. b. 1 2 3 4 5",)
)
REFUSED = reply("www.example.com. A", rcode=5)


def gone_by(*attempts: Attempt) -> Attempt | None:
    """The attempt gone by, the same in whichever order they came."""
    chosen = set()
    for order in permutations(range(len(attempts))):
        found = most_common([attempts[index] for index in order], usable)
        chosen.add(None if found is None else order[found])
    (only,) = chosen
    return None if only is None else attempts[only]


def test_the_most_common_meaning_counts_and_of_those_replies_the_first_by_server() -> None:
    one, two = attempt("b.", "192.0.2.2", answer("10.0.0.1")), attempt("c.", "192.0.2.3", answer("10.0.0.1"))
    other, refused = attempt("a.", "192.0.2.1", answer("10.0.0.2")), attempt("a.", "192.0.2.9", REFUSED)
    assert gone_by(two, other, one, refused) is one
    assert gone_by(refused) is None


def test_among_equally_common_ones_a_referral_comes_first_and_a_denial_last() -> None:
    referral, denial = attempt("c.", "192.0.2.3", REFERRAL), attempt("a.", "192.0.2.1", NXDOMAIN)
    data = attempt("b.", "192.0.2.2", answer("10.0.0.1"))
    assert gone_by(data, denial, referral) is referral
    assert gone_by(denial, data) is data


def test_among_answers_the_content_decides_whichever_server_gave_it() -> None:
    for servers in permutations(("a.", "b.")):
        found = [
            attempt(server, "192.0.2.1", answer(data))
            for server, data in zip(servers, ("10.0.0.2", "10.0.0.1"), strict=True)
        ]
        assert gone_by(*found) is found[1]


def soa(serial: int) -> Exchange:
    record = f"example.com. 900 SOA a. b. {serial} 2 3 4 5"
    return reply("example.com. SOA", flags="QR AA", answer=(record,))


def test_among_soa_records_the_newest_counts_and_serials_go_round() -> None:
    for older, newer in ((1, 2), (2026011400, 2026011501), (2**32 - 1, 3)):
        old, new = attempt("a.", "192.0.2.1", soa(older)), attempt("b.", "192.0.2.2", soa(newer))
        assert gone_by(old, new) is new
        again = attempt("c.", "192.0.2.3", soa(older))
        assert gone_by(old, new, again) is old  # what most servers say still counts


def test_an_address_counts_ipv4_first() -> None:
    four, six = attempt("a.", "192.0.2.1", NXDOMAIN), attempt("a.", "2001:db8::1", NXDOMAIN)
    assert gone_by(six, four) is four


def test_what_lame_servers_offer_is_not_usable() -> None:
    lame = attempt("a.", "192.0.2.1", reply("www.example.com. A", flags="QR RA", answer=answer_text()))
    assert lame.meaning.kind is Kind.LAME and most_common([lame], usable) is None
    assert most_common([lame], offered) == 0


def answer_text() -> tuple[str, ...]:
    return ("www.example.com. 300 A 192.0.2.44",)
