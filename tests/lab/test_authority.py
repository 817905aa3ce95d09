"""What an authoritative server replies, case by case, section by section."""

from __future__ import annotations

import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import pytest

from dnstrace.lab.authority import PAYLOAD, Authority, fit
from dnstrace.lab.zone import LabZone
from dnstrace.model import Transport
from tests.replies import name

DIGEST = "0" * 64
SIGNATURE = "13 2 3600 20260201000000 20260101000000 1 example. AAAA"
PARENT = f"""
@ 900 SOA ns hostmaster 1 7200 900 1209600 300
@ NS ns
ns A 192.0.2.1
www 300 A 192.0.2.44
www 300 RRSIG A {SIGNATURE}
alias CNAME www
out CNAME www.example.net.
gone CNAME none
below CNAME www.child
across CNAME www.served
loop CNAME pool
pool CNAME loop
deep.ent TXT "below an empty non-terminal"
*.wild A 192.0.2.80
*.wildalias CNAME www
old DNAME new
host.new A 192.0.2.7
child NS ns.elsewhere
child NS ns.child
child NS ns.example.net.
child DS 1 13 2 {DIGEST}
child RRSIG DS {SIGNATURE}
ns.child A 192.0.2.2
ns.child AAAA 2001:db8::2
elsewhere NS ns.elsewhere
ns.elsewhere A 192.0.2.3
served NS ns
mail MX 10 www
srv SRV 0 0 5060 www
strange TYPE65280 \\# 4 c0000201
"""
CHILD = """
@ 900 SOA ns.example. hostmaster.example. 1 7200 900 1209600 60
@ NS ns.example.
www A 192.0.2.99
"""
SERVER = Authority([LabZone(name("example."), PARENT), LabZone(name("served.example."), CHILD)])
SOA = ["example. 300 SOA ns.example. hostmaster.example. 1 7200 900 1209600 300"]


def query_for(question: str, dnssec: bool = False) -> dns.message.QueryMessage:
    owner, rdtype = question.split()
    query = dns.message.make_query(owner, rdtype, use_edns=0, payload=PAYLOAD, want_dnssec=dnssec)
    query.flags = dns.flags.Flag(0)
    return query


def ask(question: str, dnssec: bool = False) -> dns.message.Message:
    return SERVER.reply(query_for(question, dnssec))


def texts(section: list[dns.rrset.RRset]) -> list[str]:
    return [line.replace(" IN ", " ") for rrset in section for line in rrset.to_text().splitlines()]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("www.example. A", ["www.example. 300 A 192.0.2.44"]),
        ("WWW.Example. A", ["www.example. 300 A 192.0.2.44"]),
        ("alias.example. A", ["alias.example. 3600 CNAME www.example.", "www.example. 300 A 192.0.2.44"]),
        ("alias.example. CNAME", ["alias.example. 3600 CNAME www.example."]),
        ("alias.example. ANY", ["alias.example. 3600 CNAME www.example."]),
        ("out.example. A", ["out.example. 3600 CNAME www.example.net."]),
        (
            "across.example. A",
            ["across.example. 3600 CNAME www.served.example.", "www.served.example. 3600 A 192.0.2.99"],
        ),
        (
            "loop.example. A",
            ["loop.example. 3600 CNAME pool.example.", "pool.example. 3600 CNAME loop.example."],
        ),
        ("any.wild.example. A", ["any.wild.example. 3600 A 192.0.2.80"]),
        ("two.any.wild.example. A", ["two.any.wild.example. 3600 A 192.0.2.80"]),
        ("*.wild.example. A", ["*.wild.example. 3600 A 192.0.2.80"]),
        (
            "x.wildalias.example. A",
            ["x.wildalias.example. 3600 CNAME www.example.", "www.example. 300 A 192.0.2.44"],
        ),
        ("old.example. DNAME", ["old.example. 3600 DNAME new.example."]),
        (
            "host.old.example. A",
            [
                "old.example. 3600 DNAME new.example.",
                "host.old.example. 3600 CNAME host.new.example.",
                "host.new.example. 3600 A 192.0.2.7",
            ],
        ),
        ("www.served.example. A", ["www.served.example. 3600 A 192.0.2.99"]),
        ("strange.example. TYPE65280", ["strange.example. 3600 TYPE65280 \\# 4 c0000201"]),
        ("www.example. RRSIG", [f"www.example. 300 RRSIG A {SIGNATURE}"]),
        ("www.example. ANY", ["www.example. 300 A 192.0.2.44", f"www.example. 300 RRSIG A {SIGNATURE}"]),
    ],
)
def test_answers(question: str, answer: list[str]) -> None:
    reply = ask(question)
    assert texts(reply.answer) == answer
    assert reply.rcode() == dns.rcode.NOERROR and not reply.authority
    assert reply.flags & dns.flags.AA and not reply.flags & dns.flags.RA


@pytest.mark.parametrize(
    ("question", "rcode"),
    [
        ("www.example. AAAA", dns.rcode.NOERROR),
        ("ent.example. A", dns.rcode.NOERROR),
        ("ent.example. ANY", dns.rcode.NOERROR),
        ("wild.example. A", dns.rcode.NOERROR),
        ("any.wild.example. AAAA", dns.rcode.NOERROR),
        ("old.example. A", dns.rcode.NOERROR),  # a DNAME redirects what is below it, not its owner
        ("none.example. A", dns.rcode.NXDOMAIN),
        ("x.www.example. A", dns.rcode.NXDOMAIN),
        ("x.deep.ent.example. A", dns.rcode.NXDOMAIN),
        ("served.example. DS", dns.rcode.NOERROR),  # at the parent's side
        ("www.served.example. DS", dns.rcode.NOERROR),
    ],
)
def test_negative_answers_carry_the_soa_with_the_negative_ttl(question: str, rcode: int) -> None:
    reply = ask(question)
    assert reply.rcode() == rcode and not reply.answer
    zone = ["served.example. 60 SOA ns.example. hostmaster.example. 1 7200 900 1209600 60"]
    assert texts(reply.authority) == (zone if question.startswith("www.served") else SOA)
    assert reply.flags & dns.flags.AA


def test_an_alias_to_a_name_that_does_not_exist_is_nxdomain() -> None:
    reply = ask("gone.example. A")
    assert texts(reply.answer) == ["gone.example. 3600 CNAME none.example."]
    assert texts(reply.authority) == SOA and reply.rcode() == dns.rcode.NXDOMAIN


def test_an_alias_into_a_delegated_zone_comes_with_the_referral() -> None:
    reply = ask("below.example. A")
    assert texts(reply.answer) == ["below.example. 3600 CNAME www.child.example."]
    assert {rrset.rdtype for rrset in reply.authority} == {dns.rdatatype.NS}
    assert reply.flags & dns.flags.AA  # of the name asked


@pytest.mark.parametrize("question", ["www.child.example. A", "child.example. NS", "child.example. A"])
def test_a_referral_is_not_authoritative_and_carries_all_glue_there_is(question: str) -> None:
    reply = ask(question)
    assert not reply.flags & dns.flags.AA and not reply.answer
    assert texts(reply.authority) == [
        "child.example. 3600 NS ns.elsewhere.example.",
        "child.example. 3600 NS ns.child.example.",
        "child.example. 3600 NS ns.example.net.",
    ]
    assert texts(reply.additional) == [
        "ns.child.example. 3600 A 192.0.2.2",
        "ns.child.example. 3600 AAAA 2001:db8::2",
        "ns.elsewhere.example. 3600 A 192.0.2.3",  # sibling glue, which may be left out, comes last
    ]


def test_dnssec_records_come_only_with_do() -> None:
    types = [rrset.rdtype for rrset in ask("www.child.example. A", dnssec=True).authority]
    assert types == [dns.rdatatype.NS, dns.rdatatype.DS, dns.rdatatype.RRSIG]
    assert len(ask("www.example. A", dnssec=True).answer) == 2
    assert len(ask("www.example. A").answer) == 1


def test_ds_is_answered_at_the_parents_side() -> None:
    reply = ask("child.example. DS")
    assert texts(reply.answer) == [f"child.example. 3600 DS 1 13 2 {DIGEST}"]
    assert reply.flags & dns.flags.AA


def test_ds_of_a_zone_whose_parent_is_not_served_is_nodata_of_the_zone() -> None:
    reply = Authority([LabZone(name("served.example."), CHILD)]).reply(query_for("served.example. DS"))
    assert [rrset.name for rrset in reply.authority] == [name("served.example.")]
    assert reply.rcode() == dns.rcode.NOERROR and reply.flags & dns.flags.AA


@pytest.mark.parametrize("question", ["mail.example. MX", "srv.example. SRV"])
def test_addresses_of_mail_and_service_hosts_come_along(question: str) -> None:
    assert texts(ask(question).additional) == ["www.example. 300 A 192.0.2.44"]


@pytest.mark.parametrize("question", ["www.example.net. A", ". NS", "example. AXFR"])
def test_what_is_not_served_is_refused(question: str) -> None:
    reply = ask(question)
    assert reply.rcode() == dns.rcode.REFUSED
    assert not reply.answer and not reply.authority and not reply.flags & dns.flags.AA


def test_an_unknown_version_of_edns_is_badvers() -> None:
    reply = SERVER.reply(dns.message.make_query("www.example.", "A", use_edns=1))
    assert (reply.rcode(), reply.edns, reply.answer) == (dns.rcode.BADVERS, 0, [])


def test_another_class_opcode_or_no_question_is_not_looked_up() -> None:
    chaos = dns.message.make_query("www.example.", "TXT", rdclass=dns.rdataclass.CH)
    assert SERVER.reply(chaos).rcode() == dns.rcode.REFUSED
    notify = query_for("www.example. A")
    notify.set_opcode(dns.opcode.NOTIFY)
    assert SERVER.reply(notify).rcode() == dns.rcode.NOTIMP
    empty = query_for("www.example. A")
    empty.question = []
    assert SERVER.reply(empty).rcode() == dns.rcode.FORMERR


def test_the_reply_mirrors_id_question_rd_and_edns() -> None:
    query = query_for("www.example. A", dnssec=True)
    query.flags |= dns.flags.RD
    reply = SERVER.reply(query)
    assert reply.id == query.id and reply.question == query.question
    assert reply.flags == dns.flags.QR | dns.flags.AA | dns.flags.RD
    assert (reply.edns, reply.payload) == (0, PAYLOAD) and reply.ednsflags & dns.flags.DO
    plain = dns.message.make_query("www.example.", "A", use_edns=False)
    assert SERVER.reply(plain).edns == -1


def test_a_dname_that_makes_too_long_a_name_is_yxdomain() -> None:
    server = Authority([LabZone(name("example."), PARENT + f"long DNAME {'.'.join(['x' * 60] * 4)}.\n")])
    reply = server.reply(query_for("y" * 30 + ".long.example. A"))
    assert reply.rcode() == dns.rcode.YXDOMAIN
    assert [rrset.rdtype for rrset in reply.answer] == [dns.rdatatype.DNAME]


# --- what fits ----------------------------------------------------------------------------------

WIDE = f"""
@ 900 SOA ns hostmaster 1 7200 900 1209600 300
@ NS ns
ns A 192.0.2.1
big TXT {" ".join(['"' + "x" * 250 + '"'] * 6)}
""" + "".join(
    f"{child} NS {host}\n{host} AAAA 2001:db8::{number:x}\n"
    for child, hosts in (("inner", "n{}.inner"), ("outer", "n{}.inner"))
    for number in range(12)
    for host in [hosts.format(number)]
)


def fitted(
    question: str, transport: Transport = Transport.UDP, payload: int | None = PAYLOAD
) -> dns.message.Message:
    owner, rdtype = question.split()
    edns = None if payload is None else 0
    query = dns.message.make_query(owner, rdtype, use_edns=edns, payload=payload)
    server = Authority([LabZone(name("example."), WIDE)])
    wire = fit(server.reply(query), query, transport)
    if transport is Transport.UDP:
        assert len(wire) <= min(PAYLOAD, max(512, payload or 0))
    return dns.message.from_wire(wire)


@pytest.mark.parametrize("payload", [None, 100, 1232, 65535])
def test_what_does_not_fit_is_truncated_whole(payload: int | None) -> None:
    reply = fitted("big.example. TXT", payload=payload)
    assert reply.flags & dns.flags.TC and not reply.answer and len(reply.question) == 1


def test_tcp_carries_it_all() -> None:
    reply = fitted("big.example. TXT", Transport.TCP)
    assert reply.answer and not reply.flags & dns.flags.TC


def test_sibling_glue_gives_way_but_in_domain_glue_that_does_not_fit_is_truncation() -> None:
    sibling = fitted("www.outer.example. A", payload=None)
    assert not sibling.flags & dns.flags.TC
    assert len(sibling.authority[0]) == 12 and 0 < len(sibling.additional) < 12
    assert fitted("www.inner.example. A", payload=None).flags & dns.flags.TC
    assert len(fitted("www.inner.example. A").additional) == 12
