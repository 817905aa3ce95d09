"""Where a world is served for other programs, and the files that resolvers start with."""

from __future__ import annotations

import os
import socket
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dnstrace.dnssec import read_anchors
from dnstrace.lab import hosting
from dnstrace.lab.hosting import at_own_addresses, at_present, on_free_ports, on_ports, without, write_files
from dnstrace.lab.serve import loopback
from dnstrace.lab.world import load
from dnstrace.walk.roots import read_hints, root_hints
from tests.lab.made import world


def test_the_time_is_that_of_this_machine() -> None:
    assert abs(at_present(load()).now - datetime.now(UTC)) < timedelta(minutes=5)


def test_what_is_dropped_and_a_family_without_a_route_are_not_served() -> None:
    assert set(without(world(), frozenset()).addresses) == {"192.0.2.1", "2001:db8::1"}
    assert set(without(world(), frozenset({"192.0.2.1"})).addresses) == {"2001:db8::1"}
    assert set(without(world(families=[4]), frozenset()).addresses) == {"192.0.2.1"}


def test_the_port_is_the_one_given_or_the_usual_one_or_a_free_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {port for _, port in on_ports(world(), 4711).values()} == {4711}
    with socket.socket(type=socket.SOCK_DGRAM) as taken:
        taken.bind(("0.0.0.0", 0))
        port = taken.getsockname()[1]
        monkeypatch.setattr(hosting, "PORT", port)
        assert port not in {found for _, found in on_ports(world()).values()}
    assert {found for _, found in on_ports(world()).values()} == {port}


def test_another_port_is_taken_where_one_was_taken_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    free, given = loopback(world()), [loopback(world())] * 2
    monkeypatch.setattr(hosting, "loopback", lambda _: given.pop() if given else free)
    with socket.socket(type=socket.SOCK_DGRAM) as taken:
        taken.bind(next(iter(given[0].values())))
        with on_free_ports(world(), 0, False) as places:
            assert places == free and not given
        host, port = taken.getsockname()
        given = [dict.fromkeys(free, (str(host), int(port)))] * 9
        with pytest.raises(OSError, match="in use"), on_free_ports(world(), 0, False):
            pass


@pytest.mark.parametrize(
    ("routes", "shared", "why"),
    [
        ("eth0 00000000 010200C0 0003\n", False, "this network has a default route"),
        ("eth0 000200C0 00000000 0001\n", True, "this is the network of the whole system"),
    ],
)
def test_the_systems_own_network_is_left_alone(
    routes: str, shared: bool, why: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "route").write_text("Iface Destination Gateway Flags\n" + routes)
    for name in ("ours", "theirs"):
        os.symlink("net:[1]" if shared else f"net:[{name}]", tmp_path / name)
    monkeypatch.setattr(hosting, "_ROUTES", tmp_path / "route")
    monkeypatch.setattr(hosting, "_OURS", tmp_path / "ours")
    monkeypatch.setattr(hosting, "_OF_THE_SYSTEM", tmp_path / "theirs")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("ip(8) was run"))
    with pytest.raises(OSError, match=why):
        at_own_addresses(load())


def test_the_files_say_where_the_root_is_and_what_to_trust(tmp_path: Path) -> None:
    where = load("dnssec-good")
    files = write_files(where, tmp_path, signed=True)
    assert {(each.name, *each.addresses) for each in read_hints(files.hints).servers} == {
        (each.name, *each.addresses) for each in root_hints().servers
    }
    assert files.anchor is not None and files.delv is not None
    assert read_anchors(files.anchor) == read_anchors(files.delv)
    assert f'trust-anchor-file: "{files.anchor}"' in files.unbound.read_text()


def test_without_signatures_there_is_no_trust_anchor(tmp_path: Path) -> None:
    for where, signed in ((load("dnssec-good"), False), (replace(world(), name="x"), True)):
        files = write_files(where, tmp_path, signed)
        assert (files.anchor, files.delv) == (None, None)
        assert "trust-anchor" not in files.unbound.read_text()
