from __future__ import annotations

from dnstrace.analysis.facts import facts, is_intercepted, row
from tests.places.lab import seen


def test_a_trace_shows_its_delegations_its_servers_and_its_answer() -> None:
    texts = [each.text for each in facts(seen("textbook").report.trace)]
    assert "the root servers answer over IPv4" in texts or "the root servers answer over IPv6" in texts
    assert any(text.startswith("com is delegated to a.gtld-servers.net, b.gtld") for text in texts)
    assert texts[-1] == "www.example.com A is 192.0.2.44"
    assert not [each for each in facts(seen("textbook").report.trace) if each.is_trouble]


def test_servers_that_are_silent_or_refuse_are_troubles_and_are_told_apart() -> None:
    silent = [each.text for each in facts(seen("all-silent").report.trace) if each.is_trouble]
    assert "the example.com servers time out over IPv4" in silent
    refusing = [each.text for each in facts(seen("all-refuse").report.trace) if each.is_trouble]
    assert "the example.com servers give no usable answer (refused) over IPv4" in refusing


def test_an_interceptor_is_seen_and_nothing_is_said_of_the_servers_behind_it() -> None:
    trace = seen("intercepted").report.trace
    assert is_intercepted(trace) and not is_intercepted(seen("textbook").report.trace)
    assert [each.text for each in facts(trace) if each.what in ("family", "interceptor")] == [
        "an interceptor answers for the root"
    ]


def test_a_row_has_the_last_reply() -> None:
    found = row(seen("textbook"))
    assert (found.answer, found.ttl) == (("192.0.2.44",), 300)
    assert found.address is not None and found.rtt is not None and found.nsid is None
    assert row(seen("all-silent")).address is None
