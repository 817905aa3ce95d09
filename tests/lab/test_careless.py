"""What harms others, or only shows when it is probed."""

from __future__ import annotations

import dns.flags
import dns.rcode
import dns.rdatatype
import dns.rrset

from dnstrace.lab.network import LabNetwork
from dnstrace.model import Edns, Query, Question, Transport
from tests.checks.checking import made_of
from tests.lab.asking import replied, small
from tests.replies import name

UNKNOWN, KNOWN = (65184, b"x"), (10, bytes(8))


def test_recursion_is_for_whoever_desires_it_of_the_root() -> None:
    open_to_all = replied(". NS", "recurses", recursion_desired=True)
    assert open_to_all.flags & dns.flags.RA and len(open_to_all.answer[0]) == 13
    assert replied(". NS", "recurses").rcode() == dns.rcode.REFUSED
    assert (
        replied("www.example. A", "recurses", recursion_desired=True).answer[0].name.to_text()
        == "www.example."
    )


def test_a_transfer_begins_with_the_soa_record() -> None:
    given = replied("example. AXFR", "gives-zone", transport=Transport.TCP)
    assert [rrset.rdtype for rrset in given.answer] == [dns.rdatatype.SOA]
    assert not replied("example. AXFR", transport=Transport.TCP).answer


def test_the_name_comes_back_in_small_letters() -> None:
    asked = "wWw.ExAmPlE. A"
    assert replied(asked).question[0].name.labels == (b"wWw", b"ExAmPlE", b"")
    lowered = replied(asked, "lowers-case")
    assert lowered.question[0].name.labels == (b"www", b"example", b"")
    assert lowered.answer


def test_options_that_are_not_known_come_back() -> None:
    reply = replied("www.example. A", "echoes-options", edns=Edns(options=(KNOWN, UNKNOWN)))
    assert [int(option.otype) for option in reply.options] == [65184]
    assert not replied("www.example. A", "echoes-options", edns=Edns(options=(KNOWN,))).options


def test_or_an_error_does() -> None:
    reply = replied("www.example. A", "echoes-options=FORMERR", edns=Edns(options=(UNKNOWN,)))
    assert reply.rcode() == dns.rcode.FORMERR and not reply.options


def test_something_on_the_way_answers_for_any_name() -> None:
    for question in ("www.example. A", "nothing.invalid. A"):
        reply = replied(question, "intercepts=192.0.2.66")
        assert reply.answer[0][0].to_text() == "192.0.2.66" and reply.flags & dns.flags.RA
    assert not replied("www.example. MX", "intercepts").answer


def test_names_in_upper_case_do_not_exist() -> None:
    assert replied("wWw.example. A", "case-sensitive").rcode() == dns.rcode.NXDOMAIN
    assert replied("www.example. A", "case-sensitive").answer
    assert replied("eXample. SOA", "case-sensitive").rcode() == dns.rcode.NXDOMAIN
    assert replied("eXample. SOA", "case-sensitive=below").answer


def test_types_that_a_server_does_not_know_are_not_implemented() -> None:
    assert replied("www.example. A", "knows-types=A,SOA").answer
    assert replied("www.example. MX", "knows-types=A,SOA").rcode() == dns.rcode.NOTIMP


def test_a_version_of_edns_above_zero_gets_no_reply() -> None:
    network = LabNetwork(small("silent-version"))
    asked = Question(name("www.example."), dns.rdatatype.A)
    heard = [
        network.run(network.exchange(Query(asked, "192.0.2.1", edns=Edns(version=version)), 1.0)).message
        for version in (0, 1)
    ]
    assert heard[0] is not None and heard[1] is None


def test_a_query_for_signatures_alone_gets_those_of_one_rrset() -> None:
    does = {"ns2.example.com.": {"does": ["sparse-signatures"]}}
    network = LabNetwork(made_of("dnssec-good", servers=does), signed=True)

    def answer(rdtype: str, address: str) -> list[dns.rrset.RRset]:
        asked = Question(name("example.com."), dns.rdatatype.from_text(rdtype))
        query = Query(asked, address, edns=Edns(dnssec_ok=True), transport=Transport.TCP)
        message = network.run(network.exchange(query, 100.0)).message
        assert message is not None
        return message.answer

    every, one = (answer("RRSIG", address) for address in ("192.0.2.53", "198.51.100.53"))
    assert len(every) > 1 and one == every[:1]
    assert answer("SOA", "198.51.100.53") == answer("SOA", "192.0.2.53")


def test_any_gets_one_made_up_record_and_other_types_get_theirs() -> None:
    (rrset,) = replied("www.example. ANY", "sparse-any").answer
    assert rrset.to_text() == 'www.example. 3789 IN HINFO "RFC8482" ""'
    assert replied("www.example. A", "sparse-any").answer == replied("www.example. A").answer
