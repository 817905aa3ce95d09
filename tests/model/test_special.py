"""The table of special addresses is what its script makes of the registries."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from types import ModuleType

import pytest

from dnstrace.model.special import BLOCKS
from tests.scripts import script

REGISTRY = """\
Address Block,Name,RFC,Allocation Date,Termination Date,Source,Destination,Forwardable,Globally Reachable,\
Reserved-by-Protocol
10.0.0.0/8,Private-Use,[RFC1918],1996-02,N/A,True,True,True,False,False
192.0.0.0/24 [2],IETF Protocol Assignments,"[RFC6890], section 2.1",2010-01,N/A,False,False,False,\
False [1],False
"192.0.0.170/32, 192.0.0.171/32",NAT64/DNS64 Discovery,"[RFC8880][RFC7050], section 2.2",2013-02,N/A,\
False,False,False,False,True
192.31.196.0/24,AS112-v4,[RFC7535],2014-12,N/A,True,True,True,True,False
192.88.99.0/24,Deprecated (6to4 Relay Anycast),[RFC7526],2001-06,2015-03,N/A,N/A,N/A,N/A,N/A
"""


@pytest.fixture(name="script", scope="module")
def loaded_script() -> ModuleType:
    return script("special_addresses")


def test_the_module_is_in_step_with_its_table(script: ModuleType) -> None:
    assert script.MODULE.read_text("utf-8") == script.module(*script.read_table())


def test_a_registry_is_read_as_iana_offers_it(script: ModuleType) -> None:
    assert list(script.rows_of(REGISTRY.splitlines())) == [
        ("10.0.0.0/8", "Private-Use", "[RFC1918]", "False"),
        ("192.0.0.0/24", "IETF Protocol Assignments", "[RFC6890], section 2.1", "False"),
        ("192.0.0.170/32", "NAT64/DNS64 Discovery", "[RFC8880][RFC7050], section 2.2", "False"),
        ("192.0.0.171/32", "NAT64/DNS64 Discovery", "[RFC8880][RFC7050], section 2.2", "False"),
        ("192.31.196.0/24", "AS112-v4", "[RFC7535]", "True"),
        ("192.88.99.0/24", "Deprecated (6to4 Relay Anycast)", "[RFC7526]", "N/A"),
    ]


def test_a_block_that_disappears_from_the_registries_is_an_error(script: ModuleType) -> None:
    with pytest.raises(SystemExit, match="no longer have"):
        script.module("2026-11-29", script.rows_of(REGISTRY.splitlines()))


def test_the_table_is_written_and_read_alike(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = script.read_table()
    monkeypatch.setattr(script, "TABLE", tmp_path / "table.csv")
    script.write_table(*before)
    assert script.read_table() == before


def test_each_row_has_the_bits_of_its_block() -> None:
    for version, rows in BLOCKS.items():
        for block, bits, length, _, _ in rows:
            network = ip_network(block)
            assert (network.version, network.prefixlen) == (version, length)
            assert bits << network.max_prefixlen - length == int(network.network_address)
