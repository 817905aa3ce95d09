from __future__ import annotations

import json
import os
from dataclasses import replace

import dns.resolver
import pytest

from dnstrace import __version__
from dnstrace.api import report
from dnstrace.lab.world import load
from dnstrace.model.asked import Resolver
from dnstrace.model.compared import Disagreement
from dnstrace.model.tracing import Tracing
from dnstrace.places import there
from dnstrace.places.asking import Request, traced_again, tracing_there
from dnstrace.places.frames import PROTOCOL
from dnstrace.places.there import versions
from dnstrace.record.encoding import FORMAT
from dnstrace.record.files import RecordError
from dnstrace.render.document import document
from tests.places.lab import answered, instead_of_sockets, record, request


def test_a_place_sends_its_version_and_a_record_for_each_request(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = request()
    with instead_of_sockets("textbook", monkeypatch):
        (hello, by), *rest = answered(asked, asked)
    assert (hello, json.loads(by)) == ("hello", {"by": f"dnstrace {__version__}"})
    records = [payload for word, payload in rest if word == "record"]
    assert len(records) == 2
    expected, _ = traced_again(record(), asked)
    for payload in records:
        number, _, octets = payload.partition(b" ")
        assert int(number) == asked.number
        found, _ = traced_again(octets, asked)
        assert document(report(found)) == document(report(expected))


def test_no_variable_changes_how_a_place_traces(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("DNSTRACE_TCP", "1"), ("DNSTRACE_SEED", "99"), ("DNSTRACE_SERVER", "192.0.2.1")):
        monkeypatch.setitem(os.environ, name, value)
    with instead_of_sockets("textbook", monkeypatch):
        frames = answered(request())
    (payload,) = [payload for word, payload in frames if word == "record"]
    assert payload.partition(b" ")[2] == record()


def test_what_cannot_be_traced_is_said_and_the_next_request_is_traced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(bind: object = None) -> None:
        raise OSError("no sockets here")

    monkeypatch.setattr(there, "AT_ONCE", 1)
    with monkeypatch.context() as patched:
        patched.setattr("dnstrace.network.live.LiveNetwork", broken)
        frames = answered(request())
    assert json.loads(frames[-1][1]) == {"number": 7, "why": "OSError: no sockets here"}
    with instead_of_sockets("textbook", monkeypatch):
        assert answered(request())[-1][0] == "record"


def test_the_versions_are_those_that_a_place_compares() -> None:
    assert versions().decode().split() == [__version__, str(PROTOCOL), str(FORMAT)]


def test_the_resolvers_of_the_system_there_are_asked_too_and_replayed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = load("resolver-same")
    address = next(iter(found.resolvers))
    monkeypatch.setattr(there, "system_resolvers", lambda: (Resolver(address),))
    asked = Request(7, found.question, Tracing(seed=1, now=found.now), system=True)
    with instead_of_sockets("resolver-same", monkeypatch):
        (payload,) = [payload for word, payload in answered(asked) if word == "record"]
    trace, kept = traced_again(payload.partition(b" ")[2], asked)
    assert tracing_there(kept, asked).resolvers == (Resolver(address),)
    (compared,) = report(trace).resolvers
    assert compared.difference is Disagreement.SAME
    other = replace(asked, tracing=replace(asked.tracing, resolvers=(Resolver("192.0.2.99"),)))
    with pytest.raises(RecordError, match="about other resolvers"):
        traced_again(payload.partition(b" ")[2], other)


def test_a_system_that_names_no_resolver_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing() -> None:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr("dns.resolver.Resolver", nothing)
    assert there.system_resolvers() == ()
