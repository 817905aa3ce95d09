"""What is known of cuts and addresses, and where a walk begins by it."""

from __future__ import annotations

import dns.rdatatype

from dnstrace.model import ROOT, Address, Delegation, Name, NameServer, Question, Source
from dnstrace.walk.cuts import Cuts
from tests.replies import name

GLUE = (Address("192.0.2.1", Source.GLUE),)
COM = Delegation(name("com."), (NameServer(name("ns.com."), GLUE),))


def cuts(*known: Delegation) -> Cuts:
    made = Cuts(Delegation(ROOT, ()))
    for each in known:
        made.add(each)
    return made


def begun_at(made: Cuts, qname: str, rdtype: str = "A") -> Name:
    return made.enclosing(Question(name(qname), dns.rdatatype.from_text(rdtype))).zone


def test_the_deepest_cut_at_or_above_the_name() -> None:
    made = cuts(COM)
    assert begun_at(made, "www.example.com.") == begun_at(made, "com.") == name("com.")
    assert begun_at(made, "example.org.") == begun_at(made, ".") == ROOT


def test_ds_is_asked_on_the_upper_side_of_its_cut() -> None:
    made = cuts(COM)
    assert begun_at(made, "com.", "DS") == begun_at(made, ".", "DS") == ROOT
    assert begun_at(made, "example.com.", "DS") == begun_at(made, "example.com.", "TYPE61440") == name("com.")


def test_other_roots_make_what_was_learnt_below_void() -> None:
    made = cuts(COM)
    made.add_child(COM)
    made.restart(Delegation(ROOT, (NameServer(name("a.root."), GLUE),)))
    assert begun_at(made, "com.") == ROOT
    assert made.child(name("com.")) is None
    assert made.enclosing(Question(ROOT, dns.rdatatype.NS)).servers[0].name == name("a.root.")


def test_the_first_that_a_zone_says_of_itself_is_kept() -> None:
    made = cuts()
    made.add_child(COM)
    made.add_child(Delegation(name("com."), ()))
    assert made.child(name("com.")) == COM


def test_addresses_of_look_ups_are_for_those_that_came_without() -> None:
    bare = Delegation(name("org."), (NameServer(name("ns.net.")), NameServer(name("ns.com."), GLUE)))
    made = cuts()
    assert made.with_addresses(bare).servers[0].addresses == ()
    for text in ("192.0.2.7", "2001:db8::7", "192.0.2.7"):
        made.add_addresses(name("ns.net."), (Address(text, Source.RESOLVED),))
    found, glued = made.with_addresses(bare).servers
    assert found.addresses == (Address("192.0.2.7", Source.CACHE), Address("2001:db8::7", Source.CACHE))
    assert glued.addresses == GLUE
    assert made.with_addresses(COM) is COM
