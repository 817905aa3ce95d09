"""Whom to ask first, how long to wait, what may not be asked at all."""

from __future__ import annotations

import dns.rdatatype
import pytest

from dnstrace.model import Address, Exchange, Fault, Query, Question, Source
from dnstrace.model.addresses import is_unicast
from dnstrace.model.families import Unasked
from dnstrace.walk.health import FIRST_PATIENCE, LEAST_PATIENCE, Health
from tests.replies import name

BOTH = frozenset({4, 6})


def went(address: str, fault: Fault | None = None, elapsed: float = 0.02) -> Exchange:
    return Exchange(Query(Question(name("."), dns.rdatatype.NS), address), 0.0, elapsed, fault=fault)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "0.0.0.0", "0.1.2.3", "224.0.0.1", "169.254.1.1", "255.255.255.255", "::1", "::", "fe80::1",
     "ff02::1", "::ffff:127.0.0.1", "::ffff:224.0.0.1", "no address", "192.0.2.1.5"],
)  # fmt: skip
def test_special_addresses_are_never_asked(address: str) -> None:
    assert not is_unicast(address)
    assert not Health(BOTH).askable(Address(address, Source.GLUE))


def test_a_silent_family_is_dropped_unless_it_ever_replied() -> None:
    health = Health(BOTH)
    health.silent(6)
    assert health.families == {4}
    health.learn(went("192.0.2.1"))
    health.silent(4)
    assert health.families == {4}


@pytest.mark.parametrize("address", ["192.0.2.1", "10.0.0.1", "2001:db8::1", "fd00::1", "100.64.0.1"])
def test_others_are(address: str) -> None:
    assert is_unicast(address)


def test_what_the_user_gives_is_asked_wherever_it_is() -> None:
    assert Health(BOTH).askable(Address("127.0.0.1", Source.GIVEN))


def test_it_is_known_why_a_family_is_not_asked() -> None:
    assert Health(BOTH).unasked == {} and Health(frozenset({4})).unasked == {6: Unasked.SWITCHED_OFF}
    silent = Health(BOTH)
    silent.silent(6)
    assert silent.unasked == {6: Unasked.SILENT}


def test_a_family_without_route_is_dropped_at_once() -> None:
    health = Health(BOTH)
    health.learn(went("2001:db8::1", Fault.NETWORK_UNREACHABLE))
    assert health.unasked == {6: Unasked.NO_ROUTE}
    assert not health.askable(Address("2001:db8::2", Source.GLUE))
    assert health.askable(Address("192.0.2.2", Source.GLUE))


def test_a_family_of_which_an_address_replied_is_kept_where_another_has_no_route() -> None:
    health = Health(BOTH)
    health.learn(went("192.0.2.1"))
    health.learn(went("198.51.100.1", Fault.NETWORK_UNREACHABLE))
    assert health.families == BOTH


def test_one_host_that_a_router_cannot_reach_is_no_family_without_route() -> None:
    """However often it is asked: a zone may have a single server with an IPv6 address."""
    health = Health(BOTH)
    for number in (1, 1, 1, 1, 2):
        health.learn(went(f"2001:db8::{number}", Fault.HOST_UNREACHABLE))
        assert health.families == BOTH
    health.learn(went("2001:db8::3", Fault.HOST_UNREACHABLE))
    assert health.families == {4}


def test_patience_follows_what_was_measured() -> None:
    health = Health(BOTH)
    assert health.patience() == FIRST_PATIENCE
    for _ in range(20):
        health.learn(went("192.0.2.1", elapsed=0.08))
    assert 0.08 <= health.patience() < 0.12
    for _ in range(30):
        health.learn(went("192.0.2.1", elapsed=0.001))
    assert health.patience() == LEAST_PATIENCE


def test_a_failed_address_is_known_until_it_answers() -> None:
    health = Health(BOTH)
    health.learn(went("192.0.2.1", Fault.TIMEOUT))
    health.abandoned("192.0.2.2", waited=FIRST_PATIENCE)
    health.abandoned("192.0.2.3", waited=0.01)
    assert [health.doubt(f"192.0.2.{n}") for n in (1, 2, 3)] == [2, 2, 1]
    health.learn(went("192.0.2.1"))
    assert health.doubt("192.0.2.1") == 0


def test_what_is_known_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dnstrace.walk.health.MOST", 3)
    health = Health(BOTH)
    for number in range(1, 4):
        health.learn(went(f"192.0.2.{number}", Fault.TIMEOUT))
    assert [health.doubt(f"192.0.2.{number}") for number in range(1, 4)] == [2, 2, 2]
    health.learn(went("192.0.2.4", Fault.TIMEOUT))
    assert [health.doubt(f"192.0.2.{number}") for number in range(1, 5)] == [1, 1, 1, 2]
