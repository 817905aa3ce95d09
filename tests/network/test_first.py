from __future__ import annotations

import _socket
import errno
import os
import socket
import sys
import time

import pytest

from dnstrace.network import first
from dnstrace.network.first import send

REST = b"\0\0\0\1\0\0\0\0\0\0\0\0\1\0\1"


def refusing(monkeypatch: pytest.MonkeyPatch, **errors: int) -> None:
    """Let addresses that begin so not be reached, for that reason."""

    class Socket(_socket.socket):
        def sendto(self, wire: bytes, to: tuple[str, int]) -> int:  # type: ignore[override]
            for beginning, number in errors.items():
                if to[0].startswith(beginning.removeprefix("_")):
                    raise OSError(number, "refused")
            return super().sendto(wire, to)

    monkeypatch.setattr("_socket.socket", Socket)


def closed_all(*sent: first.Sent) -> bool:
    for each in sent:
        each.close()
    return all(each.socket is None or each.socket.fileno() == -1 for each in sent)


def test_it_goes_to_the_first_address_with_a_fresh_id() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(60)
        ids = set()
        for _ in range(20):
            (sent,) = send(["127.0.0.1", "127.0.0.2"], REST, server.getsockname()[1])
            wire, _ = server.recvfrom(512)
            assert wire == sent.wire and wire[2:] == REST and sent.error is None
            ids.add(wire[:2])
            assert closed_all(sent)
    assert len(ids) > 15


@pytest.mark.skipif(sys.platform != "linux", reason="a query is sent ahead on Linux only")
def test_an_arrival_is_noticed() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        (sent,) = send(["127.0.0.1"], REST, server.getsockname()[1])
        assert sent.noticed is None
        server.sendto(b"reply", server.recvfrom(512)[1])
        while sent.noticed is None and time.perf_counter() < sent.at + 1:
            os.sched_yield()
        assert sent.noticed is None or sent.at < sent.noticed <= time.perf_counter()
        sent.close()


def test_a_family_without_a_route_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    refusing(monkeypatch, _2001=errno.ENETUNREACH)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        failed, sent = send(["2001:db8::1", "2001:db8::2", "127.0.0.1"], REST, server.getsockname()[1])
    assert failed.address == "2001:db8::1" and failed.error is not None and closed_all(failed)
    assert (sent.address, sent.error) == ("127.0.0.1", None) and closed_all(sent)


def test_no_route_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    refusing(monkeypatch, _2001=errno.ENETUNREACH, _192=errno.EPERM)
    sent = send(["192.0.2.1", "2001:db8::1", "192.0.2.2"], REST)
    assert [each.address for each in sent] == ["192.0.2.1", "2001:db8::1"]
    assert all(each.error for each in sent) and closed_all(*sent)


@pytest.mark.parametrize("number", [errno.EHOSTUNREACH, errno.EMFILE, errno.EINVAL])
def test_what_the_walk_would_do_is_left_to_the_walk(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    refusing(monkeypatch, _192=number)
    assert send(["192.0.2.1", "127.0.0.1"], REST) == ()


@pytest.mark.skipif(sys.platform != "linux", reason="Linux only")
def test_the_kernel_is_asked_for_what_the_live_network_asks_it_for() -> None:
    for family in (socket.AF_INET, socket.AF_INET6):
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            first.ask_kernel_for_more(sock)
            assert sock.getsockopt(socket.SOL_SOCKET, first.SO_TIMESTAMPNS) == 1
