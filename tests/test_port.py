"""Whatever carries queries is a Network, and every wrapper around one is one too."""

from __future__ import annotations

import inspect

import pytest

from dnstrace.bulk.polite import PoliteNetwork
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.web import LabWeb
from dnstrace.network.ahead import AheadNetwork
from dnstrace.network.live import LiveNetwork
from dnstrace.network.pacing import PacedNetwork
from dnstrace.network.pooled import PooledNetwork
from dnstrace.network.recording import RecordingNetwork
from dnstrace.network.replay import DeadServers, RecordedNetwork
from dnstrace.port import Network, Web
from dnstrace.web.live import LiveWeb

NETWORKS = [
    LiveNetwork,
    AheadNetwork,
    PooledNetwork,
    LabNetwork,
    RecordedNetwork,
    RecordingNetwork,
    PacedNetwork,
    DeadServers,
    PoliteNetwork,
]


@pytest.mark.parametrize("network", NETWORKS)
def test_every_network_takes_a_query_as_the_port_says(network: type) -> None:
    assert inspect.iscoroutinefunction(network.exchange)  # type: ignore[attr-defined]
    assert inspect.signature(network.exchange) == inspect.signature(Network.exchange)  # type: ignore[attr-defined]


@pytest.mark.parametrize("web", [LiveWeb, LabWeb])
def test_every_web_takes_a_visit_as_the_port_says(web: type) -> None:
    assert inspect.iscoroutinefunction(web.visit)  # type: ignore[attr-defined]
    assert inspect.signature(web.visit) == inspect.signature(Web.visit)  # type: ignore[attr-defined]
