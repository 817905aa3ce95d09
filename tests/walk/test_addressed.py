"""Parts of a delegation."""

from __future__ import annotations

from dnstrace.model import Address, Delegation, NameServer, Source
from dnstrace.walk.addressed import addresses_found, askable, each_once, only
from tests.checks.checking import checked_by_name
from tests.replies import name

ONE, TWO = (Address(f"192.0.2.{number}", Source.GLUE) for number in (1, 2))
CUT = Delegation(
    name("example."),
    (NameServer(name("a."), (ONE,)), NameServer(name("b."), (ONE, TWO)), NameServer(name("c."))),
)


def test_servers_without_an_address_that_is_wanted_are_left_out() -> None:
    assert only(CUT, frozenset({"192.0.2.2"})).servers == (NameServer(name("b."), (TWO,)),)
    assert askable(CUT, frozenset({"192.0.2.1"})) == only(CUT, frozenset({"192.0.2.2"}))


def test_an_address_of_two_servers_is_of_the_first() -> None:
    assert [server.addresses for server in each_once(CUT).servers] == [(ONE,), (TWO,), ()]


def test_addresses_are_found_by_look_ups_and_probes_of_name_servers() -> None:
    found = addresses_found(checked_by_name("glueless").steps)
    assert [each.text for each in found[name("ns1.example.net.")]] == ["192.0.2.53"]
    assert name("www.example.com.") not in found
