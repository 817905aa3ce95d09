"""What a trace was made with, and what was expected of it, comes back from the file of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dnstrace import Limits, Tracing, trace
from dnstrace.analysis.expectations import parse
from dnstrace.api import report
from dnstrace.dnssec import parse_anchors
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load as world
from dnstrace.model import Address, Delegation, NameServer, Settings, Source
from dnstrace.model.asked import Resolver
from dnstrace.network.recording import RecordingNetwork
from dnstrace.record import load, save
from dnstrace.record.decoding import decoded
from dnstrace.walk.roots import root_hints
from tests.record.made import made
from tests.render.validating import VALIDATOR
from tests.replies import name


def test_all_that_a_trace_was_made_with_comes_back() -> None:
    anchors = parse_anchors(world("dnssec-good").anchors_text, "x")
    cut = Delegation(name("example.com."), (NameServer(name("ns.example.com."), (_at("192.0.2.1"),)),))
    how: dict[str, Any] = {
        "settings": Settings(qmin=True, tries=2),
        "server": "198.41.0.4",
        "anchors": anchors,
        "at": 1_769_860_800.5,
        "parent_only": True,
        "supposed": (cut,),
        "resolvers": (Resolver("192.0.2.153"),),
    }
    octets = made(**how)
    record = decoded(octets)
    assert record.tracing == Tracing(roots=root_hints(), limits=Limits(), now=world().now, seed=1, **how)
    VALIDATOR.validate(json.loads(octets))


def _at(text: str) -> Address:
    return Address(text, Source.GIVEN)


def test_what_was_expected_comes_back(tmp_path: Path) -> None:
    found = world()
    network, how = RecordingNetwork(LabNetwork(found)), Tracing(seed=1)
    traced = trace(found.question.name, "A", tracing=how, network=network)
    save(tmp_path / "x.json.gz", report(traced), how, network.course, expected=("a=192.0.2.44", "ttl>=300"))
    assert load(tmp_path / "x.json.gz").expected == parse("a=192.0.2.44 ttl>=300")
    with pytest.raises(FileExistsError):
        save(tmp_path / "x.json.gz", report(traced), how, network.course)
    save(tmp_path / "x.json.gz", report(traced), how, network.course, force=True)
    assert load(tmp_path / "x.json.gz").expected == ()
