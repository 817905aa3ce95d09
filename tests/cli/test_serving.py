"""`--serve`: what is printed, that it ends, and what is wrong usage. Resolvers are in tests/interop."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator

import dns.message
import dns.query
import pytest

from dnstrace.lab import hosting
from dnstrace.lab.world import load
from tests.cli.running import finished, run, start


@pytest.fixture
def port() -> Iterator[int]:
    """A port that is free."""
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        found = taken.getsockname()[1]
    yield found


@pytest.mark.parametrize(("how", "status"), [(signal.SIGINT, 0), (signal.SIGTERM, 0)])
def test_it_answers_where_it_says_until_it_is_ended(how: signal.Signals, status: int, port: int) -> None:
    process = start("--lab", "in-domain", "--serve", "-p", str(port), "--drop", "a.root-servers.net")
    try:
        assert process.stdout is not None
        head = [*iter(process.stdout.readline, "Ask any of them:\n")]
        dig = process.stdout.readline().split()
        assert dig[2:4] == ["-p", str(port)] and dig[-1] == "+norecurse"
        query = dns.message.make_query("www.example.com", "A")
        query.flags = 0
        reply = dns.query.udp(query, dig[1].removeprefix("@"), port=port, timeout=60)
        assert reply.answer[0][0].to_text() == "192.0.2.44"
    finally:
        process.send_signal(how)
        ran = finished(process)
    assert (ran.status, ran.err) == (status, "")
    assert "".join(head).startswith(f"in-domain: {load('in-domain').title}\n")
    assert not any("a.root-servers.net" in line for line in head)
    assert any(line.split()[:2] == ["b.root-servers.net", "170.247.170.2"] for line in head)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (
            ["--serve", "--replay", "x"],
            "--serve and --replay exclude each other: a record is a world of its own",
        ),
        (["--lab", "--serve=there"], "must be ports or addresses"),
        (["--lab", "--serve", "--drop", "ns.nowhere"], "world textbook has no server 'ns.nowhere.'"),
        (["--lab", "./none.toml", "--serve"], "./none.toml: cannot be read"),
    ],
)
def test_wrong_usage(words: list[str], why: str) -> None:
    ran = run(*words)
    assert (ran.status, ran.out) == (2, "") and why in ran.err and ran.err.count("\n") == 1


def test_a_port_that_is_taken_is_said(port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.53.0.1", port))
        taken.listen()
        ran = run("--lab", "in-domain", "--serve", "-p", str(port))
    assert (ran.status, ran.out) == (2, "") and "--serve: " in ran.err and "in use" in ran.err


def test_the_network_of_this_machine_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OSError("this network has a default route")

    monkeypatch.setattr(hosting, "_require_own_namespace", refuse)
    ran = run("--lab", "dnssec-good", "--serve=addresses")
    assert ran.status == 2
    assert ran.err.endswith("type sudo unshare --net dnstrace --lab dnssec-good --serve=addresses\n")
