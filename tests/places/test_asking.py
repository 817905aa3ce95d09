from __future__ import annotations

import gzip
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnstrace.api import report, trace
from dnstrace.dnssec import root_anchors
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Settings
from dnstrace.model.tracing import Tracing
from dnstrace.places.asking import LARGEST, read, settled, traced_again, written
from dnstrace.record.files import RecordError
from dnstrace.render.document import document
from tests.places.lab import record, request
from tests.saving import made_by


def test_a_request_holds_everything_of_how_a_trace_is_made() -> None:
    """As a record does: the trace that it leads to is the same to the octet."""
    how: dict[str, Any] = {
        "settings": Settings(qmin=True, tries=2, all_servers=True),
        "anchors": root_anchors(),
        "at": 1.7e9,
    }
    asked = request(**how)
    again = read(written(asked))
    assert (again.number, again.question) == (asked.number, asked.question)
    network = LabNetwork(load("textbook"))
    assert (
        made_by(again.tracing, asked.question, network)[1]
        == made_by(
            replace(asked.tracing, roots=again.tracing.roots), asked.question, LabNetwork(load("textbook"))
        )[1]
    )


def test_all_places_share_the_seed_and_the_beginning() -> None:
    found = settled(Tracing())
    assert found.seed is not None and found.now is not None
    assert settled(found) == found


@pytest.mark.parametrize("world", ["textbook", "truncated", "dnssec-bad-nsec", "all-silent"])
def test_what_a_place_heard_leads_to_the_same_trace_here(world: str) -> None:
    asked = request(world)
    found, _ = traced_again(record(world), asked)
    there = trace(
        asked.question.name, asked.question.rdtype, tracing=asked.tracing, network=LabNetwork(load(world))
    )
    assert document(report(found)) == document(report(there))


def changed(change: Any) -> bytes:
    found = json.loads(gzip.decompress(record()))
    change(found)
    return gzip.compress(json.dumps(found).encode())


def test_only_octets_and_times_of_a_record_are_believed() -> None:
    def lie(found: Any) -> None:
        found["outcome"], found["error"] = "nxdomain", "\x1b[2J"
        found["answer"][0]["rdata"] = ["198.51.100.66"]
        found["record"]["how"]["settings"]["tcp"] = True
        found["record"]["cut"] = found["record"]["ticks"][1]
        found["seed"] = 12345
        for step in found["steps"]:
            step["outcome"] = "failed"

    honest, _ = traced_again(record(), request())
    found, _ = traced_again(changed(lie), request())
    assert document(report(found)) == document(report(honest))


def test_a_record_about_something_else_is_refused() -> None:
    other = replace(request(), question=load("truncated").question)
    with pytest.raises(RecordError, match="not about the question"):
        traced_again(record(), other)


def test_a_record_without_the_replies_is_refused_and_no_server_is_blamed() -> None:
    def empty(found: Any) -> None:
        found["record"]["exchanges"] = []

    with pytest.raises(RecordError, match="lacks what the trace asks"):
        traced_again(changed(empty), request())


def test_a_record_that_unpacks_to_too_much_is_refused() -> None:
    octets = gzip.compress(b" " * (65 * 2**20))
    assert len(octets) < LARGEST
    with pytest.raises(RecordError, match="larger than any record"):
        traced_again(octets, request())


HONEST = gzip.decompress(record())


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_whatever_is_in_a_record_it_is_a_trace_or_an_error(data: st.DataObject) -> None:
    octets = bytearray(HONEST)
    for _ in range(data.draw(st.integers(1, 3))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.sampled_from(b'0179"{}[],x-eA'))
    try:
        found, _ = traced_again(bytes(octets), request())
    except RecordError as error:
        assert str(error).isprintable()
    else:
        assert found.question == request().question
