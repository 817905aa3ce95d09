"""What the timeouts and replies of one address come to, walk or check, without a network."""

from __future__ import annotations

import dns.name
import dns.rdatatype
import pytest
from dns.rdatatype import RdataType

from dnstrace.bulk import silence
from dnstrace.bulk.silence import SILENT, Silences, SilencesToReport
from dnstrace.model import Edns, Exchange, Fault, Query
from dnstrace.model.structs import replace
from tests.replies import reply

REPLY = reply("www.example. A").message
QUESTION = reply("www.example. A").query.question


def query(zone: str = "zone.", payload: int | None = 1232, rdtype: RdataType = dns.rdatatype.A) -> Query:
    edns = None if payload is None else Edns(payload)
    asked = replace(QUESTION, rdtype=rdtype)
    return Query(asked, "192.0.2.1", edns=edns, zone=dns.name.from_text(zone))


def timeouts(silences: Silences, asked: Query, now: float, count: int = SILENT) -> None:
    for _ in range(count):
        silences.learn(Exchange(asked, now, 1.0, fault=Fault.TIMEOUT), now)


@pytest.mark.parametrize("kind", [Silences, SilencesToReport])
def test_each_silence_lasts_twice_as_long_as_the_one_before(kind: type[Silences]) -> None:
    silences, now, lasted = kind(), 0.0, []
    for _ in range(8):
        timeouts(silences, query(), now)
        begun = now
        while silences.known(query(), now) is not None:
            now += 1.0
        lasted.append(now - begun)
    assert lasted == [5, 10, 20, 40, 80, 160, 300, 300]


@pytest.mark.parametrize("kind", [Silences, SilencesToReport])
def test_one_query_at_a_time_finds_out_whether_it_answers_again(kind: type[Silences]) -> None:
    silences = kind()
    timeouts(silences, query(), 0.0)
    assert silences.known(query(), 5.0) is None
    silences.begin(query())
    assert silences.known(query(), 5.0) is not None
    silences.end(query())
    assert silences.known(query(), 5.0) is None


def test_walks_are_told_that_it_is_silent_and_checks_what_was_seen_of_it() -> None:
    found = []
    for silences in (Silences(), SilencesToReport()):
        timeouts(silences, query(), 0.0)
        known = silences.known(query(), 2.0)
        assert known is not None and known.start == 2.0
        found.append((known.fault, known.elapsed, known.cached))
    assert found == [(Fault.KNOWN_SILENT, 0.0, None), (Fault.TIMEOUT, 1.0, QUESTION)]


@pytest.mark.parametrize(
    ("other", "of_walks", "of_checks"),
    [
        (query("other."), True, False),
        (query(rdtype=dns.rdatatype.SOA), True, False),
        (query(payload=None), False, False),
    ],
)
def test_silence_to_one_way_of_asking(other: Query, of_walks: bool, of_checks: bool) -> None:
    for silences, holds in ((Silences(), of_walks), (SilencesToReport(), of_checks)):
        timeouts(silences, query(), 0.0)
        assert (silences.known(other, 1.0) is not None) is holds


def test_replies_that_do_not_match_are_silence_to_checks_alone() -> None:
    for silences, holds in ((Silences(), False), (SilencesToReport(), True)):
        for start in range(SILENT):
            silences.learn(Exchange(query(), start, 1.0, fault=Fault.MISMATCH), start)
        assert (silences.known(query(), SILENT) is not None) is holds


def test_checks_wait_for_what_is_sent_after_the_first_timeout() -> None:
    """All that was sent before it may have been lost at once."""
    silences = SilencesToReport()
    for now in (1.0, 1.1):
        for _ in range(SILENT):
            silences.learn(Exchange(query(), 0.0, now, fault=Fault.TIMEOUT), now)
    assert silences.known(query(), 1.2) is None
    silences.learn(Exchange(query(), 1.2, 1.0, fault=Fault.TIMEOUT), 2.2)
    assert silences.known(query(), 2.2) is not None


def test_for_checks_an_address_that_replied_once_is_asked_each_time() -> None:
    for silences, holds in ((Silences(), True), (SilencesToReport(), False)):
        silences.learn(Exchange(query(), 0.0, 0.1, message=REPLY), 0.1)
        timeouts(silences, query(), 1.0)
        assert (silences.known(query(), 2.0) is not None) is holds


@pytest.mark.parametrize("answers", [False, True])
def test_what_is_known_is_bounded_however_many_zones_an_address_has(
    answers: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silence, "_MOST_WAYS", 10)
    silences = SilencesToReport()
    heard = {"message": REPLY} if answers else {"fault": Fault.TIMEOUT}
    for number in range(35):
        silences.learn(Exchange(query(f"z{number}."), 0.0, 1.0, **heard), 1.0)
        assert 0 < len(silences._silences) + len(silences._replies) <= 10
