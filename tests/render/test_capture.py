"""The packet capture, read back by tshark: every message, whole, at its time, with nothing malformed."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from dnstrace import Trace
from dnstrace.api import report, trace_async
from dnstrace.lab.serve import Mapped, loopback, serve
from dnstrace.lab.world import load
from dnstrace.model import Exchange, Fault, Query, Transport
from dnstrace.network.live import LiveNetwork
from dnstrace.render.capture import capture
from tests.checks.checking import walked
from tests.cli.running import run, silent_server
from tests.lab.worlds import own

_CHECKED = [f"{protocol}.check_checksum:TRUE" for protocol in ("ip", "udp", "tcp")]
_FIELDS = ["frame.time_epoch", "ip.src", "ipv6.src", "ip.dst", "ipv6.dst", "dns.id", "dns.flags.response", "dns.qry.name"]  # fmt: skip # noqa: E501


@pytest.fixture(autouse=True)
def tshark() -> None:
    if shutil.which("tshark") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("tshark is not installed")


def read(path: Path, *arguments: str) -> str:
    command = [
        "tshark",
        "-n",
        "-r",
        str(path),
        *(word for each in _CHECKED for word in ("-o", each)),
        *arguments,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout


def seen(path: Path) -> tuple[list[dict[str, str]], str]:
    """The DNS messages, by field, and what Wireshark finds wrong or strange: errors and warnings."""
    wanted = [word for field in _FIELDS for word in ("-e", field)]
    lines = read(path, "-Y", "dns", "-T", "fields", *wanted, "-z", "expert,warn").splitlines()
    fields = [line.split("\t") for line in lines if "\t" in line]
    complaints = "\n".join(line for line in lines if "\t" not in line).strip()
    return [dict(zip(_FIELDS, each, strict=True)) for each in fields], complaints


def sent(trace: Trace) -> list[Exchange]:
    every = (attempt.exchange for step in trace.steps for attempt in step.attempts)
    return [each for each in every if each.fault is not Fault.NETWORK_UNREACHABLE]


@pytest.mark.parametrize(
    "world",
    ["textbook", "alias", "truncated", "all-silent", "slow", "dnssec-good", "dnssec-nsec3-nxdomain", "huge"],
)
def test_every_message_is_there_at_its_time_and_nothing_is_wrong(world: str, tmp_path: Path) -> None:
    trace = walked(world)
    path = tmp_path / "packets.pcap"
    path.write_bytes(capture(report(trace)))
    (found, complaints), exchanges = seen(path), sent(trace)
    began = trace.started.timestamp()
    times = Counter(round(each.start, 6) for each in exchanges if each.query.transport is Transport.UDP)
    times += Counter(round(each.start + each.elapsed, 6) for each in exchanges if each.wire is not None)
    asked = [each for each in found if each["dns.flags.response"] in ("0", "False")]
    over_tcp = sum(each.query.transport is Transport.TCP and each.wire is None for each in exchanges)
    assert len(asked) == len(exchanges) - over_tcp
    assert {each["dns.qry.name"].lower() for each in asked} == {
        str(each.query.question.name).rstrip(".").lower() or "<root>" for each in exchanges
    }
    shown = Counter(round(float(each["frame.time_epoch"]) - began, 6) for each in found)
    assert not times - shown
    assert complaints == ""


def test_octets_that_are_no_message_are_there_as_they_came(tmp_path: Path) -> None:
    trace = next(own("garbage", seed) for seed in range(20) if own("garbage", seed).stats.queries > 3)
    path = tmp_path / "packets.pcap"
    path.write_bytes(capture(report(trace)))
    wire = next(each.wire for each in sent(trace) if each.fault is Fault.MALFORMED)
    assert wire is not None and wire.hex() in read(path, "-T", "fields", "-e", "udp.payload").replace(":", "")


def test_an_unreachable_port_is_told_by_icmp_or_a_reset(tmp_path: Path) -> None:
    trace = next(
        found
        for found in (own("unreachable", seed) for seed in range(20))
        if any(each.fault is Fault.PORT_UNREACHABLE for each in sent(found))
    )
    over_tcp = replace(trace.steps[-1].attempts[0].exchange, fault=Fault.PORT_UNREACHABLE, wire=None)
    over_tcp = replace(over_tcp, query=replace(over_tcp.query, transport=Transport.TCP))
    last = replace(
        trace.steps[-1], chosen=None, attempts=(replace(trace.steps[-1].attempts[0], exchange=over_tcp),)
    )
    path = tmp_path / "packets.pcap"
    path.write_bytes(capture(report(replace(trace, steps=(*trace.steps, last)))))
    assert read(path, "-Y", "icmp.code == 3 or icmpv6.code == 4")
    assert read(path, "-Y", "tcp.flags.reset == 1")
    assert "ICMP" in read(path) and "checksum" not in seen(path)[1].lower()


def test_what_real_sockets_sent_has_its_own_ids_and_ports(tmp_path: Path) -> None:
    world = load("in-domain")

    async def traced() -> Trace:
        places = loopback(world)
        async with serve(world, places, rtt=0):
            return await trace_async("www.example.com", network=Mapped(LiveNetwork(), places), seed=1)

    trace = asyncio.run(traced())
    path = tmp_path / "packets.pcap"
    path.write_bytes(capture(report(trace)))
    exchanges = sent(trace)
    assert all(each.source is not None and each.message_id is not None for each in exchanges)
    ports = {int(port) for port in read(path, "-T", "fields", "-e", "udp.srcport").split()}
    assert {each.source[1] for each in exchanges if each.source} <= ports
    found, complaints = seen(path)
    assert {int(each["dns.id"], 16) for each in found} == {each.message_id for each in exchanges}
    assert complaints == ""


@pytest.mark.parametrize("transport", [Transport.UDP, Transport.TCP])
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_socket_tells_the_address_that_it_sends_from(address: str, transport: Transport) -> None:
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as unused:
        unused.bind((address, 0))
        query = Query(load().question, address, unused.getsockname()[1], transport)
        found = asyncio.run(LiveNetwork().exchange(query, 5))
    assert found.fault is Fault.PORT_UNREACHABLE
    assert found.source is not None and found.source[0] == address and found.source[1] > 0


def _of(trace: Trace, *found: Exchange) -> Trace:
    """A trace whose only step has these exchanges."""
    step = trace.steps[0]
    attempts = tuple(replace(step.attempts[0], exchange=each) for each in found)
    return replace(trace, steps=(replace(step, attempts=attempts),))


def test_a_source_of_the_other_family_makes_no_broken_packet(tmp_path: Path) -> None:
    trace, path = walked("textbook"), tmp_path / "packets.pcap"
    asked = trace.steps[0].attempts[0].exchange
    strange = replace(asked, source=("192.0.2.7" if ":" in asked.query.address else "2001:db8::7", 4000))
    path.write_bytes(capture(report(_of(trace, strange))))
    found, complaints = seen(path)
    assert len(found) == 2 and complaints == ""


def test_what_no_datagram_can_hold_is_left_out(tmp_path: Path) -> None:
    trace, path = walked("textbook"), tmp_path / "packets.pcap"
    asked = trace.steps[0].attempts[0].exchange
    four = replace(asked, query=replace(asked.query, address="192.0.2.1"))
    large = [replace(asked, wire=bytes(65528)), replace(four, wire=bytes(65508))]
    path.write_bytes(capture(report(_of(trace, asked, *large, replace(four, wire=bytes(65507))))))
    assert len(read(path).splitlines()) == 4


def test_what_is_encrypted_is_said_to_be_left_out(tmp_path: Path) -> None:
    with silent_server(tmp_path) as server:
        words = ("--resolver", "tls://127.0.0.1", "--short", *server.arguments, "--deadline", "0.05")
        remark = "packets of TLS and HTTPS are not included"
        assert remark in run("x.", "--pcap", str(tmp_path / "p"), *words).err
        assert "TLS or HTTPS" not in run("x.", *words).err


def test_the_command_keeps_it_and_writes_over_nothing_unasked(tmp_path: Path) -> None:
    path = tmp_path / "packets.pcap"
    assert run("--lab", "--short", "--pcap", str(path), "--seed", "1").out == "192.0.2.44\n"
    assert len(seen(path)[0]) == 10
    again = run("--lab", "--short", "--pcap", str(path))
    assert again.status == 2 and "--force" in again.err
    assert run("--lab", "--short", "--pcap", str(path), "--force", "--check").status == 0
    assert len(seen(path)[0]) > 300
