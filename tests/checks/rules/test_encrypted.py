"""Findings about TLS at name servers: only what is wrong, and never more than a notice."""

from __future__ import annotations

from dataclasses import replace

from dnstrace.checks import Level, findings
from dnstrace.lab.internet import World
from dnstrace.lab.tls import Tls
from dnstrace.lab.world import load
from tests.checks.checking import checked, told


def with_tls(tls: Tls | None) -> World:
    """The world in which each name server of example.com has this TLS."""
    servers = (
        replace(server, tls=tls) if str(server.name).endswith(".example.com.") else server
        for server in load("adot").servers
    )
    return replace(load("adot"), servers=tuple(servers))


def test_what_is_wrong_is_a_notice_and_says_where() -> None:
    found = {each.code: each for each in checked(load("adot-faulty")).findings or ()}
    assert {each.level for each in found.values()} == {Level.NOTICE}
    assert "gives REFUSED over TLS at 192.0.2.53 and 2001:db8:1::53" in found["tls-answer-differs"].message
    assert "expired on 2026-01-12" in found["tls-certificate-expired"].message


def test_no_tls_is_no_fault_and_neither_is_a_certificate_that_nobody_trusts() -> None:
    for tls in (None, Tls(broken=True), Tls(names=("another.example",)), Tls()):
        assert told(checked(with_tls(tls)).findings or ()) == []


def test_nothing_is_found_without_the_option() -> None:
    trace = replace(checked(load("adot-faulty")), encrypted=None)
    assert not [each for each in findings(trace) if each.code.startswith("tls-")]
