"""`--drop`; what `--replay` makes of a whole record is in `test_saving.py`."""

from __future__ import annotations

from typing import cast

import pytest

from dnstrace.cli.replaying import addresses_of, without
from dnstrace.cli.usage import Usage
from dnstrace.network.replay import DeadServers
from dnstrace.port import Network

SERVERS = {
    "ns1.example.": frozenset({"192.0.2.1", "2001:db8::1"}),
    "ns2.example.": frozenset({"192.0.2.2"}),
}
NETWORK = cast(Network, object())


@pytest.mark.parametrize(
    ("server", "addresses"),
    [
        ("192.0.2.2", {"192.0.2.2"}),
        ("NS1.Example.", {"192.0.2.1", "2001:db8::1"}),
        ("ns3.example.", set()),
        ("192.0.2.3", set()),
    ],
)
def test_a_server_is_given_by_name_or_by_address(server: str, addresses: set[str]) -> None:
    assert addresses_of(server, SERVERS) == addresses


def test_nothing_dropped_is_the_network_itself() -> None:
    assert without((), NETWORK, SERVERS, "the record") is NETWORK
    assert isinstance(without(("192.0.2.2",), NETWORK, SERVERS, "the record"), DeadServers)


@pytest.mark.parametrize(
    ("server", "servers", "said"),
    [
        ("192.0.9.9", SERVERS, "--drop: the record has no server '192.0.9.9'; did you mean 192.0.2."),
        ("zzz", SERVERS, "--drop: the record has no server 'zzz'; there are ns1.example., ns2.example."),
        ("zzz", {}, "--drop: the record has no server 'zzz': no server was asked"),
        (
            "zzz",
            {f"{n:02}": frozenset[str]() for n in range(15)},
            "--drop: the record has no server 'zzz'; there are 00, 01, 02, 03, 04, 05, 06, 07, 08, 09, 10, ",
        ),
    ],
)
def test_a_server_that_is_not_there_is_refused(
    server: str, servers: dict[str, frozenset[str]], said: str
) -> None:
    with pytest.raises(Usage) as error:
        without((server,), NETWORK, servers, "the record")
    assert str(error.value).startswith(said)
