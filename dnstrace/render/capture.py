"""A trace as a packet capture of the messages sent and received, for Wireshark and similar tools.

A pcap file with nanosecond timestamps (magic a1b23c4d) and bare IP packets (LINKTYPE_RAW). The DNS messages,
addresses, ports and times are those of the trace. The packets around them are reconstructed: IP headers and,
for a TCP connection, the handshake (placed in the middle of the exchange) and the close. Not included:
discarded replies, which a trace does not keep, traffic over TLS or HTTPS, and messages that do not fit into a
datagram. If the source of a query or its ID is unknown (in the lab, or for an abandoned query), a
documentation address, a port and a number stand in for it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, NamedTuple

from dnstrace.message.wire import query_wire
from dnstrace.model import Fault, Transport

if TYPE_CHECKING:
    from dnstrace.model import Exchange
    from dnstrace.model.report import Report

_HEADER = struct.Struct("<IHHiIII")
_PACKET = struct.Struct("<IIII")
_MAGIC, _LINKTYPE_RAW, _MOST = 0xA1B23C4D, 101, 0x40000
_TCP, _UDP, _ICMP, _ICMP6 = 6, 17, 1, 58
_FIN, _SYN, _RST, _PUSH, _ACK = 1, 2, 4, 8, 16
_SEGMENT = 1220  # octets of TCP in one packet (RFC 6691 section 2, for IPv6's least MTU)
_CARRIED = {Transport.UDP, Transport.TCP}
_UNSENT = {Fault.NETWORK_UNREACHABLE, Fault.NOT_RECORDED, Fault.KNOWN_SILENT}
_HERE: dict[int, str] = {4: "192.0.2.1", 6: "2001:db8::1"}
"""The source address if the real one is unknown: an address for documentation (RFC 5737, RFC 3849)."""
_LARGEST = {4: 65507, 6: 65527}  # octets that one datagram can hold (RFC 768, under IP's own 65,535)
_PORTS = 49152  # the first dynamic port (RFC 6335 section 6)

IP = IPv4Address | IPv6Address


class _Ends(NamedTuple):
    """The two ends of an exchange: addresses and ports."""

    source: IP
    source_port: int
    target: IP
    target_port: int

    def turned(self) -> _Ends:
        return _Ends(self.target, self.target_port, self.source, self.source_port)


def capture(report: Report) -> bytes:
    """The whole file, with the packets in order of time."""
    trace = report.trace
    began = round(trace.started.timestamp() * 1e6) * 1000
    exchanges = [attempt.exchange for step in trace.steps for attempt in step.attempts]
    packets = [
        (began + round(at * 1e9), exchange.start, packet)
        for number, exchange in enumerate(exchanges)
        for at, packet in _packets(exchange, number)
    ]
    whole = [_HEADER.pack(_MAGIC, 2, 4, 0, 0, _MOST, _LINKTYPE_RAW)]
    for at, _, packet in sorted(packets, key=lambda each: each[:2]):
        whole += [_PACKET.pack(*divmod(at, 10**9), len(packet), len(packet)), packet]
    return b"".join(whole)


def _packets(exchange: Exchange, number: int) -> Iterator[tuple[float, bytes]]:
    """The packets of one exchange, each with its time in seconds since the start of the trace."""
    query = exchange.query
    if query.transport not in _CARRIED or exchange.fault in _UNSENT:
        return
    if query.transport is Transport.UDP and len(exchange.wire or b"") > _LARGEST[query.family]:
        return
    address, port = exchange.source or (_HERE[query.family], _PORTS + number % (0x10000 - _PORTS))
    source, target = (ip_address(each.partition("%")[0]) for each in (address, query.address))
    if source.is_unspecified or source.version != target.version:
        source = ip_address(_HERE[query.family])
    ends = _Ends(source, port, target, query.port)
    sent = query_wire(query, _message_id(exchange, number))
    over = _over_tcp if query.transport is Transport.TCP else _over_udp
    yield from over(exchange, ends, sent)


def _message_id(exchange: Exchange, number: int) -> int:
    """The message ID of the query and its reply."""
    if exchange.message_id is not None:
        return exchange.message_id
    return int.from_bytes(exchange.wire[:2]) if exchange.wire is not None else number % 0x10000


# --- what carries the messages --------------------------------------------------------------------


def _over_udp(exchange: Exchange, ends: _Ends, sent: bytes) -> Iterator[tuple[float, bytes]]:
    asked = _udp(ends, sent)
    yield exchange.start, asked
    if exchange.wire is not None:
        yield exchange.start + exchange.elapsed, _udp(ends.turned(), exchange.wire)
    elif exchange.fault is Fault.PORT_UNREACHABLE:
        yield exchange.start + exchange.elapsed, _unreachable(ends, asked)


def _over_tcp(exchange: Exchange, ends: _Ends, sent: bytes) -> Iterator[tuple[float, bytes]]:
    """A TCP connection for one query: handshake, query, reply, close."""
    start, end, back = exchange.start, exchange.start + exchange.elapsed, ends.turned()
    yield start, _segment(ends, 0, 0, _SYN)
    if exchange.fault is Fault.PORT_UNREACHABLE:
        yield end, _segment(back, 0, 1, _RST | _ACK)
    if exchange.wire is None and exchange.fault is not Fault.CONNECTION_LOST:
        return
    made, question = start + exchange.elapsed / 2, _framed(sent)
    yield made, _segment(back, 0, 1, _SYN | _ACK)
    yield made, _segment(ends, 1, 1, _ACK)
    yield made, _segment(ends, 1, 1, _PUSH | _ACK, question)
    reply, mine = b"" if exchange.wire is None else _framed(exchange.wire), 1 + len(question)
    for at in range(0, len(reply), _SEGMENT):
        yield end, _segment(back, 1 + at, mine, _PUSH | _ACK, reply[at : at + _SEGMENT])
    theirs = 1 + len(reply)
    first, second = (ends, back) if reply else (back, ends)
    ours, other = (mine, theirs) if reply else (theirs, mine)
    yield end, _segment(first, ours, other, _FIN | _ACK)
    yield end, _segment(second, other, ours + 1, _FIN | _ACK)
    yield end, _segment(first, ours + 1, other + 1, _ACK)


def _framed(message: bytes) -> bytes:
    return len(message).to_bytes(2) + message


def _udp(ends: _Ends, data: bytes) -> bytes:
    head = struct.pack("!HHHH", ends.source_port, ends.target_port, 8 + len(data), 0)
    return _ip(ends, _UDP, _summed(ends, _UDP, head + data, 6))


def _segment(ends: _Ends, sequence: int, acknowledged: int, flags: int, data: bytes = b"") -> bytes:
    ports = ends.source_port, ends.target_port
    head = struct.pack("!HHIIBBHHH", *ports, sequence, acknowledged, 5 << 4, flags, 0xFFFF, 0, 0)
    return _ip(ends, _TCP, _summed(ends, _TCP, head + data, 16))


def _unreachable(ends: _Ends, asked: bytes) -> bytes:
    """An ICMP port unreachable from the address asked (RFC 792, RFC 4443 section 3.1)."""
    back = ends.turned()
    if ends.source.version == 4:
        packet = struct.pack("!BBHI", 3, 3, 0, 0) + asked[:28]
        return _ip(back, _ICMP, packet[:2] + _checksum(packet) + packet[4:])
    return _ip(back, _ICMP6, _summed(back, _ICMP6, struct.pack("!BBHI", 1, 4, 0, 0) + asked[:1232], 2))


def _ip(ends: _Ends, protocol: int, payload: bytes) -> bytes:
    """An IP packet (RFC 791 section 3.1, RFC 8200 section 3)."""
    if ends.source.version == 6:
        head = struct.pack("!IHBB", 6 << 28, len(payload), protocol, 64)
        return head + ends.source.packed + ends.target.packed + payload
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0x4000, 64, protocol, 0)
    head += ends.source.packed + ends.target.packed
    return head[:10] + _checksum(head) + head[12:] + payload


def _summed(ends: _Ends, protocol: int, payload: bytes, at: int) -> bytes:
    """A payload with its checksum at `at`, including the pseudo-header (RFC 768, RFC 9293, RFC 8200)."""
    pseudo = ends.source.packed + ends.target.packed + struct.pack("!II", len(payload), protocol)
    found = _checksum(pseudo + payload)
    if protocol == _UDP and found == b"\0\0":
        found = b"\xff\xff"  # zero would mean "no checksum"
    return payload[:at] + found + payload[at + 2 :]


def _checksum(octets: bytes) -> bytes:
    """The Internet checksum (RFC 1071)."""
    total = sum(_words_of(octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return (~total & 0xFFFF).to_bytes(2)


def _words_of(octets: bytes) -> Iterable[int]:
    return struct.unpack(f"!{(len(octets) + 1) // 2}H", octets + b"\0" * (len(octets) % 2))
