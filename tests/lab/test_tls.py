"""TLS of the lab's servers: what a world's file says of it, and the time that it takes."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from dnstrace.lab.errors import WorldError
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.tls import Tls
from dnstrace.lab.world import load, read
from dnstrace.lab.worldfile import build
from dnstrace.model import Exchange, Fault, Query, Transport

NOW = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)


def exchanged(world: str, address: str, timeout: float = 2.0) -> Exchange:
    network = LabNetwork(load(world))
    query = Query(load(world).question, address, 853, Transport.TLS, opportunistic=True)
    return network.run(network.exchange(query, timeout))


def test_a_reply_takes_three_round_trips_and_a_closed_port_one() -> None:
    assert round(exchanged("adot", "192.0.2.53").elapsed, 6) == 3 * 0.015
    closed = exchanged("adot", "199.7.91.13")
    assert (closed.fault, closed.elapsed) == (Fault.PORT_UNREACHABLE, 0.009)
    assert exchanged("adot", "192.0.2.99").fault is Fault.TIMEOUT


def test_what_is_shown_is_there_also_where_no_reply_comes() -> None:
    silent = exchanged("adot-faulty", "198.51.100.53")
    assert (silent.fault, silent.elapsed) == (Fault.TIMEOUT, 2.0) and silent.secured is not None


def test_every_run_has_the_same_certificates() -> None:
    assert Tls(("a.test",)).secured(NOW) == Tls(("a.test",)).secured(NOW)
    assert Tls(("a.test",)).secured(NOW).certificate != Tls(("b.test",)).secured(NOW).certificate


@pytest.mark.parametrize(
    ("tls", "wrong"),
    [
        ("yes", "ns1.example.com.: tls: a table is needed"),
        ({"name": []}, "ns1.example.com.: tls: unknown key 'name'; TLS may have broken, days, does"),
        ({"names": "a"}, "ns1.example.com.: tls.names: a list of texts is needed"),
        ({"names": [""]}, "ns1.example.com.: tls.names: names in ASCII are needed"),
        ({"names": ["ns.bücher.example"]}, "ns1.example.com.: tls.names: names in ASCII are needed"),
        ({"days": float("inf")}, "ns1.example.com.: tls.days: a number of days is needed"),
        ({"days": -(10**400)}, "ns1.example.com.: tls.days: a number of days is needed"),
        ({"days": float("nan")}, "ns1.example.com.: tls.days: a number of days is needed"),
        ({"days": True}, "ns1.example.com.: tls.days: a number of days is needed"),
        ({"trusted": 1}, "ns1.example.com.: tls.trusted: true or false is needed"),
        ({"does": ["juggles"]}, "unknown misbehaviour 'juggles'"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_place(tls: Any, wrong: str) -> None:
    content = {**read("adot"), "servers": {"ns1.example.com.": {"tls": tls}}}
    with pytest.raises(WorldError, match=re.escape(wrong)):
        build("test", content, read).check()
